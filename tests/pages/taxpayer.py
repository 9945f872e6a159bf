"""The taxpayer's page as a person meets it: by what is seen, said and pressed."""

from __future__ import annotations

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 15_000
QUESTION = "企业以前年度的亏损可以弥补几年？"
"""Answered at once."""
VAGUE = "小规模纳税人季度销售额28万元要交增值税吗"
"""Answered by asking back which of three is meant."""

expect.set_options(timeout=PATIENCE_MS)


class TaxpayerPage:
    """A page with the widget in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    def visit(self, address: str) -> None:
        """Open an address and wait until the widget is there."""
        self.page.goto(address)
        expect(self.page.locator(".launcher, .panel").first).to_be_attached()

    @property
    def input(self) -> Locator:
        return self.page.get_by_label("输入您的问题")

    @property
    def window(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def standing(self) -> Locator:
        """The line under the title."""
        return self.page.locator(".standing .words")

    @property
    def own(self) -> Locator:
        """What the taxpayer said, in order."""
        return self.page.locator("li.own .text")

    @property
    def cards(self) -> Locator:
        """What the assistant and agents said, in order."""
        return self.page.locator("li.bot .card, li.agent .card")

    @property
    def said(self) -> Locator:
        """The words of these cards."""
        return self.cards.locator(".text")

    @property
    def lines(self) -> Locator:
        """Everything that the server numbered."""
        return self.page.locator("li[data-seq]")

    def say(self, words: str) -> None:
        """Write and send."""
        self.input.fill(words)
        self.input.press("Enter")

    def ask(self, words: str) -> Locator:
        """Write, send, and wait for what the assistant says to it."""
        count = self.cards.count()
        self.say(words)
        card = self.cards.nth(count)
        expect(card).to_be_visible()
        return card

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def focused(self) -> str:
        """The id or class of what has the focus, inside the widget where it is there."""
        found: str = self.page.evaluate(
            "() => { let f = document.activeElement; while (f?.shadowRoot?.activeElement) "
            "f = f.shadowRoot.activeElement; return f.id || f.className || f.tagName }"
        )
        return found

    def conversation_id(self) -> str:
        """The conversation, as the browser keeps it once it has begun."""
        name = "Object.keys(localStorage).find(name => name.endsWith('conversation'))"
        kept: str = self.page.wait_for_function(f"() => localStorage.getItem({name})").json_value()
        found: str = json.loads(kept)["id"]
        return found

    def offences(self) -> list[str]:
        """What axe finds wrong on the page as it is now."""
        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]
