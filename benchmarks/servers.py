"""Server processes: started on loopback, waited for, weighed, and stopped by their process id whatever happens."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Final

import psutil

START_PATIENCE: Final = 240.0
STOP_PATIENCE: Final = 20.0
PAUSE: Final = 0.2
LOG_TAIL: Final = 2_000
MEBIBYTE: Final = 1024 * 1024


class BenchmarkFailed(Exception):
    """What was to be measured did not run; the message says what, with the end of its log."""


@contextmanager
def running(
    command: Sequence[object], *, folder: Path, log: Path, environment: Mapping[str, str]
) -> Iterator[psutil.Popen]:
    """A process for as long as the block lasts; its children end with it."""
    with log.open("wb") as output:
        process = psutil.Popen(
            [str(word) for word in command],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _stop(process)


def run(command: Sequence[object], *, folder: Path, log: Path, environment: Mapping[str, str]) -> float:
    """Run a program to its end and return the seconds it took. Raises BenchmarkFailed."""
    started = time.perf_counter()
    with running(command, folder=folder, log=log, environment=environment) as process:
        status = process.wait()
    if status != 0:
        raise BenchmarkFailed(f"{command[0]} ended with status {status}:\n{tail(log)}")
    return time.perf_counter() - started


def wait_until(ready: Callable[[], bool], process: psutil.Popen, *, log: Path) -> None:
    """Wait until a server says that it is ready. Raises BenchmarkFailed when it dies or takes too long."""
    deadline = time.monotonic() + START_PATIENCE
    while not _says_yes(ready):
        if process.poll() is not None:
            raise BenchmarkFailed(f"a server ended with status {process.returncode}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise BenchmarkFailed(f"a server was not ready in {START_PATIENCE:.0f} s:\n{tail(log)}")
        time.sleep(PAUSE)


def memory_mib(process: psutil.Process) -> float:
    """What a process holds: its proportional share where the system tells (Linux), else its resident set."""
    memory = process.memory_full_info()
    return float(getattr(memory, "pss", memory.rss)) / MEBIBYTE


def tail(log: Path) -> str:
    """The end of a log."""
    return log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]


def _says_yes(ready: Callable[[], bool]) -> bool:
    try:
        return ready()
    except (OSError, HTTPException, BenchmarkFailed):
        return False


def _stop(process: psutil.Popen) -> None:
    family = _family(process)
    if process.poll() is None:
        process.terminate()
    _, alive = psutil.wait_procs(family, timeout=STOP_PATIENCE)
    for survivor in alive:
        survivor.kill()
    psutil.wait_procs(alive, timeout=STOP_PATIENCE)


def _family(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return [process]
