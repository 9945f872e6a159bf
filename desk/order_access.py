"""Step 7: who may see a work order, how much of it, and what they may do to it.

The identity of whoever reported is never shown to a handling unit (税务总局令第49号): restricted orders are seen
whole by their access list alone, and by a unit without contact and conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from common.errors import Forbidden
from desk.access import Staff
from desk.kinds import Role
from desk.order_state import OrderEvent as E
from desk.tables import JointUnit, RestrictedAccess, UnitMember, WorkOrder

DESK_ROLES: Final = frozenset({Role.AGENT, Role.EXPERT, Role.SUPERVISOR, Role.ADMINISTRATOR})
FOR_DESK: Final = frozenset(
    {
        E.ACCEPT,
        E.REJECT,
        E.ANSWER_NOW,
        E.CALLED,
        E.DISPATCH,
        E.GIVE_INFO,
        E.URGE,
        E.SATISFIED,
        E.DISSATISFIED,
        E.NOT_REACHED,
        E.MERGE,
        E.WITHDRAW,
        E.ARCHIVE,
        E.REOPEN,
    }
)
FOR_UNIT: Final = frozenset({E.SIGN, E.RETURN, E.START, E.NEED_INFO, E.ASK_EXTENSION, E.JOIN, E.REPLY})
FOR_JOINT_UNIT: Final = frozenset({E.OPINE})
FOR_SUPERVISOR: Final = frozenset({E.EXTEND, E.REFUSE_EXTENSION, E.SUPERVISE, E.APPROVE, E.SEND_BACK})


@dataclass(frozen=True)
class OrderStaff:
    """A staff member with the units they work for and whether they are on the access list."""

    staff: Staff
    units: frozenset[str]
    cleared: bool

    @property
    def at_desk(self) -> bool:
        """Whether they work at the hotline."""
        return bool(self.staff.roles & DESK_ROLES)

    def sees_whole(self, order: WorkOrder) -> bool:
        """Whether contact and conversation are theirs to see."""
        return self.cleared if order.restricted else self.at_desk or order.unit in self.units

    def may(self, event: E, order: WorkOrder, joint: frozenset[str]) -> bool:
        """Whether they may do this, as far as it depends on who they are."""
        if event in FOR_DESK:
            return self.at_desk and (self.cleared or not order.restricted)
        if event in FOR_UNIT:
            return order.unit in self.units
        if event in FOR_JOINT_UNIT:
            return bool(joint & self.units)
        if event in FOR_SUPERVISOR:
            return self.staff.supervises and (self.cleared or not order.restricted)
        return False


def order_staff(session: Session, staff: Staff) -> OrderStaff:
    """A staff member as work orders know them."""
    units = session.scalars(select(UnitMember.unit).where(UnitMember.user_id == staff.user_id))
    cleared = session.get(RestrictedAccess, staff.user_id) is not None
    return OrderStaff(staff, frozenset(units), cleared)


def orders_visible_to(who: OrderStaff) -> ColumnElement[bool]:
    """Which orders they may see at all."""
    joined = select(JointUnit.order_number).where(JointUnit.unit.in_(who.units))
    theirs = or_(WorkOrder.unit.in_(who.units), WorkOrder.number.in_(joined)) if who.units else false()
    at_desk = true() if who.at_desk else false()
    whole = or_(and_(WorkOrder.restricted.is_(False), at_desk), theirs)
    return or_(whole, WorkOrder.restricted.is_(True)) if who.cleared else whole


def joint_units(session: Session, number: str) -> frozenset[str]:
    """The units that help with an order."""
    return frozenset(session.scalars(select(JointUnit.unit).where(JointUnit.order_number == number)))


def require_may(who: OrderStaff, event: E, order: WorkOrder, joint: frozenset[str]) -> None:
    """Refuse what is not theirs to do. Raises Forbidden."""
    if not who.may(event, order, joint):
        raise Forbidden
