"""Steps 5 to 7: moves a conversation from one holder to the next; nothing else writes `state` and `seat_id`.

A seat's load changes in the same savepoint as the holder, each in one conditional statement: when either
touches no row, neither has happened. Callers hold the conversation's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import update

from desk.kinds import Availability, Tier, TurnState
from desk.policy import POLICY
from desk.state import Event, State, after
from desk.tables import Assignment, Conversation, Seat, Turn
from desk.work import Work

FRONT: Final = 0
"""`queue_rank` of a conversation that had a seat before; it goes before every `BACK`."""
BACK: Final = 1


@dataclass(frozen=True)
class Waiting:
    """With what a conversation enters the queue. A smaller `priority` is served first."""

    reason: str
    tier: Tier
    skill: str | None
    priority: int


def to_queue(work: Work, conversation: Conversation, waiting: Waiting) -> None:
    """The bot gives the conversation to the queue; turns it has not answered are not wanted any more."""
    conversation.state = after(conversation.state, Event.HANDOFF)
    conversation.reason, conversation.priority = waiting.reason, waiting.priority
    conversation.tier, conversation.skill = waiting.tier, waiting.skill
    conversation.queued_at, conversation.queue_rank = work.now, BACK
    conversation.due_at = work.now + POLICY.first_response
    conversation.avoid_seat_id = None
    _drop_turns(work, conversation)
    _changed(work, conversation)
    work.record(
        "conversation.queued", conversation, reason=waiting.reason, tier=waiting.tier, skill=waiting.skill
    )


def to_seat(
    work: Work, conversation: Conversation, seat_id: str, *, event: Event, why: str, accepted: bool
) -> bool:
    """Give the conversation to a seat that is online and has room. False, nothing changed, if not."""
    target = after(conversation.state, event)
    work.session.flush()
    savepoint = work.session.begin_nested()
    taken = _claim(work, conversation, seat_id, target, accepted=accepted) and _fill(work, seat_id)
    savepoint.commit() if taken else savepoint.rollback()
    work.session.refresh(conversation)
    if not taken:
        return False
    work.session.add(
        Assignment(
            id=work.ids(), conversation_id=conversation.id, seat_id=seat_id, started_at=work.now, why=why
        )
    )
    _changed(work, conversation)
    work.touch(f"seat:{seat_id}")
    work.record("conversation.assigned", conversation, seat=seat_id, event=event, why=why)
    return True


def to_other_seat(work: Work, conversation: Conversation, seat_id: str, *, tier: Tier) -> bool:
    """The holding seat passes the conversation on; False, nothing changed, when the other has no room."""
    giver = conversation.seat_id
    savepoint = work.session.begin_nested()
    _end_assignment(work, conversation, reason="transferred")
    if not to_seat(
        work, conversation, seat_id, event=Event.TRANSFER, why=Event.TRANSFER.value, accepted=False
    ):
        savepoint.rollback()
        work.session.refresh(conversation)
        return False
    savepoint.commit()
    conversation.tier, conversation.last_seat_id = tier, giver
    conversation.due_at = conversation.due_at or work.now + POLICY.first_response
    return True


def back_to_queue(work: Work, conversation: Conversation, *, reason: str, avoid_seat: bool) -> None:
    """The seat gives the conversation back, to the front of the queue."""
    seat_id = conversation.seat_id
    conversation.state = after(conversation.state, Event.GIVE_BACK)
    _leave_seat(work, conversation, reason=reason)
    conversation.queue_rank = FRONT
    conversation.queued_at = conversation.queued_at or work.now
    conversation.due_at = conversation.due_at or work.now + POLICY.first_response
    conversation.avoid_seat_id = seat_id if avoid_seat else None
    _changed(work, conversation)
    work.record("conversation.given_back", conversation, seat=seat_id, reason=reason)


def out_of_queue(work: Work, conversation: Conversation, *, reason: str) -> None:
    """Nobody came, or the contact waits no longer: the bot has the conversation again."""
    conversation.state = after(conversation.state, Event.LEAVE)
    conversation.queued_at = conversation.due_at = conversation.avoid_seat_id = None
    conversation.reason = None
    _changed(work, conversation)
    work.record("conversation.left_queue", conversation, reason=reason)


def to_resolved(work: Work, conversation: Conversation, *, classification: str) -> None:
    """The conversation is finished; its seat has room again."""
    seat_id = conversation.seat_id
    conversation.state = after(conversation.state, Event.RESOLVE)
    _leave_seat(work, conversation, reason="resolved")
    conversation.queued_at = conversation.due_at = conversation.avoid_seat_id = None
    conversation.resolved_at, conversation.classification = work.now, classification
    _changed(work, conversation)
    work.record("conversation.resolved", conversation, seat=seat_id, classification=classification)


def reopened_to_bot(work: Work, conversation: Conversation) -> None:
    """A resolved conversation goes on, with the bot."""
    conversation.state = after(conversation.state, Event.REOPEN_TO_BOT)
    conversation.reason = None
    _next_round(conversation)
    _changed(work, conversation)
    work.record("conversation.reopened", conversation, to="bot")


def reopened_to_seat(work: Work, conversation: Conversation, seat_id: str, *, accepted: bool) -> bool:
    """A resolved conversation goes on with a seat, if that is online and has room; False otherwise."""
    event = Event.REOPEN_TO_SEAT
    if not to_seat(work, conversation, seat_id, event=event, why=event.value, accepted=accepted):
        return False
    _next_round(conversation)
    conversation.queued_at, conversation.due_at = work.now, work.now + POLICY.first_response
    return True


def _claim(work: Work, conversation: Conversation, seat_id: str, target: State, *, accepted: bool) -> bool:
    claimed = work.session.scalar(
        update(Conversation)
        .where(
            Conversation.id == conversation.id,
            Conversation.state == conversation.state,
            Conversation.version == conversation.version,
        )
        .values(
            state=target,
            seat_id=seat_id,
            avoid_seat_id=None,
            assigned_at=work.now,
            accepted_at=work.now if accepted else None,
            updated_at=work.now,
            version=Conversation.version + 1,
        )
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    )
    return claimed is not None


def _fill(work: Work, seat_id: str) -> bool:
    filled = work.session.scalar(
        update(Seat)
        .where(
            Seat.id == seat_id,
            Seat.availability == Availability.ONLINE,
            Seat.open_count < Seat.capacity,
        )
        .values(open_count=Seat.open_count + 1, idle_since=work.now)
        .returning(Seat.id)
        .execution_options(synchronize_session=False)
    )
    return filled is not None


def _leave_seat(work: Work, conversation: Conversation, *, reason: str) -> None:
    _end_assignment(work, conversation, reason=reason)
    conversation.last_seat_id, conversation.seat_id = conversation.seat_id, None
    conversation.assigned_at = conversation.accepted_at = None
    conversation.unread_count = 0


def _end_assignment(work: Work, conversation: Conversation, *, reason: str) -> None:
    work.session.execute(
        update(Assignment)
        .where(Assignment.conversation_id == conversation.id, Assignment.ended_at.is_(None))
        .values(ended_at=work.now, reason=reason)
    )
    work.session.execute(
        update(Seat)
        .where(Seat.id == conversation.seat_id)
        .values(open_count=Seat.open_count - 1, idle_since=work.now)
        .execution_options(synchronize_session=False)
    )
    work.touch(f"seat:{conversation.seat_id}")


def _next_round(conversation: Conversation) -> None:
    conversation.round += 1
    conversation.resolved_at = conversation.classification = None


def _drop_turns(work: Work, conversation: Conversation) -> None:
    work.session.execute(
        update(Turn)
        .where(Turn.conversation_id == conversation.id, Turn.state == TurnState.PENDING)
        .values(state=TurnState.DROPPED, finished_at=work.now, leased_until=None)
    )


def _changed(work: Work, conversation: Conversation) -> None:
    conversation.updated_at = work.now
    work.touch(f"conversation:{conversation.id}", "queue")
