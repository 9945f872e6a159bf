"""Wiring, HTTP: the web process's application, its routes and what runs beside them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from actions.rasa_actions import make_executor
from app.bootstrap import open_database, open_keyring, open_library
from app.bridge import BridgeWorker
from app.delivery import DeliveryWorker
from app.http import (
    errors,
    health,
    hotline_12345,
    im_channels,
    pages,
    staff_desk,
    staff_knowledge,
    staff_live,
    staff_orders,
    staff_session,
    taxpayer,
    taxpayer_live,
    taxpayer_orders,
)
from app.http.action_endpoint import make_router as make_action_router
from app.http.guards import BodyLimit, SecurityHeaders
from app.http.services import Limits, Services
from app.im_intake import ImIntake
from app.live import Hub
from app.rate_limits import RateLimit
from app.settings import Settings
from app.timers import Timers
from app.turn_worker import TurnWorker
from bot.client import BotClient
from channels.hotline_12345 import Hotline12345
from channels.protocol import Channel
from channels.telegram import TelegramChannel, WebhookSettings
from common.clock import system_clock
from common.ids import new_id
from desk.policy import DeskPolicy
from knowledge_base.publishing import TOPIC

RETRY_SECONDS = 2.0
log = structlog.get_logger()


def create_app(settings: Settings, *, action_token: str) -> FastAPI:
    """The application; databases are opened here, workers start with the server."""
    app = FastAPI(
        title="Tongda 通答",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        responses=errors.DOCUMENTED,
    )
    database = open_database(settings)
    library = open_library(settings, database)
    app.state.settings = settings
    app.state.database = database
    app.state.library = library
    app.state.limits = Limits(
        messages=RateLimit(settings.messages_per_minute, monotonic=time.monotonic),
        conversations=RateLimit(settings.conversations_per_minute, monotonic=time.monotonic),
        sign_in=RateLimit(10, monotonic=time.monotonic),
    )
    app.state.channels = _channels(settings)
    errors.install(app)
    for router in (
        health.router,
        taxpayer.router,
        taxpayer_live.router,
        staff_session.router,
        staff_desk.router,
        staff_orders.router,
        taxpayer_orders.router,
        staff_live.router,
        staff_knowledge.router,
        im_channels.router,
        hotline_12345.router,
    ):
        app.include_router(router)
    app.include_router(make_action_router(make_executor(library), token=action_token))
    pages.mount(app)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    return app


def _channels(settings: Settings) -> dict[str, Channel]:
    if settings.telegram_token is None:
        return {}
    webhook = None
    if settings.telegram_webhook_url and settings.telegram_webhook_secret:
        webhook = WebhookSettings(
            url=settings.telegram_webhook_url.rstrip("/") + im_channels.TELEGRAM_PATH,
            secret=settings.telegram_webhook_secret.get_secret_value(),
        )
    telegram = TelegramChannel(
        settings.telegram_token.get_secret_value(),
        base_url=settings.telegram_base_url,
        webhook=webhook,
        clock=system_clock,
    )
    return {telegram.name: telegram}


def _hotline(settings: Settings) -> Hotline12345 | None:
    if settings.hotline_12345_secret is None or settings.hotline_12345_url is None:
        return None
    return Hotline12345(settings.hotline_12345_url, settings.hotline_12345_secret.get_secret_value())


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    hub = Hub(asyncio.get_running_loop(), redis_url=settings.redis_url)
    await hub.start()
    async with BotClient(f"http://127.0.0.1:{settings.rasa_port}", timeout=settings.bot_timeout) as bot:
        app.state.bot = bot
        services = _services(app, hub, bot)
        app.state.services = services
        services.database.listeners.append(hub.notify)
        workers = _start_workers(services, app.state.channels)
        hotline = _hotline(settings)
        if hotline is not None:
            workers.append(asyncio.create_task(BridgeWorker(services, hotline).run(), name="bridge"))
        intake = ImIntake(services, app.state.limits)
        for channel in app.state.channels.values():
            await channel.start(intake.receive)
        yield
        for channel in app.state.channels.values():
            await channel.stop()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        if hotline is not None:
            await hotline.close()
    await hub.stop()
    services.database.dispose()


def _services(app: FastAPI, hub: Hub, bot: BotClient) -> Services:
    settings: Settings = app.state.settings
    database, library = app.state.database, app.state.library
    return Services(
        settings=settings,
        database=database,
        library=library,
        keyring=open_keyring(settings),
        hub=hub,
        turns=TurnWorker(
            database, bot, library, hub, budget=settings.bot_timeout, clock=system_clock, ids=new_id
        ),
        clock=system_clock,
        ids=new_id,
        policy=DeskPolicy(
            accept_timeout=timedelta(seconds=settings.accept_timeout),
            heartbeat_grace=timedelta(seconds=settings.heartbeat_grace),
        ),
    )


def _start_workers(services: Services, channels: dict[str, Channel]) -> list[asyncio.Task[None]]:
    delivery = DeliveryWorker(
        services.database, channels, services.hub, clock=services.clock, ids=services.ids
    )
    return [
        asyncio.create_task(services.turns.run(), name="turns"),
        asyncio.create_task(delivery.run(), name="delivery"),
        asyncio.create_task(Timers(services).run(), name="timers"),
        asyncio.create_task(_keep_library_fresh(services), name="library"),
    ]


async def _keep_library_fresh(services: Services) -> None:
    """Load the index while the pages are already served, and follow what other processes publish."""
    with services.hub.subscribe([TOPIC]) as changes:
        while True:
            try:
                await asyncio.to_thread(services.library.refresh)
            except Exception:
                log.exception("the knowledge base could not be refreshed, trying again")
                await asyncio.sleep(RETRY_SECONDS)
            await changes.wait(RETRY_SECONDS)
