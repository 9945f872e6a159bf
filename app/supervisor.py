"""Wiring, processes: `tongda serve` starts the web process and the Rasa process and keeps both alive.

A process that dies is started again, at once the first time and later with a growing pause; the other one goes on
meanwhile. Ctrl-C or SIGTERM stops both and waits for them. Children die with their supervisor.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

PR_SET_PDEATHSIG: Final = 1
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
STABLE_AFTER: Final = 60.0
STOP_PATIENCE: Final = 10.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Program:
    """A process to keep alive. `environment` is added to our own."""

    name: str
    command: Sequence[str]
    working_dir: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def stop_on_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` on Ctrl-C and SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


async def keep_alive(program: Program, stop: asyncio.Event) -> None:
    """Run a program until `stop` is set, starting it again when it dies."""
    pause = 0.0
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        started = loop.time()
        process = await start(program)
        log.info("process started", name=program.name, pid=process.pid)
        await first_of(process.wait(), stop.wait())
        if process.returncode is None:
            await terminate(process)
            log.info("process stopped", name=program.name)
            return
        log.error("process died", name=program.name, status=process.returncode)
        pause = (
            0.0 if loop.time() - started > STABLE_AFTER else min(max(FIRST_PAUSE, pause * 2), LONGEST_PAUSE)
        )
        await first_of(asyncio.sleep(pause), stop.wait())


async def start(program: Program) -> asyncio.subprocess.Process:
    """Start one program in a session of its own, so that Ctrl-C reaches it only through us."""
    return await asyncio.create_subprocess_exec(
        *program.command,
        cwd=program.working_dir,
        env={**os.environ, **program.environment},
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


async def terminate(process: asyncio.subprocess.Process) -> None:
    """End a process: first by request, then, when it does not listen, by force."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()


async def first_of(*awaitables: object) -> None:
    """Wait until one is done, and cancel the others."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]  # type: ignore[call-overload]
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
