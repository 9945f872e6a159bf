"""Rasa as the product runs it, beside a real action endpoint whose knowledge base is a test's."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from rasa_sdk.executor import ActionExecutor

from actions.rasa_actions import make_executor
from app.http import errors
from app.http.action_endpoint import make_router
from app.rasa import free_port, server_program
from app.settings import ACTION_PATH
from app.supervisor import Program
from bot.client import BotClient
from desk.reply import BotReply, ConversationContext, Option, TurnRequest
from knowledge_base.library import SearchResult, ServedRevision
from knowledge_base.retrieval.decision import Decision, Thresholds

NOW: Final = datetime(2026, 11, 23, 2, tzinfo=UTC)
TOKEN: Final = "a-token-that-only-rasa-knows"
PATIENCE_SECONDS: Final = 150.0
OFFERED: Final = tuple(
    Option(option_id=f"e{number}", label=f"第{number}问", entry_id=f"entry-{number}") for number in (1, 2, 3)
)


class EmptyKnowledge:
    """A knowledge base with nothing in it. `before_search` is called first."""

    def __init__(self) -> None:
        self.before_search: Callable[[], object] = lambda: None
        self.asked_for: list[str] = []

    def search(self, text: str, *, as_of: date, region: str | None, limit: int = 5) -> SearchResult:
        self.before_search()
        return SearchResult(Decision.NO_ANSWER, 0.0, (), Thresholds(answer=0.5, clarify=0.3), "1-empty")

    def revision_in_force(self, entry_id: str, *, as_of: date, region: str | None) -> ServedRevision | None:
        self.asked_for.append(entry_id)
        return None


class NotingExecutor:
    """rasa-sdk's executor, noting the calls that Rasa makes."""

    def __init__(self, executor: ActionExecutor) -> None:
        self._executor = executor
        self.calls: list[dict[str, Any]] = []

    async def run(self, call: dict[str, Any]) -> Any:
        self.calls.append(call)
        return await self._executor.run(call)


class LiveRasa:
    """The running pair, and how to ask it."""

    def __init__(
        self, program: Program, port: int, knowledge: EmptyKnowledge, executor: NotingExecutor
    ) -> None:
        self.program = program
        self.url = f"http://127.0.0.1:{port}"
        self.knowledge = knowledge
        self.calls = executor.calls
        self.process = start(program)

    def ask(self, text: str, *, budget: float = 30, conversation_id: str = "c1", **given: Any) -> BotReply:
        """The reply to one turn. Raises BotUnavailable."""
        turn = TurnRequest(conversation_id=conversation_id, text=text, now=NOW, **given)

        async def asking() -> BotReply:
            async with BotClient(self.url, timeout=timedelta(seconds=budget)) as bot:
                return await bot.ask(turn)

        return asyncio.run(asking())

    def ask_all(self, texts: Sequence[str]) -> list[BotReply]:
        """The replies to turns, one after the other."""

        async def asking() -> list[BotReply]:
            async with BotClient(self.url, timeout=timedelta(seconds=30)) as bot:
                return [
                    await bot.ask(TurnRequest(conversation_id="c1", text=text, now=NOW)) for text in texts
                ]

        return asyncio.run(asking())

    def ask_with_options(self, text: str) -> BotReply:
        """The reply to a turn while three options are on offer."""
        return self.ask(text, context=ConversationContext(options=OFFERED, awaiting="option"))

    def is_ready(self) -> bool:
        """Whether the model is loaded."""

        async def asking() -> bool:
            async with BotClient(self.url, timeout=timedelta(seconds=30)) as bot:
                return await bot.is_ready()

        return asyncio.run(asking())

    def wait_until_ready(self) -> None:
        """Returns once the model is loaded."""
        wait_until(lambda: self.is_ready() or self.process.poll() is not None, what="Rasa is ready")
        assert self.process.poll() is None


def start(program: Program) -> subprocess.Popen[bytes]:
    """The program as a child of the tests."""
    return subprocess.Popen(
        program.command, cwd=program.working_dir, env={**os.environ, **program.environment}
    )


def wait_until(condition: Callable[[], object], *, what: str) -> None:
    """Returns once `condition` is true; fails with `what` when it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


@contextmanager
def live_rasa(model: Path, *, token: str = TOKEN) -> Iterator[LiveRasa]:
    """Rasa, ready, for as long as the block lasts. `token` is what Rasa shows to the action endpoint."""
    knowledge = EmptyKnowledge()
    executor = NotingExecutor(make_executor(knowledge))
    action_port, port = free_port(), free_port()
    with _action_endpoint(executor, action_port):
        program = server_program(
            model, port=port, action_url=f"http://127.0.0.1:{action_port}{ACTION_PATH}", action_token=token
        )
        live = LiveRasa(program, port, knowledge, executor)
        try:
            live.wait_until_ready()
            yield live
        finally:
            live.process.kill()
            live.process.wait()


@contextmanager
def _action_endpoint(executor: NotingExecutor, port: int) -> Iterator[None]:
    app = FastAPI(openapi_url=None)
    errors.install(app)
    app.include_router(make_router(executor, token=TOKEN))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
