"""Step 4, the editor's work: draft → in review → published or rejected; the author is never the reviewer.

Each step locks the entry first, so that two people at one entry come after each other, on PostgreSQL too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.audit import Actor, record
from common.errors import Conflict, Forbidden, Invalid, NotFound
from knowledge_base import publishing
from knowledge_base.content import EntryContent, figure_problems, publishing_problems
from knowledge_base.rate_tables import shipped_tables
from knowledge_base.tables import Entry, Revision, RevisionState, batches

OPEN_STATES: Final = (RevisionState.DRAFT, RevisionState.IN_REVIEW)
WORKING_STATES: Final = (*OPEN_STATES, RevisionState.REJECTED)


class AuthorIsReviewer(Forbidden):
    """Whoever had a hand in a revision may not approve it."""

    code = "author_is_reviewer"
    message = "不能审核自己编写的内容，请由另一位同事审核。"


class NotPublishable(Invalid):
    """The revision lacks what publishing demands; `problems` says what, in words."""

    code = "not_publishable"
    message = "内容还不能发布。"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(self.message + "；".join(problems))
        self.problems = problems


class StaleDraft(Conflict):
    """Somebody else saved the draft after it was opened."""

    code = "stale_draft"
    message = "这份草稿已被他人修改，请刷新后再编辑。"


def find_entry(session: Session, entry_id: str) -> Entry:
    """The entry. Raises NotFound."""
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NotFound(f"没有条目 {entry_id}。")
    return entry


def lock_entry(session: Session, entry_id: str) -> None:
    """Wait until nobody else works on the entry; it stays so until this transaction ends. Raises NotFound."""
    # key_share: revisions that refer to the entry may be added meanwhile.
    if session.get(Entry, entry_id, with_for_update={"key_share": True}) is None:
        raise NotFound(f"没有条目 {entry_id}。")


def lock_entries(session: Session, entry_ids: Collection[str]) -> None:
    """The same for all of these that there are."""
    for batch in batches(sorted(entry_ids)):
        session.scalars(
            select(Entry.id).where(Entry.id.in_(batch)).order_by(Entry.id).with_for_update(key_share=True)
        ).all()


def existing_entries(session: Session, entry_ids: Collection[str]) -> set[str]:
    """Which of these ids are taken."""
    found: set[str] = set()
    for batch in batches(sorted(entry_ids)):
        found.update(session.scalars(select(Entry.id).where(Entry.id.in_(batch))))
    return found


def open_drafts(session: Session, entry_ids: Collection[str]) -> dict[str, Revision]:
    """The drafts and submitted revisions of these entries: at most one each."""
    found: dict[str, Revision] = {}
    for batch in batches(sorted(entry_ids)):
        written = select(Revision).where(Revision.entry_id.in_(batch), Revision.state.in_(OPEN_STATES))
        found.update((revision.entry_id, revision) for revision in session.scalars(written))
    return found


def find_revision(session: Session, entry_id: str, number: int) -> Revision:
    """One revision by its number. Raises NotFound."""
    revision = session.scalar(
        select(Revision).where(Revision.entry_id == entry_id, Revision.number == number)
    )
    if revision is None:
        raise NotFound(f"没有条目 {entry_id} 的第 {number} 版。")
    return revision


def working_revision(session: Session, entry_id: str) -> Revision | None:
    """The draft, submitted or rejected revision of an entry: its newest revision, if that is none of the served."""
    newest = _newest_revision(session, entry_id)
    return newest if newest is not None and newest.state in WORKING_STATES else None


def create_entry(
    session: Session, content: EntryContent, *, author: str, actor: Actor, now: datetime
) -> Revision:
    """A new entry with its first draft. Raises Conflict when the id is taken."""
    if session.get(Entry, content.id) is not None:
        raise Conflict(f"编号 {content.id} 已被使用。")
    session.add(Entry(id=content.id, owner=author, created_at=now))
    session.flush()
    return _add_draft(session, content, after=None, authors=(author,), actor=actor, now=now)


def new_draft(
    session: Session, content: EntryContent, *, authors: tuple[str, ...], actor: Actor, now: datetime
) -> Revision:
    """Add the next revision of an existing entry as a draft; an open draft is kept as a replaced one."""
    newest = _newest_revision(session, content.id)
    if newest is not None and newest.state in OPEN_STATES:
        newest.state = RevisionState.REPLACED
        session.flush()
    return _add_draft(session, content, after=newest, authors=authors, actor=actor, now=now)


def _add_draft(
    session: Session,
    content: EntryContent,
    *,
    after: Revision | None,
    authors: tuple[str, ...],
    actor: Actor,
    now: datetime,
) -> Revision:
    revision = Revision(
        entry_id=content.id,
        number=after.number + 1 if after else 1,
        state=RevisionState.DRAFT,
        body=content.model_dump(mode="json"),
        authors=list(authors),
        lock_version=after.lock_version + 1 if after else 1,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    _audit(session, "revision.drafted", revision, actor=actor, now=now)
    return revision


def save_draft(
    session: Session, content: EntryContent, *, base: int | None, author: str, actor: Actor, now: datetime
) -> Revision:
    """Change the open draft, or begin one. `base` is the draft's `lock_version` the editor saw, None for no draft.

    What was rejected stays as it was judged: saving it begins the next revision. Raises StaleDraft when somebody saved
    meanwhile, Conflict while the draft is in review.
    """
    lock_entry(session, content.id)
    working = working_revision(session, content.id)
    if (working.lock_version if working else None) != base:
        raise StaleDraft
    if working is None:
        return new_draft(session, content, authors=(author,), actor=actor, now=now)
    if working.state == RevisionState.IN_REVIEW:
        raise Conflict("内容正在审核，请先退回再修改。")
    authors = _with_author(working, author)
    if working.state == RevisionState.REJECTED:
        return new_draft(session, content, authors=authors, actor=actor, now=now)
    working.body = content.model_dump(mode="json")
    working.authors = list(authors)
    working.lock_version += 1
    _audit(session, "revision.saved", working, actor=actor, now=now)
    return working


def submit(session: Session, entry_id: str, *, strict: bool, actor: Actor, now: datetime) -> Revision:
    """Hand the draft, or a rejected text once more, to a reviewer.

    Raises NotPublishable when it lacks what strict publishing demands.
    """
    draft = _lock_working(session, entry_id, RevisionState.DRAFT, RevisionState.REJECTED)
    _demand_publishable(draft, strict=strict)
    if draft.state == RevisionState.REJECTED:
        draft = new_draft(session, draft.content, authors=tuple(draft.authors), actor=actor, now=now)
    draft.state = RevisionState.IN_REVIEW
    _audit(session, "revision.submitted", draft, actor=actor, now=now)
    return draft


def approve(
    session: Session,
    entry_id: str,
    *,
    base: int,
    reviewer: str,
    strict: bool,
    actor: Actor,
    now: datetime,
) -> Revision:
    """Approve and publish. `base` is the `lock_version` of what the reviewer read.

    Raises StaleDraft, AuthorIsReviewer, NotPublishable.
    """
    publishing.serialise(session)
    draft = _lock_working(session, entry_id, RevisionState.IN_REVIEW)
    if base != draft.lock_version:
        raise StaleDraft
    if reviewer in draft.authors:
        raise AuthorIsReviewer
    _demand_publishable(draft, strict=strict)
    publishing.publish(session, [draft], reviewer=reviewer, actor=actor, now=now)
    return draft


def reject(
    session: Session, entry_id: str, *, reviewer: str, note: str, actor: Actor, now: datetime
) -> Revision:
    """Send a submitted revision back with a note."""
    draft = _lock_working(session, entry_id, RevisionState.IN_REVIEW)
    draft.state = RevisionState.REJECTED
    draft.reviewer = reviewer
    draft.note = note
    _audit(session, "revision.rejected", draft, actor=actor, now=now)
    return draft


def restore(
    session: Session, entry_id: str, *, number: int, author: str, actor: Actor, now: datetime
) -> Revision:
    """A new draft with the text of an earlier revision. Raises Conflict while a draft is in review."""
    lock_entry(session, entry_id)
    earlier = find_revision(session, entry_id, number)
    working = working_revision(session, entry_id)
    if working is not None and working.state == RevisionState.IN_REVIEW:
        raise Conflict("内容正在审核，请先退回再恢复。")
    # Who wrote a text that nobody ever approved may not approve it now.
    authors = (author,) if earlier.published_at else _with_author(earlier, author)
    return new_draft(session, earlier.content, authors=authors, actor=actor, now=now)


def _with_author(revision: Revision, author: str) -> tuple[str, ...]:
    return (*(name for name in revision.authors if name != author), author)


def _newest_revision(session: Session, entry_id: str) -> Revision | None:
    return session.scalar(
        select(Revision)
        .where(Revision.entry_id == entry_id)
        .order_by(Revision.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _lock_working(session: Session, entry_id: str, *states: RevisionState) -> Revision:
    lock_entry(session, entry_id)
    working = working_revision(session, entry_id)
    if working is None or working.state not in states:
        raise Conflict("当前没有可以进行这一步的版本。")
    return working


def _demand_publishable(draft: Revision, *, strict: bool) -> None:
    # What cannot be filled in cannot be said, strict or not.
    problems = figure_problems(draft.content, shipped_tables())
    if strict:
        problems += publishing_problems(draft.content)
    if problems:
        raise NotPublishable(problems)


def _audit(session: Session, action: str, revision: Revision, *, actor: Actor, now: datetime) -> None:
    record(
        session,
        action,
        subject=f"entry:{revision.entry_id}",
        actor=actor,
        at=now,
        details={"revision": revision.number},
    )
