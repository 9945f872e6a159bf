"""Step 6: seats come and go; what they held goes back to the front of the queue, and on to others.

Nothing here depends on a timer in a process: what is late is read from the database, so that a restart loses
nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from common.audit import SYSTEM, Actor
from common.errors import NotFound
from common.ids import IdFactory
from desk import queue
from desk.kinds import Availability
from desk.locks import Serial, locked_conversation, serialise
from desk.policy import POLICY, DeskPolicy
from desk.state import State
from desk.tables import Conversation, Seat
from desk.work import Work


def set_availability(
    session: Session, seat_id: str, availability: Availability, *, actor: Actor, now: datetime, ids: IdFactory
) -> Seat:
    """A seat comes online and gets waiting conversations at once, or goes and gives back what it holds."""
    serialise(session, Serial.ROUTING)
    work = Work(session, actor, now, ids)
    seat = _locked_seat(session, seat_id)
    seat.availability = availability
    seat.heartbeat_at = now
    if availability == Availability.ONLINE:
        seat.idle_since = now
    else:
        _give_back(work, _held_by(seat_id), reason=f"seat_{availability}")
    _changed(work, seat, reason="chosen")
    queue.assign_waiting(session, now=now, ids=ids)
    session.refresh(seat)
    return seat


def heartbeat(session: Session, seat_id: str, *, now: datetime) -> None:
    """The seat's console is alive. Not audited: it changes nothing that anybody did."""
    session.execute(update(Seat).where(Seat.id == seat_id, Seat.heartbeat_at < now).values(heartbeat_at=now))


def needs_sweep(session: Session, *, now: datetime, policy: DeskPolicy = POLICY) -> bool:
    """Whether `sweep` would find anything; costs no write lock."""
    silent = select(Seat.id).where(_is_silent(now, policy))
    late = select(Conversation.id).where(_is_late(now, policy))
    waiting = select(Conversation.id).where(Conversation.state == State.QUEUED)
    room = select(Seat.id).where(Seat.availability == Availability.ONLINE, Seat.open_count < Seat.capacity)
    return bool(session.scalar(select(or_(silent.exists(), late.exists(), waiting.exists() & room.exists()))))


def sweep(session: Session, *, now: datetime, ids: IdFactory, policy: DeskPolicy = POLICY) -> None:
    """Set silent seats away and take back what they hold, and what a seat did not accept in time.

    A seat that lets one conversation run out of time keeps those it has accepted, but gets no new ones.
    """
    serialise(session, Serial.ROUTING)
    work = Work(session, SYSTEM, now, ids)
    silent = select(Seat.id).where(_is_silent(now, policy)).order_by(Seat.id)
    for seat_id in session.scalars(silent).all():
        _send_away(work, seat_id, _held_by(seat_id), reason="heartbeat_lost")
    keep_waiting = select(Conversation.seat_id).where(_is_late(now, policy))
    for seat_id in session.scalars(select(Seat.id).where(Seat.id.in_(keep_waiting)).order_by(Seat.id)).all():
        _send_away(work, seat_id, and_(_held_by(seat_id), _is_late(now, policy)), reason="not_accepted")
    queue.assign_waiting(session, now=now, ids=ids)


def _send_away(work: Work, seat_id: str, which: ColumnElement[bool], *, reason: str) -> None:
    seat = _locked_seat(work.session, seat_id)
    seat.availability = Availability.AWAY
    _changed(work, seat, reason=reason)
    _give_back(work, which, reason=reason)


def _give_back(work: Work, which: ColumnElement[bool], *, reason: str) -> None:
    """Give back what `which` selects; the seat is locked, so that nothing is added to it meanwhile.

    Waiting here is safe: whoever has an assigned conversation locked and not the routing lock wants no seat.
    """
    oldest_first = select(Conversation.id).where(which).order_by(Conversation.queued_at, Conversation.id)
    for conversation_id in work.session.scalars(oldest_first).all():
        conversation = locked_conversation(work.session, conversation_id)
        still = select(Conversation.id).where(Conversation.id == conversation_id, which)
        if work.session.scalar(still) is not None:
            queue.requeue(work, conversation, reason=reason)


def _held_by(seat_id: str) -> ColumnElement[bool]:
    return and_(Conversation.state == State.ASSIGNED, Conversation.seat_id == seat_id)


def _is_silent(now: datetime, policy: DeskPolicy) -> ColumnElement[bool]:
    counted_on = or_(Seat.availability == Availability.ONLINE, Seat.open_count > 0)
    return and_(Seat.heartbeat_at < now - policy.heartbeat_grace, counted_on)


def _is_late(now: datetime, policy: DeskPolicy) -> ColumnElement[bool]:
    return and_(
        Conversation.state == State.ASSIGNED,
        Conversation.accepted_at.is_(None),
        Conversation.assigned_at < now - policy.accept_timeout,
    )


def _locked_seat(session: Session, seat_id: str) -> Seat:
    seat = session.scalar(
        select(Seat)
        .where(Seat.id == seat_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if seat is None:
        raise NotFound
    return seat


def _changed(work: Work, seat: Seat, *, reason: str) -> None:
    work.session.flush()
    work.record_about("seat.availability", f"seat:{seat.id}", availability=seat.availability, reason=reason)
    work.touch(f"seat:{seat.id}", "queue")
