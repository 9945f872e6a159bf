"""Audit records: who did what to which object, written in the transaction that made the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from common.database import Base, Moment


@dataclass(frozen=True)
class Actor:
    """Who acts: a staff member ("user"), a contact, the bot, the system, or the operator's command line."""

    kind: str
    id: str | None = None


BOT = Actor("bot")
SYSTEM = Actor("system")
OPERATOR = Actor("operator")


class AuditRecord(Base):
    """One change. Append-only: nothing in the product updates or deletes a row here."""

    __tablename__ = "audit_records"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    session: Session,
    action: str,
    *,
    subject: str,
    actor: Actor,
    at: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Add one audit record to the session's transaction. `subject` reads like "conversation:ID"."""
    session.add(
        AuditRecord(
            at=at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=action,
            subject=subject,
            details=details or {},
        )
    )
