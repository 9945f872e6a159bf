"""Step 4, many entries at once: check every row of a file, then store what is right, and publish if told to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from common.audit import Actor
from knowledge_base import editing, publishing
from knowledge_base.checks import rival_claims
from knowledge_base.content import ENTRY_ID, EntryContent, figure_problems, in_words, publishing_problems
from knowledge_base.files import Row
from knowledge_base.rate_tables import shipped_tables
from knowledge_base.tables import Revision
from knowledge_base.validity import covers

FIELDS: Final = frozenset(EntryContent.model_fields)


class Severity(StrEnum):
    """An `error` keeps the row out; a `conflict` or `warning` is for a person to judge."""

    ERROR = "error"
    CONFLICT = "conflict"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """What is wrong with one row. `line` is 1-based in `source`."""

    source: str
    line: int
    entry_id: str | None
    severity: Severity
    message: str


class Change(StrEnum):
    """What a row does to its entry. `drafted`: the open draft says the same already."""

    NEW = "new"
    CHANGED = "changed"
    DRAFTED = "drafted"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class PlannedRow:
    """A row that can be stored, and what that changes."""

    row: Row
    content: EntryContent
    change: Change


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do, and what is wrong with its rows."""

    rows: tuple[PlannedRow, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many findings keep a row out."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    def count(self, change: Change) -> int:
        """How many rows change their entry in this way."""
        return sum(row.change is change for row in self.rows)


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `let_through` is how many of the published rows have a finding."""

    plan: ImportPlan
    published: int = 0
    let_through: int = 0


def import_rows(
    session: Session, rows: Iterable[Row], *, publish: bool, author: str, actor: Actor, now: datetime
) -> ImportReport:
    """Store new and changed entries as drafts or, with `publish`, put all of them in force at once."""
    rows = list(rows)
    publishing.serialise(session)
    editing.lock_entries(session, {entry_id for row in rows if (entry_id := _named(row))})
    plan = plan_import(session, rows, publish=publish)
    drafts = [
        _stored(session, planned, author=author, actor=actor, now=now)
        for planned in plan.rows
        if planned.change is not Change.UNCHANGED
    ]
    if not publish or not drafts:
        return ImportReport(plan)
    publishing.publish(session, drafts, reviewer=author, actor=actor, now=now)
    doubted = {finding.entry_id for finding in plan.findings}
    let_through = sum(draft.entry_id in doubted for draft in drafts)
    return ImportReport(plan, published=len(drafts), let_through=let_through)


def _stored(session: Session, planned: PlannedRow, *, author: str, actor: Actor, now: datetime) -> Revision:
    content = planned.content
    if planned.change is Change.NEW:
        return editing.create_entry(session, content, author=author, actor=actor, now=now)
    working = editing.working_revision(session, content.id)
    if planned.change is Change.DRAFTED and working is not None:
        return working
    return editing.new_draft(session, content, authors=(author,), actor=actor, now=now)


def plan_import(session: Session, rows: Iterable[Row], *, publish: bool) -> ImportPlan:
    """Validate rows against the schema, each other and the stored entries. Changes nothing."""
    valid: dict[str, list[tuple[Row, EntryContent]]] = {}
    findings: list[Finding] = []
    for row in rows:
        content, problems = _validate(row)
        if content is not None:
            problems = _duplicates(row, content, valid.get(content.id, []), publish=publish)
            if not problems:
                valid.setdefault(content.id, []).append((row, content))
                problems = _warnings(row, content)
        findings += problems
    planned = _plan(session, valid)
    findings += _replaced_drafts(session, planned)
    findings += _rivals(session, planned)
    findings.sort(key=lambda finding: (finding.source, finding.line))
    return ImportPlan(tuple(planned), tuple(findings))


def _validate(row: Row) -> tuple[EntryContent | None, list[Finding]]:
    if row.values is None:
        return None, [_finding(row, None, Severity.ERROR, row.error or "")]
    try:
        content = EntryContent.model_validate(row.values)
    except ValidationError as error:
        return None, [_finding(row, _named(row), Severity.ERROR, problem) for problem in in_words(error)]
    wrong = figure_problems(content, shipped_tables())
    if wrong:
        return None, [_finding(row, content.id, Severity.ERROR, problem) for problem in wrong]
    return content, []


def _named(row: Row) -> str | None:
    """The row's id, if it could be one."""
    written = str((row.values or {}).get("id")).strip()
    return written if re.fullmatch(ENTRY_ID, written) else None


def _duplicates(
    row: Row, content: EntryContent, earlier: list[tuple[Row, EntryContent]], *, publish: bool
) -> list[Finding]:
    """Several rows of one entry are its revisions for several periods or regions, which are published together."""
    for other_row, other in earlier:
        where = f"{other_row.source} 第 {other_row.line} 行"
        if covers(content, other):
            return [_finding(row, content.id, Severity.ERROR, f"编号与 {where}重复")]
        if not publish:
            what = f"编号与 {where}相同：一个条目的几个版本要用 --publish 一起发布"
            return [_finding(row, content.id, Severity.ERROR, what)]
    return []


def _warnings(row: Row, content: EntryContent) -> list[Finding]:
    unknown = sorted(set(row.values or ()) - FIELDS)
    problems = [f"不认识的字段已忽略：{'、'.join(unknown)}"] if unknown else []
    problems += publishing_problems(content)
    return [_finding(row, content.id, Severity.WARNING, problem) for problem in problems]


def _plan(session: Session, valid: dict[str, list[tuple[Row, EntryContent]]]) -> list[PlannedRow]:
    existing = editing.existing_entries(session, valid)
    served = publishing.served_of(session, valid)
    drafts = editing.open_drafts(session, valid)
    planned = []
    for entry_id, rows in valid.items():
        now_served = [revision.content for revision in served[entry_id]]
        draft = drafts.get(entry_id)
        drafted = draft.content if draft is not None and len(rows) == 1 else None
        whole = [content for _, content in rows] == now_served
        for row, content in rows:
            if entry_id not in existing:
                change = Change.NEW
                existing.add(entry_id)
            elif whole or now_served[-1:] == [content]:
                change = Change.UNCHANGED
            else:
                change = Change.DRAFTED if content == drafted else Change.CHANGED
            planned.append(PlannedRow(row, content, change))
    return planned


def _replaced_drafts(session: Session, planned: list[PlannedRow]) -> Iterator[Finding]:
    """Who is writing at an entry in the console must be told that the import takes its place."""
    changed = [item for item in planned if item.change is Change.CHANGED]
    drafts = editing.open_drafts(session, {item.content.id for item in changed})
    for item in changed:
        draft = drafts.pop(item.content.id, None)
        if draft is not None:
            message = f"取代 {draft.author} 未发布的草稿（第 {draft.number} 版，仍可从历史版本恢复）"
            yield _finding(item.row, item.content.id, Severity.CONFLICT, message)


def _rivals(session: Session, planned: list[PlannedRow]) -> Iterator[Finding]:
    incoming = {item.content.id for item in planned}
    stored = [
        revision.content
        for revision in publishing.served_revisions(session)
        if revision.entry_id not in incoming
    ]
    rows = {id(item.content): item.row for item in planned}
    for claim in rival_claims([item.content for item in planned], stored):
        message = f"问法“{claim.wording}”已属于条目 {claim.owner.id}，答案不同"
        yield _finding(rows[id(claim.claimant)], claim.claimant.id, Severity.CONFLICT, message)


def _finding(row: Row, entry_id: str | None, severity: Severity, message: str) -> Finding:
    return Finding(row.source, row.line, entry_id, severity, message)
