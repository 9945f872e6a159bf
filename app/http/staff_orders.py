"""Step 7, HTTP: work orders for the desk, the units and the supervisors. `desk.order_access` decides who may do what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.http.services import Reader, Services, ServicesNeeded, Writer, as_actor, demand, get_reader
from channels.web import CallbackForm
from common.audit import record
from common.errors import Forbidden, NotFound
from common.ids import new_code
from common.masking import mask, mask_phone
from desk import order_commands, order_views, orders
from desk.access import Staff, staff_of, view_conversation
from desk.catalogue import CATALOGUE, Catalogue
from desk.kinds import OrderPriority, OrderState, Role
from desk.order_access import OrderStaff, order_staff
from desk.order_commands import OrderAction
from desk.order_state import Light, OrderEvent
from desk.order_views import Filter, OrderBody, OrderDetail, Stage
from desk.orders import NewOrder
from desk.tables import RestrictedAccess, UnitMember, User, WorkOrder

router = APIRouter(prefix="/api/v1/staff", tags=["orders"])

_Result = TypeVar("_Result")
Number = Annotated[str, Path(max_length=24)]
Code = Annotated[str, StringConstraints(max_length=32)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Orders(BaseModel):
    """Work orders, the one due first on top."""

    orders: list[OrderBody]


class OrderForm(BaseModel):
    """A new order that a staff member registers, for a conversation or for somebody who called."""

    type: Code
    category: Code
    subcategory: Annotated[str, StringConstraints(max_length=64)]
    text: Annotated[Text, Field(min_length=1)]
    conversation_id: Annotated[str | None, Field(max_length=64)] = None
    phone: Annotated[str | None, Field(max_length=30)] = None
    priority: OrderPriority = OrderPriority.NORMAL
    region: Annotated[str | None, Field(max_length=64)] = None


class OrderActionForm(BaseModel):
    """One command on an order; which fields it needs depends on `event` and is told by the refusal.

    `text`: the reply (reply, answer_now, called) or the legal route (reject). `basis`: title and 文号 that a policy
    answer rests on. `unit`: who is to handle it (dispatch; absent: by the catalogue), help (join), or is suggested
    (return). `days`: working days an extension asks for. `into`: the order that a duplicate is merged into.
    """

    event: OrderEvent
    reason: Reason = ""
    text: Text = ""
    basis: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=200)] = None
    unit: Code | None = None
    days: Annotated[int | None, Field(ge=1, le=60)] = None
    into: Annotated[str | None, Field(max_length=24)] = None


class ShowPhoneForm(BaseModel):
    """Why the number is needed."""

    reason: Required


class Phone(BaseModel):
    """A telephone number in full."""

    phone: str


class CloseForm(BaseModel):
    """What the contact was told on the telephone."""

    reply: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Members(BaseModel):
    """User ids."""

    user_ids: Annotated[list[Annotated[str, StringConstraints(max_length=32)]], Field(max_length=500)]


@router.get("/orders")
def list_orders(
    user: Reader,
    services: ServicesNeeded,
    state: Annotated[Stage | OrderState | None, Query(union_mode="left_to_right")] = None,
    unit: Code | None = None,
    type: Code | None = None,  # noqa: A002 – the name in the address
    light: Light | None = None,
) -> Orders:
    """Work orders that the staff member may see; `state` is a state, or open, or closed for all that are finished."""
    with services.database.read() as session:
        who = _who(session, user)
        one = state if isinstance(state, OrderState) else None
        stage = None if isinstance(state, OrderState) else state
        wanted = Filter(stage=stage, state=one, unit=unit, type=type, light=light)
        return Orders(orders=order_views.orders(session, wanted, who=who, now=services.clock()))


@router.post("/orders", status_code=201)
def register_order(form: OrderForm, user: Writer, services: ServicesNeeded) -> OrderBody:
    """Register an order."""
    demand(user, Role.AGENT, Role.EXPERT, Role.SUPERVISOR)
    phone = CallbackForm(phone=form.phone).number() if form.phone else None
    new = NewOrder(
        type=form.type,
        category=form.category,
        subcategory=form.subcategory,
        text=mask(form.text).text,
        code=new_code(),
        phone_sealed=services.keyring.seal(phone) if phone else None,
        phone_masked=mask_phone(phone) if phone else None,
        priority=form.priority,
        region=form.region,
    )

    def register(session: Session, who: OrderStaff) -> OrderBody:
        if form.conversation_id is not None:
            view_conversation(session, form.conversation_id, staff=who.staff)
        order = orders.open_order(
            session,
            new,
            conversation_id=form.conversation_id,
            actor=who.staff.actor,
            now=services.clock(),
            ids=services.ids,
        )
        return order_views.order_body(order, who=who, now=services.clock())

    return _change(services, user, register)


@router.get("/orders/{number}")
def read_order(number: Number, user: Reader, services: ServicesNeeded) -> OrderDetail:
    """An order, its history, and what the reader may do with it."""
    with services.database.read() as session:
        return order_views.order_detail(session, number, who=_who(session, user), now=services.clock())


@router.post("/orders/{number}/actions")
def act_on_order(
    number: Number, form: OrderActionForm, user: Writer, services: ServicesNeeded
) -> OrderDetail:
    """Do something to an order: one row of the transition table."""
    action = OrderAction(
        event=form.event,
        reason=mask(form.reason).text,
        text=mask(form.text).text,
        basis=form.basis,
        unit=form.unit,
        days=form.days,
        into=form.into,
    )
    return _act(services, user, number, action)


@router.post("/orders/{number}/phone")
def show_phone(number: Number, form: ShowPhoneForm, user: Writer, services: ServicesNeeded) -> Phone:
    """The telephone number in full; who asked and why goes into the audit records."""

    def show(session: Session, who: OrderStaff) -> str:
        return orders.show_phone(
            session, number, reason=form.reason, staff=who.staff, now=services.clock(), ids=services.ids
        )

    return Phone(phone=services.keyring.unseal(_change(services, user, show)))


@router.post("/orders/{number}/close")
def close_call_back(number: Number, form: CloseForm, user: Writer, services: ServicesNeeded) -> OrderBody:
    """The person was called: close a call-back with what was said."""
    action = OrderAction(OrderEvent.CALLED, text=mask(form.reply).text)
    return _act(services, user, number, action).order


@router.get("/order-catalogue", dependencies=[Depends(get_reader)])
def read_catalogue() -> Catalogue:
    """Types, classes, units, dispatch rules and time limits."""
    return CATALOGUE


@router.get("/units/{unit}/members")
def list_members(unit: Code, user: Reader, services: ServicesNeeded) -> Members:
    """Who works for a unit."""
    demand(user, Role.SUPERVISOR)
    with services.database.read() as session:
        found = session.scalars(
            select(UnitMember.user_id).where(UnitMember.unit == unit).order_by(UnitMember.user_id)
        )
        return Members(user_ids=list(found))


@router.put("/units/{unit}/members")
def set_members(unit: Code, form: Members, user: Writer, services: ServicesNeeded) -> Members:
    """Say who works for a unit."""
    demand(user, Role.ADMINISTRATOR)
    CATALOGUE.check_unit(unit, restricted=False)

    def write(session: Session) -> None:
        session.execute(delete(UnitMember).where(UnitMember.unit == unit))
        session.add_all(UnitMember(user_id=each, unit=unit) for each in sorted(set(form.user_ids)))

    return _set_people(services, user, form, subject=f"unit:{unit}", write=write)


@router.get("/restricted-access")
def list_cleared(user: Reader, services: ServicesNeeded) -> Members:
    """Who may see restricted orders whole."""
    demand(user, Role.ADMINISTRATOR)
    with services.database.read() as session:
        found = session.scalars(select(RestrictedAccess.user_id).order_by(RestrictedAccess.user_id))
        return Members(user_ids=list(found))


@router.put("/restricted-access")
def set_cleared(form: Members, user: Writer, services: ServicesNeeded) -> Members:
    """Say who may see restricted orders whole."""
    demand(user, Role.ADMINISTRATOR)

    def write(session: Session) -> None:
        session.execute(delete(RestrictedAccess))
        session.add_all(
            RestrictedAccess(user_id=each, granted_by=user.id, at=services.clock())
            for each in sorted(set(form.user_ids))
        )

    return _set_people(services, user, form, subject="restricted_access", write=write)


def _set_people(
    services: Services, user: User, form: Members, *, subject: str, write: Callable[[Session], None]
) -> Members:
    with services.database.write() as session:
        for each in form.user_ids:
            if session.get(User, each) is None:
                raise NotFound("没有这个用户。")
        write(session)
        record(
            session,
            "access.set",
            subject=subject,
            actor=as_actor(user),
            at=services.clock(),
            details={"users": sorted(set(form.user_ids))},
        )
    return Members(user_ids=sorted(set(form.user_ids)))


def _act(services: Services, user: User, number: str, action: OrderAction) -> OrderDetail:
    def act(session: Session, who: OrderStaff) -> OrderDetail:
        now = services.clock()
        order_commands.act(session, number, action, staff=who.staff, now=now, ids=services.ids)
        return _left_behind(session, number, who, services)

    return _change(services, user, act)


def _left_behind(session: Session, number: str, who: OrderStaff, services: Services) -> OrderDetail:
    """The order as it is now. A unit that returned it does not see it any more, but is told how it left."""
    order = session.get_one(WorkOrder, number)
    if order.state is OrderState.RETURNED and not who.at_desk:
        body = order_views.order_body(order, who=who, now=services.clock())
        return OrderDetail(order=body, steps=(), joint_units=(), allowed=())
    return order_views.order_detail(session, number, who=who, now=services.clock())


def _who(session: Session, user: User) -> OrderStaff:
    """The staff member as orders know them. Raises Forbidden for who has nothing to do with orders."""
    staff: Staff = staff_of(session, user)
    who = order_staff(session, staff)
    if not (who.at_desk or who.units or who.cleared):
        raise Forbidden
    return who


def _change(services: Services, user: User, change: Callable[[Session, OrderStaff], _Result]) -> _Result:
    with services.database.write() as session:
        return change(session, _who(session, user))
