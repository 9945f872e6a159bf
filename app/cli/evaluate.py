"""Wiring, command line: `tongda evaluate`, labelled conversations in, what was right and wrong out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import open_database, open_library
from app.cli.ask import as_record, converse, read_conversation
from app.cli.output import emit, tell
from app.engine import Engine, running_engine
from app.evaluation import judgement
from app.evaluation.judgement import Judged, Share
from app.evaluation.report import Changed, as_html
from app.settings import load_settings
from common.errors import Invalid


def evaluate(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="标注过的对话，JSON Lines。", exists=True)
    ],
    report: Annotated[Path | None, typer.Option(help="写出带图的 HTML 报告。")] = None,
    save: Annotated[Path | None, typer.Option(help="写出每轮的回答（JSON Lines），供以后比较。")] = None,
    against: Annotated[
        Path | None, typer.Option(help="上次 --save 写出的文件：列出不同的回答。", exists=True)
    ] = None,
) -> None:
    """在标注过的对话上衡量：每行是 `tongda ask --jsonl` 的一行，另有 expect（每轮的 outcome，可选 entry_id 等）和 tags。"""
    before = None if against is None else [json.loads(line) for line in against.read_text().splitlines()]
    tell("正在启动 Rasa …")
    lines = [line for path in paths for line in path.read_text().splitlines() if line.strip()]
    judged, records = asyncio.run(_run(lines))
    if not judged:
        raise Invalid("没有可以衡量的轮次。")
    changed = None if before is None else judgement.changes(records, before)
    if save is not None:
        save.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    if report is not None:
        report.write_text(as_html(judged, changed))
    _print(judged, changed)


async def _run(lines: Sequence[str]) -> tuple[list[Judged], list[dict[str, Any]]]:
    settings = load_settings()
    library = open_library(settings, open_database(settings))
    judged: list[Judged] = []
    records: list[dict[str, Any]] = []
    async with running_engine(settings, library) as engine:
        for line in lines:
            await _judge(engine, line, judged, records)
    return judged, records


async def _judge(engine: Engine, line: str, judged: list[Judged], records: list[dict[str, Any]]) -> None:
    conversation, problem = read_conversation(line)
    labels = json.loads(line) if conversation else {}
    expectations = labels.get("expect")
    if conversation is None or not isinstance(expectations, list):
        raise Invalid(f"这一行不是标注过的对话：{problem.get('error', '缺少 expect')}")
    async for turn, reply, elapsed_ms in converse(engine, conversation):
        record = as_record(conversation.id, turn, reply, elapsed_ms)
        records.append(record)
        if turn < len(expectations) and expectations[turn] is not None:
            tags = tuple(labels.get("tags") or ())
            judged.append(Judged(conversation.turns[turn], expectations[turn], tags, record))


def _print(judged: Sequence[Judged], changed: Sequence[Changed] | None) -> None:
    for title, shares in (
        ("outcome", judgement.by_outcome(judged)),
        ("tag", judgement.by_tag(judged)),
        ("all", judgement.overall(judged)),
    ):
        for share in shares:
            emit(_line(title, share))
    for (wanted, found), count in sorted(judgement.confusion(judged).items()):
        if wanted != found:
            emit(f"confused {wanted} → {found}: {count}")
    for each in judged:
        if not each.right:
            emit(_fault(each))
    for old, new in changed or ():
        was = "new" if old is None else f"{old.get('outcome')} {old.get('entry_id')}"
        emit(f"changed {new['id']}#{new['turn']}: {was} → {new.get('outcome')} {new.get('entry_id')}")


def _line(title: str, share: Share) -> str:
    return f"{title:<8} {share.name:<24} {share.right:>4}/{share.total:<4} {share.ratio:.1%}"


def _fault(each: Judged) -> str:
    wanted = "|".join(each.wanted)
    kind = "wrong-fact" if each.wrong_fact else "withheld" if each.unduly_withheld else "wrong"
    found = each.record.get("entry_id")
    return f"{kind} {each.where} {each.text!r}: {each.outcome} {found}, expected {wanted} {each.expected.get('entry_id')}"
