"""Issue 2, item 7: what a taxpayer meets on the web, in a real browser and against the real product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Open
from installation import Installation, SeatedAgent, wait_until
from playwright.sync_api import Page, Route, WebSocketRoute, expect
from seats import queue_up
from taxpayer import QUESTION, VAGUE, TaxpayerPage

pytestmark = [pytest.mark.slow, pytest.mark.browser]


class TestAnswer:
    def test_comes_conclusion_first_with_its_basis_folded_and_its_validity_in_sight(
        self, taxpayer: TaxpayerPage, picture: Callable[[Page, str], None]
    ) -> None:
        card = taxpayer.ask(QUESTION)
        expect(card).to_have_class("card answer")
        expect(card.locator(".text strong")).to_have_text("5年")
        expect(card.locator(".validity")).to_contain_text("适用 20")
        expect(card.locator(".basis")).to_be_hidden()
        picture(taxpayer.page, "taxpayer")
        card.get_by_text("依据", exact=True).click()
        expect(card.locator(".basis li").first).to_contain_text("企业所得税法")
        card.get_by_text("条件和办理步骤", exact=True).click()
        expect(card.locator(".prose")).to_be_visible()

    def test_can_be_called_useful_and_that_outlives_a_reload(
        self, taxpayer: TaxpayerPage, installation: Installation
    ) -> None:
        taxpayer.ask(QUESTION)
        taxpayer.button("有用").click()
        expect(taxpayer.button("有用")).to_have_attribute("aria-pressed", "true")
        own = taxpayer.conversation_id()

        def stored() -> list[Any]:
            return installation.sql(
                "SELECT seq FROM messages WHERE conversation_id = :id AND feedback = 'useful'", id=own
            )

        wait_until(stored, what="the grade is stored")
        taxpayer.page.reload()
        expect(taxpayer.button("有用")).to_have_attribute("aria-pressed", "true")

    def test_that_did_not_help_offers_a_person(self, taxpayer: TaxpayerPage) -> None:
        taxpayer.ask(QUESTION)
        taxpayer.button("没用").click()
        expect(taxpayer.page.locator(".regret")).to_contain_text("请人工解答")

    def test_is_being_looked_for_from_the_moment_the_question_is_sent(self, taxpayer: TaxpayerPage) -> None:
        held: list[Route] = []
        taxpayer.page.route("**/conversations", lambda route: held.append(route))
        taxpayer.say(QUESTION)
        expect(taxpayer.page.get_by_text("正在查找答案")).to_be_visible()
        wait_until(lambda: _passes(taxpayer.page, lambda: held), what="the question is on its way")
        held[0].continue_()
        expect(taxpayer.cards).to_have_count(1)
        expect(taxpayer.page.get_by_text("正在查找答案")).to_be_hidden()

    def test_is_announced_and_leaves_the_focus_where_it_was(self, taxpayer: TaxpayerPage) -> None:
        taxpayer.input.fill(QUESTION)
        taxpayer.button("发送").click()
        taxpayer.button("长辈模式").focus()
        expect(taxpayer.page.locator("[aria-live=polite]")).to_contain_text("以后年度的所得弥补")
        assert "elder-switch" in taxpayer.focused()


class TestOptions:
    def test_are_chosen_by_button_and_by_typing_with_the_same_answer(self, open_page: Open) -> None:
        answers = []
        for words in (None, "第一个", "1"):
            taxpayer = open_page()
            card = taxpayer.ask(VAGUE)
            expect(card.locator(".option")).to_have_count(4)
            if words is None:
                card.locator(".option").first.click()
            else:
                taxpayer.say(words)
            expect(taxpayer.cards.nth(1)).to_have_class("card answer")
            expect(card.locator(".option").first).to_be_disabled()
            answers.append(taxpayer.said.nth(1).inner_text())
        assert len(set(answers)) == 1

    def test_none_of_them_is_an_answer_too(self, taxpayer: TaxpayerPage) -> None:
        card = taxpayer.ask(VAGUE)
        card.get_by_role("button", name="都不是").click()
        expect(taxpayer.own.last).to_have_text("都不是")
        expect(taxpayer.cards.nth(1)).to_be_visible()
        expect(taxpayer.page.locator("li[data-outcome=answer]")).to_have_count(0)


class TestPerson:
    def test_when_nobody_is_there_a_call_back_is_left_and_its_number_sealed(
        self, taxpayer: TaxpayerPage, installation: Installation
    ) -> None:
        taxpayer.button("转人工").click()
        expect(taxpayer.lines.last).to_contain_text("现在没有人工坐席在线")
        expect(taxpayer.button("转人工")).to_be_enabled()
        taxpayer.button("留电话，等回电").click()
        taxpayer.page.get_by_label("联系电话").fill("12366")
        taxpayer.button("提交").click()
        expect(taxpayer.page.get_by_text("请填写 11 位手机号")).to_be_visible()
        taxpayer.page.get_by_label("联系电话").fill("138 1234 5678")
        taxpayer.button("提交").click()
        number = taxpayer.page.locator(".order-number").inner_text()
        expect(taxpayer.page.locator(".receipt .code")).to_be_visible()
        taxpayer.page.reload()
        expect(taxpayer.page.locator(".order-number")).to_have_text(number)
        orders = installation.sql(
            "SELECT phone_masked, phone_sealed FROM work_orders WHERE number = :n", n=number
        )
        assert orders[0].phone_masked == "138****5678"
        assert "13812345678" not in orders[0].phone_sealed
        taxpayer.button("已记下").click()
        expect(taxpayer.page.locator(".receipt")).to_be_hidden()

    def test_waits_in_the_queue_is_served_and_rates_the_service(
        self, taxpayer: TaxpayerPage, agent: SeatedAgent, installation: Installation
    ) -> None:
        for _ in range(agent.seat["capacity"] + 1):
            queue_up(installation.url)
        taxpayer.ask(QUESTION)
        taxpayer.button("转人工").click()
        expect(taxpayer.standing).to_contain_text("排队中，前面 1 人，约")
        expect(taxpayer.page.get_by_label("排队情况")).to_contain_text("坐席会看到以上对话")
        expect(taxpayer.input).to_be_enabled()
        taxpayer.say("我在等的时候补充一点")
        for row in agent.conversations():
            agent.resolve(row["id"])
        own = agent.gets(taxpayer.conversation_id())["id"]
        expect(taxpayer.standing).to_have_text("已为您安排坐席，正在接入")
        agent.accept(own)
        expect(taxpayer.standing).to_have_text(f"人工坐席 {agent.seat['number']} 为您服务")
        expect(taxpayer.page.get_by_role("heading", name="通答 · 人工服务")).to_be_visible()
        agent.reply(own, "您好，看到您的问题了。")
        expect(taxpayer.page.locator("li.agent").last).to_contain_text("您好，看到您的问题了。")
        taxpayer.say("谢谢")
        expect(taxpayer.page.locator("li.own[data-seq]").last).to_contain_text("谢谢")
        agent.resolve(own)
        taxpayer.page.get_by_text("非常满意", exact=True).click()
        taxpayer.page.get_by_role("textbox", name="补充说明").fill("很清楚")
        taxpayer.button("提交").click()
        expect(taxpayer.page.get_by_text("评价已提交")).to_be_visible()
        rating = installation.sql("SELECT grade, comment FROM ratings WHERE conversation_id = :id", id=own)
        assert [tuple(row) for row in rating] == [(5, "很清楚")]
        taxpayer.button("开始新的咨询").click()
        expect(taxpayer.page.get_by_text("大家都在问")).to_be_visible()

    def test_what_comes_while_the_window_is_closed_is_counted_on_its_button(
        self, taxpayer: TaxpayerPage, agent: SeatedAgent
    ) -> None:
        taxpayer.button("转人工").click()
        own = agent.gets(taxpayer.conversation_id())["id"]
        agent.accept(own)
        expect(taxpayer.standing).to_contain_text("为您服务")
        taxpayer.page.keyboard.press("Escape")
        taxpayer.page.reload()
        expect(taxpayer.window).to_be_hidden()
        agent.reply(own, "您好")
        taxpayer.button("咨询，1 条新消息").click()
        expect(taxpayer.said.last).to_be_in_viewport()
        expect(taxpayer.page.locator(".badge")).to_be_hidden()

    def test_who_reads_further_up_is_not_moved_by_what_comes(
        self, taxpayer: TaxpayerPage, agent: SeatedAgent
    ) -> None:
        for _ in range(3):
            taxpayer.ask(QUESTION)
        taxpayer.button("转人工").click()
        own = agent.gets(taxpayer.conversation_id())["id"]
        agent.accept(own)
        scroller = taxpayer.page.get_by_label("对话内容")
        scroller.evaluate("element => element.scrollTo(0, 0)")
        agent.reply(own, "一句话")
        expect(taxpayer.button("有新消息")).to_be_visible()
        assert scroller.evaluate("element => element.scrollTop") == 0
        taxpayer.button("有新消息").click()
        expect(taxpayer.cards.last).to_be_in_viewport()


class TestBrokenLine:
    def test_a_reload_loses_neither_what_was_said_nor_what_was_being_written(
        self, taxpayer: TaxpayerPage
    ) -> None:
        taxpayer.ask(QUESTION)
        before = taxpayer.lines.all_inner_texts()
        taxpayer.input.fill("还没写完的")
        taxpayer.page.reload()
        expect(taxpayer.lines).to_have_count(len(before))
        assert taxpayer.lines.all_inner_texts() == before
        expect(taxpayer.input).to_have_value("还没写完的")

    def test_what_was_written_without_network_goes_out_once_when_it_is_back(
        self, taxpayer: TaxpayerPage
    ) -> None:
        taxpayer.ask(QUESTION)
        taxpayer.page.context.set_offline(True)
        taxpayer.say("断网时说的")
        expect(taxpayer.button("发送失败，点此重试")).to_be_visible()
        taxpayer.page.context.set_offline(False)
        expect(taxpayer.page.locator("li.own[data-seq]")).to_have_count(2)
        expect(taxpayer.cards).to_have_count(2)
        expect(taxpayer.own).to_have_text([QUESTION, "断网时说的"])

    def test_a_message_whose_answer_was_lost_is_there_once(self, taxpayer: TaxpayerPage) -> None:
        tried: list[str] = []

        def lose_the_answer(route: Route) -> None:
            if route.request.method != "POST":
                route.continue_()
                return
            tried.append(route.request.post_data_json["client_message_id"])
            if len(tried) == 1:
                route.fetch()
                route.abort("connectionreset")
            else:
                route.continue_()

        taxpayer.page.route("**/messages", lose_the_answer)
        taxpayer.ask(QUESTION)
        wait_until(lambda: _passes(taxpayer.page, lambda: len(tried) == 2), what="it is tried again")
        assert len(set(tried)) == 1
        taxpayer.page.reload()
        expect(taxpayer.own).to_have_text([QUESTION])
        expect(taxpayer.cards).to_have_count(1)

    def test_messages_come_by_asking_where_nothing_can_be_pushed(
        self, taxpayer: TaxpayerPage, agent: SeatedAgent
    ) -> None:
        refused: list[str] = []

        def refuse(socket: WebSocketRoute) -> None:
            refused.append(socket.url)
            socket.close()

        taxpayer.page.route_web_socket("**/live?*", refuse)
        taxpayer.page.reload()
        taxpayer.ask(QUESTION)
        taxpayer.button("转人工").click()
        own = agent.gets(taxpayer.conversation_id())["id"]
        agent.accept(own)
        agent.reply(own, "没有推送也能收到")
        expect(taxpayer.said.last).to_have_text("没有推送也能收到")
        expect(taxpayer.standing).to_have_text(f"人工坐席 {agent.seat['number']} 为您服务")
        assert refused
        assert all("token" not in address for address in refused)

    def test_a_restart_of_the_push_channel_brings_what_was_said_meanwhile(
        self, taxpayer: TaxpayerPage, agent: SeatedAgent
    ) -> None:
        sockets: list[WebSocketRoute] = []

        def keep(socket: WebSocketRoute) -> None:
            socket.connect_to_server()
            sockets.append(socket)

        taxpayer.page.route_web_socket("**/live?*", keep)
        taxpayer.page.reload()
        taxpayer.button("转人工").click()
        own = agent.gets(taxpayer.conversation_id())["id"]
        agent.accept(own)
        expect(taxpayer.standing).to_contain_text("为您服务")
        sockets[-1].close()
        agent.reply(own, "断线时说的")
        expect(taxpayer.said).to_have_text(["断线时说的"])


class TestText:
    TRICKS = (
        "<script>window.hacked = 1</script>",
        "<img src=x onerror='window.hacked = 1'> **粗** [x](javascript:window.hacked=1)",
        "# 标题\n- 列表 `代码` <b onclick=window.hacked=1>点</b>",
    )

    def test_markup_and_markdown_stay_text_from_either_side(
        self, taxpayer: TaxpayerPage, agent: SeatedAgent
    ) -> None:
        taxpayer.button("转人工").click()
        own = agent.gets(taxpayer.conversation_id())["id"]
        for trick in self.TRICKS:
            taxpayer.say(trick)
            agent.reply(own, trick)
        expect(taxpayer.own).to_have_count(len(self.TRICKS))
        expect(taxpayer.cards).to_have_count(len(self.TRICKS))
        assert taxpayer.own.all_inner_texts() == list(self.TRICKS)
        assert taxpayer.said.all_inner_texts() == list(self.TRICKS)
        assert taxpayer.page.locator(".lines :is(script, img, b, a, h1, code)").count() == 0
        assert taxpayer.page.evaluate("window.hacked") is None

    def test_personal_numbers_are_hidden_as_they_are_typed_and_never_sent(
        self, taxpayer: TaxpayerPage, installation: Installation
    ) -> None:
        sent: list[str] = []
        taxpayer.page.on("request", lambda request: sent.append(request.post_data or ""))
        taxpayer.input.press_sequentially("身份证11010519491231002X，手机13812345678")
        expect(taxpayer.input).to_have_value("身份证110*************2X，手机13812345678")
        expect(taxpayer.page.get_by_text("为保护您的隐私，已隐藏")).to_be_visible()
        taxpayer.input.press("Enter")
        expect(taxpayer.own).to_have_text("身份证110*************2X，手机138****5678")
        expect(taxpayer.page.locator("li.own[data-seq]")).to_contain_text("为保护您的隐私，已隐藏")
        own = taxpayer.conversation_id()
        texts = installation.sql("SELECT text FROM messages WHERE conversation_id = :id", id=own)
        assert texts[0].text == "身份证110*************2X，手机138****5678"
        assert not [body for body in sent if "19491231" in body or "13812345678" in body]

    def test_too_long_a_text_is_said_to_be_so_before_it_is_sent(self, taxpayer: TaxpayerPage) -> None:
        taxpayer.input.fill("长" * 2003)
        expect(taxpayer.page.get_by_text("超出 3 字")).to_be_visible()
        expect(taxpayer.button("发送")).to_be_disabled()


def _passes(page: Page, condition: Callable[[], Any]) -> Any:
    """Whether `condition` holds, after letting the browser's events in."""
    page.wait_for_timeout(10)
    return condition()
