"""Step 4, calculating in a dialogue: what is said fills the slots, one question is asked at a time, then the result.

What was calculated stays open: a figure put right, or another period, calculates it anew.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from actions import calculations, wording
from actions.calculations import Calculation, Said, reply_to_slot
from actions.calculators.amounts import yuan
from actions.calculators.frame import Answer, Slot
from actions.follow_up import corrected, is_fragment
from actions.period import read_period
from actions.reading import plain
from actions.turn import Turn
from desk.reply import BotReply, FormState, Outcome
from knowledge_base.rate_tables import shipped_tables

_LEAVES_OPEN: Final = re.compile(
    r"^(?:不知道|不清楚|不确定|默认|跳过|按默认|随便|没有|都没有|不用|就按这个|按0算?)$"
)
_DROPPED: Final = re.compile(r"^(?:不算了|算了|取消|不用算了|别算了)$")


def begin(turn: Turn) -> BotReply | None:
    """The first question or the result, when something is to be calculated; None when not."""
    text = corrected(plain(turn.request.text))
    calculation = calculations.wanted(text)
    if calculation is None:
        return None
    period = read_period(turn.request.text, today=turn.today)
    if rivals := calculation.rivals(text):
        return _compared(turn, calculation, rivals, period.day if period else turn.today)
    said = calculation.said(text)
    ask = calculations.to_be_asked(calculation, text, said)
    return _go_on(turn, calculation, said, period.day if period else turn.today, ask=ask)


def resume(turn: Turn) -> BotReply | None:
    """The next question or the result, when the message belongs to the calculation that is open; None when not."""
    form = turn.request.context.form
    if form is None:
        return None
    calculation = calculations.BY_NAME[form.calculator]
    text = corrected(plain(turn.request.text))
    if _DROPPED.match(text):
        return turn.without_form().say(Outcome.SMALLTALK, wording.GO_ON)
    known = _decoded(calculation, form)
    if form.asked is not None and (found := _answer(calculation, form.asked, text)) is not None:
        return _go_on(turn, calculation, known | {form.asked: found}, form.as_of)
    if not is_fragment(turn.request.text):
        return None
    period = read_period(turn.request.text, today=turn.today)
    said = {} if period else calculation.said(text)
    if not said and period is None:
        return None
    return _go_on(turn, calculation, known | said, period.day if period else form.as_of)


def reminder(turn: Turn, reply: BotReply) -> BotReply:
    """An answer given in between, with the open question after it."""
    form = turn.request.context.form
    if form is None or form.asked is None or reply.handoff is not None:
        return reply
    slot = _slot(calculations.BY_NAME[form.calculator], form.asked)
    context = reply.context.model_copy(update={"form": form})
    text = f"{reply.text}\n\n{wording.BACK_TO.format(question=slot.question)}"
    return reply.model_copy(update={"text": text, "context": context})


def _answer(calculation: Calculation, name: str, text: str) -> Answer | None:
    found = reply_to_slot(calculation, name, text)
    if found is None and _LEAVES_OPEN.match(text):
        return _slot(calculation, name).default
    return found


def _go_on(
    turn: Turn, calculation: Calculation, known: Said, as_of: date, *, ask: str | None = None
) -> BotReply:
    slot = _slot(calculation, ask) if ask else _missing(calculation, known)
    if slot is not None:
        return _ask(turn, calculation, known, as_of, slot)
    result = calculation.calculator.run(known, shipped_tables(), as_of)
    form = FormState(
        calculator=calculation.calculator.name, answers=_encoded(calculation, known), as_of=as_of
    )
    said = f"{result.text}\n{_taken(calculation, known)}" if result.steps else result.text
    return BotReply(
        outcome=Outcome.RESULT if result.steps else Outcome.NO_ANSWER,
        text=said,
        citations=result.citations,
        as_of=as_of,
        context=turn.request.context.model_copy(
            update={"options": (), "awaiting": None, "form": form, "last_text": turn.request.text}
        ),
    )


def _compared(turn: Turn, calculation: Calculation, rivals: list[Decimal], as_of: date) -> BotReply | None:
    """The results for two figures, one under the other; None when more would have to be known."""
    if _missing(calculation, {calculation.main: rivals[0]}) is not None:
        return None
    results = [
        calculation.calculator.run({calculation.main: value}, shipped_tables(), as_of) for value in rivals
    ]
    cited = dict.fromkeys(citation for result in results for citation in result.citations)
    return BotReply(
        outcome=Outcome.RESULT,
        text="\n\n".join(result.text for result in results),
        citations=tuple(cited),
        as_of=as_of,
        context=turn.request.context.model_copy(
            update={"options": (), "awaiting": None, "form": None, "last_text": turn.request.text}
        ),
    )


def _ask(turn: Turn, calculation: Calculation, known: Said, as_of: date, slot: Slot) -> BotReply:
    labels = "".join(f"\n{number}. {label}" for number, (_, label) in enumerate(slot.choices, start=1))
    form = FormState(
        calculator=calculation.calculator.name,
        answers=_encoded(calculation, known),
        asked=slot.name,
        as_of=as_of,
    )
    context = turn.request.context.model_copy(update={"options": (), "awaiting": None, "form": form})
    return BotReply(outcome=Outcome.ASK, text=f"{slot.question}{labels}", as_of=as_of, context=context)


def _missing(calculation: Calculation, known: Said) -> Slot | None:
    """The next slot that has no default; the others are taken with theirs and told with the result."""
    calculator = calculation.calculator
    filled = {slot.name: slot.default for slot in calculator.slots if slot.default is not None} | known
    return calculator.next_slot(filled)


def _taken(calculation: Calculation, known: Said) -> str:
    """What the result rests on that nobody said."""
    assumed = [
        f"{slot.question.split('？')[0]}：{_shown(slot, slot.default)}"
        for slot in calculation.calculator.slots
        if slot.default is not None and slot.name not in known and slot.asked(known)
    ]
    return wording.ASSUMED.format(assumed="；".join(assumed)) if assumed else ""


def _shown(slot: Slot, value: Answer) -> str:
    if slot.kind == "money" and isinstance(value, Decimal):
        return yuan(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return dict(slot.choices).get(str(value), str(value))


def _slot(calculation: Calculation, name: str) -> Slot:
    return next(slot for slot in calculation.calculator.slots if slot.name == name)


def _encoded(calculation: Calculation, known: Said) -> tuple[tuple[str, str], ...]:
    names = {slot.name for slot in calculation.calculator.slots}
    return tuple((name, str(value)) for name, value in known.items() if name in names)


def _decoded(calculation: Calculation, form: FormState) -> Said:
    return {name: _value(_slot(calculation, name), text) for name, text in form.answers}


def _value(slot: Slot, text: str) -> Answer:
    if slot.kind == "money":
        return Decimal(text)
    if slot.kind in ("count", "month"):
        return int(text)
    return text == "True" if slot.kind == "yes_no" else text
