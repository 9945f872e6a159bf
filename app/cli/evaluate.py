"""Wiring, command line: `tongda evaluate`, labelled conversations in, what was right and wrong out."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import open_database, open_library
from app.cli.ask import converse, read_conversation
from app.cli.output import emit, tell
from app.engine import Engine, running_engine
from app.settings import load_settings
from common.errors import Invalid, TongdaError


@dataclass(frozen=True)
class Judged:
    """One turn beside what was expected of it."""

    where: str
    text: str
    expected: dict[str, Any]
    outcome: str
    entry_id: str | None

    @property
    def right(self) -> bool:
        """Whether outcome and, where one is expected, entry are right."""
        entry = self.expected.get("entry_id")
        return self.outcome in _accepted(self.expected) and (entry is None or entry == self.entry_id)


def evaluate(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="标注过的对话，JSON Lines。", exists=True)
    ],
) -> None:
    """在标注过的对话上衡量：每行是 `tongda ask --jsonl` 的一行，另有 expect（每轮的 outcome 和可选的 entry_id）。"""
    tell("正在启动 Rasa …")
    judged = asyncio.run(
        _run([line for path in paths for line in path.read_text().splitlines() if line.strip()])
    )
    _print(judged)


async def _run(lines: list[str]) -> list[Judged]:
    settings = load_settings()
    library = open_library(settings, open_database(settings))
    async with running_engine(settings, library) as engine:
        return [turn for line in lines for turn in await _judge(engine, line)]


async def _judge(engine: Engine, line: str) -> list[Judged]:
    conversation, problem = read_conversation(line)
    expectations = json.loads(line).get("expect") if conversation else None
    if conversation is None or not isinstance(expectations, list):
        raise Invalid(f"这一行不是标注过的对话：{problem.get('error', '缺少 expect')}")
    judged = []
    async for turn, reply, _ in converse(engine, conversation):
        if isinstance(reply, TongdaError) or turn >= len(expectations) or expectations[turn] is None:
            continue
        where = f"{conversation.id}#{turn}"
        text = conversation.turns[turn]
        judged.append(Judged(where, text, expectations[turn], str(reply.outcome), reply.entry_id))
    return judged


def _accepted(expected: dict[str, Any]) -> list[str]:
    outcome = expected["outcome"]
    return outcome if isinstance(outcome, list) else [outcome]


def _print(judged: list[Judged]) -> None:
    if not judged:
        raise Invalid("没有可以衡量的轮次。")
    total = Counter(_accepted(turn.expected)[0] for turn in judged)
    right = Counter(_accepted(turn.expected)[0] for turn in judged if turn.right)
    for outcome, count in sorted(total.items()):
        emit(f"{outcome:<10} {right[outcome]:>4}/{count:<4} {right[outcome] / count:.1%}")
    emit(f"{'total':<10} {sum(right.values()):>4}/{len(judged):<4} {sum(right.values()) / len(judged):.1%}")
    for turn in judged:
        if not turn.right:
            wanted = "|".join(_accepted(turn.expected))
            emit(
                f"wrong {turn.where} {turn.text!r}: {turn.outcome} {turn.entry_id}, expected {wanted} {turn.expected.get('entry_id')}"
            )
