"""The staff console as a person meets it: by what is seen, said and pressed."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from taxpayer import PATIENCE_MS


class ConsolePage:
    """The console in the browser of somebody who has signed in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    @property
    def rows(self) -> Locator:
        """The conversations of the list in sight."""
        return self.page.get_by_role("region", name="会话列表").locator("li")

    @property
    def log(self) -> Locator:
        """What was said, notices and notes included."""
        return self.page.get_by_role("log", name="对话记录")

    @property
    def said(self) -> Locator:
        """The words of contact, bot, agents and notes."""
        return self.log.locator(".message .bubble > .text")

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("回复内容")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").and_(self.page.locator(":visible"))

    @property
    def suggested(self) -> Locator:
        """The entries offered for the reply, the best one first."""
        return self.page.get_by_label("对方与资料").locator(".offer a")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def go(self, path: str) -> None:
        """Open another page of the console, as a bookmark does."""
        self.page.goto(re.sub(r"/console/.*", f"/console/{path}", self.page.url))

    def open_first(self) -> None:
        """J, once there is somebody in the list."""
        expect(self.rows).to_have_count(1)
        self.page.keyboard.press("j")
        expect(self.log).to_be_visible()

    def accept(self) -> None:
        """A; the reply box is next."""
        expect(self.button("接受")).to_be_visible()
        self.page.keyboard.press("a")
        expect(self.box).to_be_focused()

    def write(self, words: str) -> None:
        """Type where the focus is, and send by key."""
        expect(self.box).to_be_focused()
        self.page.keyboard.insert_text(words)
        self.page.keyboard.press("Control+Enter")
        expect(self.box).to_have_value("")

    def resolve(self, classification: str) -> None:
        """X, from inside the reply box with Alt."""
        self.page.keyboard.press("Alt+x")
        expect(self.dialog.get_by_role("button", name="结束")).to_be_disabled()
        self.dialog.get_by_label("业务分类").select_option(classification)
        self.dialog.get_by_role("button", name="结束").click()
        expect(self.page.get_by_text("会话已结束")).to_be_visible()

    def offences(self) -> list[str]:
        """What axe finds wrong on the page as it is now, once nothing moves."""
        self.page.wait_for_function(
            "() => document.getAnimations().every(each => each.playState !== 'running')"
        )
        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]
