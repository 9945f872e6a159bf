"""Step 4, how content staff see entries: a list with the state of each, and one entry with its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from pydantic import BaseModel
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from knowledge_base import editing
from knowledge_base.content import EntryContent
from knowledge_base.tables import Entry, Revision, RevisionState
from knowledge_base.validity import holds_on


class EntryState(StrEnum):
    """Where an entry stands. While somebody works at it, that is what counts, even though an older text is served."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class RevisionFacts(BaseModel):
    """A revision without its text."""

    revision: int
    state: RevisionState
    author: str
    reviewer: str | None
    note: str | None
    created_at: datetime
    published_at: datetime | None


class RevisionBody(EntryContent, RevisionFacts):
    """A revision. `lock_version` counts the saves; it goes back with the next one."""

    lock_version: int


class EntrySummary(BaseModel):
    """An entry in a list, described by what it says today, or by what it is going to say."""

    id: str
    question: str
    tax_type: str | None
    matter: str | None
    state: EntryState
    effective_from: date | None
    effective_to: date | None
    owner: str
    review_by: date | None
    revision: int


class EntryHistory(BaseModel):
    """One entry: what is served, what is being worked at, and every revision, the newest first."""

    summary: EntrySummary
    published: RevisionBody | None
    working: RevisionBody | None
    revisions: list[RevisionFacts]


def list_entries(session: Session, *, today: date) -> list[EntrySummary]:
    """Every entry, by id."""
    newest_ids = select(func.max(Revision.id)).group_by(Revision.entry_id)
    revisions = session.scalars(
        select(Revision)
        .where(or_(Revision.state == RevisionState.PUBLISHED, Revision.id.in_(newest_ids)))
        .order_by(Revision.entry_id, Revision.number)
    )
    owners = {entry.id: entry.owner for entry in session.scalars(select(Entry))}
    return [
        _summary(owners[entry_id], list(group), today=today)
        for entry_id, group in groupby(revisions, key=lambda revision: revision.entry_id)
    ]


def entry_history(session: Session, entry_id: str, *, today: date) -> EntryHistory:
    """One entry. Raises NotFound."""
    entry = editing.find_entry(session, entry_id)
    revisions = session.scalars(
        select(Revision).where(Revision.entry_id == entry_id).order_by(Revision.number)
    ).all()
    served = _served(revisions, today=today)
    working = _working(revisions)
    return EntryHistory(
        summary=_summary(entry.owner, revisions, today=today),
        published=revision_body(served) if served else None,
        working=revision_body(working) if working else None,
        revisions=[RevisionFacts.model_validate(_facts(revision)) for revision in reversed(revisions)],
    )


def revision_body(revision: Revision) -> RevisionBody:
    """A revision with its text."""
    facts = {**_facts(revision), "lock_version": revision.lock_version}
    return RevisionBody.model_validate({**revision.body, **facts})


def _facts(revision: Revision) -> dict[str, object]:
    return {
        "revision": revision.number,
        "state": revision.state,
        "author": revision.author,
        "reviewer": revision.reviewer,
        "note": revision.note,
        "created_at": revision.created_at,
        "published_at": revision.published_at,
    }


def _summary(owner: str, revisions: Sequence[Revision], *, today: date) -> EntrySummary:
    shown = _served(revisions, today=today) or revisions[-1]
    content = shown.content
    return EntrySummary(
        id=content.id,
        question=content.question,
        tax_type=content.tax_type,
        matter=content.matter,
        state=_state(revisions, content, today=today),
        effective_from=content.effective_from,
        effective_to=content.effective_to,
        owner=owner,
        review_by=content.review_by,
        revision=shown.number,
    )


def _state(revisions: Sequence[Revision], shown: EntryContent, *, today: date) -> EntryState:
    working = _working(revisions)
    if working is not None:
        return EntryState.IN_REVIEW if working.state == RevisionState.IN_REVIEW else EntryState.DRAFT
    if not any(_published(revisions)):
        return EntryState.WITHDRAWN
    over = shown.effective_to is not None and shown.effective_to < today
    return EntryState.EXPIRED if over else EntryState.PUBLISHED


def _working(revisions: Sequence[Revision]) -> Revision | None:
    return revisions[-1] if revisions[-1].state in editing.WORKING_STATES else None


def _served(revisions: Sequence[Revision], *, today: date) -> Revision | None:
    """Of the published revisions the newest that holds today, or else the newest."""
    published = list(_published(revisions))
    holding = [revision for revision in published if holds_on(revision.content, today)]
    return (holding or published)[-1] if published else None


def _published(revisions: Iterable[Revision]) -> Iterable[Revision]:
    return (revision for revision in revisions if revision.state == RevisionState.PUBLISHED)
