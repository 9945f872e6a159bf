"""Wiring, command line: `tongda kb import|export|search|check|rates|publish|rollback`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.bootstrap import open_database, open_library
from app.cli.output import emit, emit_json, step, tell
from app.settings import load_settings
from common.audit import OPERATOR
from common.clock import CHINA, system_clock
from common.database import Database
from common.errors import Invalid, TongdaError
from knowledge_base import checks, editing, files, importing, publishing
from knowledge_base.content import publishing_problems
from knowledge_base.importing import Change, ImportPlan, ImportReport
from knowledge_base.library import Library
from knowledge_base.rate_tables import shipped_tables
from knowledge_base.rates_overview import overview
from knowledge_base.tables import Revision

OPERATOR_NAME = "operator"
SEARCH_LIMIT = 5

app = typer.Typer(help="知识库：导入、导出、检索、检查、费率、发布、退回。", no_args_is_help=True)


class Format(StrEnum):
    """Forms of an export."""

    JSONL = "jsonl"
    YAML = "yaml"


class SearchLine(BaseModel):
    """One line of the batch form of `search`. Other fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    text: str
    now: datetime | None = None
    region: str | None = None
    limit: Annotated[int | None, Field(ge=1, le=100)] = None


@app.command("import")
def import_entries(
    file: Annotated[
        Path, typer.Argument(help="YAML、JSON Lines、CSV 或 XLSX 文件，或放着这些文件的文件夹。", exists=True)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，什么也不改。")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="通过检查的立即发布（留审计记录）。")] = False,
) -> None:
    """导入条目：逐行检查，合格的存为草稿或立即发布。"""
    settings = load_settings()
    database = open_database(settings)
    with step("检查" if dry_run else "导入"):
        report = load_entries(database, file, dry_run=dry_run, publish=publish)
    _print_plan(report.plan, dry_run=dry_run)
    if report.published:
        tell(f"已发布 {report.published} 条。")
        if report.let_through:
            tell(f"其中 {report.let_through} 条带有上面列出的提示或冲突，按 --publish 放行。")
        _index(open_library(settings, database))
    if report.plan.errors:
        raise typer.Exit(1)


def load_entries(database: Database, file: Path, *, dry_run: bool, publish: bool) -> ImportReport:
    """Check a file's rows and store the right ones in one transaction."""
    rows = list(files.read_rows(file))
    if not rows:
        raise Invalid(f"{file} 里没有条目。")
    if dry_run:
        with database.read() as session:
            return ImportReport(importing.plan_import(session, rows, publish=publish))
    with database.write() as session:
        return importing.import_rows(
            session, rows, publish=publish, author=OPERATOR_NAME, actor=OPERATOR, now=system_clock()
        )


def _print_plan(plan: ImportPlan, *, dry_run: bool) -> None:
    for finding in plan.findings:
        entry = f" [{finding.entry_id}]" if finding.entry_id else ""
        emit(f"{finding.source}:{finding.line}{entry} {finding.severity}: {finding.message}")
    counts = (
        f"新增 {plan.count(Change.NEW)}，修改 {plan.count(Change.CHANGED)}，"
        f"未变 {plan.count(Change.UNCHANGED) + plan.count(Change.DRAFTED)}；"
        f"{plan.errors} 处错误，{len(plan.findings) - plan.errors} 处提示或冲突。"
    )
    tell(f"检查完毕，没有改动任何内容。导入时将{counts}" if dry_run else counts)


@app.command("export")
def export_entries(
    form: Annotated[Format, typer.Option("--format", help="输出格式。")] = Format.JSONL,
) -> None:
    """把已发布的版本写到标准输出，格式与导入相同。"""
    database = open_database(load_settings())
    with database.read() as session:
        contents = [revision.content for revision in publishing.served_revisions(session)]
    write = files.to_json_lines if form is Format.JSONL else files.to_yaml
    for text in write(contents):
        emit(text)


@app.command("search")
def search(
    text: Annotated[str | None, typer.Argument(help="要检索的问题。")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读取 JSON。")] = False,
    region: Annotated[str | None, typer.Option(help="行政区划，如 宁波市。")] = None,
    limit: Annotated[int, typer.Option(help="最多返回几条。", min=1, max=100)] = SEARCH_LIMIT,
) -> None:
    """只做检索：按分数列出条目（分数是校准后的概率）。"""
    if not jsonl and not text:
        raise Invalid("请给出要检索的问题，或使用 --jsonl。")
    settings = load_settings()
    library = open_library(settings, open_database(settings))
    if text and not jsonl:
        for match in _search(library, SearchLine(text=text, region=region), limit=limit)["matches"]:
            emit(f"{match['score']:.3f}  {match['entry_id']}  {match['question']}")
        return
    library.refresh()
    for line in sys.stdin.buffer:
        if line.strip():
            emit_json(_search_line(library, line, limit=limit))


def _search_line(library: Library, line: bytes, *, limit: int) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"不是有效的 JSON：{error}"}
    if not isinstance(values, dict):
        return {"id": None, "error": "一行应为一个问题（JSON 对象）"}
    try:
        return _search(library, SearchLine.model_validate(values), limit=limit)
    except ValidationError as error:
        fields = sorted({str(problem["loc"][0]) for problem in error.errors()})
        return {"id": values.get("id"), "error": f"字段缺少或有误：{'、'.join(fields)}"}
    except TongdaError as error:
        return {"id": values.get("id"), "error": error.message}


def _search(library: Library, asked: SearchLine, *, limit: int) -> dict[str, Any]:
    now = asked.now or system_clock()
    # A time without a zone is China's.
    as_of = (now.astimezone(CHINA) if now.tzinfo else now).date()
    result = library.search(asked.text, as_of=as_of, region=asked.region, limit=asked.limit or limit)
    return {
        "id": asked.id,
        "matches": [
            {"entry_id": match.entry_id, "question": match.question, "score": round(match.score, 4)}
            for match in result.matches
        ],
    }


@app.command("check")
def check_entries() -> None:
    """检查已发布的条目：缺少依据或日期、过了复核日期、引用的条目不存在、同一问法不同答案、有效期重叠。"""
    database = open_database(load_settings())
    with database.read() as session:
        contents = [revision.content for revision in publishing.served_revisions(session)]
    findings = checks.check_served(contents, today=system_clock().astimezone(CHINA).date())
    for finding in findings:
        emit(finding)
    tell(f"{len(contents)} 条已发布，{len(findings)} 处问题。")
    if findings:
        raise typer.Exit(1)


@app.command("rates")
def show_rates(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="看哪一天，默认今天。")] = None,
) -> None:
    """把费率表写成一页 Markdown，列出14个月内到期的规定。"""
    emit(overview(shipped_tables(), (on or system_clock().astimezone(CHINA)).date()).rstrip("\n"))


@app.command("publish")
def publish_entries(
    entry_ids: Annotated[list[str], typer.Argument(help="要发布的条目编号（最新的草稿）。")],
) -> None:
    """发布条目的最新草稿（运维权限，留审计记录）。"""
    settings = load_settings()
    database = open_database(settings)
    wanted = list(dict.fromkeys(entry_ids))
    with database.write() as session:
        publishing.serialise(session)
        editing.lock_entries(session, wanted)
        drafts = editing.open_drafts(session, wanted)
        missing = [entry_id for entry_id in wanted if entry_id not in drafts]
        if missing:
            raise Invalid(f"没有待发布的草稿：{'、'.join(missing)}。什么也没有发布。")
        chosen = [drafts[entry_id] for entry_id in wanted]
        publishing.publish(session, chosen, reviewer=OPERATOR_NAME, actor=OPERATOR, now=system_clock())
    _say_what_was_let_through(chosen)
    _index(open_library(settings, database))


def _say_what_was_let_through(published: list[Revision]) -> None:
    for revision in published:
        problems = publishing_problems(revision.content)
        let_through = f"；放行：{'；'.join(problems)}" if problems else ""
        tell(f"已发布 {revision.entry_id} 第 {revision.number} 版{let_through}。")


@app.command("rollback")
def roll_back(
    to: Annotated[int | None, typer.Option(help="退回到哪个发布版本；默认是上一个。")] = None,
) -> None:
    """让整个知识库退回到之前的发布版本。"""
    settings = load_settings()
    database = open_database(settings)
    with database.write() as session:
        publication = publishing.roll_back(session, to=to, actor=OPERATOR, now=system_clock())
    tell(f"已{publication.reason}（新的发布版本 {publication.version}）。")
    _index(open_library(settings, database))


def _index(library: Library) -> None:
    with step("建立索引"):
        library.refresh()
