"""Step 7: what a person at a seat does with a conversation. Each handler writes its own audit record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.errors import Invalid
from common.ids import IdFactory
from desk import holding, queue, texts, transcript
from desk.access import Staff, access_conversation, require_direction, require_holder
from desk.errors import AlreadyClaimed, SeatFull, SeatNotOnline
from desk.kinds import Availability, Kind, Sender, Tier
from desk.locks import Serial, locked_conversation, serialise
from desk.reply import Citation
from desk.routing import may_serve
from desk.state import Event, State
from desk.tables import Conversation, Message, Seat
from desk.transcript import AgentPayload, Draft
from desk.work import Work


@dataclass(frozen=True)
class Writing:
    """What an agent wrote; the same `client_message_id` again is the same message."""

    text: str
    client_message_id: str
    citations: tuple[Citation, ...] = ()


def claim(
    session: Session, conversation_id: str, *, staff: Staff, now: datetime, ids: IdFactory
) -> Conversation:
    """Take a conversation out of the queue oneself. Raises AlreadyClaimed, SeatFull, SeatNotOnline."""
    seat_id = staff.own_seat
    conversation = locked_conversation(session, conversation_id)
    if conversation.state is State.ASSIGNED:
        raise AlreadyClaimed
    conversation = access_conversation(session, conversation_id, staff=staff)
    work = Work(session, staff.actor, now, ids)
    if not holding.to_seat(work, conversation, seat_id, event=Event.ASSIGN, why="claimed", accepted=True):
        raise _no_room(session, seat_id)
    _announce(work, conversation)
    return conversation


def accept(
    session: Session, conversation_id: str, *, staff: Staff, now: datetime, ids: IdFactory
) -> Conversation:
    """Say that one is there for a conversation that was assigned; a second time changes nothing."""
    conversation = access_conversation(session, conversation_id, staff=staff)
    require_holder(staff, conversation)
    _accepted(Work(session, staff.actor, now, ids), conversation)
    return conversation


def reply(
    session: Session, conversation_id: str, writing: Writing, *, staff: Staff, now: datetime, ids: IdFactory
) -> Message:
    """Write to the contact. The first reply accepts the conversation and ends the wait for a response."""
    conversation = access_conversation(session, conversation_id, staff=staff)
    require_holder(staff, conversation)
    if (first := _already_written(session, conversation, writing)) is not None:
        return first
    work = Work(session, staff.actor, now, ids)
    _accepted(work, conversation)
    conversation.due_at, conversation.unread_count = None, 0
    message = _write(work, conversation, Kind.OUTBOUND, writing, staff=staff)
    work.touch("queue", f"seat:{conversation.seat_id}")
    work.record("message.sent", conversation, seq=message.seq)
    return message


def note(
    session: Session, conversation_id: str, writing: Writing, *, staff: Staff, now: datetime, ids: IdFactory
) -> Message:
    """Write a note that only staff see."""
    conversation = access_conversation(session, conversation_id, staff=staff)
    if (first := _already_written(session, conversation, writing)) is not None:
        return first
    work = Work(session, staff.actor, now, ids)
    message = _write(work, conversation, Kind.NOTE, writing, staff=staff)
    work.record("note.written", conversation, seq=message.seq)
    return message


def release(
    session: Session, conversation_id: str, *, reason: str, staff: Staff, now: datetime, ids: IdFactory
) -> Conversation:
    """Give a conversation back to the front of the queue; it goes to another seat, if one has room."""
    serialise(session, Serial.ROUTING)
    conversation = access_conversation(session, conversation_id, staff=staff)
    require_direction(staff, conversation)
    work = Work(session, staff.actor, now, ids)
    transcript.remark(work, conversation, texts.released(reason))
    queue.requeue(work, conversation, reason="released", avoid_seat=True)
    queue.assign_waiting(session, now=now, ids=ids)
    return conversation


def transfer(
    session: Session,
    conversation_id: str,
    *,
    tier: Tier,
    reason: str,
    seat_id: str | None = None,
    staff: Staff,
    now: datetime,
    ids: IdFactory,
) -> Conversation:
    """Pass a conversation, with all that was said, to a tier or to one seat of it.

    To a tier: the best seat with room, else the front of the queue. To a seat: raises SeatNotOnline or
    SeatFull, and the conversation stays where it is.
    """
    serialise(session, Serial.ROUTING)
    conversation = access_conversation(session, conversation_id, staff=staff)
    require_direction(staff, conversation)
    work = Work(session, staff.actor, now, ids)
    if seat_id is None:
        _transfer_to_tier(work, conversation, tier, reason=reason)
    else:
        _transfer_to_seat(work, conversation, seat_id, tier, reason=reason)
    queue.assign_waiting(session, now=now, ids=ids)
    return conversation


def resolve(
    session: Session,
    conversation_id: str,
    *,
    classification: str,
    remark: str | None = None,
    staff: Staff,
    now: datetime,
    ids: IdFactory,
) -> Conversation:
    """Finish a conversation and ask the contact for a rating; the seat gets the next one that waits."""
    serialise(session, Serial.ROUTING)
    conversation = access_conversation(session, conversation_id, staff=staff)
    require_direction(staff, conversation)
    work = Work(session, staff.actor, now, ids)
    if remark:
        draft = Draft(Kind.NOTE, Sender.AGENT, remark, sender_id=staff.user_id, sender_name=staff.name)
        transcript.append(work, conversation, draft)
    holding.to_resolved(work, conversation, classification=classification)
    transcript.say(work, conversation, texts.RESOLVED, transcript.ASK_RATING)
    queue.assign_waiting(session, now=now, ids=ids)
    return conversation


def reopen(
    session: Session, conversation_id: str, *, staff: Staff, now: datetime, ids: IdFactory
) -> Conversation:
    """Take up a resolved conversation again, at one's own seat. Raises SeatFull, SeatNotOnline."""
    seat_id = staff.own_seat
    conversation = access_conversation(session, conversation_id, staff=staff)
    work = Work(session, staff.actor, now, ids)
    if not holding.reopened_to_seat(work, conversation, seat_id, accepted=True):
        raise _no_room(session, seat_id)
    transcript.say(work, conversation, texts.REOPENED)
    return conversation


def _transfer_to_tier(work: Work, conversation: Conversation, tier: Tier, *, reason: str) -> None:
    transcript.remark(work, conversation, texts.transferred(texts.TIER_NAMES[tier], reason))
    holding.back_to_queue(work, conversation, reason="transferred", avoid_seat=True)
    conversation.tier = tier
    _announce_transfer(work, conversation, reason=reason)


def _transfer_to_seat(
    work: Work, conversation: Conversation, seat_id: str, tier: Tier, *, reason: str
) -> None:
    seat = work.session.get(Seat, seat_id)
    if seat is None or seat_id == conversation.seat_id or not may_serve(seat.tier, tier):
        raise Invalid("不能转给这个坐席。")
    if not holding.to_other_seat(work, conversation, seat_id, tier=tier):
        raise _no_room(work.session, seat_id)
    transcript.remark(work, conversation, texts.transferred(f"坐席 {seat.number}", reason))
    _announce_transfer(work, conversation, reason=reason)


def _announce_transfer(work: Work, conversation: Conversation, *, reason: str) -> None:
    transcript.say(work, conversation, texts.TRANSFERRING)
    work.record("conversation.transferred", conversation, tier=conversation.tier, reason=reason)


def _accepted(work: Work, conversation: Conversation) -> None:
    if conversation.accepted_at is not None:
        return
    conversation.accepted_at = work.now
    _announce(work, conversation)
    work.touch("queue", f"seat:{conversation.seat_id}")
    work.record("conversation.accepted", conversation, seat=conversation.seat_id)


def _announce(work: Work, conversation: Conversation) -> None:
    seat = work.session.get_one(Seat, conversation.seat_id)
    transcript.say(work, conversation, texts.seat_joined(seat.number))


def _write(work: Work, conversation: Conversation, kind: Kind, writing: Writing, *, staff: Staff) -> Message:
    draft = Draft(
        kind,
        Sender.AGENT,
        writing.text,
        sender_id=staff.user_id,
        sender_name=staff.name,
        payload=AgentPayload(citations=writing.citations, seat_number=_seat_number(work, staff)),
        client_message_id=writing.client_message_id,
    )
    return transcript.append(work, conversation, draft)


def _seat_number(work: Work, staff: Staff) -> str | None:
    return work.session.scalar(select(Seat.number).where(Seat.id == staff.seat_id))


def _already_written(session: Session, conversation: Conversation, writing: Writing) -> Message | None:
    return session.scalar(
        select(Message).where(
            Message.conversation_id == conversation.id, Message.client_message_id == writing.client_message_id
        )
    )


def _no_room(session: Session, seat_id: str) -> SeatNotOnline | SeatFull:
    availability = session.scalar(select(Seat.availability).where(Seat.id == seat_id))
    return SeatFull() if availability is Availability.ONLINE else SeatNotOnline()
