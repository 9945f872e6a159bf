"""What a run found: as a JSON file, and as tables for whoever started it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.figures import Spread, table
from benchmarks.options import Options
from benchmarks.search import SearchFigures


@dataclass(frozen=True)
class Turns:
    """One bot's turns: alone, and many conversations at once. `right` is the share of right answers, where asked."""

    milliseconds: Spread
    per_second: float
    right: float | None = None


@dataclass(frozen=True)
class Retraining:
    """Seconds that the plain project needs for a change: training alone, and with loading the new model."""

    training: float
    served: float


@dataclass(frozen=True)
class Machine:
    """Where it was measured. `load` is the load average at the start: what else the machine was doing."""

    processors: int
    memory_gib: float
    system: str
    python: str
    load: float


@dataclass(frozen=True)
class Report:
    """Everything that was measured in one run."""

    machine: Machine
    options: Options
    entries: int
    questions: int
    turns: dict[str, Turns]
    approval_acknowledged: Spread
    approval_served: Spread
    retraining: Retraining
    memory_mib: dict[str, float]
    search: SearchFigures


def this_machine() -> Machine:
    """What is known of the machine."""
    return Machine(
        processors=os.cpu_count() or 0,
        memory_gib=psutil.virtual_memory().total / 1024**3,
        system=platform.platform(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )


def save(report: Report, file: Path) -> None:
    """Write the report as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")


def as_text(report: Report, *, bare: str) -> str:
    """The report as tables; ratios are to the bot named `bare`."""
    return "\n\n".join(_sections(report, bare))


def _sections(report: Report, bare: str) -> Iterator[str]:
    machine = report.machine
    yield (
        f"{machine.processors} processors, {machine.memory_gib:.1f} GiB, {machine.system}, "
        f"Python {machine.python}, load {machine.load:.1f} at the start; {report.entries} entries"
    )
    yield _turns_table(report, report.turns[bare])
    yield _change_table(report)
    yield table(("Memory (MiB)", ""), [(name, f"{amount:.0f}") for name, amount in report.memory_mib.items()])
    yield _search_table(report.search)


def _turns_table(report: Report, base: Turns) -> str:
    header = ("A whole turn over HTTP", "p50 ms", "p95 ms", "x bare p50", "turns/s", "x bare", "right")
    rows = [
        (
            name,
            f"{turns.milliseconds.p50:.1f}",
            f"{turns.milliseconds.p95:.1f}",
            f"{turns.milliseconds.p50 / base.milliseconds.p50:.2f}",
            f"{turns.per_second:.0f}",
            f"{turns.per_second / base.per_second:.2f}",
            "" if turns.right is None else f"{turns.right:.0%}",
        )
        for name, turns in report.turns.items()
    ]
    return table(header, rows)


def _change_table(report: Report) -> str:
    acknowledged, served = report.approval_acknowledged, report.approval_served
    rows = [
        (
            "Tongda: approval acknowledged",
            f"{acknowledged.p50 / 1000:.3f}",
            f"{acknowledged.longest / 1000:.3f}",
        ),
        ("Tongda: new text in a reply", f"{served.p50 / 1000:.3f}", f"{served.longest / 1000:.3f}"),
        (
            f"plain project: retrained ({report.options.epochs} epochs)",
            f"{report.retraining.training:.1f}",
            "",
        ),
        ("plain project: retrained and loaded", f"{report.retraining.served:.1f}", ""),
    ]
    return table(("From a change to its being served (s)", "p50", "longest"), rows)


def _search_table(search: SearchFigures) -> str:
    spread = search.milliseconds
    name = f"{search.entries} entries, {search.questions} questions"
    row = (
        name,
        f"{spread.p50:.2f}",
        f"{spread.p99:.2f}",
        f"{search.build_seconds:.1f}",
        f"{search.change_seconds:.1f}",
    )
    return table(("Search alone", "p50 ms", "p99 ms", "build s", "one change s"), [row])
