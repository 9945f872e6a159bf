"""A stand-in Bot API server, a desk that only remembers, and a channel between them in either mode."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated

import pytest
import uvicorn
from fastapi import FastAPI, Header, Request, Response

from channels.telegram import TelegramChannel, WebhookSettings
from tests.channels.telegram_samples import SECRET, Connect, RememberingDesk, SettableClock
from tests.standins.telegram_server import TelegramServer


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
async def desk() -> RememberingDesk:
    return RememberingDesk()


@pytest.fixture
def polling(telegram: TelegramServer, clock: SettableClock) -> Connect:
    """Connects a channel that asks for its updates."""

    @asynccontextmanager
    async def connect(desk: RememberingDesk) -> AsyncIterator[TelegramChannel]:
        channel = TelegramChannel(
            telegram.token, clock=clock, base_url=telegram.base_url, retry_delay=timedelta(milliseconds=20)
        )
        await channel.start(desk.receive)
        try:
            yield channel
        finally:
            await channel.stop()

    return connect


@pytest.fixture
def webhook(telegram: TelegramServer, clock: SettableClock) -> Connect:
    """Connects a channel whose updates are posted to a web server of ours."""

    @asynccontextmanager
    async def connect(desk: RememberingDesk) -> AsyncIterator[TelegramChannel]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/channels/telegram"
            channel = TelegramChannel(
                telegram.token,
                clock=clock,
                base_url=telegram.base_url,
                webhook=WebhookSettings(url=url, secret=SECRET),
                retry_delay=timedelta(milliseconds=20),
            )
            async with _served(_web_app(channel), listener):
                await channel.start(desk.receive)
                try:
                    yield channel
                finally:
                    await channel.stop()

    return connect


@pytest.fixture(params=["polling", "webhook"])
def connect(request: pytest.FixtureRequest) -> Connect:
    """Connects a channel in each of the two modes."""
    chosen: Connect = request.getfixturevalue(request.param)
    return chosen


def _web_app(channel: TelegramChannel) -> FastAPI:
    app = FastAPI()

    @app.post("/channels/telegram")
    async def telegram_update(
        request: Request, x_telegram_bot_api_secret_token: Annotated[str | None, Header()] = None
    ) -> Response:
        body = await request.body()
        return Response(status_code=await channel.handle_webhook(x_telegram_bot_api_secret_token, body))

    return app


@asynccontextmanager
async def _served(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
