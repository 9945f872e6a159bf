"""Step 4, the decision of a turn: from what was understood to one reply. Pure but for the knowledge it is given.

The same function serves a turn that Rasa understood and one that it could not (loading, slow, down): then
`Understanding.intent` is None and the utterance goes to retrieval, after the phrases that need no model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from actions import knowledge, wording
from actions.knowledge import Knowledge
from actions.owners import owner_of
from actions.recognition import parse_ordinal, recognise, squeeze
from common.clock import CHINA
from desk.reply import (
    BotReply,
    ConversationContext,
    HandoffProposal,
    Option,
    OrderProposal,
    Outcome,
    TurnRequest,
)


@dataclass(frozen=True)
class Understanding:
    """What the intent model made of an utterance; `ordinal` is the 1-based number of a chosen option."""

    intent: str | None = None
    confidence: float | None = None
    ordinal: int | None = None


def respond(source: Knowledge, request: TurnRequest, understanding: Understanding) -> BotReply:
    """The bot's reply to one turn. Raises only what `source` raises."""
    plain_intent, ordinal = recognise(request.text, option_count=len(request.context.options))
    if plain_intent is not None:
        understanding = Understanding(plain_intent, 1.0, ordinal)
    turn = _Turn(source, request, understanding, as_of=request.now.astimezone(CHINA).date())
    reply = _handler_for(turn)(turn)
    return reply.model_copy(update={"intent": understanding.intent, "confidence": understanding.confidence})


@dataclass(frozen=True)
class _Turn:
    source: Knowledge
    request: TurnRequest
    understanding: Understanding
    as_of: date

    def say(
        self,
        outcome: Outcome,
        text: str,
        *,
        handoff: HandoffProposal | None = None,
        order: OrderProposal | None = None,
        awaiting: str | None = None,
    ) -> BotReply:
        """A reply of fixed text; what was on offer is forgotten."""
        context = self.request.context.model_copy(update={"options": (), "awaiting": awaiting})
        return BotReply(
            outcome=outcome, text=text, handoff=handoff, order=order, as_of=self.as_of, context=context
        )


def _handler_for(turn: _Turn) -> Callable[[_Turn], BotReply]:
    if turn.request.option_id is not None:
        return _choose
    if not squeeze(turn.request.text):
        return _nothing_written
    return _HANDLERS.get(turn.understanding.intent or "", _answer)


def _answer(turn: _Turn) -> BotReply:
    owner = owner_of(turn.request.text)
    if owner is None:
        return knowledge.answer(turn.source, turn.request, as_of=turn.as_of)
    return turn.say(
        Outcome.REDIRECT, f"请咨询 {owner.redirect.name}（{owner.redirect.to}）。{owner.reason}"
    ).model_copy(update={"redirect": owner.redirect})


def _out_of_domain(turn: _Turn) -> BotReply:
    """The model says it is none of ours; retrieval may overrule it only when it is sure."""
    reply = _answer(turn)
    if reply.outcome in (Outcome.ANSWER, Outcome.HANDOFF, Outcome.REDIRECT):
        return reply
    return knowledge.no_answer(
        turn.request, as_of=turn.as_of, text=wording.OUT_OF_SCOPE, evidence=reply.evidence
    )


def _choose(turn: _Turn) -> BotReply:
    option = _chosen_option(turn)
    if option is None:
        typed = turn.request.option_id is None and parse_ordinal(squeeze(turn.request.text)) is None
        return _answer(turn) if typed else _option_gone(turn)
    if option.entry_id is None:
        return turn.say(Outcome.ASK, wording.ASK_AGAIN)
    region = turn.request.region or turn.request.context.region
    served = turn.source.revision_in_force(option.entry_id, as_of=turn.as_of, region=region)
    if served is None:
        return _option_gone(turn)
    return knowledge.from_revision(turn.source, turn.request, served, as_of=turn.as_of, score=1.0)


def _chosen_option(turn: _Turn) -> Option | None:
    options = turn.request.context.options
    if turn.request.option_id is not None:
        return next((option for option in options if option.option_id == turn.request.option_id), None)
    ordinal = turn.understanding.ordinal
    return options[ordinal - 1] if ordinal and 1 <= ordinal <= len(options) else None


def _option_gone(turn: _Turn) -> BotReply:
    return turn.say(Outcome.ASK, wording.OPTION_GONE)


def _handoff(turn: _Turn) -> BotReply:
    return turn.say(Outcome.HANDOFF, wording.HANDOFF, handoff=_person(turn, "requested"))


def _person(turn: _Turn, reason: str) -> HandoffProposal:
    last_id = turn.request.context.last_entry_id
    region = turn.request.region or turn.request.context.region
    last = turn.source.revision_in_force(last_id, as_of=turn.as_of, region=region) if last_id else None
    return HandoffProposal.model_validate(
        {"reason": reason, "skill": last.content.tax_type if last else None}
    )


def _complaint(turn: _Turn) -> BotReply:
    return turn.say(
        Outcome.ORDER,
        wording.COMPLAINT,
        handoff=HandoffProposal(reason="complaint"),
        order=OrderProposal(type="complaint"),
    )


def _affirm(turn: _Turn) -> BotReply:
    context = turn.request.context
    if context.awaiting == "handoff_confirmation":
        return turn.say(Outcome.HANDOFF, wording.HANDOFF, handoff=_person(turn, "no_answer"))
    if context.awaiting == "option" and context.options[0].entry_id:
        return _choose(_Turn(turn.source, turn.request, Understanding("affirm", ordinal=1), turn.as_of))
    return turn.say(Outcome.SMALLTALK, wording.GO_ON)


def _deny(turn: _Turn) -> BotReply:
    if turn.request.context.awaiting == "handoff_confirmation":
        return turn.say(Outcome.SMALLTALK, wording.GO_ON)
    return turn.say(Outcome.ASK, wording.ASK_AGAIN)


def _basis(turn: _Turn) -> BotReply:
    context = turn.request.context
    region = turn.request.region or context.region
    last = context.last_entry_id and turn.source.revision_in_force(
        context.last_entry_id, as_of=turn.as_of, region=region
    )
    if not last:
        return turn.say(Outcome.ASK, wording.NOTHING_TO_CITE)
    reply = knowledge.from_revision(turn.source, turn.request, last, as_of=turn.as_of, score=1.0)
    lines = [
        "、".join(part for part in (f"《{cited.title}》", cited.document_number, cited.article) if part)
        for cited in reply.citations
    ]
    return reply.model_copy(
        update={"text": "依据：" + "；".join(lines), "outcome": Outcome.ANSWER, "handoff": None}
    )


def _repeat(turn: _Turn) -> BotReply:
    context: ConversationContext = turn.request.context
    region = turn.request.region or context.region
    last = context.last_entry_id and turn.source.revision_in_force(
        context.last_entry_id, as_of=turn.as_of, region=region
    )
    if not last:
        return turn.say(Outcome.ASK, wording.NOTHING_TO_REPEAT)
    return knowledge.from_revision(turn.source, turn.request, last, as_of=turn.as_of, score=1.0)


def _crisis(turn: _Turn) -> BotReply:
    return turn.say(Outcome.SAFETY, wording.CRISIS, handoff=HandoffProposal(reason="safety"))


def _fraud(turn: _Turn) -> BotReply:
    return turn.say(Outcome.SAFETY, wording.FRAUD, awaiting="handoff_confirmation")


def _nothing_written(turn: _Turn) -> BotReply:
    return turn.say(Outcome.ASK, wording.NOTHING_WRITTEN)


def _fixed(outcome: Outcome, text: str) -> Callable[[_Turn], BotReply]:
    return lambda turn: turn.say(outcome, text)


_HANDLERS: Final[dict[str, Callable[[_Turn], BotReply]]] = {
    "request_person": _handoff,
    "complain": _complaint,
    "greet": _fixed(Outcome.SMALLTALK, wording.GREETING),
    "thank": _fixed(Outcome.SMALLTALK, wording.THANKS),
    "goodbye": _fixed(Outcome.SMALLTALK, wording.GOODBYE),
    "ask_identity": _fixed(Outcome.SMALLTALK, wording.IDENTITY),
    "insult": _fixed(Outcome.SMALLTALK, wording.INSULT),
    "choose_option": _choose,
    "affirm": _affirm,
    "deny": _deny,
    "ask_basis": _basis,
    "repeat": _repeat,
    "evade_tax": _fixed(Outcome.DECLINE, wording.EVASION),
    "ask_others_data": _fixed(Outcome.DECLINE, wording.OTHERS_DATA),
    "prompt_injection": _fixed(Outcome.DECLINE, wording.INJECTION),
    "crisis": _crisis,
    "fraud_check": _fraud,
    "out_of_domain": _out_of_domain,
}
