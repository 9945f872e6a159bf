"""Step 7: work orders as the pages read them. Nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from common.errors import NotFound
from desk.catalogue import CATALOGUE
from desk.kinds import OrderPriority, OrderState, Origin
from desk.order_access import OrderStaff, joint_units, orders_visible_to
from desk.order_commands import FOR_CONTACT
from desk.order_state import FINISHED, OPEN, ORDER_TRANSITIONS, Light, OrderEvent, light
from desk.reply import Frozen
from desk.tables import JointUnit, OrderStep, User, WorkOrder

LIST_LENGTH: Final = 200
Stage = Literal["open", "closed"]


class OrderBody(Frozen):
    """A work order; the phone number only in its masked form. Who may not see the contact gets neither
    `conversation_id` nor `phone`."""

    number: str
    conversation_id: str | None
    type: str
    type_name: str
    category: str
    subcategory: str
    state: OrderState
    origin: Origin
    external_number: str | None
    region: str | None
    priority: OrderPriority
    restricted: bool
    unit: str | None
    unit_name: str | None
    phone: str | None
    text: str | None
    created_at: datetime
    due_at: datetime
    sign_due_at: datetime | None
    light: Light | None
    extension_days: int | None
    extended: bool
    supervision: int
    urged: int
    reworks: int
    contact_attempts: int
    merged_into: str | None
    closed_at: datetime | None
    outcome: str | None
    reply: str | None
    reply_basis: str | None
    replied_at: datetime | None
    legal_route: str | None


class OrderStepBody(Frozen):
    """One thing that happened; `actor` is a staff member's name, or contact, system, 12345."""

    at: datetime
    actor: str
    event: str
    before: OrderState | None
    after: OrderState
    reason: str
    details: dict[str, str | int | None]


class JointUnitBody(Frozen):
    """A unit that helps, and what it thinks."""

    unit: str
    unit_name: str
    opinion: str | None
    opined_at: datetime | None


class OrderDetail(Frozen):
    """An order with its history; `allowed` is what the reader may do now."""

    order: OrderBody
    steps: tuple[OrderStepBody, ...]
    joint_units: tuple[JointUnitBody, ...]
    allowed: tuple[OrderEvent, ...]


class ProgressStep(Frozen):
    """A step as the contact is told it."""

    at: datetime
    state: OrderState


class Progress(Frozen):
    """What the contact may know of an order; `merged_into` is where a duplicate goes on."""

    number: str
    type_name: str
    state: OrderState
    created_at: datetime
    due_at: datetime
    steps: tuple[ProgressStep, ...]
    reply: str | None
    reply_basis: str | None
    legal_route: str | None
    merged_into: str | None
    allowed: tuple[OrderEvent, ...]


@dataclass(frozen=True)
class Filter:
    """Which orders to list; what is None does not narrow."""

    stage: Stage | None = None
    state: OrderState | None = None
    unit: str | None = None
    type: str | None = None
    conversation_id: str | None = None
    light: Light | None = None


def orders(session: Session, wanted: Filter, *, who: OrderStaff, now: datetime) -> list[OrderBody]:
    """Orders as the staff member may see them, the one due first on top, at most 200."""
    found = session.scalars(
        select(WorkOrder)
        .where(orders_visible_to(who), *_conditions(wanted))
        .order_by(WorkOrder.due_at, WorkOrder.number)
        .limit(LIST_LENGTH)
    )
    bodies = [order_body(order, who=who, now=now) for order in found]
    # A reporter must not be found by asking for the orders of a conversation.
    shown = [body for body in bodies if wanted.conversation_id in (None, body.conversation_id)]
    return [body for body in shown if wanted.light in (None, body.light)]


def order_detail(session: Session, number: str, *, who: OrderStaff, now: datetime) -> OrderDetail:
    """One order with its history. Raises NotFound."""
    order = session.scalar(select(WorkOrder).where(WorkOrder.number == number, orders_visible_to(who)))
    if order is None:
        raise NotFound
    joint = joint_units(session, number)
    helping = session.scalars(
        select(JointUnit).where(JointUnit.order_number == number).order_by(JointUnit.unit)
    )
    return OrderDetail(
        order=order_body(order, who=who, now=now),
        steps=_steps(session, number),
        joint_units=tuple(
            JointUnitBody(
                unit=each.unit,
                unit_name=_unit_name(each.unit),
                opinion=each.opinion,
                opined_at=each.opined_at,
            )
            for each in helping
        ),
        allowed=tuple(event for event in _possible(order.state) if who.may(event, order, joint)),
    )


def order_body(order: WorkOrder, *, who: OrderStaff, now: datetime) -> OrderBody:
    """An order as the staff member may see it."""
    whole = who.sees_whole(order)
    copied = {name: getattr(order, name) for name in OrderBody.model_fields if hasattr(order, name)}
    return OrderBody.model_validate(
        copied
        | {
            "conversation_id": order.conversation_id if whole else None,
            "phone": order.phone_masked if whole else None,
            "type_name": CATALOGUE.types[order.type].name,
            "unit_name": _unit_name(order.unit) if order.unit else None,
            "light": light(order.state, order.created_at, order.due_at, now=now),
        }
    )


def progress(session: Session, order: WorkOrder) -> Progress:
    """What the contact may know: no staff, no reasons that were meant for staff."""
    steps = session.scalars(
        select(OrderStep).where(OrderStep.order_number == order.number).order_by(OrderStep.at, OrderStep.id)
    )
    told = [ProgressStep(at=step.at, state=step.after) for step in steps if step.before is not step.after]
    return Progress(
        number=order.number,
        type_name=CATALOGUE.types[order.type].name,
        state=order.state,
        created_at=order.created_at,
        due_at=order.due_at,
        steps=tuple(told),
        reply=order.reply,
        reply_basis=order.reply_basis,
        legal_route=order.legal_route,
        merged_into=order.merged_into,
        allowed=tuple(event for event in _possible(order.state) if event in FOR_CONTACT),
    )


def _steps(session: Session, number: str) -> tuple[OrderStepBody, ...]:
    found = session.execute(
        select(OrderStep, User.name)
        .outerjoin(User, User.id == OrderStep.actor_id)
        .where(OrderStep.order_number == number)
        .order_by(OrderStep.at, OrderStep.id)
    )
    return tuple(
        OrderStepBody(
            at=step.at,
            actor=name or step.actor_kind,
            event=step.event,
            before=step.before,
            after=step.after,
            reason=step.reason,
            details=step.details,
        )
        for step, name in found
    )


def _possible(state: OrderState) -> list[OrderEvent]:
    return [event for event in OrderEvent if (state, event) in ORDER_TRANSITIONS]


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    states = {"open": OPEN, "closed": tuple(FINISHED)}
    pairs = (
        (WorkOrder.state, wanted.state),
        (WorkOrder.unit, wanted.unit),
        (WorkOrder.type, wanted.type),
        (WorkOrder.conversation_id, wanted.conversation_id),
    )
    stage = WorkOrder.state.in_(states[wanted.stage]) if wanted.stage else true()
    return [stage, *(column == value for column, value in pairs if value is not None)]


def _unit_name(unit: str) -> str:
    known = CATALOGUE.units.get(unit)
    return known.name if known else unit
