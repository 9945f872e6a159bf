"""Issue 2, item 7: keyboard, screen reader, large text, phones, and other people's pages."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from conftest import Open
from installation import Installation, SeatedAgent
from playwright.sync_api import BrowserContext, expect
from seats import queue_up
from taxpayer import QUESTION, VAGUE, TaxpayerPage

pytestmark = [pytest.mark.slow, pytest.mark.browser]

KILOBYTE = 1024
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


class TestAccess:
    def test_everything_is_done_by_keyboard_alone(self, taxpayer: TaxpayerPage) -> None:
        page = taxpayer.page
        taxpayer.button("关闭咨询窗口").focus()
        page.keyboard.press("Enter")
        expect(taxpayer.window).to_be_hidden()
        assert taxpayer.focused() == "launcher"
        page.keyboard.press("Enter")
        assert taxpayer.focused() == "input"
        page.keyboard.type(QUESTION)
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("请简单说")
        page.keyboard.press("Enter")
        expect(taxpayer.cards).to_have_count(1)
        assert taxpayer.own.inner_text() == f"{QUESTION}\n请简单说"
        self._walk_back_to(taxpayer, "SUMMARY")
        page.keyboard.press("Enter")
        expect(page.locator(".basis")).to_be_visible()
        page.keyboard.press("Escape")
        expect(taxpayer.window).to_be_hidden()
        assert taxpayer.focused() == "launcher"

    @staticmethod
    def _walk_back_to(taxpayer: TaxpayerPage, goal: str) -> None:
        for _ in range(20):
            taxpayer.page.keyboard.press("Shift+Tab")
            if taxpayer.focused() == goal:
                return
        raise AssertionError(f"{goal} cannot be reached")

    def test_the_large_text_mode_is_large_throughout(self, taxpayer: TaxpayerPage) -> None:
        taxpayer.button("长辈模式").click()
        expect(taxpayer.page.locator(".topic:visible")).to_have_count(3)
        taxpayer.ask(VAGUE)
        expect(taxpayer.page.locator(".option:visible")).to_have_count(3)
        taxpayer.ask(QUESTION)
        expect(taxpayer.button("朗读").last).to_be_visible()
        buttons = taxpayer.window.get_by_role("button").and_(taxpayer.page.locator(":visible"))
        small = [
            button.inner_text()
            for button in buttons.all()
            if (box := button.bounding_box()) and (box["height"] < 60 or box["width"] < 60)
        ]
        assert small == []
        sizes = taxpayer.window.evaluate(
            "panel => [...panel.querySelectorAll('*')].filter(e => e.checkVisibility() "
            "&& [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())"
            "&& !e.closest('.hidden')).map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert sizes
        assert 20 <= min(sizes) <= max(sizes) <= 30
        taxpayer.page.reload()
        expect(taxpayer.button("长辈模式")).to_have_attribute("aria-pressed", "true")

    def test_a_phone_shows_the_whole_conversation_and_nothing_beside_it(self, open_page: Open) -> None:
        taxpayer = open_page(**PHONE)
        taxpayer.ask(QUESTION)
        assert taxpayer.window.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert taxpayer.page.evaluate("document.documentElement.scrollWidth") == 390
        for control in (taxpayer.input, taxpayer.button("发送"), taxpayer.button("转人工")):
            expect(control).to_be_in_viewport(ratio=1)
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 44

    @pytest.mark.parametrize(
        "options",
        [{}, {"color_scheme": "dark"}, PHONE, {"forced_colors": "active"}],
        ids=["desk", "dark", "phone", "forced colours"],
    )
    def test_axe_finds_nothing_wrong(self, open_page: Open, options: dict[str, Any]) -> None:
        taxpayer = open_page(**options)
        expect(taxpayer.page.locator(".topic").first).to_contain_text("")
        assert taxpayer.offences() == []
        card = taxpayer.ask(QUESTION)
        for fold in card.locator("summary").all():
            fold.click()
        assert taxpayer.offences() == []
        taxpayer.ask(VAGUE)
        taxpayer.button("没用").click()
        taxpayer.button("转人工").click()
        taxpayer.button("留电话，等回电").click()
        assert taxpayer.offences() == []
        taxpayer.button("长辈模式").click()
        assert taxpayer.offences() == []
        taxpayer.button("关闭咨询窗口").click()
        assert taxpayer.offences() == []

    def test_axe_finds_nothing_wrong_with_the_queue_nor_with_the_rating(
        self, taxpayer: TaxpayerPage, agent: SeatedAgent, installation: Installation
    ) -> None:
        for _ in range(agent.seat["capacity"]):
            queue_up(installation.url)
        taxpayer.button("转人工").click()
        expect(taxpayer.standing).to_contain_text("您是下一位")
        assert taxpayer.offences() == []
        agent.resolve(agent.conversations()[0]["id"])
        own = agent.gets(taxpayer.conversation_id())["id"]
        agent.reply(own, "您好")
        agent.resolve(own)
        expect(taxpayer.page.get_by_text("请评价本次服务")).to_be_visible()
        assert taxpayer.offences() == []


class TestEmbedding:
    @pytest.fixture
    def bureau(self, installation: Installation, tmp_path: Path) -> Iterator[str]:
        """A page of somebody else's, on a server of its own, with the one tag in it."""
        tag = f'<script src="{installation.url}/widget.js"></script>'
        page = (
            f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>某局</title>{tag}<h1>某局</h1>'
        )
        (tmp_path / "index.html").write_text(page, encoding="utf-8")
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=tmp_path)) as server:
            Thread(target=server.serve_forever).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()

    def test_any_page_embeds_the_widget_with_one_script(
        self, new_context: Callable[..., BrowserContext], installation: Installation, bureau: str
    ) -> None:
        page = new_context().new_page()
        taxpayer = TaxpayerPage(page)
        taxpayer.visit(bureau)
        taxpayer.button("咨询，打开对话窗口").click()
        link = page.get_by_role("link", name="隐私说明")
        expect(link).to_have_attribute("href", f"{installation.url}/privacy")
        expect(taxpayer.ask(QUESTION)).to_have_class("card answer")

    def test_the_script_is_small_and_alone(self, installation: Installation) -> None:
        script = httpx.get(f"{installation.url}/widget.js", trust_env=False)
        assert "javascript" in script.headers["content-type"]
        assert len(gzip.compress(script.content)) <= 60 * KILOBYTE
        assert b"import(" not in script.content
        page = httpx.get(f"{installation.url}/", trust_env=False)
        assert page.text.count("<script") == 1
        assert "<style" not in page.text
        assert " style=" not in page.text


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Says nothing."""
