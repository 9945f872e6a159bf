"""Step 4, HTTP: content staff find, edit, review and publish entries, and try questions."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.http.services import Reader, Services, ServicesNeeded, Writer, as_actor, demand
from common.clock import CHINA
from knowledge_base import editing, publishing
from knowledge_base.content import EntryContent
from knowledge_base.tables import Entry, Revision, RevisionState

router = APIRouter(prefix="/api/v1/staff", tags=["knowledge base"])

PAGE_SIZE = 50
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class DraftForm(BaseModel):
    """A draft as edited; `base_revision` is the draft's `lock_version` that the editor opened, None for none."""

    content: EntryContent
    base_revision: int | None = None


class NewEntryForm(BaseModel):
    """A new entry."""

    content: EntryContent


class RejectForm(BaseModel):
    """Why a submitted text is sent back."""

    note: Note


class WithdrawForm(BaseModel):
    """Why an entry stops being served."""

    reason: Note


class RestoreForm(BaseModel):
    """Which earlier text to begin a draft from."""

    revision: int


class SearchForm(BaseModel):
    """A question to try."""

    text: Text
    now: AwareDatetime | None = None
    region: str | None = None
    limit: int = 8


@router.get("/entries")
def list_entries(
    user: Reader,
    services: ServicesNeeded,
    search: str = "",
    state: str = "",
    tax_type: str = "",
    matter: str = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> dict[str, Any]:
    """Entries, filtered, a page at a time, with the counts of each filter."""
    demand(user, "content", "agent", "expert", "supervisor")
    today = _today(services)
    with services.database.read() as session:
        rows = _entry_rows(session, today=today)
    found = [row for row in rows if not search or search in row["question"] or search in row["id"]]
    facets = {
        name: dict(Counter(row[name] or "未分类" for row in found))
        for name in ("state", "tax_type", "matter")
    }
    wanted = {"state": state, "tax_type": tax_type, "matter": matter}
    for name, value in wanted.items():
        if value:
            found = [row for row in found if (row[name] or "未分类") == value]
    start = (page - 1) * PAGE_SIZE
    return {"entries": found[start : start + PAGE_SIZE], "total": len(found), "facets": facets}


def _entry_rows(session: Session, *, today: date) -> list[dict[str, Any]]:
    shown: dict[str, Revision] = {}
    working: dict[str, Revision] = {}
    for revision in session.scalars(select(Revision).order_by(Revision.number)):
        if revision.state in editing.OPEN_STATES:
            working[revision.entry_id] = revision
        if revision.state in (RevisionState.PUBLISHED, RevisionState.WITHDRAWN):
            shown[revision.entry_id] = revision
    entries = session.scalars(select(Entry).order_by(Entry.id)).all()
    return [
        _entry_row(entry, shown.get(entry.id), working.get(entry.id), today=today)
        for entry in entries
        if entry.id in shown or entry.id in working
    ]


def _entry_row(
    entry: Entry, shown: Revision | None, working: Revision | None, *, today: date
) -> dict[str, Any]:
    revision = shown or working
    assert revision is not None  # noqa: S101 - the caller has one of the two
    body = revision.body
    rated = entry.useful_count + entry.useless_count
    return {
        "id": entry.id,
        "question": body["question"],
        "tax_type": body["tax_type"],
        "matter": body["matter"],
        "state": _state(shown, working, today=today),
        "effective_from": body["effective_from"],
        "effective_to": body["effective_to"],
        "hits": entry.hit_count,
        "useless_rate": entry.useless_count / rated if rated else None,
        "owner": entry.owner,
        "review_by": body["review_by"],
        "revision": revision.number,
    }


def _state(shown: Revision | None, working: Revision | None, *, today: date) -> str:
    if working is not None:
        return "in_review" if working.state == RevisionState.IN_REVIEW else "draft"
    assert shown is not None  # noqa: S101
    if shown.state == RevisionState.PUBLISHED:
        ends = shown.content.effective_to
        return "expired" if ends is not None and ends < today else "published"
    return "withdrawn"


@router.get("/entries/{entry_id}")
def read_entry(entry_id: str, user: Reader, services: ServicesNeeded) -> dict[str, Any]:
    """One entry: what is served, what is being worked on, and its history."""
    demand(user, "content", "agent", "expert", "supervisor")
    with services.database.read() as session:
        entry = editing.find_entry(session, entry_id)
        revisions = session.scalars(
            select(Revision).where(Revision.entry_id == entry_id).order_by(Revision.number.desc())
        ).all()
        working = editing.working_revision(session, entry_id)
        published = next((each for each in revisions if each.state == RevisionState.PUBLISHED), None)
        return {
            "entry": _entry_row(entry, published or revisions[0], working, today=_today(services)),
            "published": revision_body(published) if published else None,
            "working": revision_body(working) if working else None,
            "revisions": [_summary(revision) for revision in revisions],
        }


@router.get("/entries/{entry_id}/revisions/{number}")
def read_revision(entry_id: str, number: int, user: Reader, services: ServicesNeeded) -> dict[str, Any]:
    """One revision of an entry."""
    demand(user, "content", "agent", "expert", "supervisor")
    with services.database.read() as session:
        return revision_body(editing.find_revision(session, entry_id, number))


@router.post("/entries", status_code=201)
def create_entry(form: NewEntryForm, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """A new entry with its first draft."""
    demand(user, "content")
    with services.database.write() as session:
        draft = editing.create_entry(
            session, form.content, author=user.username, actor=as_actor(user), now=services.clock()
        )
        return revision_body(draft)


@router.put("/entries/{entry_id}/draft")
def save_draft(entry_id: str, form: DraftForm, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """Save the draft."""
    demand(user, "content")
    content = form.content.model_copy(update={"id": entry_id})
    with services.database.write() as session:
        draft = editing.save_draft(
            session,
            content,
            base=form.base_revision,
            author=user.username,
            actor=as_actor(user),
            now=services.clock(),
        )
        return revision_body(draft)


@router.post("/entries/{entry_id}/submit")
def submit(entry_id: str, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """Hand the draft to a reviewer."""
    demand(user, "content")
    with services.database.write() as session:
        return revision_body(editing.submit(session, entry_id, actor=as_actor(user), now=services.clock()))


@router.post("/entries/{entry_id}/approve")
def approve(entry_id: str, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """Approve and publish; the answer is served when this returns."""
    demand(user, "content")
    with services.database.write() as session:
        working = editing.working_revision(session, entry_id)
        editing.approve(session, entry_id, reviewer=user.username, actor=as_actor(user), now=services.clock())
    services.library.refresh()
    assert working is not None  # noqa: S101 - approve would have refused
    return _stored_revision(services, entry_id, working.number)


@router.post("/entries/{entry_id}/reject")
def reject(entry_id: str, form: RejectForm, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """Send a submitted text back."""
    demand(user, "content")
    with services.database.write() as session:
        draft = editing.reject(
            session,
            entry_id,
            reviewer=user.username,
            note=form.note,
            actor=as_actor(user),
            now=services.clock(),
        )
        return revision_body(draft)


@router.post("/entries/{entry_id}/withdraw", status_code=204)
def withdraw(entry_id: str, form: WithdrawForm, user: Writer, services: ServicesNeeded) -> None:
    """Stop serving an entry, at once."""
    demand(user, "content")
    with services.database.write() as session:
        publishing.withdraw(session, entry_id, reason=form.reason, actor=as_actor(user), now=services.clock())
    services.library.refresh()


@router.post("/entries/{entry_id}/restore")
def restore(entry_id: str, form: RestoreForm, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """Begin a draft from an earlier text."""
    demand(user, "content")
    with services.database.write() as session:
        draft = editing.restore(
            session,
            entry_id,
            number=form.revision,
            author=user.username,
            actor=as_actor(user),
            now=services.clock(),
        )
        return revision_body(draft)


@router.post("/search")
def try_question(form: SearchForm, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """What retrieval finds for a question, and what the bot would make of it."""
    demand(user, "content", "agent", "expert", "supervisor")
    now = form.now or services.clock()
    as_of = now.astimezone(CHINA).date()
    result = services.library.search(form.text, as_of=as_of, region=form.region, limit=min(form.limit, 20))
    matches = []
    for match in result.matches:
        served = services.library.revision_in_force(match.entry_id, as_of=as_of, region=form.region)
        matches.append(
            {
                "entry_id": match.entry_id,
                "question": match.question,
                "matched": match.matched,
                "score": round(match.score, 4),
                "revision": match.revision,
                "answer": served.content.answer if served else "",
                "tax_type": served.content.tax_type if served else None,
                "citations": [cited.model_dump(mode="json") for cited in served.content.citations]
                if served
                else [],
            }
        )
    return {
        "decision": result.decision,
        "probability": round(result.probability, 4),
        "thresholds": {"answer": result.thresholds.answer, "clarify": result.thresholds.clarify},
        "index_version": result.index_version,
        "matches": matches,
    }


def revision_body(revision: Revision) -> dict[str, Any]:
    """A revision as the API shows it."""
    return {
        **revision.body,
        "revision": revision.number,
        "state": revision.state,
        "author": revision.author,
        "reviewer": revision.reviewer,
        "note": revision.note,
        "lock_version": revision.lock_version,
        "created_at": revision.created_at.isoformat(),
        "published_at": _iso(revision.published_at),
    }


def _summary(revision: Revision) -> dict[str, Any]:
    body = revision_body(revision)
    names = ("revision", "state", "author", "reviewer", "note", "created_at", "published_at", "answer")
    return {name: body[name] for name in names}


def _stored_revision(services: Services, entry_id: str, number: int) -> dict[str, Any]:
    with services.database.read() as session:
        return revision_body(editing.find_revision(session, entry_id, number))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _today(services: Services) -> date:
    return services.clock().astimezone(CHINA).date()
