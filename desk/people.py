"""Steps 6 and 7, storage: staff, their sessions and seats, and the contacts who write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Moment
from desk.columns import words
from desk.kinds import Availability, Tier


class User(Base):
    """A staff member. `roles` holds values of `desk.kinds.Role`."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(256))
    roles: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment)


class StaffSession(Base):
    """A signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Seat(Base):
    """A staff member's place in routing.

    `open_count` is how many conversations it holds; it changes only in the statement that gives or takes one.
    `idle_since` is when that last happened, or when the seat came online.
    """

    __tablename__ = "seats"
    __table_args__ = (
        CheckConstraint("open_count >= 0 AND open_count <= capacity", name="open_count_within_capacity"),
        Index("ix_seats_availability_tier", "availability", "tier"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), unique=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    tier: Mapped[Tier] = mapped_column(words(Tier))
    skills: Mapped[list[str]] = mapped_column(JSON)
    capacity: Mapped[int]
    open_count: Mapped[int] = mapped_column(default=0)
    availability: Mapped[Availability] = mapped_column(words(Availability), default=Availability.OFFLINE)
    heartbeat_at: Mapped[datetime] = mapped_column(Moment)
    idle_since: Mapped[datetime] = mapped_column(Moment)


class Contact(Base):
    """Who writes, on one channel. `key_hash` is a keyed hash of what the platform calls them."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("channel", "key_hash"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    key_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
