"""Steps 2 and 8: adds messages to a conversation, each with the next number, and with its delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from desk.kinds import Kind, OutboxState, Sender
from desk.reply import BotReply, Citation, Frozen
from desk.tables import Conversation, Message, OutboxRow
from desk.work import Work

WEB: Final = "web"
"""The channel whose pages read the database; every other one is delivered to from the outbox."""


class AgentPayload(Frozen):
    """What goes with an agent's message. `seat_number` is what the contact knows the agent by."""

    citations: tuple[Citation, ...] = ()
    seat_number: str | None = None


class ActivityPayload(Frozen):
    """What a line by the system asks of the contact."""

    offer: Literal["callback"] | None = None
    ask: Literal["rating"] | None = None


OFFER_CALLBACK: Final = ActivityPayload(offer="callback")
ASK_RATING: Final = ActivityPayload(ask="rating")


@dataclass(frozen=True)
class Draft:
    """A message before it has a place in a conversation."""

    kind: Kind
    sender: Sender
    text: str
    sender_id: str | None = None
    sender_name: str | None = None
    payload: Frozen | None = None
    client_message_id: str | None = None
    external_id: str | None = None


def append(work: Work, conversation: Conversation, draft: Draft) -> Message:
    """Store `draft` as the next message; what the contact is to see also goes to the outbox.

    The caller holds the conversation's lock.
    """
    conversation.last_seq += 1
    conversation.updated_at = work.now
    message = Message(
        id=work.ids(),
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        channel=conversation.channel,
        kind=draft.kind,
        sender=draft.sender,
        sender_id=draft.sender_id,
        sender_name=draft.sender_name,
        text=draft.text,
        payload=_dump(draft.payload),
        entry_id=draft.payload.entry_id if isinstance(draft.payload, BotReply) else None,
        client_message_id=draft.client_message_id,
        channel_external_id=draft.external_id,
        created_at=work.now,
    )
    work.session.add(message)
    if draft.kind in (Kind.OUTBOUND, Kind.ACTIVITY) and conversation.channel != WEB:
        _to_outbox(work, message)
    work.touch(f"conversation:{conversation.id}")
    return message


def say(work: Work, conversation: Conversation, text: str, payload: ActivityPayload | None = None) -> Message:
    """Add a line by the system that the contact sees."""
    return append(work, conversation, Draft(Kind.ACTIVITY, Sender.SYSTEM, text, payload=payload))


def remark(work: Work, conversation: Conversation, text: str) -> Message:
    """Add a line by the system for staff only."""
    return append(work, conversation, Draft(Kind.NOTE, Sender.SYSTEM, text))


def _dump(payload: Frozen | None) -> dict[str, Any] | None:
    return None if payload is None else payload.model_dump(mode="json")


def _to_outbox(work: Work, message: Message) -> None:
    work.session.add(
        OutboxRow(
            conversation_id=message.conversation_id,
            seq=message.seq,
            channel=message.channel,
            state=OutboxState.PENDING,
            not_before=work.now,
        )
    )
    work.touch("outbox")
