"""Steps 5 and 6: the order in which rows are locked: transactions wait for each other, never in a ring.

On SQLite one write transaction runs at a time and these calls add nothing. On PostgreSQL the order is the
routing lock, then a conversation, then seats. Work that may give conversations to several seats, or take them
away, holds the routing lock; a single claim does without: it takes one conversation, then one seat. Who has
a seat locked never waits for a conversation that may itself be waiting for a seat: it passes it over.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from common.errors import NotFound
from desk.tables import Conversation


class Serial(IntEnum):
    """Work that one transaction does at a time; the values are PostgreSQL advisory lock keys."""

    ROUTING = 0x7064_0001
    ORDER_NUMBERS = 0x7064_0002


def serialise(session: Session, serial: Serial) -> None:
    """Wait until no other transaction does this work; the lock ends with the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(serial))))


def locked_conversation(session: Session, conversation_id: str) -> Conversation:
    """The conversation as it is now; it stays so until this transaction ends. Raises NotFound."""
    conversation = _lock(session, conversation_id, skip_locked=False)
    if conversation is None:
        raise NotFound
    return conversation


def free_conversation(session: Session, conversation_id: str) -> Conversation | None:
    """The same, but None when another transaction is at it just now."""
    return _lock(session, conversation_id, skip_locked=True)


def _lock(session: Session, conversation_id: str, *, skip_locked: bool) -> Conversation | None:
    return session.scalar(_IF_FREE if skip_locked else _WAITING, {"id": conversation_id})


def _locking(*, skip_locked: bool) -> Select[Conversation]:
    # key_share: rows that refer to the conversation may be added meanwhile.
    return (
        select(Conversation)
        .where(Conversation.id == bindparam("id"))
        .with_for_update(key_share=True, skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )


# Built once: on SQLite, building a statement takes longer than running it.
_WAITING: Final = _locking(skip_locked=False)
_IF_FREE: Final = _locking(skip_locked=True)
