"""The database is locked or full: an honest error to the sender, and nothing acknowledged that was not stored."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from product import QUESTION, Product
from sqlalchemy import event

import common.database


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common.database, "BUSY_TIMEOUT_SECONDS", 0.1)


def test_a_locked_database_is_an_honest_error_and_stores_nothing(product: Product, tmp_path: Path) -> None:
    visitor = product.visitor()
    blocker = sqlite3.connect(tmp_path / "data" / "tongda.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    refused = visitor.says(QUESTION)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
    assert visitor.page()["messages"] == []
    blocker.execute("ROLLBACK")
    blocker.close()
    assert visitor.asks(QUESTION)["outcome"] == "answer"


def test_a_full_disk_is_an_honest_error_and_stores_nothing(product: Product) -> None:
    visitor = product.visitor()
    database: Any = product.client.app.state.database  # type: ignore[attr-defined]
    [[pages]] = product.sql("PRAGMA page_count")

    def fill(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(database.engine, "checkout", fill)
    refused = None
    for number in range(200):
        answer = visitor.says("税" * 1900)
        if answer.status_code != 202:
            refused = (number, answer)
            break
    assert refused is not None, "the database never filled up"
    stored, answer = refused
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    [[kept]] = product.sql("SELECT count(*) FROM messages WHERE sender = 'contact'")
    assert kept == stored
    event.remove(database.engine, "checkout", fill)


def test_what_is_alive_and_what_is_ready_is_told_apart(product: Product, tmp_path: Path) -> None:
    assert product.client.get("/healthz").json() == {"status": "alive"}
    ready = product.client.get("/readyz")
    assert ready.json()["ready"]["database"] is True
    assert ready.json()["ready"]["rasa"] is False
    metrics = product.client.get("/metrics").text
    assert 'tongda_conversations{state="bot"}' in metrics
