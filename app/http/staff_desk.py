"""Step 7, HTTP: conversations and seats for staff. The desk decides who may do what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from app.http.services import Reader, Services, ServicesNeeded, Writer, as_actor, demand
from common.masking import mask
from desk import commands, order_views, seats, views
from desk.access import Staff, staff_of, view_conversation
from desk.commands import Writing
from desk.kinds import Availability, Role, Tier
from desk.messages import StaffMessageView, messages_for_staff, staff_message_view
from desk.order_access import order_staff
from desk.order_views import Filter, OrderBody
from desk.packet import Packet, packet
from desk.reply import Citation
from desk.tables import Conversation, User
from desk.views import AssignmentBody, Row, SeatBody, View

router = APIRouter(prefix="/api/v1/staff", tags=["desk"])

DESK = (Role.AGENT, Role.EXPERT, Role.SUPERVISOR)
_Result = TypeVar("_Result")

Id = Annotated[str, Path(max_length=64)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Written = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Rows(BaseModel):
    """One list of conversations."""

    conversations: list[Row]


class Detail(BaseModel):
    """A conversation with what goes with it to whoever takes it over."""

    conversation: Row
    packet: Packet
    assignments: list[AssignmentBody]
    orders: list[OrderBody]


class StaffMessages(BaseModel):
    """The transcript after a number, at most 200 messages."""

    messages: list[StaffMessageView]


class Seats(BaseModel):
    """Every seat."""

    seats: list[SeatBody]


class WritingForm(BaseModel):
    """A reply to the contact, or a note for staff."""

    client_message_id: Annotated[str, StringConstraints(min_length=8, max_length=64)]
    text: Written
    kind: Literal["text", "note"] = "text"
    citations: Annotated[tuple[Citation, ...], Field(max_length=10)] = ()


class ReleaseForm(BaseModel):
    """Why the conversation is given back."""

    reason: Reason


class TransferForm(BaseModel):
    """To which tier, or to which seat of it, and why."""

    tier: Tier
    seat_id: Annotated[str | None, Field(max_length=64)] = None
    reason: Reason


class ResolveForm(BaseModel):
    """What it was about, and a remark for whoever reads it later."""

    classification: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    note: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=1000)] = None


class AvailabilityForm(BaseModel):
    """Whether the seat takes conversations."""

    availability: Availability


@router.get("/conversations")
def list_conversations(
    user: Reader,
    services: ServicesNeeded,
    view: View = "mine",
    search: Annotated[str, Query(max_length=100)] = "",
) -> Rows:
    """One list, as far as the staff member may see it."""
    demand(user, *DESK)
    with services.database.read() as session:
        found = views.rows(session, staff=staff_of(session, user), view=view, search=search.strip())
        return Rows(conversations=found)


@router.get("/conversations/{conversation_id}")
def read_conversation(conversation_id: Id, user: Reader, services: ServicesNeeded) -> Detail:
    """A conversation and its hand-over packet."""
    with services.database.read() as session:
        staff = staff_of(session, user)
        conversation = view_conversation(session, conversation_id, staff=staff)
        who, about = order_staff(session, staff), Filter(conversation_id=conversation_id)
        return Detail(
            conversation=views.row(session, conversation),
            packet=packet(session, conversation),
            assignments=views.assignments(session, conversation),
            orders=order_views.orders(session, about, who=who, now=services.clock()),
        )


@router.get("/conversations/{conversation_id}/messages")
def read_messages(
    conversation_id: Id,
    user: Reader,
    services: ServicesNeeded,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> StaffMessages:
    """The transcript after a number."""
    with services.database.read() as session:
        conversation = view_conversation(session, conversation_id, staff=staff_of(session, user))
        return StaffMessages(messages=messages_for_staff(session, conversation, after=after))


@router.post("/conversations/{conversation_id}/claim")
def claim(conversation_id: Id, user: Writer, services: ServicesNeeded) -> Row:
    """Take a conversation out of the queue."""
    return _command(services, user, lambda session, how: commands.claim(session, conversation_id, **how))


@router.post("/conversations/{conversation_id}/accept")
def accept(conversation_id: Id, user: Writer, services: ServicesNeeded) -> Row:
    """Say that one is there for a conversation that was assigned."""
    return _command(services, user, lambda session, how: commands.accept(session, conversation_id, **how))


@router.post("/conversations/{conversation_id}/reopen")
def reopen(conversation_id: Id, user: Writer, services: ServicesNeeded) -> Row:
    """Take up a resolved conversation again."""
    return _command(services, user, lambda session, how: commands.reopen(session, conversation_id, **how))


@router.post("/conversations/{conversation_id}/release")
def release(conversation_id: Id, form: ReleaseForm, user: Writer, services: ServicesNeeded) -> Row:
    """Give a conversation back to the front of the queue."""
    return _command(
        services,
        user,
        lambda session, how: commands.release(session, conversation_id, reason=form.reason, **how),
    )


@router.post("/conversations/{conversation_id}/transfer")
def transfer(conversation_id: Id, form: TransferForm, user: Writer, services: ServicesNeeded) -> Row:
    """Pass a conversation to a tier, or to one seat."""
    return _command(
        services,
        user,
        lambda session, how: commands.transfer(
            session, conversation_id, tier=form.tier, seat_id=form.seat_id, reason=form.reason, **how
        ),
    )


@router.post("/conversations/{conversation_id}/resolve")
def resolve(conversation_id: Id, form: ResolveForm, user: Writer, services: ServicesNeeded) -> Row:
    """Finish a conversation."""
    remark = mask(form.note).text if form.note else None
    return _command(
        services,
        user,
        lambda session, how: commands.resolve(
            session, conversation_id, classification=form.classification, remark=remark, **how
        ),
    )


@router.post("/conversations/{conversation_id}/messages")
def write_message(
    conversation_id: Id, form: WritingForm, user: Writer, services: ServicesNeeded
) -> StaffMessageView:
    """Reply to the contact, or leave a note for staff; the same `client_message_id` is stored once."""
    writing = Writing(mask(form.text).text, form.client_message_id, form.citations)
    write = commands.note if form.kind == "note" else commands.reply
    return _within(
        services,
        user,
        lambda session, how: staff_message_view(write(session, conversation_id, writing, **how)),
    )


@router.get("/seats")
def list_seats(user: Reader, services: ServicesNeeded) -> Seats:
    """Every seat, for a transfer."""
    demand(user, *DESK)
    with services.database.read() as session:
        return Seats(seats=views.all_seats(session))


@router.put("/seat/availability")
def set_availability(form: AvailabilityForm, user: Writer, services: ServicesNeeded) -> SeatBody:
    """Come online, step away, or go."""
    with services.database.write() as session:
        seat = seats.set_availability(
            session,
            staff_of(session, user).own_seat,
            form.availability,
            actor=as_actor(user),
            now=services.clock(),
            ids=services.ids,
        )
        return views.seat_view(seat)


def _command(
    services: Services, user: User, command: Callable[[Session, dict[str, Any]], Conversation]
) -> Row:
    """Run a command and return the conversation's row as it is then."""

    def run(session: Session, how: dict[str, Any]) -> Row:
        conversation = command(session, how)
        session.flush()
        return views.row(session, conversation)

    return _within(services, user, run)


def _within(services: Services, user: User, work: Callable[[Session, dict[str, Any]], _Result]) -> _Result:
    """Run `work` in one transaction, given who acts, when, and where ids come from."""
    demand(user, *DESK)
    with services.database.write() as session:
        staff: Staff = staff_of(session, user)
        return work(session, {"staff": staff, "now": services.clock(), "ids": services.ids})
