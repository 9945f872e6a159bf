"""Wiring, Rasa: where its model is, how it is trained and how its process is started."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

from app.settings import ROOT, Settings
from app.supervisor import Program, terminate
from bot.model import find_model, model_name, training_fingerprint
from common.errors import Unavailable

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


class RasaMissing(Unavailable):
    """The Rasa environment or its model is not there."""

    message = "没有 Rasa 环境或模型，请先运行 make setup。"


def current_model(settings: Settings) -> Path | None:
    """The model trained from the present inputs, or None."""
    return find_model(settings.model_dirs, training_fingerprint(ROOT))


async def train(settings: Settings) -> Path:
    """Train a model from the present inputs. Raises RasaMissing, or Unavailable when training fails."""
    if not PYTHON.exists():
        raise RasaMissing
    target = settings.model_dirs[0] / model_name(training_fingerprint(ROOT))
    target.parent.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        PYTHON,
        "-m",
        "bot.server.train",
        "--out",
        target,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        status = await process.wait()
    except asyncio.CancelledError:
        await terminate(process)
        raise
    if status != 0 or not target.exists():
        raise Unavailable("Rasa 模型训练失败，请看上面的日志。")
    return target


def server_program(model: Path, *, port: int, action_url: str, action_token: str) -> Program:
    """The Rasa process: loopback only, with the action endpoint it is to call."""
    return Program(
        name="rasa",
        command=[str(PYTHON), "-m", "bot.server", "--model", str(model), "--port", str(port)],
        working_dir=ROOT,
        environment={
            "PYTHONPATH": str(ROOT),
            "TONGDA_ACTION_ENDPOINT": action_url,
            "TONGDA_ACTION_TOKEN": action_token,
        },
    )


def free_port() -> int:
    """A port that nothing listens on at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
