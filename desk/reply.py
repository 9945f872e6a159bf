"""Steps 3 to 5: what goes into one bot turn and what comes out. The contract between bot, actions and desk.

Everything here is data: frozen, validated at the border, JSON in both directions.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Outcome(StrEnum):
    """What a bot turn amounts to; each turn has exactly one (docs/architecture.md)."""

    ANSWER = "answer"
    RESULT = "result"
    ASK = "ask"
    CLARIFY = "clarify"
    HANDOFF = "handoff"
    REDIRECT = "redirect"
    ORDER = "order"
    SMALLTALK = "smalltalk"
    DECLINE = "decline"
    SAFETY = "safety"
    NO_ANSWER = "no_answer"


class Frozen(BaseModel):
    """Base of the contract's types: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(Frozen):
    """The rule an answer rests on; the dates are the validity of the rule, both days included."""

    title: str
    document_number: str | None = None
    article: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    url: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None


class Validity(Frozen):
    """When and where an answer holds; an open end is None, a None region is the whole country."""

    effective_from: date | None = None
    effective_to: date | None = None
    region: str | None = None


class Option(Frozen):
    """One thing the contact can choose, by button or by its number (1-based position in the list).

    `option_id` is short and opaque (it must fit Telegram's 64 bytes of callback data).
    """

    option_id: str = Field(max_length=32)
    label: str
    entry_id: str | None = None


class HandoffProposal(Frozen):
    """A proposal to bring in a person. `skill` is a tax type or None (any seat)."""

    reason: Literal[
        "requested", "no_answer", "complaint", "safety", "policy", "bot_unavailable", "individual"
    ]
    skill: str | None = None
    tier: Literal["general", "expert", "12345"] = "general"


class Redirect(Frozen):
    """Another body owns the matter: its number and its name."""

    to: str
    name: str


class OrderProposal(Frozen):
    """A proposal to open a work order."""

    type: Literal["complaint", "violation_report", "invoice_report", "suggestion", "call_back", "help"]


class ScoredMatch(Frozen):
    """One entry that retrieval considered; `score` is the calibrated probability that it answers."""

    entry_id: str
    question: str
    score: float


class Evidence(Frozen):
    """The numbers behind a decision, kept with the turn so that it can be replayed."""

    index_version: str | None = None
    answer_threshold: float | None = None
    clarify_threshold: float | None = None
    matches: tuple[ScoredMatch, ...] = ()


class FormState(Frozen):
    """A calculation in progress or just done: what is known as (slot, value as text), and what was asked last."""

    calculator: str
    answers: tuple[tuple[str, str], ...] = ()
    asked: str | None = None
    as_of: date


class ConversationContext(Frozen):
    """All that the bot remembers between two turns. Stored by the desk; bounded in size."""

    last_entry_id: str | None = None
    last_revision: int | None = None
    last_text: str | None = None
    options: tuple[Option, ...] = ()
    awaiting: Literal["option", "handoff_confirmation"] | None = None
    misses: int = 0
    form: FormState | None = None
    region: str | None = None


class TurnRequest(Frozen):
    """One utterance and what is needed to answer it. `now` is aware; it is the turn's clock."""

    conversation_id: str
    text: str
    now: datetime
    channel: str = "web"
    region: str | None = None
    option_id: str | None = None
    context: ConversationContext = ConversationContext()


class BotReply(Frozen):
    """The bot's whole answer to one turn: what is said, what is proposed, and why."""

    outcome: Outcome
    text: str
    details: str | None = None
    entry_id: str | None = None
    revision: int | None = None
    citations: tuple[Citation, ...] = ()
    validity: Validity | None = None
    options: tuple[Option, ...] = ()
    handoff: HandoffProposal | None = None
    redirect: Redirect | None = None
    order: OrderProposal | None = None
    intent: str | None = None
    confidence: float | None = None
    score: float | None = None
    as_of: date
    evidence: Evidence = Evidence()
    context: ConversationContext = ConversationContext()
