"""Step 4, the editor's work: draft → in review → published or rejected; the author is never the reviewer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.audit import Actor, record
from common.errors import Conflict, Forbidden, Invalid, NotFound
from knowledge_base import publishing
from knowledge_base.content import EntryContent, publishing_problems
from knowledge_base.tables import Entry, Publication, Revision, RevisionState

OPEN_STATES = (RevisionState.DRAFT, RevisionState.IN_REVIEW, RevisionState.REJECTED)


class AuthorIsReviewer(Forbidden):
    """Whoever wrote a revision may not approve it."""

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


def working_revision(session: Session, entry_id: str) -> Revision | None:
    """The draft, submitted or rejected revision of an entry: at most one is open at a time."""
    return session.scalar(
        select(Revision)
        .where(Revision.entry_id == entry_id, Revision.state.in_(OPEN_STATES))
        .order_by(Revision.number.desc())
        .limit(1)
    )


def create_entry(
    session: Session, content: EntryContent, *, author: str, actor: Actor, now: datetime
) -> Revision:
    """A new entry with its first draft. Raises Conflict when the id is taken."""
    if session.get(Entry, content.id) is not None:
        raise Conflict(f"编号 {content.id} 已被使用。")
    session.add(Entry(id=content.id, owner=author, created_at=now))
    session.flush()
    return new_draft(session, content, author=author, actor=actor, now=now)


def new_draft(
    session: Session, content: EntryContent, *, author: str, actor: Actor, now: datetime
) -> Revision:
    """Add the next revision of an existing entry as a draft."""
    latest = session.scalar(select(func.max(Revision.number)).where(Revision.entry_id == content.id)) or 0
    revision = Revision(
        entry_id=content.id,
        number=latest + 1,
        state=RevisionState.DRAFT,
        body=content.model_dump(mode="json"),
        author=author,
        lock_version=1,
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

    Raises StaleDraft when somebody saved meanwhile, Conflict while the draft is in review.
    """
    find_entry(session, content.id)
    draft = working_revision(session, content.id)
    if (draft.lock_version if draft else None) != base:
        raise StaleDraft
    if draft is None:
        return new_draft(session, content, author=author, actor=actor, now=now)
    if draft.state == RevisionState.IN_REVIEW:
        raise Conflict("内容正在审核，请先退回再修改。")
    draft.body = content.model_dump(mode="json")
    draft.author = author
    draft.state = RevisionState.DRAFT
    draft.lock_version += 1
    _audit(session, "revision.saved", draft, actor=actor, now=now)
    return draft


def submit(session: Session, entry_id: str, *, actor: Actor, now: datetime) -> Revision:
    """Hand the draft to a reviewer. Raises NotPublishable when it lacks what publishing demands."""
    draft = _open_revision(session, entry_id, RevisionState.DRAFT, RevisionState.REJECTED)
    problems = publishing_problems(draft.content)
    if problems:
        raise NotPublishable(problems)
    draft.state = RevisionState.IN_REVIEW
    _audit(session, "revision.submitted", draft, actor=actor, now=now)
    return draft


def approve(session: Session, entry_id: str, *, reviewer: str, actor: Actor, now: datetime) -> Publication:
    """Approve and publish. Raises AuthorIsReviewer, NotPublishable."""
    draft = _open_revision(session, entry_id, RevisionState.IN_REVIEW)
    if draft.author == reviewer:
        raise AuthorIsReviewer
    problems = publishing_problems(draft.content)
    if problems:
        raise NotPublishable(problems)
    return publishing.publish(session, [draft], reviewer=reviewer, actor=actor, now=now)


def reject(
    session: Session, entry_id: str, *, reviewer: str, note: str, actor: Actor, now: datetime
) -> Revision:
    """Send a submitted revision back with a note."""
    draft = _open_revision(session, entry_id, RevisionState.IN_REVIEW)
    draft.state = RevisionState.REJECTED
    draft.reviewer = reviewer
    draft.note = note
    _audit(session, "revision.rejected", draft, actor=actor, now=now)
    return draft


def restore(
    session: Session, entry_id: str, *, number: int, author: str, actor: Actor, now: datetime
) -> Revision:
    """A new draft with the text of an earlier revision. Raises Conflict while another draft is open."""
    if working_revision(session, entry_id) is not None:
        raise Conflict("已有未发布的草稿，请先处理。")
    return new_draft(
        session, find_revision(session, entry_id, number).content, author=author, actor=actor, now=now
    )


def find_revision(session: Session, entry_id: str, number: int) -> Revision:
    """One revision by its number. Raises NotFound."""
    revision = session.scalar(
        select(Revision).where(Revision.entry_id == entry_id, Revision.number == number)
    )
    if revision is None:
        raise NotFound(f"没有条目 {entry_id} 的第 {number} 版。")
    return revision


def _open_revision(session: Session, entry_id: str, *states: RevisionState) -> Revision:
    draft = working_revision(session, entry_id)
    if draft is None or draft.state not in states:
        raise Conflict("当前没有可以进行这一步的版本。")
    return draft


def _audit(session: Session, action: str, revision: Revision, *, actor: Actor, now: datetime) -> None:
    record(
        session,
        action,
        subject=f"entry:{revision.entry_id}",
        actor=actor,
        at=now,
        details={"revision": revision.number},
    )
