"""Step 4, what is served: publications are appended whole, so publishing and rolling back are one row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.audit import Actor, record
from common.database import touch
from common.errors import Conflict, NotFound
from knowledge_base.content import covers
from knowledge_base.tables import Publication, Revision, RevisionState

TOPIC = "knowledge_base"


def current_version(session: Session) -> int:
    """The version served now; 0 when nothing was ever published."""
    return session.scalar(select(Publication.version).order_by(Publication.version.desc()).limit(1)) or 0


def served_revisions(session: Session, *, version: int | None = None) -> list[Revision]:
    """The revisions in a publication (the current one by default), in order of id."""
    wanted = version if version is not None else current_version(session)
    publication = session.get(Publication, wanted)
    if publication is None:
        return []
    revisions = session.scalars(select(Revision).order_by(Revision.id)).all()
    served = set(publication.revision_ids)
    return [revision for revision in revisions if revision.id in served]


def publish(
    session: Session, revisions: Sequence[Revision], *, reviewer: str, actor: Actor, now: datetime
) -> Publication:
    """Put these revisions in force. An older revision that a new one covers wholly is replaced; others stay."""
    served = {revision.id: revision for revision in served_revisions(session)}
    by_entry: dict[str, list[Revision]] = {}
    for revision in served.values():
        by_entry.setdefault(revision.entry_id, []).append(revision)
    for revision in revisions:
        content = revision.content
        for older in by_entry.get(revision.entry_id, []):
            if covers(content, older.content):
                older.state = RevisionState.REPLACED
                served.pop(older.id, None)
        revision.state = RevisionState.PUBLISHED
        revision.reviewer = reviewer
        revision.published_at = now
        served[revision.id] = revision
        record(
            session,
            "revision.published",
            subject=f"entry:{revision.entry_id}",
            actor=actor,
            at=now,
            details={"revision": revision.number},
        )
    reason = f"发布 {revisions[0].entry_id}" if len(revisions) == 1 else f"发布 {len(revisions)} 条"
    return _append(session, served, reason=reason, actor=actor, now=now)


def withdraw(session: Session, entry_id: str, *, reason: str, actor: Actor, now: datetime) -> Publication:
    """Stop serving every revision of an entry. Raises NotFound when none is served."""
    served = {revision.id: revision for revision in served_revisions(session)}
    gone = [revision for revision in served.values() if revision.entry_id == entry_id]
    if not gone:
        raise NotFound(f"条目 {entry_id} 没有已发布的版本。")
    for revision in gone:
        revision.state = RevisionState.WITHDRAWN
        del served[revision.id]
    record(
        session,
        "entry.withdrawn",
        subject=f"entry:{entry_id}",
        actor=actor,
        at=now,
        details={"reason": reason},
    )
    return _append(session, served, reason=f"下线 {entry_id}", actor=actor, now=now)


def roll_back(session: Session, *, to: int | None, actor: Actor, now: datetime) -> Publication:
    """Serve again what an earlier publication served (the one before the current by default)."""
    current = current_version(session)
    target = session.get(Publication, to if to is not None else current - 1)
    if target is None:
        raise NotFound("没有可以退回的发布版本。")
    if target.version == current:
        raise Conflict("该版本正在使用，无需退回。")
    wanted = set(target.revision_ids)
    leaving = {revision.id for revision in served_revisions(session)} - wanted
    _set_state(session, leaving, RevisionState.WITHDRAWN)
    _set_state(session, wanted, RevisionState.PUBLISHED)
    record(
        session,
        "publication.rolled_back",
        subject="knowledge_base",
        actor=actor,
        at=now,
        details={"from": current, "to": target.version},
    )
    return _append(session, wanted, reason=f"退回到版本 {target.version}", actor=actor, now=now)


def _set_state(session: Session, revision_ids: Iterable[int], state: RevisionState) -> None:
    for revision_id in revision_ids:
        session.execute(update(Revision).where(Revision.id == revision_id).values(state=state))


def _append(
    session: Session, revision_ids: Iterable[int], *, reason: str, actor: Actor, now: datetime
) -> Publication:
    publication = Publication(
        version=current_version(session) + 1,
        revision_ids=sorted(revision_ids),
        reason=reason,
        actor=actor.id or actor.kind,
        created_at=now,
    )
    session.add(publication)
    session.flush()
    touch(session, TOPIC)
    return publication
