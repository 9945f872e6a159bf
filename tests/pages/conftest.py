"""The real product, a real Chromium, and the people in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from installation import Installation, SeatedAgent
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from taxpayer import TaxpayerPage

SCREENSHOTS = "TONGDA_SCREENSHOTS"
"""Set to a folder, the tests leave the README's pictures there."""

Open = Callable[..., TaxpayerPage]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; in CI there must be one.

    Not for the whole session: while Playwright runs, no other test of this process can run an event loop of its own.
    """
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The product, set up and started once. Seats stay as a test put them: no console need be open."""
    made = Installation(
        tmp_path_factory.mktemp("installation"), HEARTBEAT_GRACE=36_000, ACCEPT_TIMEOUT=36_000
    )
    try:
        made.set_up()
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers as different people have them; any error in any of their pages fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1280, "height": 800}, **options}
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: _note_refusal(errors, message.text))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not errors


def _note_refusal(errors: list[str], text: str) -> None:
    if "Content Security Policy" in text:
        errors.append(text)


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext], installation: Installation) -> Open:
    """Opens the taxpayer's page in a fresh browser."""

    def make(**options: Any) -> TaxpayerPage:
        taxpayer = TaxpayerPage(new_context(**options).new_page())
        taxpayer.visit(f"{installation.url}/")
        return taxpayer

    return make


@pytest.fixture
def taxpayer(open_page: Open) -> TaxpayerPage:
    """A taxpayer at a desk, with the window open."""
    return open_page()


@pytest.fixture(scope="session")
def _seats(installation: Installation) -> Iterator[dict[str, SeatedAgent]]:
    names = ("agent", "expert")
    seated = {name: SeatedAgent(installation.url, name, installation.passwords[name]) for name in names}
    yield seated
    for each in seated.values():
        each.close()


@pytest.fixture
def agent(_seats: dict[str, SeatedAgent]) -> Iterator[SeatedAgent]:
    """The one agent who is online; leaves nobody waiting behind."""
    with _online(_seats["agent"]) as seated:
        yield seated


@pytest.fixture
def expert(_seats: dict[str, SeatedAgent]) -> Iterator[SeatedAgent]:
    """An expert who is online beside the agent."""
    with _online(_seats["expert"]) as seated:
        yield seated


@contextmanager
def _online(seated: SeatedAgent) -> Iterator[SeatedAgent]:
    seated.set_availability("online")
    try:
        yield seated
    finally:
        seated.finish_everything()
        seated.set_availability("offline")


@pytest.fixture
def signed_in(new_context: Callable[..., BrowserContext], installation: Installation) -> Callable[..., Page]:
    """Opens the console for one of the development accounts, in a browser of its own."""

    def make(username: str, **options: Any) -> Page:
        context = new_context(**options)
        credentials = {"username": username, "password": installation.passwords[username]}
        answer = context.request.post(f"{installation.url}/api/v1/staff/session", data=credentials)
        assert answer.ok, answer.text()
        page = context.new_page()
        page.goto(f"{installation.url}/console/")
        return page

    return make


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps a picture of a page under a name, when a folder for pictures was given."""
    folder = os.environ.get(SCREENSHOTS)

    def keep(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
