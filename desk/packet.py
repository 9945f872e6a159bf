"""Step 7: what a person gets with a conversation: why it came, what the bot tried, who is asking."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.kinds import Kind, Sender
from desk.messages import bot_reply
from desk.reply import BotReply, ConversationContext, Frozen, Outcome, ScoredMatch
from desk.state import State
from desk.tables import Contact, Conversation, Message
from desk.views import LAST_TEXT_LENGTH, contact_label

EVIDENCE_TURNS: Final = 10
EARLIER: Final = 10
SUGGESTED: Final = 5


class EvidenceTurn(Frozen):
    """One question and what the bot made of it."""

    turn_seq: int
    text: str
    outcome: Outcome
    intent: str | None
    confidence: float | None
    matches: tuple[ScoredMatch, ...]


class Earlier(Frozen):
    """A former conversation of the same contact."""

    id: str
    state: State
    classification: str | None
    first_text: str
    created_at: datetime


class ContactBody(Frozen):
    """Who writes, as far as staff may know."""

    masked: str
    channel: str
    earlier: tuple[Earlier, ...]


class Packet(Frozen):
    """The hand-over. `suggested` are the entries that came up, best first."""

    reason: str | None
    intent: str | None
    region: str | None
    evidence: tuple[EvidenceTurn, ...]
    contact: ContactBody
    suggested: tuple[ScoredMatch, ...]


def packet(session: Session, conversation: Conversation) -> Packet:
    """The hand-over packet of a conversation."""
    evidence = _evidence(session, conversation)
    context = ConversationContext.model_validate(conversation.context)
    return Packet(
        reason=conversation.reason,
        intent=next((turn.intent for turn in reversed(evidence) if turn.intent), None),
        region=conversation.region or context.region,
        evidence=evidence,
        contact=_contact(session, conversation),
        suggested=suggested(evidence),
    )


def suggested(evidence: tuple[EvidenceTurn, ...]) -> tuple[ScoredMatch, ...]:
    """The best match of each entry that any turn found, best first. Pure."""
    best: dict[str, ScoredMatch] = {}
    for match in (match for turn in evidence for match in turn.matches):
        if match.entry_id not in best or match.score > best[match.entry_id].score:
            best[match.entry_id] = match
    ranked = sorted(best.values(), key=lambda match: (-match.score, match.entry_id))
    return tuple(ranked[:SUGGESTED])


def _evidence(session: Session, conversation: Conversation) -> tuple[EvidenceTurn, ...]:
    """The last turns of the bot, oldest first, each with the utterance before it."""
    said = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.sender.in_((Sender.CONTACT, Sender.BOT)),
        )
        .order_by(Message.seq.desc())
        .limit(EVIDENCE_TURNS * 4)
    ).all()
    turns, asked = [], None
    for message in reversed(said):
        reply = bot_reply(message)
        if reply is None:
            asked = message
        elif asked is not None:
            turns.append(_evidence_turn(asked, reply))
    return tuple(turns[-EVIDENCE_TURNS:])


def _evidence_turn(asked: Message, reply: BotReply) -> EvidenceTurn:
    return EvidenceTurn(
        turn_seq=asked.seq,
        text=asked.text,
        outcome=reply.outcome,
        intent=reply.intent,
        confidence=reply.confidence,
        matches=reply.evidence.matches,
    )


def _contact(session: Session, conversation: Conversation) -> ContactBody:
    contact = session.get_one(Contact, conversation.contact_id)
    others = session.scalars(
        select(Conversation)
        .where(Conversation.contact_id == contact.id, Conversation.id != conversation.id)
        .order_by(Conversation.created_at.desc())
        .limit(EARLIER)
    ).all()
    earlier = tuple(_earlier(session, other) for other in others)
    return ContactBody(masked=contact_label(contact), channel=conversation.channel, earlier=earlier)


def _earlier(session: Session, conversation: Conversation) -> Earlier:
    first = session.scalar(
        select(Message.text)
        .where(Message.conversation_id == conversation.id, Message.kind == Kind.INBOUND)
        .order_by(Message.seq)
        .limit(1)
    )
    return Earlier(
        id=conversation.id,
        state=conversation.state,
        classification=conversation.classification,
        first_text=(first or "")[:LAST_TEXT_LENGTH],
        created_at=conversation.created_at,
    )
