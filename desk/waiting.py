"""Step 6: how long a contact must wait, from how fast seats have been working lately.

The model: every place at an online seat is taken by a conversation for a handling time of mean H, so places
come free at the rate capacity / H; the contact at position p waits for p of them. The time until the p-th of
these has the mean p * H / capacity and the standard deviation sqrt(p) * H / capacity (Erlang); the range
shown is the mean give or take one of them, widened to half minutes. H is measured over the assignments that
ended in the last hours; only while there are too few of them is a usual value taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from desk.kinds import Availability, Tier
from desk.policy import POLICY
from desk.queue import IN_ORDER, seat_views
from desk.routing import SERVED_BY, may_serve
from desk.state import State
from desk.tables import Assignment, Conversation, Seat

_STEP_SECONDS: Final = 30
_SAMPLE_LIMIT: Final = 50
_DONE: Final = ("resolved", "transferred", "released")
"""How an assignment ends when the seat worked on it; one that ran out of time measures nothing."""


@dataclass(frozen=True)
class QueuePlace:
    """Where a conversation stands in the queue and how long that is likely to last, in seconds."""

    position: int
    wait_seconds: tuple[int, int]


def position_and_wait(session: Session, conversation: Conversation, *, now: datetime) -> QueuePlace | None:
    """The conversation's place; None when it does not wait, or nobody who may take it is online."""
    if conversation.state is not State.QUEUED:
        return None
    capacity = sum(
        seat.capacity
        for seat in seat_views(session)
        if seat.availability is Availability.ONLINE and may_serve(seat.tier, conversation.tier)
    )
    if capacity == 0:
        return None
    position = _position(session, conversation)
    handling = _handling(session, conversation.tier, now=now)
    return QueuePlace(position, wait_range(position, handling=handling, capacity=capacity))


def wait_range(position: int, *, handling: timedelta, capacity: int) -> tuple[int, int]:
    """The likely wait at `position`, in seconds. Pure."""
    step = handling.total_seconds() / capacity
    mean, deviation = position * step, math.sqrt(position) * step
    low = math.floor(max(0.0, mean - deviation) / _STEP_SECONDS) * _STEP_SECONDS
    high = math.ceil((mean + deviation) / _STEP_SECONDS) * _STEP_SECONDS
    return low, max(high, _STEP_SECONDS)


def _position(session: Session, conversation: Conversation) -> int:
    """From 1, among those that need the same tier."""
    own = (conversation.queue_rank, conversation.priority, conversation.queued_at, conversation.id)
    ahead = select(func.count()).where(
        Conversation.state == State.QUEUED,
        Conversation.tier == conversation.tier,
        tuple_(*IN_ORDER) < own,
    )
    return 1 + (session.scalar(ahead) or 0)


def _handling(session: Session, tier: Tier, *, now: datetime) -> timedelta:
    """The mean time from a seat's taking a conversation to its being done with it."""
    ended = session.execute(
        select(Assignment.started_at, Assignment.ended_at)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(
            Assignment.ended_at > now - POLICY.rate_window,
            Assignment.reason.in_(_DONE),
            Seat.tier.in_(SERVED_BY[tier]),
        )
        .order_by(Assignment.ended_at.desc())
        .limit(_SAMPLE_LIMIT)
    ).all()
    if len(ended) < POLICY.rate_sample:
        return POLICY.usual_handling
    return sum((end - start for start, end in ended if end), timedelta()) / len(ended)
