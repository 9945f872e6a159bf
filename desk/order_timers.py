"""Step 7: order deadlines, read from the database, so that a restart loses nothing; each is acted on once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.audit import SYSTEM
from common.ids import IdFactory
from desk.order_commands import act_in_time
from desk.order_state import UNANSWERED, OrderEvent, yellow_from
from desk.tables import WorkOrder
from desk.work import Work

BATCH: Final = 100


def has_late(session: Session, *, now: datetime) -> bool:
    """Whether `sweep` would find any; costs no write lock."""
    return bool(_late(session, now=now))


def sweep(session: Session, *, now: datetime, ids: IdFactory) -> int:
    """Mark orders whose light turned yellow or red; returns how many steps that made."""
    work = Work(session, SYSTEM, now, ids)
    late = _late(session, now=now)
    for number, event in late:
        act_in_time(work, number, event)
    return len(late)


def _late(session: Session, *, now: datetime) -> list[tuple[str, OrderEvent]]:
    waiting = select(WorkOrder).where(WorkOrder.state.in_(UNANSWERED), WorkOrder.missed_at.is_(None))
    found: list[tuple[str, OrderEvent]] = []
    for order in session.scalars(waiting.order_by(WorkOrder.due_at, WorkOrder.number).limit(BATCH)):
        if order.due_at <= now:
            found.append((order.number, OrderEvent.MISS))
        elif order.warned_at is None and yellow_from(order.created_at, order.due_at) <= now:
            found.append((order.number, OrderEvent.WARN))
    return found
