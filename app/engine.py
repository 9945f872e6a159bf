"""Wiring: the bot without the desk, for the command line: same Rasa model, same actions, same index.

Starts an action endpoint and a Rasa process on free loopback ports, and stops both on leaving.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI

from actions.dialogue import Understanding, respond
from actions.rasa_actions import make_executor
from app import rasa
from app.http import errors
from app.http.action_endpoint import make_router
from app.settings import ACTION_PATH, Settings
from app.supervisor import start, terminate
from bot.client import BotClient, BotUnavailable
from common.errors import Unavailable
from common.ids import new_token
from desk.reply import BotReply, TurnRequest
from knowledge_base.library import Library

START_PATIENCE = 180.0


class Engine:
    """Answers turns. Falls back to retrieval alone for a turn that Rasa does not answer in time."""

    def __init__(self, bot: BotClient, library: Library) -> None:
        self._bot = bot
        self._library = library

    async def reply_to(self, request: TurnRequest) -> BotReply:
        """The bot's reply to one turn."""
        try:
            return await self._bot.ask(request)
        except BotUnavailable:
            return await asyncio.to_thread(respond, self._library, request, Understanding())


@contextlib.asynccontextmanager
async def running_engine(settings: Settings, library: Library) -> AsyncIterator[Engine]:
    """An engine for as long as the block lasts. Raises RasaMissing, or Unavailable when Rasa does not start."""
    model = rasa.current_model(settings)
    if model is None or not rasa.PYTHON.exists():
        raise rasa.RasaMissing
    token = new_token()
    action_port, rasa_port = rasa.free_port(), rasa.free_port()
    program = rasa.server_program(
        model, port=rasa_port, action_url=f"http://127.0.0.1:{action_port}{ACTION_PATH}", action_token=token
    )
    process = await start(program)
    server = uvicorn.Server(_config(library, token, action_port))
    serving = asyncio.create_task(server.serve())
    try:
        async with BotClient(f"http://127.0.0.1:{rasa_port}", timeout=settings.bot_timeout) as bot:
            await asyncio.to_thread(library.refresh)
            await _wait_until_ready(bot, process)
            yield Engine(bot, library)
    finally:
        server.should_exit = True
        await serving
        await terminate(process)


def _config(library: Library, token: str, port: int) -> uvicorn.Config:
    app = FastAPI(openapi_url=None)
    errors.install(app)
    app.include_router(make_router(make_executor(library), token=token))
    return uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")


async def _wait_until_ready(bot: BotClient, process: asyncio.subprocess.Process) -> None:
    deadline = asyncio.get_running_loop().time() + START_PATIENCE
    while not await bot.is_ready():
        if process.returncode is not None:
            raise Unavailable("Rasa 进程启动失败，请看上面的日志。")
        if asyncio.get_running_loop().time() > deadline:
            raise Unavailable("Rasa 没有在规定时间内就绪。")
        await asyncio.sleep(0.2)
