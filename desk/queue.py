"""Steps 5 and 6: puts conversations into the queue and gives them, in order, to the seats routing chooses."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.audit import SYSTEM
from common.ids import IdFactory
from desk import holding, texts, transcript
from desk.kinds import Tier
from desk.locks import Serial, free_conversation, serialise
from desk.reply import HandoffProposal
from desk.routing import Choice, Need, SeatView, anyone_online, choose_seat
from desk.state import Event, State
from desk.tables import Conversation, Seat
from desk.work import Work

PRIORITIES: Final = {"safety": 0, "complaint": 1}
USUAL_PRIORITY: Final = 2
"""Smaller is served first; safety and complaints are not kept waiting behind ordinary questions."""

IN_ORDER: Final = (Conversation.queue_rank, Conversation.priority, Conversation.queued_at, Conversation.id)


def enqueue(work: Work, conversation: Conversation, proposal: HandoffProposal) -> bool:
    """Give a conversation that the bot holds to people, and to a seat at once if one has room.

    When nobody who may take it is online, it stays with the bot, the contact is told so and offered a
    call-back; returns False then. The caller took the routing lock before the conversation's.
    """
    tier = Tier(proposal.tier)
    need = Need(tier=tier, skill=proposal.skill, last_seat_id=conversation.last_seat_id)
    if not anyone_online(need, seat_views(work.session)):
        transcript.say(work, conversation, texts.NOBODY_ONLINE, transcript.OFFER_CALLBACK)
        work.record("conversation.nobody_online", conversation, reason=proposal.reason, tier=tier)
        return False
    priority = PRIORITIES.get(proposal.reason, USUAL_PRIORITY)
    waiting = holding.Waiting(reason=proposal.reason, tier=tier, skill=proposal.skill, priority=priority)
    holding.to_queue(work, conversation, waiting)
    transcript.say(work, conversation, texts.HANDING_OVER)
    assign_waiting(work.session, now=work.now, ids=work.ids)
    return True


def requeue(work: Work, conversation: Conversation, *, reason: str, avoid_seat: bool = False) -> None:
    """Give a seat's conversation back to the front of the queue and tell the contact.

    The caller took the routing lock, and calls `assign_waiting` when it has given back all it wants to.
    """
    holding.back_to_queue(work, conversation, reason=reason, avoid_seat=avoid_seat)
    if anyone_online(need_of(conversation), seat_views(work.session)):
        transcript.say(work, conversation, texts.BACK_IN_QUEUE)
    else:
        transcript.say(work, conversation, texts.BACK_AND_NOBODY, transcript.OFFER_CALLBACK)


def assign_waiting(session: Session, *, now: datetime, ids: IdFactory) -> int:
    """Give waiting conversations, in order, to seats with room; returns how many found one.

    One that no seat with room may take is passed over and keeps its place.
    """
    serialise(session, Serial.ROUTING)
    work = Work(session, SYSTEM, now, ids)
    seats = seat_views(session)
    if not any(seat.has_room for seat in seats):
        return 0
    assigned = 0
    for conversation in _waiting(session):
        choice = choose_seat(need_of(conversation), seats)
        if choice is not None and _assign(work, conversation.id, choice):
            assigned += 1
            seats = seat_views(session)
    return assigned


def need_of(conversation: Conversation) -> Need:
    """What a conversation in the queue needs."""
    return Need(
        tier=conversation.tier,
        skill=conversation.skill,
        last_seat_id=conversation.last_seat_id,
        avoid_seat_id=conversation.avoid_seat_id,
    )


def seat_views(session: Session) -> list[SeatView]:
    """Every seat as routing sees it, as the database has it now."""
    seats = session.scalars(select(Seat).execution_options(populate_existing=True))
    return [view_of(seat) for seat in seats]


def view_of(seat: Seat) -> SeatView:
    """One seat as routing sees it."""
    return SeatView(
        id=seat.id,
        tier=seat.tier,
        skills=tuple(seat.skills),
        capacity=seat.capacity,
        open_count=seat.open_count,
        availability=seat.availability,
        idle_since=seat.idle_since,
    )


def _waiting(session: Session) -> list[Conversation]:
    in_queue = select(Conversation).where(Conversation.state == State.QUEUED).order_by(*IN_ORDER)
    return list(session.scalars(in_queue))


def _assign(work: Work, conversation_id: str, choice: Choice) -> bool:
    conversation = free_conversation(work.session, conversation_id)
    if conversation is None or conversation.state is not State.QUEUED:
        return False
    return holding.to_seat(
        work, conversation, choice.seat_id, event=Event.ASSIGN, why=choice.why, accepted=False
    )
