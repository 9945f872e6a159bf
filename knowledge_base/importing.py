"""Step 4, many entries at once: check every row of a file, then store what is right, and publish if told to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.audit import Actor
from common.text import match_key
from knowledge_base import editing, publishing
from knowledge_base.content import EntryContent, publishing_problems
from knowledge_base.files import Row
from knowledge_base.tables import Entry, Revision, RevisionState


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


@dataclass(frozen=True)
class CheckedRow:
    """A row that can be stored."""

    row: Row
    content: EntryContent


@dataclass
class ImportReport:
    """What an import found and did. `published_with_problems` names what strict publishing would have refused."""

    findings: list[Finding] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    published: int = 0
    published_with_problems: dict[str, list[str]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether any row was kept out."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def check(session: Session, rows: Iterable[Row]) -> tuple[list[CheckedRow], list[Finding]]:
    """Validate rows against the schema, each other and the stored entries. Changes nothing."""
    findings: list[Finding] = []
    checked: list[CheckedRow] = []
    seen: dict[str, Row] = {}
    for row in rows:
        content = _validate(row, findings)
        if content is None:
            continue
        if content.id in seen:
            first = seen[content.id]
            findings.append(
                _finding(row, content.id, Severity.ERROR, f"编号与 {first.source} 第 {first.line} 行重复")
            )
            continue
        seen[content.id] = row
        checked.append(CheckedRow(row, content))
        findings += [
            _finding(row, content.id, Severity.WARNING, problem) for problem in publishing_problems(content)
        ]
    findings += _ownership_conflicts(session, checked)
    return checked, findings


def _validate(row: Row, findings: list[Finding]) -> EntryContent | None:
    if row.values is None:
        findings.append(_finding(row, None, Severity.ERROR, row.error or "无法读取"))
        return None
    try:
        return EntryContent.model_validate(row.values)
    except ValidationError as error:
        entry_id = row.values.get("id")
        for problem in error.errors():
            where = ".".join(str(part) for part in problem["loc"])
            message = f"{where}：{problem['msg']}" if where else problem["msg"]
            findings.append(_finding(row, str(entry_id) if entry_id else None, Severity.ERROR, message))
        return None


def _ownership_conflicts(session: Session, checked: list[CheckedRow]) -> list[Finding]:
    """One question, two entries, different answers, at the same time: the editor must decide who owns it."""
    incoming = {item.content.id for item in checked}
    owners: dict[str, list[EntryContent]] = {}
    for revision in publishing.served_revisions(session):
        if revision.entry_id not in incoming:
            _own(owners, revision.content)
    findings = []
    for item in checked:
        for question in (item.content.question, *item.content.similar_questions):
            for other in owners.get(match_key(question), ()):
                if other.answer != item.content.answer and _overlap(other, item.content):
                    message = f"问法“{question}”已属于条目 {other.id}，答案不同"
                    findings.append(_finding(item.row, item.content.id, Severity.CONFLICT, message))
        _own(owners, item.content)
    return findings


def _own(owners: dict[str, list[EntryContent]], content: EntryContent) -> None:
    for key in {match_key(question) for question in (content.question, *content.similar_questions)}:
        owners.setdefault(key, []).append(content)


def _overlap(one: EntryContent, other: EntryContent) -> bool:
    if one.region and other.region and one.region != other.region:
        return False
    starts_before = (
        one.effective_from is None or other.effective_to is None or one.effective_from <= other.effective_to
    )
    ends_after = (
        one.effective_to is None or other.effective_from is None or one.effective_to >= other.effective_from
    )
    return starts_before and ends_after


def store(
    session: Session,
    checked: list[CheckedRow],
    report: ImportReport,
    *,
    publish: bool,
    author: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Store new and changed entries as drafts and, with `publish`, put all of them in force at once."""
    latest = _latest_revisions(session)
    to_publish: list[Revision] = []
    for item in checked:
        revision = _store_one(session, item.content, latest.get(item.content.id), report, author, actor, now)
        if publish and revision.state != RevisionState.PUBLISHED:
            to_publish.append(revision)
            problems = publishing_problems(item.content)
            if problems:
                report.published_with_problems[item.content.id] = problems
    if to_publish:
        publishing.publish(session, to_publish, reviewer=author, actor=actor, now=now)
        report.published = len(to_publish)


def _store_one(
    session: Session,
    content: EntryContent,
    latest: Revision | None,
    report: ImportReport,
    author: str,
    actor: Actor,
    now: datetime,
) -> Revision:
    if latest is not None and latest.content == content:
        report.unchanged += 1
        return latest
    if latest is None:
        report.created += 1
        return editing.create_entry(session, content, author=author, actor=actor, now=now)
    report.changed += 1
    draft = editing.working_revision(session, content.id)
    if draft is not None:
        draft.state = RevisionState.REPLACED
        session.flush()
    return editing.new_draft(session, content, author=author, actor=actor, now=now)


def _latest_revisions(session: Session) -> dict[str, Revision]:
    ids = session.scalars(select(Entry.id)).all()
    latest: dict[str, Revision] = {}
    for revision in session.scalars(select(Revision).order_by(Revision.number)):
        latest[revision.entry_id] = revision
    return {entry_id: latest[entry_id] for entry_id in ids if entry_id in latest}


def _finding(row: Row, entry_id: str | None, severity: Severity, message: str) -> Finding:
    return Finding(row.source, row.line, entry_id, severity, message)
