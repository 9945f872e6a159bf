"""Wiring, command line: `tongda kb import|export|search|check|publish|rollback`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import open_database, open_library
from app.cli.output import complain, emit, step, tell
from app.settings import load_settings
from common.audit import OPERATOR
from common.clock import CHINA, system_clock
from common.database import Database
from common.errors import Invalid
from knowledge_base import editing, files, importing, publishing
from knowledge_base.importing import ImportReport
from knowledge_base.library import Library
from knowledge_base.tables import Revision, RevisionState

OPERATOR_NAME = "operator"

app = typer.Typer(help="知识库：导入、导出、检索、检查、发布、退回。", no_args_is_help=True)


class Format(StrEnum):
    """Forms of an export."""

    JSONL = "jsonl"
    YAML = "yaml"


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
    report = load_entries(database, file, dry_run=dry_run, publish=publish)
    _print_report(report, dry_run=dry_run)
    if publish and not dry_run and report.published:
        _index(open_library(settings, database))
    if report.failed:
        raise typer.Exit(1)


def load_entries(database: Database, file: Path, *, dry_run: bool, publish: bool) -> ImportReport:
    """Check a file's rows and store the right ones in one transaction."""
    report = ImportReport()
    rows = list(files.read_rows(file))
    if not rows:
        raise Invalid(f"{file} 里没有条目。")
    if dry_run:
        with database.read() as session:
            _, report.findings = importing.check(session, rows)
        return report
    with database.write() as session:
        checked, report.findings = importing.check(session, rows)
        importing.store(
            session,
            checked,
            report,
            publish=publish,
            author=OPERATOR_NAME,
            actor=OPERATOR,
            now=system_clock(),
        )
    return report


def _print_report(report: ImportReport, *, dry_run: bool) -> None:
    for finding in report.findings:
        entry = f" [{finding.entry_id}]" if finding.entry_id else ""
        line = f"{finding.source}:{finding.line}{entry} {finding.severity}: {finding.message}"
        (complain if finding.severity is importing.Severity.ERROR else tell)(line)
    if dry_run:
        errors = sum(finding.severity is importing.Severity.ERROR for finding in report.findings)
        tell(f"检查完毕：{errors} 处错误，{len(report.findings) - errors} 处提示；没有改动任何内容。")
        return
    tell(f"新增 {report.created}，修改 {report.changed}，未变 {report.unchanged}，发布 {report.published}。")
    if report.published_with_problems:
        tell(
            f"其中 {len(report.published_with_problems)} 条未达到控制台的发布要求，已按 --publish 放行（见上面的提示）。"
        )


@app.command("export")
def export_entries(
    form: Annotated[Format, typer.Option("--format", help="输出格式。")] = Format.JSONL,
) -> None:
    """把已发布的版本写到标准输出，格式与导入相同。"""
    database = open_database(load_settings())
    with database.read() as session:
        contents = [revision.content for revision in publishing.served_revisions(session)]
    write = files.to_json_lines if form is Format.JSONL else files.to_yaml
    for line in write(contents):
        emit(line.rstrip("\n"))


@app.command("search")
def search(
    text: Annotated[str | None, typer.Argument(help="要检索的问题。")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读取 JSON。")] = False,
    limit: Annotated[int, typer.Option(help="最多返回几条。", min=1, max=100)] = 5,
) -> None:
    """只做检索：按分数列出条目（分数是校准后的概率）。"""
    settings = load_settings()
    library = open_library(settings, open_database(settings))
    if not jsonl:
        if not text:
            raise Invalid("请给出要检索的问题，或使用 --jsonl。")
        for match in _search(library, {"text": text}, limit)["matches"]:
            emit(f"{match['score']:.3f}  {match['entry_id']}  {match['question']}")
        return
    library.refresh()
    for line in sys.stdin:
        if line.strip():
            emit(json.dumps(_search_line(library, line, limit), ensure_ascii=False))


def _search_line(library: Library, line: str, limit: int) -> dict[str, Any]:
    try:
        query = json.loads(line)
    except json.JSONDecodeError as error:
        return {"id": None, "error": f"不是有效的 JSON：{error.msg}"}
    if not isinstance(query, dict) or not isinstance(query.get("text"), str):
        return {"id": query.get("id") if isinstance(query, dict) else None, "error": "缺少 text"}
    try:
        return _search(library, query, int(query.get("limit") or limit))
    except (TypeError, ValueError) as error:
        return {"id": query.get("id"), "error": f"字段有误：{error}"}


def _search(library: Library, query: dict[str, Any], limit: int) -> dict[str, Any]:
    now = datetime.fromisoformat(query["now"]) if query.get("now") else system_clock()
    if now.tzinfo is None:
        now = now.replace(tzinfo=CHINA)
    as_of = now.astimezone(CHINA).date()
    result = library.search(query["text"], as_of=as_of, region=query.get("region"), limit=limit)
    return {
        "id": query.get("id"),
        "matches": [
            {"entry_id": match.entry_id, "question": match.question, "score": round(match.score, 4)}
            for match in result.matches
        ],
    }


@app.command("check")
def check_entries() -> None:
    """检查已发布的条目：缺少依据或日期、过了复核日期、引用的条目不存在、同一问法不同答案。"""
    database = open_database(load_settings())
    today = system_clock().astimezone(CHINA).date()
    with database.read() as session:
        contents = [revision.content for revision in publishing.served_revisions(session)]
    findings = list(importing.check_served(contents, today=today))
    for finding in findings:
        emit(finding)
    tell(f"{len(contents)} 条已发布，{len(findings)} 处问题。")
    if findings:
        raise typer.Exit(1)


@app.command("publish")
def publish_entries(
    entry_ids: Annotated[list[str], typer.Argument(help="要发布的条目编号（最新的草稿）。")],
) -> None:
    """发布条目的最新草稿（运维权限，留审计记录）。"""
    settings = load_settings()
    database = open_database(settings)
    with database.write() as session:
        drafts = [_draft(editing.working_revision(session, entry_id), entry_id) for entry_id in entry_ids]
        publishing.publish(session, drafts, reviewer=OPERATOR_NAME, actor=OPERATOR, now=system_clock())
    _index(open_library(settings, database))


def _draft(revision: Revision | None, entry_id: str) -> Revision:
    if revision is None or revision.state == RevisionState.PUBLISHED:
        raise Invalid(f"条目 {entry_id} 没有待发布的草稿。")
    return revision


@app.command("rollback")
def roll_back(
    to: Annotated[int | None, typer.Option(help="退回到哪个发布版本；默认是上一个。")] = None,
) -> None:
    """让整个知识库退回到之前的发布版本。"""
    settings = load_settings()
    database = open_database(settings)
    with database.write() as session:
        publication = publishing.roll_back(session, to=to, actor=OPERATOR, now=system_clock())
        tell(f"{publication.reason}（新的发布版本 {publication.version}）。")
    _index(open_library(settings, database))


def _index(library: Library) -> None:
    with step("建立索引"):
        library.refresh()
