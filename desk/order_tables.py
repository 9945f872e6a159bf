"""Step 7, storage: work orders, what happened to them, who handles them and who may see the restricted ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Moment
from desk.columns import words
from desk.kinds import OrderPriority, OrderState, Origin, OutboxState


class WorkOrder(Base):
    """A matter with a deadline. The phone number arrives sealed; only its masked form is readable here.

    `external_number` is the other hotline's number of it, imported once. `conversation_id` is where the contact
    reads the reply; an order from 12345 has none. `term_days` is the limit at acceptance, in working days.
    `outcome` says how it was closed where that is not with a satisfied contact.
    """

    __tablename__ = "work_orders"
    __table_args__ = (
        UniqueConstraint("day", "sequence"),
        UniqueConstraint("origin", "external_number", name="uq_work_orders_external_number"),
        Index("ix_work_orders_state_due", "state", "due_at"),
    )

    number: Mapped[str] = mapped_column(String(24), primary_key=True)
    day: Mapped[date]
    sequence: Mapped[int]
    code: Mapped[str] = mapped_column(String(8))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    type: Mapped[str] = mapped_column(String(32))
    state: Mapped[OrderState] = mapped_column(words(OrderState))
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    phone_masked: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    reply: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[Origin] = mapped_column(words(Origin), default=Origin.TAX)
    external_number: Mapped[str | None] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(32), default="其他")
    subcategory: Mapped[str] = mapped_column(String(64), default="其他")
    region: Mapped[str | None] = mapped_column(String(64))
    priority: Mapped[OrderPriority] = mapped_column(words(OrderPriority), default=OrderPriority.NORMAL)
    restricted: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[str | None] = mapped_column(String(32), index=True)
    watcher_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    term_days: Mapped[int] = mapped_column(default=1)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)
    sign_due_at: Mapped[datetime | None] = mapped_column(Moment)
    extension_days: Mapped[int | None]
    extended: Mapped[bool] = mapped_column(default=False)
    supervision: Mapped[int] = mapped_column(default=0)
    urged: Mapped[int] = mapped_column(default=0)
    reworks: Mapped[int] = mapped_column(default=0)
    contact_attempts: Mapped[int] = mapped_column(default=0)
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("work_orders.number"))
    reply_basis: Mapped[str | None] = mapped_column(String(200))
    replied_by: Mapped[str | None] = mapped_column(String(32))
    replied_at: Mapped[datetime | None] = mapped_column(Moment)
    legal_route: Mapped[str | None] = mapped_column(String(500))
    outcome: Mapped[str | None] = mapped_column(String(16))
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    missed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class OrderStep(Base):
    """One thing that happened to an order: who, when, from which state to which, and why. Append-only."""

    __tablename__ = "order_steps"
    __table_args__ = (Index("ix_order_steps_order", "order_number", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("work_orders.number"))
    at: Mapped[datetime] = mapped_column(Moment)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str | None] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(32))
    before: Mapped[OrderState | None] = mapped_column(words(OrderState))
    after: Mapped[OrderState] = mapped_column(words(OrderState))
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class JointUnit(Base):
    """A unit that helps the leading one with an order, and its opinion once it has one."""

    __tablename__ = "order_joint_units"

    order_number: Mapped[str] = mapped_column(ForeignKey("work_orders.number"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(32), primary_key=True)
    opinion: Mapped[str | None] = mapped_column(Text)
    opined_at: Mapped[datetime | None] = mapped_column(Moment)


class UnitMember(Base):
    """A staff member who works for a unit."""

    __tablename__ = "unit_members"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(32), primary_key=True)


class RestrictedAccess(Base):
    """A staff member who may see restricted orders whole, with the reporter."""

    __tablename__ = "restricted_access"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    granted_by: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Moment)


class ExternalReport(Base):
    """What the other hotline must still be told of one of its orders: each status once for each round of work."""

    __tablename__ = "external_reports"
    __table_args__ = (UniqueConstraint("order_number", "status", "round"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("work_orders.number"))
    status: Mapped[str] = mapped_column(String(16))
    round: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[OutboxState] = mapped_column(words(OutboxState))
    not_before: Mapped[datetime] = mapped_column(Moment, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))


class BridgeNonce(Base):
    """The mark of a signed request that was let in; a second one with it is refused."""

    __tablename__ = "bridge_nonces"

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(Moment, index=True)
