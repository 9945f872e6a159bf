"""The application with a real database, index and encoder; Rasa is down, so retrieval answers alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from product import Product

from app import rasa
from app.bootstrap import open_database, open_library
from app.cli.kb import load_entries
from app.http.server import create_app
from app.settings import ROOT, Settings, load_settings
from app.starting_state import load_starting_accounts

ACTION_TOKEN = "a-token-that-only-rasa-knows"
CONTENT = ROOT / "knowledge_base" / "content" / "vat.yaml"

Start = Callable[..., AbstractContextManager[Product]]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Settings of an installation in a temporary folder."""

    def make(**given: Any) -> Settings:
        given = {"data_dir": tmp_path / "data", "rasa_port": rasa.free_port(), "bot_budget": 1.0, **given}
        return load_settings(**given)

    return make


@dataclass(frozen=True)
class SetUp:
    """A folder with knowledge base, index and accounts, to be copied."""

    folder: Path
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> SetUp:
    """What `tongda setup` leaves, made once a run."""
    folder = tmp_path_factory.mktemp("set-up") / "data"
    settings = load_settings(data_dir=folder)
    database = open_database(settings)
    load_entries(database, CONTENT, dry_run=False, publish=True)
    accounts = load_starting_accounts(database, development=True)
    open_library(settings, database).refresh()
    database.dispose()
    return SetUp(folder, {account.username: account.password for account in accounts})


@pytest.fixture
def start(settings: Callable[..., Settings], set_up: SetUp) -> Start:
    """Starts the product; the same folder may be started again."""

    @contextmanager
    def run(**given: Any) -> Iterator[Product]:
        made = settings(**given)
        if not made.data_dir.exists():
            shutil.copytree(set_up.folder, made.data_dir)
        passwords = dict(set_up.passwords)
        app = create_app(made, action_token=ACTION_TOKEN)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Product(client, passwords)

    return run


@pytest.fixture
def product(start: Start) -> Iterator[Product]:
    """The product with generous rate limits."""
    with start(messages_per_minute=10_000, conversations_per_minute=10_000) as running:
        yield running
