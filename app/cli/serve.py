"""Wiring, command line: `tongda serve`."""

from __future__ import annotations

import asyncio
import os
import sys
from enum import StrEnum
from typing import Annotated

import structlog
import typer
import uvicorn

from app import rasa
from app.bootstrap import open_database
from app.cli.output import complain, tell
from app.logs import set_up_logs
from app.settings import ROOT, Settings, load_settings, unknown_variables
from app.supervisor import Program, first_of, keep_alive, stop_on_signals
from common.errors import Unavailable
from common.ids import new_token

ACTION_TOKEN_VARIABLE = "TONGDA_ACTION_TOKEN"  # noqa: S105 - a variable's name


log = structlog.get_logger()


class Part(StrEnum):
    """What to run in this process group."""

    ALL = "all"
    WEB = "web"
    RASA = "rasa"


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址。")] = None,
    port: Annotated[int | None, typer.Option(help="监听端口。", min=1, max=65535)] = None,
    only: Annotated[Part, typer.Option(help="只启动其中一个进程（多机部署时用）。")] = Part.ALL,
) -> None:
    """启动网页进程和 Rasa 进程，并保持它们运行；Ctrl-C 停止。"""
    settings = load_settings(host=host, port=port)
    set_up_logs(settings.log_format)
    for name in unknown_variables():
        if name != ACTION_TOKEN_VARIABLE:
            complain(f"不认识的环境变量 {name}，可能拼错了。")
    if only is Part.WEB:
        run_web(settings)
        return
    open_database(settings).dispose()
    if not rasa.PYTHON.exists():
        raise rasa.RasaMissing
    token = os.environ.get(ACTION_TOKEN_VARIABLE) or new_token()
    if only is Part.ALL:
        tell(
            f"纳税人页面  http://{settings.host}:{settings.port}/\n工作台      http://{settings.host}:{settings.port}/console/"
        )
    asyncio.run(_supervise(settings, token, web=only is Part.ALL))


def run_web(settings: Settings) -> None:
    """The web process alone."""
    from app.http.server import create_app

    app = create_app(settings, action_token=os.environ.get(ACTION_TOKEN_VARIABLE) or new_token())
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=settings.trusted_proxy,
        ws_max_size=65_536,
        # Frames are short; compressing them costs more time and memory than it saves.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
    )


async def _supervise(settings: Settings, token: str, *, web: bool) -> None:
    stop = asyncio.Event()
    stop_on_signals(asyncio.get_running_loop(), stop)
    async with asyncio.TaskGroup() as group:
        if web:
            group.create_task(keep_alive(_web_program(settings, token), stop))
        group.create_task(_keep_rasa_alive(settings, token, stop))


async def _keep_rasa_alive(settings: Settings, token: str, stop: asyncio.Event) -> None:
    """Make the model if it is missing or damaged; meanwhile, and without one, retrieval answers alone."""
    model = rasa.current_model(settings)
    if model is None:
        log.warning("no usable Rasa model, training one")
        training = asyncio.ensure_future(rasa.train(settings))
        await first_of(training, stop.wait())
        if stop.is_set():
            return
        try:
            model = training.result()
        except Unavailable as error:
            log.exception("Rasa does not run", error=error.message)
            return
    url = settings.action_url
    program = rasa.server_program(model, port=settings.rasa_port, action_url=url, action_token=token)
    await keep_alive(program, stop)


def _web_program(settings: Settings, token: str) -> Program:
    command = [
        sys.argv[0],
        "serve",
        "--only",
        Part.WEB,
        "--host",
        settings.host,
        "--port",
        str(settings.port),
    ]
    return Program("web", command, ROOT, {ACTION_TOKEN_VARIABLE: token})
