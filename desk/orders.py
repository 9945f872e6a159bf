"""Steps 5 and 7: opens work orders, each with a number, a code to ask after it, and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from common.audit import Actor
from common.clock import CHINA
from common.errors import Forbidden, Invalid, NotFound
from common.ids import IdFactory
from common.working_days import add_working_days
from desk import texts, transcript
from desk.access import Staff
from desk.catalogue import CATALOGUE
from desk.kinds import OrderPriority, OrderState, Origin
from desk.locks import Serial, locked_conversation, serialise
from desk.order_access import order_staff, orders_visible_to
from desk.order_state import OPEN
from desk.tables import BridgeNonce, Conversation, OrderStep, WorkOrder
from desk.work import Detail, Work

CALL_BACK: Final = "call_back"
CONSULT: Final = "consult"
OTHER: Final = "其他"


@dataclass(frozen=True)
class Callback:
    """Whom to call. The number was sealed by the caller; `code` is what the contact asks after it with."""

    phone_sealed: str
    phone_masked: str
    code: str
    note: str | None = None


@dataclass(frozen=True)
class NewOrder:
    """An order to open. `text` arrives masked; `code` is what the contact asks after it with."""

    type: str
    category: str
    subcategory: str
    text: str
    code: str
    phone_sealed: str | None = None
    phone_masked: str | None = None
    priority: OrderPriority = OrderPriority.NORMAL
    region: str | None = None
    origin: Origin = Origin.TAX
    external_number: str | None = None
    external_due_at: datetime | None = None


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
        work.record_about("order.corrected", f"order:{order.number}")
        return order
    new = NewOrder(
        type=CALL_BACK,
        category=OTHER,
        subcategory="回电",
        text=callback.note or "",
        code=callback.code,
        phone_sealed=callback.phone_sealed,
        phone_masked=callback.phone_masked,
        region=conversation.region,
    )
    order = _add(work, new, conversation)
    order.state = OrderState.ACCEPTED
    transcript.say(work, conversation, texts.callback_booked(order.number, order.due_at))
    return order


def open_order(
    session: Session,
    new: NewOrder,
    *,
    conversation_id: str | None,
    actor: Actor,
    now: datetime,
    ids: IdFactory,
) -> WorkOrder:
    """Register an order; the contact of `conversation_id` is told its number. Raises Invalid, NotFound."""
    conversation = locked_conversation(session, conversation_id) if conversation_id else None
    work = Work(session, actor, now, ids)
    order = _add(work, new, conversation)
    if conversation is not None:
        transcript.say(work, conversation, texts.order_registered(order.number))
    return order


def take_over(session: Session, new: NewOrder, *, actor: Actor, now: datetime, ids: IdFactory) -> WorkOrder:
    """The order that another hotline hands over: made the first time, the same one ever after."""
    # Whoever makes an order number waits here, so the second of two equal requests finds the first one's order.
    serialise(session, Serial.ORDER_NUMBERS)
    known = session.scalar(
        select(WorkOrder).where(
            WorkOrder.origin == new.origin, WorkOrder.external_number == new.external_number
        )
    )
    return known or _add(Work(session, actor, now, ids), new, None)


def first_use(session: Session, nonce: str, *, now: datetime, until: datetime) -> bool:
    """Whether a signed request comes for the first time; its nonce is kept until it could not be used again."""
    session.execute(delete(BridgeNonce).where(BridgeNonce.until < now))
    try:
        with session.begin_nested():
            session.add(BridgeNonce(nonce=nonce, until=until))
    except IntegrityError:
        return False
    return True


def open_order_of(session: Session, conversation_id: str, kind: str) -> WorkOrder | None:
    """The conversation's order of a type that is not finished, if there is one."""
    return session.scalar(
        select(WorkOrder).where(
            WorkOrder.conversation_id == conversation_id, WorkOrder.type == kind, WorkOrder.state.in_(OPEN)
        )
    )


def show_phone(
    session: Session, number: str, *, reason: str, staff: Staff, now: datetime, ids: IdFactory
) -> str:
    """The sealed telephone number of an order, for whoever says why; that is kept. Raises NotFound, Forbidden."""
    who = order_staff(session, staff)
    order = session.scalar(select(WorkOrder).where(WorkOrder.number == number, orders_visible_to(who)))
    if order is None or order.phone_sealed is None:
        raise NotFound
    if not who.sees_whole(order):
        raise Forbidden
    work = Work(session, staff.actor, now, ids)
    work.record_about("order.phone_shown", f"order:{number}", reason=reason)
    return order.phone_sealed


def note_step(
    work: Work,
    order: WorkOrder,
    event: str,
    *,
    before: OrderState | None,
    reason: str = "",
    **details: Detail,
) -> None:
    """Add to the order's history and to the audit, in one transaction with the change."""
    work.session.add(
        OrderStep(
            id=work.ids(),
            order_number=order.number,
            at=work.now,
            actor_kind=work.actor.kind,
            actor_id=work.actor.id,
            event=event,
            before=before,
            after=order.state,
            reason=reason,
            details=dict(details),
        )
    )
    work.record_about(f"order.{event}", f"order:{order.number}", reason=reason, **details)
    work.touch("orders")


def _add(work: Work, new: NewOrder, conversation: Conversation | None) -> WorkOrder:
    kind = CATALOGUE.check(new.type, new.category, new.subcategory)
    if not new.text and new.type != CALL_BACK:
        raise Invalid("请写明诉求内容。")
    limit = CATALOGUE.limit_for(new.type, new.category, new.subcategory, origin=new.origin, region=new.region)
    due = add_working_days(work.now, limit.days)
    day = work.now.astimezone(CHINA).date()
    sequence = _next_sequence(work.session, day)
    order = WorkOrder(
        number=f"TD{day:%Y%m%d}-{sequence:04d}",
        day=day,
        sequence=sequence,
        code=new.code,
        conversation_id=conversation.id if conversation else None,
        type=new.type,
        state=OrderState.REGISTERED,
        phone_sealed=new.phone_sealed,
        phone_masked=new.phone_masked,
        text=new.text or None,
        created_at=work.now,
        due_at=min(due, new.external_due_at) if new.external_due_at else due,
        origin=new.origin,
        external_number=new.external_number,
        category=new.category,
        subcategory=new.subcategory,
        region=new.region,
        priority=new.priority,
        restricted=kind.restricted,
        term_days=limit.days,
        watcher_id=work.actor.id if work.actor.kind == "user" else None,
    )
    work.session.add(order)
    work.session.flush()
    note_step(work, order, "registered", before=None, type=order.type)
    return order


def _next_sequence(session: Session, day: date) -> int:
    serialise(session, Serial.ORDER_NUMBERS)
    last = session.scalar(select(func.max(WorkOrder.sequence)).where(WorkOrder.day == day))
    return (last or 0) + 1


def _open_callback(session: Session, conversation_id: str) -> WorkOrder | None:
    return open_order_of(session, conversation_id, CALL_BACK)
