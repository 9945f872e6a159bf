"""Step 4, what is served: publications are appended whole, so publishing and rolling back are one row each.

On PostgreSQL publications are made one at a time: whoever makes one calls `serialise` before it locks an entry, so that
nobody waits in a ring. SQLite has one writer anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from common.audit import Actor, record
from common.database import touch
from common.errors import Conflict, NotFound
from knowledge_base.tables import Publication, Revision, RevisionState, batches
from knowledge_base.validity import covers

TOPIC: Final = "knowledge_base"
ADVISORY_LOCK: Final = 0x7064_0010


def serialise(session: Session) -> None:
    """Wait until no other transaction makes a publication; the lock ends with this one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def current_version(session: Session) -> int:
    """The version served now; 0 when nothing was ever published."""
    return session.scalar(select(func.max(Publication.version))) or 0


def served_ids(session: Session) -> frozenset[int]:
    """The ids of the revisions served now."""
    publication = session.get(Publication, current_version(session))
    return frozenset(publication.revision_ids) if publication else frozenset()


def load_revisions(session: Session, ids: Collection[int]) -> list[Revision]:
    """These revisions by entry, oldest first."""
    found = [
        revision
        for batch in batches(sorted(ids))
        for revision in session.scalars(select(Revision).where(Revision.id.in_(batch)))
    ]
    return sorted(found, key=lambda revision: (revision.entry_id, revision.number))


def served_revisions(session: Session) -> list[Revision]:
    """The revisions served now, by entry, oldest first."""
    return load_revisions(session, served_ids(session))


def served_of(session: Session, entry_ids: Collection[str]) -> dict[str, list[Revision]]:
    """The revisions of some entries that are served now, oldest first."""
    found: dict[str, list[Revision]] = {entry_id: [] for entry_id in entry_ids}
    for batch in batches(sorted(found)):
        published = (
            select(Revision)
            .where(Revision.entry_id.in_(batch), Revision.state == RevisionState.PUBLISHED)
            .order_by(Revision.number)
        )
        for revision in session.scalars(published):
            found[revision.entry_id].append(revision)
    return found


def publish(
    session: Session, revisions: Sequence[Revision], *, reviewer: str, actor: Actor, now: datetime
) -> Publication:
    """Put these revisions in force. An older revision that a new one covers wholly is replaced; others stay."""
    serialise(session)
    served = set(served_ids(session))
    by_entry = served_of(session, {revision.entry_id for revision in revisions})
    for revision in revisions:
        content = revision.content
        for older in by_entry[revision.entry_id]:
            if covers(content, older.content):
                older.state = RevisionState.REPLACED
                served.discard(older.id)
        by_entry[revision.entry_id].append(revision)
        served.add(revision.id)
        _mark_published(session, revision, reviewer=reviewer, actor=actor, now=now)
    what = revisions[0].entry_id if len(revisions) == 1 else f"{len(revisions)} 条"
    return _append(session, served, reason=f"发布 {what}", actor=actor, now=now)


def _mark_published(
    session: Session, revision: Revision, *, reviewer: str, actor: Actor, now: datetime
) -> None:
    revision.state = RevisionState.PUBLISHED
    revision.reviewer = reviewer
    revision.published_at = now
    record(
        session,
        "revision.published",
        subject=f"entry:{revision.entry_id}",
        actor=actor,
        at=now,
        details={"revision": revision.number},
    )


def withdraw(session: Session, entry_id: str, *, reason: str, actor: Actor, now: datetime) -> Publication:
    """Stop serving every revision of an entry. Raises NotFound when none is served."""
    serialise(session)
    gone = served_of(session, [entry_id])[entry_id]
    if not gone:
        raise NotFound(f"条目 {entry_id} 没有已发布的版本。")
    for revision in gone:
        revision.state = RevisionState.WITHDRAWN
    record(
        session,
        "entry.withdrawn",
        subject=f"entry:{entry_id}",
        actor=actor,
        at=now,
        details={"reason": reason},
    )
    left = served_ids(session) - {revision.id for revision in gone}
    return _append(session, left, reason=f"下线 {entry_id}", actor=actor, now=now)


def roll_back(session: Session, *, to: int | None, actor: Actor, now: datetime) -> Publication:
    """Serve again what an earlier publication served.

    The default is the one before what is served now; after a rollback that is one step further back, not forward.
    Raises NotFound, or Conflict when that is what is served.
    """
    serialise(session)
    current = session.get(Publication, current_version(session))
    if current is None:
        raise NotFound("还没有发布过，无从退回。")
    target = session.get(Publication, to if to is not None else (current.copy_of or current.version) - 1)
    if target is None:
        raise NotFound("没有可以退回的发布版本。")
    wanted, present = set(target.revision_ids), set(current.revision_ids)
    if wanted == present:
        raise Conflict("该版本的内容正在使用，无需退回。")
    _set_state(session, present - wanted, RevisionState.WITHDRAWN)
    _set_state(session, wanted - present, RevisionState.PUBLISHED)
    record(
        session,
        "publication.rolled_back",
        subject="knowledge_base",
        actor=actor,
        at=now,
        details={"from": current.version, "to": target.version},
    )
    original = target.copy_of or target.version
    reason = f"退回到发布版本 {original}"
    return _append(session, wanted, reason=reason, actor=actor, now=now, copy_of=original)


def _set_state(session: Session, revision_ids: Collection[int], state: RevisionState) -> None:
    for batch in batches(sorted(revision_ids)):
        session.execute(update(Revision).where(Revision.id.in_(batch)).values(state=state))


def _append(
    session: Session,
    revision_ids: Collection[int],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    copy_of: int | None = None,
) -> Publication:
    publication = Publication(
        version=current_version(session) + 1,
        revision_ids=sorted(revision_ids),
        copy_of=copy_of,
        reason=reason,
        actor=actor.id or actor.kind,
        created_at=now,
    )
    session.add(publication)
    session.flush()
    touch(session, TOPIC)
    return publication
