"""Step 4, one handler for each intent: what is said and proposed for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from actions import knowledge, matters, wording
from actions.owners import CITY_HOTLINE, Owner, owner_of
from actions.recognition import parse_ordinal, squeeze
from actions.turn import Turn, Understanding
from desk.reply import BotReply, HandoffProposal, Option, OrderProposal, Outcome

Handler = Callable[[Turn], BotReply]
OrderType = Literal["complaint", "violation_report", "invoice_report", "suggestion", "call_back", "help"]
PATIENCE: Final = 2
"""Misses in a row after which a person takes over."""


def answer(turn: Turn) -> BotReply:
    """A question: another body's, or one for the knowledge base."""
    text = turn.request.text
    if matters.in_a_foreign_script(text):
        return turn.say(Outcome.HANDOFF, wording.FOREIGN, handoff=HandoffProposal(reason="requested"))
    high_risk = matters.needs_a_person(text)
    owner = None if high_risk else owner_of(text)
    if owner is not None:
        return _redirect(turn, owner)
    reply = turn.search()
    if high_risk:
        return _with_a_person(turn, reply, wording.PERSON_ONLY)
    if reply.outcome is Outcome.NO_ANSWER and turn.request.context.misses >= PATIENCE:
        return turn.say(Outcome.HANDOFF, wording.STILL_WRONG, handoff=_person(turn, "no_answer"))
    return reply


def out_of_domain(turn: Turn) -> BotReply:
    """The model says it is none of ours; retrieval may overrule it only when it is sure."""
    reply = answer(turn)
    if reply.outcome in (Outcome.ANSWER, Outcome.HANDOFF, Outcome.REDIRECT):
        return reply
    return knowledge.no_answer(
        turn.request, as_of=turn.today, text=wording.OUT_OF_SCOPE, evidence=reply.evidence
    )


def _city_matter(turn: Turn) -> BotReply:
    """A matter of the city: whoever owns it by name, else the government hotline; ours only when that is sure."""
    reply = answer(turn)
    if reply.outcome in (Outcome.ANSWER, Outcome.HANDOFF, Outcome.REDIRECT):
        return reply
    return _redirect(turn, CITY_HOTLINE)


def _redirect(turn: Turn, owner: Owner) -> BotReply:
    said = f"请咨询 {owner.redirect.name}（{owner.redirect.to}）。{owner.reason}"
    return turn.say(Outcome.REDIRECT, said).model_copy(update={"redirect": owner.redirect})


def choose(turn: Turn) -> BotReply:
    """An option by button or by number; a sentence that holds a number by chance is a question."""
    option = _chosen_option(turn)
    if option is None:
        typed = turn.request.option_id is None and parse_ordinal(squeeze(turn.request.text)) is None
        return answer(turn) if typed else turn.say(Outcome.ASK, wording.OPTION_GONE)
    if option.entry_id is None:
        return turn.say(Outcome.ASK, wording.ASK_AGAIN)
    served = turn.source.revision_in_force(option.entry_id, as_of=turn.today, region=turn.request.region)
    if served is None:
        return turn.say(Outcome.ASK, wording.OPTION_GONE)
    chosen = turn.asking(option.label)
    return knowledge.from_revision(turn.source, chosen.request, served, as_of=turn.today, score=1.0)


def _chosen_option(turn: Turn) -> Option | None:
    options = turn.request.context.options
    if turn.request.option_id is not None:
        return next((option for option in options if option.option_id == turn.request.option_id), None)
    ordinal = turn.understanding.ordinal
    return options[ordinal - 1] if ordinal and 1 <= ordinal <= len(options) else None


def nothing_written(turn: Turn) -> BotReply:
    """Punctuation or emoji alone."""
    return turn.say(Outcome.ASK, wording.NOTHING_WRITTEN)


def _handoff(turn: Turn) -> BotReply:
    return turn.say(Outcome.HANDOFF, wording.HANDOFF, handoff=_person(turn, "requested"))


def _person(turn: Turn, reason: str, tier: str = "general") -> HandoffProposal:
    last = turn.last_served()
    skill = last.content.tax_type if last else None
    return HandoffProposal.model_validate({"reason": reason, "skill": skill, "tier": tier})


def _order(kind: OrderType, text: str) -> Handler:
    """What is written down as a work order; a person takes it in."""
    return lambda turn: turn.say(
        Outcome.ORDER,
        text,
        handoff=HandoffProposal(reason="complaint"),
        order=OrderProposal(type=kind),
    )


def _progress(turn: Turn) -> BotReply:
    return turn.say(Outcome.HANDOFF, wording.PROGRESS, handoff=HandoffProposal(reason="individual"))


def _own_data(turn: Turn) -> BotReply:
    return _with_a_person(turn, turn.search(), wording.OWN_DATA, reason="individual")


def _ruling(turn: Turn) -> BotReply:
    return _with_a_person(turn, turn.search(), wording.RULING, reason="individual", tier="expert")


def _with_a_person(
    turn: Turn, found: BotReply, text: str, *, reason: str = "policy", tier: str = "expert"
) -> BotReply:
    """The public rule, where one was found for sure, and then a person."""
    if found.outcome not in (Outcome.ANSWER, Outcome.HANDOFF) or found.entry_id is None:
        return turn.say(Outcome.HANDOFF, text, handoff=_person(turn, reason, tier))
    served = turn.source.revision_in_force(found.entry_id, as_of=found.as_of, region=turn.request.region)
    skill = served.content.tax_type if served else None
    return found.model_copy(
        update={
            "outcome": Outcome.HANDOFF,
            "text": found.text if text in found.text else f"{found.text}\n{text}",
            "handoff": HandoffProposal.model_validate({"reason": reason, "skill": skill, "tier": tier}),
        }
    )


def _outage(turn: Turn) -> BotReply:
    return turn.say(Outcome.HANDOFF, wording.OUTAGE, handoff=_person(turn, "policy"))


def _affirm(turn: Turn) -> BotReply:
    context = turn.request.context
    if context.awaiting == "handoff_confirmation":
        return turn.say(Outcome.HANDOFF, wording.HANDOFF, handoff=_person(turn, "no_answer"))
    if context.awaiting == "option" and context.options[0].entry_id:
        return choose(Turn(turn.source, turn.request, Understanding("affirm", ordinal=1)))
    return turn.say(Outcome.SMALLTALK, wording.GO_ON)


def _deny(turn: Turn) -> BotReply:
    if turn.request.context.awaiting == "handoff_confirmation":
        return turn.say(Outcome.SMALLTALK, wording.GO_ON)
    return turn.say(Outcome.ASK, wording.ASK_AGAIN)


def _reject(turn: Turn) -> BotReply:
    """Not what was meant: what else it may have been, and a person when that was wrong as well."""
    context = turn.request.context
    if context.misses >= 1:
        return turn.say(Outcome.HANDOFF, wording.STILL_WRONG, handoff=_person(turn, "no_answer"))
    if context.last_text is None:
        return turn.say(Outcome.ASK, wording.ASK_AGAIN)
    shown = {context.last_entry_id, *(option.entry_id for option in context.options)}
    result = turn.source.search(context.last_text, as_of=turn.today, region=turn.request.region, limit=8)
    others = [match for match in result.matches if match.entry_id not in shown]
    return knowledge.alternatives(turn.request, result, others, as_of=turn.today)


def _basis(turn: Turn) -> BotReply:
    last = turn.last_served()
    if not last:
        return turn.say(Outcome.ASK, wording.NOTHING_TO_CITE)
    said = turn.asking(turn.request.context.last_text or last.content.question)
    reply = knowledge.from_revision(turn.source, said.request, last, as_of=turn.today, score=1.0)
    lines = [
        "、".join(part for part in (f"《{cited.title}》", cited.document_number, cited.article) if part)
        for cited in reply.citations
    ]
    return reply.model_copy(
        update={"text": "依据：" + "；".join(lines), "outcome": Outcome.ANSWER, "handoff": None}
    )


def _repeat(turn: Turn) -> BotReply:
    last = turn.last_served()
    if not last:
        return turn.say(Outcome.ASK, wording.NOTHING_TO_REPEAT)
    said = turn.asking(turn.request.context.last_text or last.content.question)
    return knowledge.from_revision(turn.source, said.request, last, as_of=turn.today, score=1.0)


def _safety(text: str) -> Handler:
    return lambda turn: turn.say(Outcome.SAFETY, text, handoff=HandoffProposal(reason="safety"))


def _fraud(turn: Turn) -> BotReply:
    return turn.say(Outcome.SAFETY, wording.FRAUD, awaiting="handoff_confirmation")


def _fixed(outcome: Outcome, text: str) -> Handler:
    return lambda turn: turn.say(outcome, text)


HANDLERS: Final[dict[str, Handler]] = {
    "request_person": _handoff,
    "complain": _order("complaint", wording.COMPLAINT),
    "report_violation": _order("violation_report", wording.VIOLATION_REPORT),
    "report_invoice": _order("invoice_report", wording.INVOICE_REPORT),
    "report_misconduct": _order("complaint", wording.MISCONDUCT_REPORT),
    "suggest": _order("suggestion", wording.SUGGESTION),
    "ask_progress": _progress,
    "ask_own_data": _own_data,
    "ask_ruling": _ruling,
    "greet": _fixed(Outcome.SMALLTALK, wording.GREETING),
    "thank": _fixed(Outcome.SMALLTALK, wording.THANKS),
    "goodbye": _fixed(Outcome.SMALLTALK, wording.GOODBYE),
    "ask_identity": _fixed(Outcome.SMALLTALK, wording.IDENTITY),
    "insult": _fixed(Outcome.SMALLTALK, wording.INSULT),
    "choose_option": choose,
    "affirm": _affirm,
    "deny": _deny,
    "reject_answer": _reject,
    "ask_basis": _basis,
    "repeat": _repeat,
    "evade_tax": _fixed(Outcome.DECLINE, wording.EVASION),
    "ask_others_data": _fixed(Outcome.DECLINE, wording.OTHERS_DATA),
    "prompt_injection": _fixed(Outcome.DECLINE, wording.INJECTION),
    "crisis": _safety(wording.CRISIS),
    "fraud_check": _fraud,
    "city_matter": _city_matter,
    "out_of_domain": out_of_domain,
}
BY_RULE_ALONE: Final[dict[str, Handler]] = {
    "threat": _safety(wording.THREAT),
    "outage": _outage,
}
"""Recognised without the model (actions/recognition.py), and not taught to it."""
