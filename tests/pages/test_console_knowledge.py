"""Issue 2, item 7: an answer changed in the console is what the next taxpayer reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from conftest import Open
from console import ConsolePage
from installation import Installation
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ENTRY = "税收滞纳金怎么计算？"
CHANGED = "滞纳金的算法已经核对过。"


@pytest.fixture
def editor(signed_in: Callable[..., Page]) -> ConsolePage:
    """The editor, with the entry open."""
    console = ConsolePage(signed_in("editor"))
    console.go(f"knowledge?search={quote(ENTRY)}")
    console.page.get_by_role("region", name="条目列表").get_by_role("link", name=ENTRY).click()
    expect(console.page.get_by_label("简答")).to_be_editable()
    return console


@pytest.fixture
def reviewer(signed_in: Callable[..., Page]) -> ConsolePage:
    """Somebody else who may approve."""
    return ConsolePage(signed_in("reviewer"))


class TestPublishing:
    def test_what_a_second_person_approved_is_served_at_once_and_an_earlier_revision_can_come_back(
        self, editor: ConsolePage, reviewer: ConsolePage, open_page: Open, installation: Installation
    ) -> None:
        web = installation.process("web").pid
        card = open_page().ask(ENTRY)
        expect(card).to_have_class("card answer")
        before = card.locator(".text").inner_text()
        answer = editor.page.get_by_label("简答")
        first = answer.input_value()

        answer.fill(f"{CHANGED}{first}")
        expect(editor.page.get_by_label("预览和历史")).to_contain_text(CHANGED)
        self._submit(editor)
        expect(editor.page.get_by_text("您是作者，须由另一位同事审核")).to_be_visible()
        expect(editor.button("审核通过并发布")).to_have_count(0)
        expect(open_page().ask(ENTRY).locator(".text")).to_have_text(before)
        self._approve(reviewer, editor)
        expect(open_page().ask(ENTRY).locator(".text")).to_have_text(f"{CHANGED}{before}")

        editor.page.reload()
        expect(answer).to_have_value(f"{CHANGED}{first}")
        editor.page.get_by_role("button", name=re.compile("恢复 ?第 1 版")).click()
        editor.dialog.get_by_role("button", name="建立草稿").click()
        expect(answer).to_have_value(first)
        self._submit(editor)
        self._approve(reviewer, editor)
        expect(open_page().ask(ENTRY).locator(".text")).to_have_text(before)
        assert installation.process("web").pid == web

    @staticmethod
    def _submit(editor: ConsolePage) -> None:
        editor.button("提交审核").click()
        expect(editor.page.get_by_text("内容正在审核")).to_be_visible()

    @staticmethod
    def _approve(reviewer: ConsolePage, editor: ConsolePage) -> None:
        reviewer.page.goto(editor.page.url)
        reviewer.button("审核通过并发布").click()
        expect(reviewer.page.get_by_text("已发布，现在起按新内容回答")).to_be_visible()


class TestTrying:
    def test_the_ranked_matches_and_the_decision_are_shown(self, editor: ConsolePage) -> None:
        box = editor.page.get_by_label("预览和历史")
        box.get_by_label("纳税人会怎么问").fill("税收滞纳金的计算公式")
        box.get_by_role("button", name="试一试").click()
        found = box.get_by_role("status")
        expect(found.locator("li .line a").first).to_have_text(ENTRY)
        scores = [int(text.rstrip("%")) for text in found.locator("li .score").all_inner_texts()]
        assert len(scores) > 1
        assert scores == sorted(scores, reverse=True)
        expect(found.locator(".decision")).to_contain_text("概率")
