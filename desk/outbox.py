"""Step 8: hands out messages that must still reach their channel, in each conversation one after the other.

Delivery is at least once: whoever takes a row leases it, and when the lease runs out another takes it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from common.audit import SYSTEM
from common.errors import NotFound
from common.ids import IdFactory
from desk import texts, transcript
from desk.kinds import OutboxState
from desk.locks import locked_conversation
from desk.messages import MessageView, message_view
from desk.tables import Conversation, Message, OutboxRow
from desk.work import Work

_Older = aliased(OutboxRow)
_ERROR_LENGTH = 500


@dataclass(frozen=True)
class Delivery:
    """One message to send. `attempt` counts from 1."""

    conversation_id: str
    seq: int
    channel: str
    reply_address: str
    attempt: int
    message: MessageView


def has_due(session: Session, *, now: datetime) -> bool:
    """Whether `claim_due` would find any; costs no write lock."""
    return session.scalar(select(exists().where(*_due(now)))) or False


def claim_due(session: Session, *, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
    """Lease up to `limit` messages that are due, at most one of a conversation."""
    rows = session.scalars(
        select(OutboxRow)
        .where(*_due(now))
        .order_by(OutboxRow.not_before, OutboxRow.conversation_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxRow)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.leased_until = now + lease
        row.attempts += 1
    return [_delivery(session, row) for row in rows]


def mark_sent(session: Session, conversation_id: str, seq: int, *, provider_id: str) -> None:
    """The channel took the message and calls it `provider_id`."""
    row = _row(session, conversation_id, seq)
    row.state, row.provider_id = OutboxState.SENT, provider_id
    row.leased_until = row.last_error = None


def put_off(session: Session, conversation_id: str, seq: int, *, error: str, until: datetime) -> None:
    """The channel did not take it; it is tried again at `until`."""
    row = _row(session, conversation_id, seq)
    row.last_error, row.leased_until, row.not_before = error[:_ERROR_LENGTH], None, until


def give_up(
    session: Session, conversation_id: str, seq: int, *, error: str, now: datetime, ids: IdFactory
) -> None:
    """The channel will not take it: staff are told in the transcript, the next message is not held up."""
    conversation = locked_conversation(session, conversation_id)
    row = _row(session, conversation_id, seq)
    row.last_error, row.leased_until, row.state = error[:_ERROR_LENGTH], None, OutboxState.FAILED
    work = Work(session, SYSTEM, now, ids)
    transcript.remark(work, conversation, texts.not_delivered(seq))
    work.record("message.not_delivered", conversation, seq=seq)


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    held_up = exists().where(
        _Older.conversation_id == OutboxRow.conversation_id,
        _Older.state == OutboxState.PENDING,
        _Older.seq < OutboxRow.seq,
    )
    return (
        OutboxRow.state == OutboxState.PENDING,
        OutboxRow.not_before <= now,
        or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= now),
        ~held_up,
    )


def _delivery(session: Session, row: OutboxRow) -> Delivery:
    conversation = session.get_one(Conversation, row.conversation_id)
    message = session.scalars(
        select(Message).where(Message.conversation_id == row.conversation_id, Message.seq == row.seq)
    ).one()
    return Delivery(
        conversation_id=row.conversation_id,
        seq=row.seq,
        channel=row.channel,
        reply_address=conversation.reply_address or "",
        attempt=row.attempts,
        message=message_view(message),
    )


def _row(session: Session, conversation_id: str, seq: int) -> OutboxRow:
    row = session.get(OutboxRow, (conversation_id, seq))
    if row is None:
        raise NotFound
    return row
