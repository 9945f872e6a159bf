"""Steps 2 to 8, storage: conversations and all that belongs to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Moment
from desk.columns import words
from desk.kinds import Feedback, Kind, OutboxState, Sender, Tier, TurnState
from desk.order_tables import (
    BridgeNonce,
    ExternalReport,
    JointUnit,
    OrderStep,
    RestrictedAccess,
    UnitMember,
    WorkOrder,
)
from desk.people import Contact, Seat, StaffSession, User
from desk.state import State

__all__ = [
    "Assignment",
    "BridgeNonce",
    "Contact",
    "Conversation",
    "ExternalReport",
    "JointUnit",
    "Message",
    "OrderStep",
    "OutboxRow",
    "Rating",
    "RestrictedAccess",
    "Seat",
    "StaffSession",
    "Turn",
    "UnitMember",
    "User",
    "WorkOrder",
]


class Conversation(Base):
    """One continuous exchange with one contact on one channel; `state` and `seat_id` say who holds it.

    `unread_count` is how often the contact wrote since the seat answered last.
    `version` goes up with every change of the row, and a write that was made from an older one is refused.
    `round` counts how often it was opened: a rating belongs to one round. `avoid_seat_id` gave the
    conversation up by its own wish and does not get it back by routing.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "ix_conversations_queue",
            "queue_rank",
            "priority",
            "queued_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_conversations_contact", "contact_id", "updated_at"),
        Index("ix_conversations_state_updated", "state", "updated_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    channel: Mapped[str] = mapped_column(String(32))
    region: Mapped[str | None] = mapped_column(String(64))
    token_hash: Mapped[str | None] = mapped_column(String(64))
    reply_address: Mapped[str | None] = mapped_column(String(128))
    state: Mapped[State] = mapped_column(words(State))
    seat_id: Mapped[str | None] = mapped_column(ForeignKey("seats.id"), index=True)
    last_seat_id: Mapped[str | None] = mapped_column(ForeignKey("seats.id"), index=True)
    avoid_seat_id: Mapped[str | None] = mapped_column(ForeignKey("seats.id"))
    last_seq: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=1)
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    tier: Mapped[Tier] = mapped_column(words(Tier), default=Tier.GENERAL)
    skill: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(32))
    priority: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime | None] = mapped_column(Moment)
    queue_rank: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    assigned_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    unread_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    classification: Mapped[str | None] = mapped_column(String(64))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Message(Base):
    """One item of a conversation, numbered from 1 without gaps.

    `payload` is the whole BotReply of a bot message, the citations of an agent's, what an activity asks for.
    `entry_id` is the entry that a bot message answers from: how often each one helps is counted by it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_message_id", name="uq_messages_client_message_id"),
        UniqueConstraint("channel", "channel_external_id", name="uq_messages_channel_external_id"),
        Index(
            "ix_messages_entry_feedback",
            "entry_id",
            "feedback",
            sqlite_where=text("entry_id IS NOT NULL"),
            postgresql_where=text("entry_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    channel: Mapped[str] = mapped_column(String(32))
    kind: Mapped[Kind] = mapped_column(words(Kind))
    sender: Mapped[Sender] = mapped_column(words(Sender))
    sender_id: Mapped[str | None] = mapped_column(String(32))
    sender_name: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    entry_id: Mapped[str | None] = mapped_column(String(120))
    client_message_id: Mapped[str | None] = mapped_column(String(64))
    channel_external_id: Mapped[str | None] = mapped_column(String(128))
    feedback: Mapped[Feedback | None] = mapped_column(words(Feedback))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Turn(Base):
    """One utterance that waits for the bot. A lease that runs out lets another process take it again."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        Index(
            "ix_turns_pending",
            "created_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    option_id: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[TurnState] = mapped_column(words(TurnState))
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    elapsed_ms: Mapped[float | None]
    via: Mapped[str | None] = mapped_column(String(16))


class OutboxRow(Base):
    """One message that must still reach its channel; written with the message, in one transaction."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "not_before",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    state: Mapped[OutboxState] = mapped_column(words(OutboxState))
    not_before: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))
    provider_id: Mapped[str | None] = mapped_column(String(128))


class Assignment(Base):
    """A seat held a conversation from `started_at` to `ended_at`.

    `why` is how the seat came to be chosen, `reason` how the assignment ended.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        Index("ix_assignments_conversation", "conversation_id", "started_at"),
        Index(
            "uq_assignments_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seat_id: Mapped[str] = mapped_column(ForeignKey("seats.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    reason: Mapped[str | None] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(128))


class Rating(Base):
    """What the contact thought of one round of help, from 1 to 5; `seat_id` is who helped last."""

    __tablename__ = "ratings"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    grade: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    seat_id: Mapped[str | None] = mapped_column(ForeignKey("seats.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
