"""From a reviewer's approval to a contact's reply with the new text, over HTTP, while the server runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from benchmarks.chats import Http, TongdaBot
from benchmarks.servers import BenchmarkFailed
from knowledge_base.content import EntryContent

STAFF = "/api/v1/staff"
MAX_QUESTIONS = 100


@dataclass(frozen=True)
class Login:
    """An account to sign in with."""

    username: str
    password: str


@dataclass(frozen=True)
class Change:
    """Milliseconds from sending the approval: to its acknowledgement, and to reading the new text in a reply."""

    acknowledged: float
    served: float


def measure(bot: TongdaBot, editor: Login, reviewer: Login, entries: Sequence[EntryContent]) -> list[Change]:
    """Change each entry's answer and a wording, approve it, and ask until the new text comes."""
    with (
        closing(_signed_in(bot.port, editor)) as writing,
        closing(_signed_in(bot.port, reviewer)) as checking,
    ):
        return [_change(bot, writing, checking, entry, number) for number, entry in enumerate(entries)]


def _signed_in(port: int, login: Login) -> Http:
    http = Http(port)
    body = http.request("POST", f"{STAFF}/session", {"username": login.username, "password": login.password})
    http.headers["X-CSRF-Token"] = body["csrf_token"]
    http.headers["Cookie"] = (http.cookie or "").partition(";")[0]
    return http


def _change(bot: TongdaBot, writing: Http, checking: Http, entry: EntryContent, number: int) -> Change:
    mark = f"（第{number + 1}次改动）"
    path = f"{STAFF}/entries/{entry.id}"
    content: dict[str, Any] = entry.model_dump(mode="json")
    content["answer"] = mark + entry.answer[:80]
    content["similar_questions"] = [*entry.similar_questions, f"{entry.question}{mark}"]
    draft = writing.request("PUT", f"{path}/draft", {"content": content, "base_revision": None})
    draft = writing.request("POST", f"{path}/submit", {"base_revision": draft["lock_version"]})
    with closing(bot.open()) as chat:
        started = time.perf_counter()
        checking.request("POST", f"{path}/approve", {"base_revision": draft["lock_version"]})
        acknowledged = (time.perf_counter() - started) * 1000
        for _ in range(MAX_QUESTIONS):
            if mark in chat.ask(entry.question).text:
                return Change(acknowledged, (time.perf_counter() - started) * 1000)
    raise BenchmarkFailed(f"the new text of {entry.id} was never served")
