"""Steps 5 and 7: work orders (call-backs, so far), each with a number, a code to ask after it, a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.audit import Actor
from common.clock import CHINA
from common.errors import Conflict, Invalid, NotFound
from common.ids import IdFactory
from desk import texts, transcript
from desk.access import Staff
from desk.kinds import OrderState
from desk.locks import Serial, locked_conversation, serialise
from desk.tables import WorkOrder
from desk.work import Work

CALL_BACK: Final = "call_back"
CALL_BACK_DAYS: Final = 1
"""Working days until a call-back is due."""
_FRIDAY: Final = 4


class OrderClosed(Conflict):
    """The work order has its reply already."""

    code = "order_closed"
    message = "这个工单已经办结。"


@dataclass(frozen=True)
class Callback:
    """Whom to call. The number was sealed by the caller; `code` is what the contact asks after it with."""

    phone_sealed: str
    phone_masked: str
    code: str
    note: str | None = None


def create_callback(
    session: Session, conversation_id: str, callback: Callback, *, now: datetime, ids: IdFactory
) -> WorkOrder:
    """Register a call-back. While one is open, the conversation's next request corrects that one."""
    conversation = locked_conversation(session, conversation_id)
    work = Work(session, Actor("contact", conversation.contact_id), now, ids)
    order = _open_callback(session, conversation_id)
    if order is not None:
        order.phone_sealed, order.phone_masked = callback.phone_sealed, callback.phone_masked
        order.text = callback.note
        work.record("order.corrected", conversation, order=order.number)
        return order
    order = _new_callback(session, conversation_id, callback, now=now)
    session.add(order)
    session.flush()
    transcript.say(work, conversation, texts.callback_booked(order.number, order.due_at))
    work.record("order.created", conversation, order=order.number, type=order.type)
    work.touch("orders")
    return order


def close_order(
    session: Session, number: str, *, reply: str, staff: Staff, now: datetime, ids: IdFactory
) -> WorkOrder:
    """Close a work order with the reply that the contact gets. Raises OrderClosed, NotFound."""
    if not reply.strip():
        raise Invalid("办结工单须填写答复。")
    conversation_id = session.scalar(select(WorkOrder.conversation_id).where(WorkOrder.number == number))
    if conversation_id is None:
        raise NotFound
    conversation = locked_conversation(session, conversation_id)
    order = session.get_one(WorkOrder, number, populate_existing=True)
    if order.state is OrderState.CLOSED:
        raise OrderClosed
    work = Work(session, staff.actor, now, ids)
    order.state, order.closed_at, order.reply = OrderState.CLOSED, now, reply
    transcript.say(work, conversation, texts.order_answered(number, reply))
    work.record("order.closed", conversation, order=number)
    work.touch("orders")
    return order


def show_phone(
    session: Session, number: str, *, reason: str, staff: Staff, now: datetime, ids: IdFactory
) -> str:
    """The sealed telephone number of an order, for whoever says why; that is kept. Raises NotFound."""
    order = session.get(WorkOrder, number)
    if order is None:
        raise NotFound
    work = Work(session, staff.actor, now, ids)
    work.record_about("order.phone_shown", f"order:{number}", reason=reason)
    return order.phone_sealed


def due_after(moment: datetime, working_days: int) -> datetime:
    """The same time of day, so many working days later; counting starts the day after. Weekends are off."""
    local = moment.astimezone(CHINA)
    for _ in range(working_days):
        local += timedelta(days=1)
        while local.weekday() > _FRIDAY:
            local += timedelta(days=1)
    return local


def _new_callback(session: Session, conversation_id: str, callback: Callback, *, now: datetime) -> WorkOrder:
    day = now.astimezone(CHINA).date()
    sequence = _next_sequence(session, day)
    return WorkOrder(
        number=f"TD{day:%Y%m%d}-{sequence:04d}",
        day=day,
        sequence=sequence,
        code=callback.code,
        conversation_id=conversation_id,
        type=CALL_BACK,
        state=OrderState.OPEN,
        phone_sealed=callback.phone_sealed,
        phone_masked=callback.phone_masked,
        text=callback.note,
        created_at=now,
        due_at=due_after(now, CALL_BACK_DAYS),
    )


def _next_sequence(session: Session, day: date) -> int:
    serialise(session, Serial.ORDER_NUMBERS)
    last = session.scalar(select(func.max(WorkOrder.sequence)).where(WorkOrder.day == day))
    return (last or 0) + 1


def _open_callback(session: Session, conversation_id: str) -> WorkOrder | None:
    return session.scalar(
        select(WorkOrder).where(
            WorkOrder.conversation_id == conversation_id,
            WorkOrder.type == CALL_BACK,
            WorkOrder.state == OrderState.OPEN,
        )
    )
