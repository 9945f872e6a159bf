"""Step 7: the one door for staff to a conversation. Missing and not visible look the same."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from common.audit import Actor
from common.errors import Forbidden, NotFound
from desk.errors import NotHolder
from desk.kinds import Role, Tier
from desk.locks import locked_conversation
from desk.routing import SERVED_BY
from desk.state import State
from desk.tables import Conversation, Seat, User


@dataclass(frozen=True)
class Staff:
    """Who is signed in, with the seat if there is one."""

    user_id: str
    name: str
    roles: frozenset[Role]
    seat_id: str | None = None
    tier: Tier | None = None

    @property
    def actor(self) -> Actor:
        """The staff member as audit records name them."""
        return Actor("user", self.user_id)

    @property
    def supervises(self) -> bool:
        """Whether every conversation is theirs to see and to direct."""
        return bool(self.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR})

    @property
    def own_seat(self) -> str:
        """The id of their seat. Raises Forbidden for staff without one."""
        if self.seat_id is None:
            raise Forbidden
        return self.seat_id


def staff_of(session: Session, user: User) -> Staff:
    """A user as the desk's commands know them, with their seat."""
    seat = session.scalar(select(Seat).where(Seat.user_id == user.id))
    roles = frozenset(Role(role) for role in user.roles)
    if seat is None:
        return Staff(user_id=user.id, name=user.name, roles=roles)
    return Staff(user_id=user.id, name=user.name, roles=roles, seat_id=seat.id, tier=seat.tier)


def visible_to(staff: Staff) -> ColumnElement[bool]:
    """Which conversations they may see: supervisors all, agents their own and their tier's queue."""
    if staff.supervises:
        return true()
    if staff.seat_id is None or staff.tier is None:
        return false()
    return or_(_own(staff.seat_id), _queue_of(staff.tier))


def may_see(staff: Staff, conversation: Conversation) -> bool:
    """The same rule for one conversation in hand."""
    if staff.supervises:
        return True
    if staff.seat_id is None or staff.tier is None:
        return False
    match conversation.state:
        case State.QUEUED:
            return conversation.tier in _tiers_served(staff.tier)
        case State.ASSIGNED:
            return conversation.seat_id == staff.seat_id
        case State.RESOLVED:
            return conversation.last_seat_id == staff.seat_id
        case State.BOT:
            return False


def access_conversation(session: Session, conversation_id: str, *, staff: Staff) -> Conversation:
    """The conversation, locked, for a staff member who may see it. Raises NotFound."""
    conversation = locked_conversation(session, conversation_id)
    if not may_see(staff, conversation):
        raise NotFound
    return conversation


def view_conversation(session: Session, conversation_id: str, *, staff: Staff) -> Conversation:
    """The conversation, to read, for a staff member who may see it. Raises NotFound."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or not may_see(staff, conversation):
        raise NotFound
    return conversation


def require_holder(staff: Staff, conversation: Conversation) -> None:
    """Refuse unless the staff member's seat holds the conversation. Raises NotHolder."""
    if conversation.state is not State.ASSIGNED or conversation.seat_id != staff.own_seat:
        raise NotHolder


def require_direction(staff: Staff, conversation: Conversation) -> None:
    """Refuse unless they hold the conversation or supervise. Raises NotHolder."""
    if not staff.supervises:
        require_holder(staff, conversation)


def _own(seat_id: str) -> ColumnElement[bool]:
    resolved_by_them = (Conversation.state == State.RESOLVED) & (Conversation.last_seat_id == seat_id)
    return or_(Conversation.seat_id == seat_id, resolved_by_them)


def _queue_of(tier: Tier) -> ColumnElement[bool]:
    return (Conversation.state == State.QUEUED) & Conversation.tier.in_(_tiers_served(tier))


def _tiers_served(tier: Tier) -> list[Tier]:
    return [needed for needed, seats in SERVED_BY.items() if tier in seats]
