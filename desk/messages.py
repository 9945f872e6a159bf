"""Step 8: a message as the contact's page, an IM channel and the staff console get it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from desk import texts
from desk.kinds import Feedback, Kind, Sender
from desk.reply import BotReply, Citation, Frozen, Option, Outcome, ScoredMatch, Validity
from desk.tables import Conversation, Message
from desk.transcript import ActivityPayload, AgentPayload

PAGE_LENGTH: Final = 200
"""Messages in one answer; a page that gets as many asks again after the last."""

_SHOWN_AS: Final[dict[Kind, Literal["text", "notice", "note"]]] = {
    Kind.INBOUND: "text",
    Kind.OUTBOUND: "text",
    Kind.ACTIVITY: "notice",
    Kind.NOTE: "note",
}
_WORTH_RATING: Final = frozenset({Outcome.ANSWER, Outcome.RESULT})


class MessageView(Frozen):
    """One message. `offer` and `ask` are what a notice wants of the contact, beside its text."""

    seq: int
    id: str
    sender: Sender
    sender_name: str | None
    kind: Literal["text", "notice", "note"]
    text: str
    outcome: Outcome | None = None
    details: str | None = None
    citations: tuple[Citation, ...] = ()
    validity: Validity | None = None
    options: tuple[Option, ...] = ()
    entry_id: str | None = None
    client_message_id: str | None
    feedback: Feedback | None
    created_at: datetime
    offer: Literal["callback"] | None = None
    ask: Literal["rating"] | None = None

    @property
    def asks_feedback(self) -> bool:
        """Whether 有用/没用 belongs under it."""
        return self.outcome in _WORTH_RATING

    @property
    def asks_rating(self) -> bool:
        """Whether the five grades belong under it."""
        return self.ask == "rating"


class Trace(Frozen):
    """What the bot understood and considered in one turn, for staff."""

    outcome: Outcome
    intent: str | None
    confidence: float | None
    entry_id: str | None
    score: float | None
    matches: tuple[ScoredMatch, ...]


class StaffMessageView(MessageView):
    """One message as staff see it: notes too, and why the bot said what it said."""

    trace: Trace | None = None


def messages_for_contact(
    session: Session, conversation: Conversation, *, after: int = 0
) -> list[MessageView]:
    """What the contact may see, after the given number; notes are left out."""
    return [message_view(row) for row in _rows(session, conversation, after=after, notes=False)]


def messages_for_staff(
    session: Session, conversation: Conversation, *, after: int = 0
) -> list[StaffMessageView]:
    """The whole transcript after the given number."""
    return [staff_message_view(row) for row in _rows(session, conversation, after=after, notes=True)]


def message_view(message: Message) -> MessageView:
    """One message as the contact sees it: an agent is known by the seat's number, not by name."""
    fields = _fields(message)
    if message.sender is Sender.AGENT:
        number = AgentPayload.model_validate(message.payload or {}).seat_number
        fields["sender_name"] = texts.seat_name(number) if number else None
    return MessageView.model_validate(fields)


def staff_message_view(message: Message) -> StaffMessageView:
    """One message as staff see it."""
    reply = bot_reply(message)
    trace = None if reply is None else trace_of(reply)
    return StaffMessageView.model_validate({**_fields(message), "trace": trace})


def bot_reply(message: Message) -> BotReply | None:
    """The whole reply that a bot's message came from; None for any other message."""
    if message.sender is not Sender.BOT or message.payload is None:
        return None
    return BotReply.model_validate(message.payload)


def trace_of(reply: BotReply) -> Trace:
    """What staff are shown of the bot's reasons."""
    return Trace(
        outcome=reply.outcome,
        intent=reply.intent,
        confidence=reply.confidence,
        entry_id=reply.entry_id,
        score=reply.score,
        matches=reply.evidence.matches,
    )


def _rows(session: Session, conversation: Conversation, *, after: int, notes: bool) -> Sequence[Message]:
    place = {"conversation_id": conversation.id, "after": after}
    return session.scalars(_ALL if notes else _WITHOUT_NOTES, place).all()


# Built once: on SQLite, building a statement takes longer than running it.
_ALL: Final = (
    select(Message)
    .where(Message.conversation_id == bindparam("conversation_id"), Message.seq > bindparam("after"))
    .order_by(Message.seq)
    .limit(PAGE_LENGTH)
)
_WITHOUT_NOTES: Final = _ALL.where(Message.kind != Kind.NOTE)


def _fields(message: Message) -> dict[str, object]:
    return {
        "seq": message.seq,
        "id": message.id,
        "sender": message.sender,
        "sender_name": message.sender_name,
        "kind": _SHOWN_AS[message.kind],
        "text": message.text,
        "client_message_id": message.client_message_id,
        "feedback": message.feedback,
        "created_at": message.created_at,
        **_from_payload(message),
    }


def _from_payload(message: Message) -> dict[str, object]:
    if message.payload is None:
        return {}
    if (reply := bot_reply(message)) is not None:
        shown = ("outcome", "details", "citations", "validity", "options", "entry_id")
        return {name: getattr(reply, name) for name in shown}
    if message.kind is Kind.ACTIVITY:
        activity = ActivityPayload.model_validate(message.payload)
        return {"offer": activity.offer, "ask": activity.ask}
    return {"citations": AgentPayload.model_validate(message.payload).citations}
