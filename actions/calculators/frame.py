"""Step 4, the frame of the calculators: what one must know, in which order it asks, and the form of what it says. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from desk.reply import Citation
from knowledge_base.rates.tables import NotPublished

Answer = Decimal | int | str | bool | frozenset[str] | tuple[tuple[int, Decimal], ...]
Answers = Mapping[str, Answer]
Kind = Literal["money", "count", "month", "yes_no", "choice", "choices", "changes"]


def _always(_: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Slot:
    """One thing a calculator needs.

    `default` is offered with the question and taken when the contact has nothing to say to it. `asked` says whether it
    is asked, by what is known so far; a slot that is never asked is filled only from what the contact says unasked.
    `choices` are pairs of value and label. `changes` are (month, new amount) pairs.
    """

    name: str
    question: str
    kind: Kind
    default: Answer | None = None
    choices: tuple[tuple[str, str], ...] = ()
    asked: Callable[[Answers], bool] = _always


def never(_: Answers) -> bool:
    """For a slot that is filled only from what is said unasked."""
    return False


@dataclass(frozen=True)
class Step:
    """One step of a calculation: the rule in words, and the figures put into it."""

    rule: str
    working: str


@dataclass(frozen=True)
class Result:
    """What a calculator says: the conclusion, then how it got there, then what it rests on."""

    conclusion: str
    steps: tuple[Step, ...]
    citations: tuple[Citation, ...]
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it as lines, the conclusion first."""
        steps = [f"{number}. {step.rule}：{step.working}" for number, step in enumerate(self.steps, start=1)]
        return "\n".join((self.conclusion, *steps, *self.notes))


@dataclass(frozen=True)
class Calculator:
    """One calculation: its slots in the order to ask, and the pure function from answers and a day to a result.

    The day is in the period that the calculation is for. `compute` gets the defaults filled in.
    """

    name: str
    title: str
    slots: tuple[Slot, ...]
    compute: Callable[[Answers, date], Result]

    def next_slot(self, answers: Answers) -> Slot | None:
        """What to ask next; None when enough is known."""
        return next((slot for slot in self.slots if slot.name not in answers and slot.asked(answers)), None)

    def run(self, answers: Answers, as_of: date) -> Result:
        """The result, with the default of each slot that was not answered; an honest no for a period without a rule.

        Raises MissingAnswer.
        """
        known = {slot.name: slot.default for slot in self.slots if slot.default is not None} | dict(answers)
        missing = next(
            (slot.name for slot in self.slots if slot.name not in known and slot.asked(known)), None
        )
        if missing:
            raise MissingAnswer(missing)
        try:
            return self.compute(known, as_of)
        except NotPublished as unknown:
            return Result(_unknown(self.title, as_of, unknown.ended_on), (), ())


def _unknown(title: str, as_of: date, ended_on: date | None) -> str:
    day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    if ended_on is None:
        return f"{title}：没有收录{day}适用的规定，请向主管税务机关确认。"
    return f"{title}：现行规定执行到{ended_on.isoformat()}，{day}适用的规定尚未公布，不能推算。"


class MissingAnswer(LookupError):
    """A slot without a default was not answered; the argument is its name."""


ZERO: Final = Decimal(0)


def amount(answers: Answers, name: str) -> Decimal:
    """A figure among the answers, 0 where there is none."""
    value = answers.get(name, ZERO)
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return Decimal(value)
    raise TypeError(f"{name} is not a figure: {value!r}")
