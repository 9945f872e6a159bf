"""Step 4, the frame of the calculators: what one must know, in which order it asks, and the form of what it says. Pure.

A calculator gets its figures from the rate tables through `Figures`, which remembers what was used, so that the result
cites exactly that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from desk.reply import Citation
from knowledge_base.rate_tables import Bracket, NotInForce, Rate, RateTables

Answer = Decimal | int | str | bool | date | frozenset[str] | tuple[tuple[int, Decimal], ...]
Answers = Mapping[str, Answer]
Kind = Literal["money", "number", "count", "month", "date", "yes_no", "choice", "choices", "changes"]


def _always(_: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Slot:
    """One thing a calculator needs.

    `default` is offered with the question and taken when the contact has nothing to say to it. `asked` says whether it
    is asked, by what is known so far; a slot that is never asked is filled only from what the contact says unasked.
    `choices` are pairs of value and label. `changes` are (month, new amount) pairs. A `number` may have a fraction (an
    area, a percentage as a share of one).
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


class Figures:
    """The rate tables on one day, for one calculation. Every look-up raises NotInForce, UnknownRate."""

    def __init__(self, tables: RateTables, day: date) -> None:
        self.day = day
        self._tables = tables
        self._used: dict[tuple[str, date], Rate] = {}

    def row(self, rate_id: str) -> Rate:
        """The row that holds, remembered as used."""
        row = self._tables.get(rate_id, self.day)
        self._used[row.id, row.effective_from] = row
        return row

    def number(self, rate_id: str) -> Decimal:
        """A single figure."""
        return self.row(rate_id).number

    def table(self, rate_id: str) -> tuple[Bracket, ...]:
        """A progressive table."""
        return self.row(rate_id).brackets

    def known(self, rate_id: str) -> bool:
        """Whether there is a row for the day."""
        return self._tables.known_on(rate_id, self.day)

    def citations(self) -> tuple[Citation, ...]:
        """What was used, in the order of use: one citation for each document and period, with all its articles."""
        merged: dict[tuple[str, str | None, date, date | None], list[str]] = {}
        for row in self._used.values():
            articles = merged.setdefault(
                (row.title, row.document_number, row.effective_from, row.effective_to), []
            )
            if row.article and row.article not in articles:
                articles.append(row.article)
        return tuple(
            Citation(
                title=title,
                document_number=number,
                article="、".join(articles) or None,
                effective_from=start,
                effective_to=end,
            )
            for (title, number, start, end), articles in merged.items()
        )


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
    """One calculation: its slots in the order to ask, and the pure function from answers and the day's figures to a result.

    The day is in the period that the calculation is for. `compute` gets the defaults filled in.
    """

    name: str
    title: str
    slots: tuple[Slot, ...]
    compute: Callable[[Answers, Figures], Result]

    def next_slot(self, answers: Answers) -> Slot | None:
        """What to ask next; None when enough is known."""
        return next((slot for slot in self.slots if slot.name not in answers and slot.asked(answers)), None)

    def run(self, answers: Answers, tables: RateTables, as_of: date) -> Result:
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
            return self.compute(known, Figures(tables, as_of))
        except NotInForce as unknown:
            return Result(str(unknown), (), ())


class MissingAnswer(LookupError):
    """A slot without a default was not answered; the argument is its name."""


ZERO: Final = Decimal(0)


def amount(answers: Answers, name: str) -> Decimal:
    """A figure among the answers, 0 where there is none."""
    value = answers.get(name, ZERO)
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return Decimal(value)
    raise TypeError(f"{name} is not a figure: {value!r}")
