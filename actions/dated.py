"""Step 4, the answer of a period: the rule that held or will hold then, named as such; never today's in its place."""

from __future__ import annotations

from datetime import date

from actions import knowledge, wording
from actions.knowledge import Knowledge
from actions.period import Period
from desk.reply import BotReply, Outcome, TurnRequest
from knowledge_base.library import ServedRevision

_SAID = (Outcome.ANSWER, Outcome.HANDOFF)


def answer(source: Knowledge, request: TurnRequest, period: Period, *, today: date) -> BotReply:
    """What was published for the period; what is in force today only to say that it does not reach that far."""
    then = knowledge.answer(source, request, as_of=period.day)
    now = knowledge.answer(source, request, as_of=today)
    if now.outcome not in _SAID or now.entry_id is None:
        return _named(source, request, then, period, today=today)
    same = source.revision_in_force(now.entry_id, as_of=period.day, region=request.region)
    if same is None:
        return _before_or_after(source, request, then, now, period, today=today)
    reply = then if then.entry_id == now.entry_id else _from(source, request, same, now, period)
    return _named(source, request, reply, period, today=today)


def _before_or_after(
    source: Knowledge, request: TurnRequest, then: BotReply, now: BotReply, period: Period, *, today: date
) -> BotReply:
    """Today's rule does not hold in the period: the one it took the place of, or that there is none."""
    for entry_id in (then.entry_id, *(match.entry_id for match in then.evidence.matches)):
        earlier = entry_id and source.revision_in_force(entry_id, as_of=period.day, region=request.region)
        if earlier and earlier.content.superseded_by == now.entry_id:
            return _named(source, request, _from(source, request, earlier, now, period), period, today=today)
    if then.outcome in _SAID and (then.score or 0.0) >= (now.score or 0.0):
        return _named(source, request, then, period, today=today)
    if period.day > today:
        until = now.validity.effective_to if now.validity else None
        note = wording.NOT_PUBLISHED.format(period=period.label, until=until or "另行公布")
        return now.model_copy(update={"text": f"{note}{now.text}"})
    text = wording.NOT_RECORDED.format(period=period.label)
    return knowledge.no_answer(request, as_of=period.day, text=text, evidence=then.evidence)


def _from(
    source: Knowledge, request: TurnRequest, served: ServedRevision, found: BotReply, period: Period
) -> BotReply:
    return knowledge.from_revision(
        source, request, served, as_of=period.day, score=found.score, evidence=found.evidence
    )


def _named(
    source: Knowledge, request: TurnRequest, reply: BotReply, period: Period, *, today: date
) -> BotReply:
    if reply.outcome not in _SAID or reply.entry_id is None:
        return reply
    text = f"{wording.PERIOD_OF.format(period=period.label)}{reply.text}"
    holds_today = source.revision_in_force(reply.entry_id, as_of=today, region=request.region)
    if holds_today is None and period.day < today:
        text = f"{text}\n{wording.NO_LONGER}"
    return reply.model_copy(update={"text": text})
