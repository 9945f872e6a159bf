"""Step 4, the decision of a turn: from what was understood to one reply. Pure but for the knowledge it is given.

The same function serves a turn that Rasa understood and one that it could not (loading, slow, down): then
`Understanding.intent` is None and the utterance goes to retrieval, after the phrases that need no model.
"""

from __future__ import annotations

from typing import Final

from actions import forms, wording
from actions.follow_up import about, corrected, in_context, questions_in
from actions.handlers import BY_RULE_ALONE, HANDLERS, answer, choose, nothing_written
from actions.knowledge import Knowledge
from actions.places import region_named
from actions.recognition import asks_how, recognise, squeeze
from actions.turn import Turn, Understanding
from desk.reply import BotReply, Outcome, TurnRequest

__all__ = ["Understanding", "respond"]

# Whatever is taken for one of these may be a question, whole or elliptical, and may be several.
_QUESTIONS: Final = frozenset(
    {
        None,
        "ask_policy",
        "nlu_fallback",
        "out_of_domain",
        "city_matter",
        "choose_option",
        "deny",
        "affirm",
        "reject_answer",
    }
)
# A person's time is taken at the model's word only when it is sure; a rule always is.
_SURE: Final = {"ask_ruling": 0.75, "ask_own_data": 0.75, "ask_progress": 0.75, "report_invoice": 0.65}
_BY_WEIGHT: Final = (
    Outcome.HANDOFF, Outcome.ANSWER, Outcome.REDIRECT, Outcome.CLARIFY, Outcome.ASK, Outcome.NO_ANSWER,
)  # fmt: skip


# By rule, and not a reply to "how much?": everything but a lone number.
_NEVER_A_FIGURE: Final = frozenset(
    (HANDLERS.keys() | BY_RULE_ALONE.keys()) - {"choose_option", "deny", "affirm"}
)


def respond(source: Knowledge, request: TurnRequest, understanding: Understanding) -> BotReply:
    """The bot's reply to one turn. Raises only what `source` raises."""
    intent, ordinal = recognise(request.text, option_count=len(request.context.options))
    if intent is not None:
        understanding = Understanding(intent, 1.0, ordinal)
    elif _is_rather_a_question(request.text, understanding):
        understanding = Understanding("ask_policy", understanding.confidence)
    turn = Turn(source, _placed(request), understanding)
    reply = _calculated(turn) or forms.reminder(turn, _reply_to(turn))
    return reply.model_copy(update={"intent": understanding.intent, "confidence": understanding.confidence})


def _is_rather_a_question(text: str, understanding: Understanding) -> bool:
    intent = understanding.intent or ""
    unsure = (understanding.confidence or 0.0) < _SURE.get(intent, 0.0)
    return unsure or (intent.startswith(("report_", "ask_progress")) and asks_how(text))


def _placed(request: TurnRequest) -> TurnRequest:
    """The request for the place that the words name, else for the one the conversation is about."""
    region = region_named(request.text) or request.context.region or request.region
    context = request.context.model_copy(update={"region": region})
    return request.model_copy(update={"region": region, "context": context})


def _calculated(turn: Turn) -> BotReply | None:
    """The next step of a calculation, where the message begins one or belongs to the open one."""
    intent = turn.understanding.intent
    by_rule = turn.understanding.confidence == 1.0
    if turn.request.option_id is not None or (by_rule and intent in _NEVER_A_FIGURE):
        return None
    return forms.resume(turn) or (forms.begin(turn) if intent in _QUESTIONS else None)


def _reply_to(turn: Turn) -> BotReply:
    request, intent = turn.request, turn.understanding.intent
    if request.option_id is not None or not squeeze(request.text):
        return choose(turn) if request.option_id is not None else nothing_written(turn)
    handler = HANDLERS.get(intent or "") or BY_RULE_ALONE.get(intent or "")
    if turn.understanding.confidence == 1.0 and handler:
        return handler(turn)
    if intent in _QUESTIONS:
        turn = turn.asking(corrected(request.text))
        whole = in_context(turn.request.text, request.context.last_text)
        if whole is not None:
            return answer(turn.asking(whole))
        questions = questions_in(turn.request.text)
        if len(questions) > 1:
            return _all_answered(turn, questions)
    return (handler or answer)(turn)


def _all_answered(turn: Turn, questions: list[str]) -> BotReply:
    """Several questions in one message: each with its answer, all citations, and the outcome that weighs most."""
    asked = [questions[0], *(about(questions[0], later) for later in questions[1:])]
    replies = [answer(turn.asking(question)) for question in asked]
    if len({reply.entry_id for reply in replies} - {None}) < 2:
        return answer(turn)
    best = min(replies, key=lambda reply: _BY_WEIGHT.index(reply.outcome))
    parts: list[str] = []
    said: set[str | None] = set()
    for question, reply in zip(questions, replies, strict=True):
        if reply.entry_id is not None and reply.entry_id in said:
            continue
        said.add(reply.entry_id)
        told = reply.text if reply.entry_id or reply.redirect else wording.PART_UNANSWERED
        parts.append(f"{wording.ANOTHER_PART.format(question=question.strip('，,。？? '))}\n{told}")
    cited = dict.fromkeys(citation for reply in replies for citation in reply.citations)
    return best.model_copy(update={"text": "\n\n".join(parts), "citations": tuple(cited)})
