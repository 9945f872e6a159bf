"""Steps 5 to 7: conversations and seats as the pages read them. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session, aliased

from desk.access import Staff, visible_to
from desk.kinds import Availability, Tier
from desk.queue import IN_ORDER
from desk.reply import Frozen
from desk.state import State
from desk.tables import Assignment, Contact, Conversation, Message, Rating, Seat
from desk.waiting import QueuePlace, position_and_wait

LIST_LENGTH: Final = 200
LAST_TEXT_LENGTH: Final = 80

_Said = aliased(Message)

View = Literal["mine", "queue", "all"]


class SeatBody(Frozen):
    """A seat."""

    id: str
    number: str
    name: str
    tier: Tier
    skills: tuple[str, ...]
    capacity: int
    open_count: int
    availability: Availability


class SeatName(Frozen):
    """Who a seat is."""

    id: str
    name: str
    number: str


class Row(Frozen):
    """One conversation in a list. `position` is its place among all that wait, from 1."""

    id: str
    contact: str
    channel: str
    state: State
    tier: Tier
    skill: str | None
    last_text: str
    last_at: datetime
    queued_at: datetime | None
    due_at: datetime | None
    position: int | None
    seat: SeatName | None
    accepted: bool
    unread: int
    reason: str | None


class Standing(Frozen):
    """What the contact is told beside the messages."""

    state: State
    queue: QueuePlace | None
    agent: str | None
    grade: int | None


class AssignmentBody(Frozen):
    """One assignment: who, when, why this seat, and how it ended."""

    seat: SeatName
    started_at: datetime
    ended_at: datetime | None
    why: str
    reason: str | None


def seat_view(seat: Seat) -> SeatBody:
    """A seat as the API shows it."""
    return SeatBody(
        id=seat.id,
        number=seat.number,
        name=seat.name,
        tier=seat.tier,
        skills=tuple(seat.skills),
        capacity=seat.capacity,
        open_count=seat.open_count,
        availability=seat.availability,
    )


def all_seats(session: Session) -> list[SeatBody]:
    """Every seat, by number."""
    return [seat_view(seat) for seat in session.scalars(select(Seat).order_by(Seat.number))]


def standing(session: Session, conversation: Conversation, *, now: datetime) -> Standing:
    """Where the contact stands: who holds the conversation, the queue, the agent, the grade given."""
    rating = session.get(Rating, (conversation.id, conversation.round))
    return Standing(
        state=conversation.state,
        queue=position_and_wait(session, conversation, now=now),
        agent=_agent(session, conversation),
        grade=rating.grade if rating else None,
    )


def rows(session: Session, *, staff: Staff, view: View, search: str = "") -> list[Row]:
    """One list as the staff member may see it; the queue in its order, the others newest first."""
    wanted = _rows_query().where(visible_to(staff), _in_view(view, staff), _matching(search))
    order = IN_ORDER if view == "queue" else (Conversation.updated_at.desc(), Conversation.id)
    found = session.execute(wanted.order_by(*order).limit(LIST_LENGTH)).all()
    places = _places(session)
    return [_row(*each, places) for each in found]


def row(session: Session, conversation: Conversation) -> Row:
    """One conversation as lists show it."""
    found = session.execute(_rows_query().where(Conversation.id == conversation.id)).one()
    return _row(*found, _places(session))


def assignments(session: Session, conversation: Conversation) -> list[AssignmentBody]:
    """Who held the conversation, in order."""
    found = session.execute(
        select(Assignment, Seat)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Assignment.conversation_id == conversation.id)
        .order_by(Assignment.started_at, Assignment.id)
    )
    return [
        AssignmentBody(
            seat=_seat_name(seat),
            started_at=held.started_at,
            ended_at=held.ended_at,
            why=held.why,
            reason=held.reason,
        )
        for held, seat in found
    ]


def contact_label(contact: Contact) -> str:
    """What staff call a contact: the platform's name for it, or a visitor with a short mark."""
    return contact.name or f"访客 {contact.id[:4].upper()}"


def _rows_query() -> Select[Conversation, Contact, Seat, str]:
    last = and_(Message.conversation_id == Conversation.id, Message.seq == Conversation.last_seq)
    return (
        select(Conversation, Contact, Seat, Message.text)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Seat, Seat.id == Conversation.seat_id)
        .outerjoin(Message, last)
    )


def _in_view(view: View, staff: Staff) -> ColumnElement[bool]:
    match view:
        case "mine":
            return and_(Conversation.state == State.ASSIGNED, Conversation.seat_id == staff.seat_id)
        case "queue":
            return Conversation.state == State.QUEUED
        case "all":
            return true()


def _matching(search: str) -> ColumnElement[bool]:
    if not search:
        return true()
    said = select(_Said.conversation_id).where(_Said.text.contains(search, autoescape=True))
    return or_(Contact.name.contains(search, autoescape=True), Conversation.id.in_(said))


def _row(
    conversation: Conversation, contact: Contact, seat: Seat | None, last: str | None, places: dict[str, int]
) -> Row:
    return Row(
        id=conversation.id,
        contact=contact_label(contact),
        channel=conversation.channel,
        state=conversation.state,
        tier=conversation.tier,
        skill=conversation.skill,
        last_text=(last or "")[:LAST_TEXT_LENGTH],
        last_at=conversation.updated_at,
        queued_at=conversation.queued_at,
        due_at=conversation.due_at,
        position=places.get(conversation.id),
        seat=_seat_name(seat) if seat else None,
        accepted=conversation.accepted_at is not None,
        unread=conversation.unread_count,
        reason=conversation.reason,
    )


def _places(session: Session) -> dict[str, int]:
    waiting: Sequence[str] = session.scalars(
        select(Conversation.id).where(Conversation.state == State.QUEUED).order_by(*IN_ORDER)
    ).all()
    return {conversation_id: place for place, conversation_id in enumerate(waiting, start=1)}


def _agent(session: Session, conversation: Conversation) -> str | None:
    """The seat's number, once a person is really there."""
    if conversation.seat_id is None or conversation.accepted_at is None:
        return None
    return session.get_one(Seat, conversation.seat_id).number


def _seat_name(seat: Seat) -> SeatName:
    return SeatName(id=seat.id, name=seat.name, number=seat.number)
