"""Issue 2, item 7: from "转人工" to the rating, with the agent and the expert at the console."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from console import ConsolePage
from installation import Installation, SeatedAgent
from playwright.sync_api import Page, WebSocketRoute, expect
from taxpayer import QUESTION, TaxpayerPage

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NEXT_QUESTION = "业务招待费在企业所得税前能扣多少？"

SignIn = Callable[..., Page]


@pytest.fixture
def desk(taxpayer: TaxpayerPage, agent: SeatedAgent, signed_in: SignIn) -> ConsolePage:
    """The agent's console, with the taxpayer's conversation open and accepted."""
    console = ConsolePage(signed_in("agent"))
    taxpayer.ask(QUESTION)
    taxpayer.button("转人工").click()
    agent.gets(taxpayer.conversation_id())
    console.open_first()
    console.accept()
    return console


class TestService:
    def test_an_agent_answers_with_the_basis_and_an_expert_finishes(
        self,
        taxpayer: TaxpayerPage,
        agent: SeatedAgent,
        expert: SeatedAgent,
        desk: ConsolePage,
        signed_in: SignIn,
        installation: Installation,
        picture: Callable[[Page, str], None],
    ) -> None:
        expect(desk.said.first).to_have_text(QUESTION)
        expect(desk.log.locator(".trace")).to_contain_text("条目 cit-loss-carry-forward")
        expect(taxpayer.standing).to_have_text(f"人工坐席 {agent.seat['number']} 为您服务")
        desk.write("您好，看到您的问题了。")
        expect(taxpayer.said.last).to_have_text("您好，看到您的问题了。")
        taxpayer.input.press_sequentially("业务")
        expect(desk.page.get_by_text("对方正在输入")).to_be_visible()
        taxpayer.say(NEXT_QUESTION)
        expect(desk.said.last).to_have_text(NEXT_QUESTION)
        expect(desk.suggested.first).to_have_text(NEXT_QUESTION)
        desk.page.keyboard.press("Tab")
        expect(desk.box).to_have_value(re.compile("依据.*企业所得税法"))
        picture(desk.page, "conversations")
        desk.page.keyboard.press("Control+Enter")
        card = taxpayer.page.locator("li.agent .card").last
        expect(card.locator(".text")).to_contain_text("60%")
        expect(card.locator(".basis li").first).to_contain_text("企业所得税法")

        desk.page.keyboard.press("Alt+t")
        desk.dialog.get_by_label("转接原因").fill("跨年度口径要专家确认")
        desk.dialog.get_by_role("button", name="转接").click()
        expect(desk.page.get_by_text("已转接")).to_be_visible()
        expect(desk.rows).to_have_count(0)
        second = ConsolePage(signed_in("expert"))
        second.open_first()
        expect(second.log).to_contain_text(NEXT_QUESTION)
        expect(second.page.get_by_text("跨年度口径要专家确认")).to_be_visible()
        second.accept()
        expect(taxpayer.standing).to_have_text(f"人工坐席 {expert.seat['number']} 为您服务")
        second.write("确认：以您取得资格的年度为准。")
        expect(taxpayer.said.last).to_have_text("确认：以您取得资格的年度为准。")
        taxpayer.say(QUESTION)
        expect(second.said.last).to_have_text(QUESTION)
        second.resolve("优惠")

        taxpayer.page.get_by_text("非常满意", exact=True).click()
        taxpayer.button("提交").click()
        expect(taxpayer.page.get_by_text("评价已提交")).to_be_visible()
        self._assert_the_bot_was_asked_once(taxpayer, installation)

    @staticmethod
    def _assert_the_bot_was_asked_once(taxpayer: TaxpayerPage, installation: Installation) -> None:
        own = taxpayer.conversation_id()
        turns = installation.sql("SELECT seq FROM turns WHERE conversation_id = :id", id=own)
        said = installation.sql(
            "SELECT seq FROM messages WHERE conversation_id = :id AND sender = 'bot'", id=own
        )
        assert (len(turns), len(said)) == (1, 1)


class TestBrokenLine:
    def test_a_reload_loses_neither_the_transcript_nor_the_draft_nor_its_basis(
        self, taxpayer: TaxpayerPage, desk: ConsolePage
    ) -> None:
        desk.write("第一句")
        expect(taxpayer.said.last).to_have_text("第一句")
        desk.page.get_by_role("button", name=re.compile("插入回复和依据 ?：企业以前年度的亏损")).click()
        desk.page.keyboard.insert_text("，还没写完")
        draft = desk.box.input_value()
        before = desk.said.all_inner_texts()
        desk.page.reload()
        expect(desk.said).to_have_text(before)
        expect(desk.box).to_have_value(draft)
        expect(desk.page.get_by_label("随回复发送的依据")).to_contain_text("企业所得税法")

    def test_without_network_nothing_is_lost_on_either_side(
        self, taxpayer: TaxpayerPage, desk: ConsolePage
    ) -> None:
        sockets: list[WebSocketRoute] = []
        dropped: list[bool] = []

        def connect(socket: WebSocketRoute) -> None:
            if dropped:
                socket.close()
                return
            socket.connect_to_server()
            sockets.append(socket)

        desk.page.route_web_socket("**/staff/live*", connect)
        desk.page.reload()
        expect(desk.box).to_be_enabled()
        dropped.append(True)
        desk.page.context.set_offline(True)
        sockets[-1].close()
        expect(desk.page.get_by_text("连接已断开，正在重连")).to_be_visible()
        desk.box.click()
        desk.write("断网时写的")
        expect(desk.log.get_by_text("没有发出")).to_be_visible()
        desk.box.fill("下一句还没写完")
        taxpayer.say("这时对方也说了话")
        expect(taxpayer.page.locator("li.own[data-seq]").last).to_contain_text("这时对方也说了话")
        dropped.clear()
        desk.page.context.set_offline(False)
        expect(desk.said.last).to_have_text("这时对方也说了话")
        desk.button("重新发送").click()
        expect(taxpayer.said.last).to_have_text("断网时写的")
        expect(desk.said.last).to_have_text("断网时写的")
        expect(desk.log.get_by_text("断网时写的")).to_have_count(1)
        expect(desk.box).to_have_value("下一句还没写完")


class TestText:
    TRICKS = (
        "<script>window.hacked = 1</script>",
        "<img src=x onerror='window.hacked = 1'> **粗** [x](javascript:window.hacked=1)",
        "# 标题\n- 列表 `代码` <b onclick=window.hacked=1>点</b>",
    )

    def test_markup_and_markdown_stay_text_from_either_side(
        self, taxpayer: TaxpayerPage, desk: ConsolePage
    ) -> None:
        before = desk.said.count()
        for trick in self.TRICKS:
            taxpayer.say(trick)
            expect(desk.said.last).to_have_text(trick)
            desk.write(trick)
        expect(taxpayer.said.last).to_have_text(self.TRICKS[-1])
        expected = [trick for trick in self.TRICKS for _ in range(2)]
        expect(desk.said).to_have_count(before + len(expected))
        assert desk.said.all_inner_texts()[before:] == expected
        assert desk.page.locator(":is(.message, .row) :is(script, img, h1, code, [onclick])").count() == 0
        assert desk.log.locator("[href^=javascript]").count() == 0
        assert desk.page.evaluate("window.hacked") is None
