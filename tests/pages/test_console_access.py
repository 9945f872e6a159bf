"""Issue 2, item 7: every page of the console for everybody who works there, on a small screen too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from console import ConsolePage
from installation import Installation, SeatedAgent
from playwright.sync_api import BrowserContext, Page, expect
from taxpayer import QUESTION, TaxpayerPage

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SMALL = {"width": 1280, "height": 720}
SCHEMES = pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}], ids=["light", "dark"])
PAGES = (
    ("reviewer", "queue", "坐席"),
    ("reviewer", "orders", "工单"),
    ("editor", "knowledge", "知识库"),
    ("editor", "knowledge/entries/cit-loss-carry-forward", "历史"),
    ("editor", "knowledge/new", "新建条目"),
    ("admin", "users", "设置 · 账号"),
)

Keep = Callable[[Page, str], None]


@SCHEMES
class TestEveryPage:
    @pytest.mark.parametrize(("user", "path", "heading"), PAGES, ids=[path for _, path, _ in PAGES])
    def test_has_nothing_that_axe_finds_wrong_and_fits_a_small_screen(
        self,
        signed_in: Callable[..., Page],
        picture: Keep,
        options: dict[str, Any],
        user: str,
        path: str,
        heading: str,
    ) -> None:
        console = ConsolePage(signed_in(user, viewport=SMALL, **options))
        console.go(path)
        expect(console.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(console.page.locator(".skeleton")).to_have_count(0)
        picture(console.page, f"{path.replace('/', '-')}-{options.get('color_scheme', 'light')}")
        assert console.offences() == []
        _assert_it_fits(console.page)

    def test_so_does_signing_in(
        self,
        new_context: Callable[..., BrowserContext],
        installation: Installation,
        picture: Keep,
        options: dict[str, Any],
    ) -> None:
        console = ConsolePage(new_context(viewport=SMALL, **options).new_page())
        console.page.goto(f"{installation.url}/console/")
        console.page.get_by_label("用户名").fill("agent")
        console.page.get_by_label("密码").fill("wrong")
        console.button("登录").click()
        expect(console.page.get_by_role("alert")).to_be_visible()
        picture(console.page, f"sign-in-{options.get('color_scheme', 'light')}")
        assert console.offences() == []
        _assert_it_fits(console.page)

    def test_so_does_the_desk_with_all_its_dialogs(
        self,
        taxpayer: TaxpayerPage,
        agent: SeatedAgent,
        signed_in: Callable[..., Page],
        picture: Keep,
        options: dict[str, Any],
    ) -> None:
        console = ConsolePage(signed_in("agent", viewport=SMALL, **options))
        expect(console.page.get_by_text("没有打开的会话")).to_be_visible()
        assert console.offences() == []
        taxpayer.ask(QUESTION)
        taxpayer.button("转人工").click()
        agent.gets(taxpayer.conversation_id())
        console.open_first()
        console.accept()
        console.write("您好")
        expect(taxpayer.said.last).to_have_text("您好")
        picture(console.page, f"desk-{options.get('color_scheme', 'light')}")
        assert console.offences() == []
        _assert_it_fits(console.page)
        for control in (
            console.box,
            *(console.button(name) for name in ("发送", "转接", "退回队列", "结束")),
        ):
            expect(control).to_be_in_viewport(ratio=1)
        console.page.keyboard.insert_text("/")
        expect(console.page.get_by_role("listbox", name="快捷回复")).to_be_visible()
        assert console.offences() == []
        console.box.fill("")
        for key in ("Alt+t", "Alt+l", "Alt+x", "Control+k", "Alt+Shift+?"):
            console.page.keyboard.press(key)
            expect(console.dialog).to_have_count(1)
            assert console.offences() == [], key
            console.page.keyboard.press("Escape")
            expect(console.dialog).to_have_count(0)


def _assert_it_fits(page: Page) -> None:
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [SMALL["width"], SMALL["height"]]
