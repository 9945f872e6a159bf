"""Wiring, command line: what is printed where. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_console = Console(stderr=True, highlight=False, soft_wrap=True)


def emit(line: str) -> None:
    """Write one line of result, flushed."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def emit_json(record: dict[str, Any]) -> None:
    """Write one record as a line of JSON, flushed."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        # An id with half a surrogate pair can only be given back in escapes.
        line = json.dumps(record)
    emit(line)


def tell(message: str) -> None:
    """Write a remark for the person at the terminal."""
    _console.print(message, markup=False)


def complain(message: str) -> None:
    """Write an error for the person at the terminal."""
    _console.print(message, style="red", markup=False)


@contextmanager
def step(description: str) -> Iterator[None]:
    """A long step: a moving line while it lasts, a line with its time when it is done."""
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_console) as progress:
        task = progress.add_task(description, total=None)
        yield
        progress.update(task, total=1, completed=1)
