"""Step 4, HTTP: content staff find, edit, review and publish entries, and try questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.knowledge import citations_of
from app.http.services import Reader, Services, ServicesNeeded, Writer, as_actor, demand
from common.clock import CHINA
from common.errors import Invalid, TongdaError, Unavailable
from common.text import normalise
from desk.kinds import Feedback, Role
from desk.reply import Citation
from desk.tables import Message
from knowledge_base import editing, publishing, views
from knowledge_base.content import ENTRY_ID, EntryContent
from knowledge_base.retrieval.decision import Decision
from knowledge_base.retrieval.types import Match
from knowledge_base.views import EntrySummary, RevisionBody, RevisionFacts, revision_body

router = APIRouter(prefix="/api/v1/staff", tags=["knowledge base"])

PAGE_SIZE: Final = 50
READERS: Final = (Role.CONTENT, Role.AGENT, Role.EXPERT, Role.SUPERVISOR)
UNCLASSIFIED: Final = "未分类"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Filter = Annotated[str, Query(max_length=200)]
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]
EntryPath = Annotated[str, Path(max_length=120, pattern=ENTRY_ID)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class NotServedYet(TongdaError):
    """It is published, but this process could not build its index; it tries again by itself."""

    code = "not_served_yet"
    status = 503
    message = "已经发布，但检索暂时没有更新，系统会自动重试。"


class EntryRow(EntrySummary):
    """An entry in the list. `hits` counts the bot's answers from it, `useless_rate` is of those that were judged."""

    hits: int
    useless_rate: float | None


class Facets(BaseModel):
    """How many of the entries found have each value of each filter."""

    state: dict[str, int]
    tax_type: dict[str, int]
    matter: dict[str, int]


class EntriesPage(BaseModel):
    """At most 50 entries; `total` counts all that were found."""

    entries: list[EntryRow]
    total: int
    facets: Facets


class EntryDetail(BaseModel):
    """One entry: what is served, what is being worked at, and its history, the newest first."""

    entry: EntryRow
    published: RevisionBody | None
    working: RevisionBody | None
    revisions: list[RevisionFacts]


class DraftForm(BaseModel):
    """A draft as edited; `base_revision` is the draft's `lock_version` that the editor opened, None for none."""

    content: EntryContent
    base_revision: Count | None = None


class NewEntryForm(BaseModel):
    """A new entry."""

    content: EntryContent


class ApprovalForm(BaseModel):
    """`base_revision` is the `lock_version` of what the reviewer read: nothing else is approved."""

    base_revision: Count


class RejectForm(BaseModel):
    """Why a submitted text is sent back."""

    note: Note


class WithdrawForm(BaseModel):
    """Why an entry stops being served."""

    reason: Note


class RestoreForm(BaseModel):
    """Which earlier text to begin a draft from."""

    revision: Count


class SearchForm(BaseModel):
    """A question to try."""

    text: Text
    now: AwareDatetime | None = None
    region: Annotated[str | None, StringConstraints(max_length=64)] = None
    limit: Annotated[int, Field(ge=1, le=20)] = 8


class ThresholdsBody(BaseModel):
    """Probabilities from which on the bot answers, or asks which is meant."""

    answer: float
    clarify: float


class MatchBody(BaseModel):
    """One entry that was found, with what it says; `matched` is the wording that came nearest."""

    entry_id: str
    question: str
    matched: str
    score: float
    revision: int
    answer: str
    tax_type: str | None
    citations: tuple[Citation, ...]


class SearchBody(BaseModel):
    """What retrieval found, best first, and what the bot would make of it."""

    decision: Decision
    probability: float
    thresholds: ThresholdsBody
    index_version: str
    matches: list[MatchBody]


@router.get("/entries")
def list_entries(
    user: Reader,
    services: ServicesNeeded,
    search: Filter = "",
    state: Filter = "",
    tax_type: Filter = "",
    matter: Filter = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> EntriesPage:
    """Entries, filtered, a page at a time, with the counts of each filter."""
    demand(user, *READERS)
    wanted = {"state": state, "tax_type": tax_type, "matter": matter}
    with services.database.read() as session:
        found = [
            entry
            for entry in views.list_entries(session, today=_today(services))
            if normalise(search) in normalise(f"{entry.question} {entry.id}")
        ]
        counts = {name: Counter(_value(entry, name) for entry in found) for name in wanted}
        chosen = [
            entry
            for entry in found
            if all(value in ("", _value(entry, name)) for name, value in wanted.items())
        ]
        rows = _with_use(session, chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return EntriesPage(entries=rows, total=len(chosen), facets=Facets.model_validate(counts))


def _value(entry: EntrySummary, name: str) -> str:
    return getattr(entry, name) or UNCLASSIFIED


def _with_use(session: Session, entries: Sequence[EntrySummary]) -> list[EntryRow]:
    """How often the bot answered from each entry, and how often that was no use, as its readers said."""
    counts = select(
        Message.entry_id,
        func.count(),
        func.count().filter(Message.feedback.is_not(None)),
        func.count().filter(Message.feedback == Feedback.USELESS),
    )
    used = counts.where(Message.entry_id.in_([entry.id for entry in entries])).group_by(Message.entry_id)
    use = {entry_id: numbers for entry_id, *numbers in session.execute(used)}
    rows = []
    for entry in entries:
        hits, judged, useless = use.get(entry.id, (0, 0, 0))
        rate = useless / judged if judged else None
        rows.append(EntryRow(**entry.model_dump(), hits=hits, useless_rate=rate))
    return rows


@router.get("/entries/{entry_id}")
def read_entry(entry_id: EntryPath, user: Reader, services: ServicesNeeded) -> EntryDetail:
    """One entry: what is served, what is being worked at, and its history."""
    demand(user, *READERS)
    with services.database.read() as session:
        history = views.entry_history(session, entry_id, today=_today(services))
        return EntryDetail(
            entry=_with_use(session, [history.summary])[0],
            published=history.published,
            working=history.working,
            revisions=history.revisions,
        )


@router.get("/entries/{entry_id}/revisions/{number}")
def read_revision(
    entry_id: EntryPath, number: Number, user: Reader, services: ServicesNeeded
) -> RevisionBody:
    """One revision of an entry."""
    demand(user, *READERS)
    with services.database.read() as session:
        return revision_body(editing.find_revision(session, entry_id, number))


@router.post("/entries", status_code=201)
def create_entry(form: NewEntryForm, user: Writer, services: ServicesNeeded) -> RevisionBody:
    """A new entry with its first draft."""
    demand(user, Role.CONTENT)
    with services.database.write() as session:
        draft = editing.create_entry(
            session, form.content, author=user.username, actor=as_actor(user), now=services.clock()
        )
        return revision_body(draft)


@router.put("/entries/{entry_id}/draft")
def save_draft(entry_id: EntryPath, form: DraftForm, user: Writer, services: ServicesNeeded) -> RevisionBody:
    """Save the draft."""
    demand(user, Role.CONTENT)
    if form.content.id != entry_id:
        raise Invalid("条目的编号不能修改。")
    with services.database.write() as session:
        draft = editing.save_draft(
            session,
            form.content,
            base=form.base_revision,
            author=user.username,
            actor=as_actor(user),
            now=services.clock(),
        )
        return revision_body(draft)


@router.post("/entries/{entry_id}/submit")
def submit(entry_id: EntryPath, user: Writer, services: ServicesNeeded) -> RevisionBody:
    """Hand the draft to a reviewer."""
    demand(user, Role.CONTENT)
    with services.database.write() as session:
        draft = editing.submit(
            session,
            entry_id,
            strict=services.settings.strict_publishing,
            actor=as_actor(user),
            now=services.clock(),
        )
        return revision_body(draft)


@router.post("/entries/{entry_id}/approve")
def approve(entry_id: EntryPath, form: ApprovalForm, user: Writer, services: ServicesNeeded) -> RevisionBody:
    """Approve and publish; the answer is served when this returns."""
    demand(user, Role.CONTENT)
    with services.database.write() as session:
        published = editing.approve(
            session,
            entry_id,
            base=form.base_revision,
            reviewer=user.username,
            strict=services.settings.strict_publishing,
            actor=as_actor(user),
            now=services.clock(),
        )
    _serve(services)
    return revision_body(published)


@router.post("/entries/{entry_id}/reject")
def reject(entry_id: EntryPath, form: RejectForm, user: Writer, services: ServicesNeeded) -> RevisionBody:
    """Send a submitted text back."""
    demand(user, Role.CONTENT)
    with services.database.write() as session:
        rejected = editing.reject(
            session,
            entry_id,
            reviewer=user.username,
            note=form.note,
            actor=as_actor(user),
            now=services.clock(),
        )
        return revision_body(rejected)


@router.post("/entries/{entry_id}/withdraw", status_code=204)
def withdraw(entry_id: EntryPath, form: WithdrawForm, user: Writer, services: ServicesNeeded) -> None:
    """Stop serving an entry, at once."""
    demand(user, Role.CONTENT)
    with services.database.write() as session:
        publishing.withdraw(session, entry_id, reason=form.reason, actor=as_actor(user), now=services.clock())
    _serve(services)


@router.post("/entries/{entry_id}/restore")
def restore(entry_id: EntryPath, form: RestoreForm, user: Writer, services: ServicesNeeded) -> RevisionBody:
    """Begin a draft from an earlier text."""
    demand(user, Role.CONTENT)
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
def try_question(form: SearchForm, user: Writer, services: ServicesNeeded) -> SearchBody:
    """What retrieval finds for a question, and what the bot would make of it."""
    demand(user, *READERS)
    as_of = (form.now or services.clock()).astimezone(CHINA).date()
    result = services.library.search(form.text, as_of=as_of, region=form.region, limit=form.limit)
    found = [_match_body(services, match, as_of=as_of, region=form.region) for match in result.matches]
    return SearchBody(
        decision=result.decision,
        probability=round(result.probability, 4),
        thresholds=ThresholdsBody(answer=result.thresholds.answer, clarify=result.thresholds.clarify),
        index_version=result.index_version,
        matches=[body for body in found if body is not None],
    )


def _match_body(services: Services, match: Match, *, as_of: date, region: str | None) -> MatchBody | None:
    """None when the entry was withdrawn since it was found."""
    served = services.library.revision_in_force(match.entry_id, as_of=as_of, region=region)
    if served is None:
        return None
    return MatchBody(
        entry_id=match.entry_id,
        question=match.question,
        matched=match.matched,
        score=round(match.score, 4),
        revision=served.number,
        answer=served.content.answer,
        tax_type=served.content.tax_type,
        citations=citations_of(served),
    )


def _serve(services: Services) -> None:
    try:
        services.library.refresh()
    except Unavailable as error:
        raise NotServedYet from error


def _today(services: Services) -> date:
    return services.clock().astimezone(CHINA).date()
