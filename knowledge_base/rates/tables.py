"""Step 4, dated rates: tables and limits of a tax, each row with its period and its source, from income.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

_FILE: Final = Path(__file__).with_name("income.yaml")


class Source(BaseModel):
    """The rule that a row rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    document_number: str
    article: str | None = None
    issuer: str
    issued_on: date | None = None


class Rate(BaseModel):
    """One row: what holds from the first to the last day of its period, both included; an open end is None.

    A bracket is (highest amount in it or None, rate, quick deduction).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    effective_from: date
    effective_to: date | None
    citation: Source
    values: dict[str, Decimal] = {}
    brackets: tuple[tuple[Decimal | None, Decimal, Decimal], ...] = ()


class NotPublished(LookupError):
    """No row holds on that day. `ended_on` is the last day for which there is one, None when all begin later."""

    def __init__(self, name: str, day: date, ended_on: date | None) -> None:
        super().__init__(name, day)
        self.ended_on = ended_on


def rate(name: str, day: date) -> Rate:
    """The row of a table that holds on a day. Raises NotPublished."""
    rows = [row for row in _rates() if row.id == name]
    found = [
        row
        for row in rows
        if row.effective_from <= day and (row.effective_to is None or day <= row.effective_to)
    ]
    if not found:
        raise NotPublished(
            name,
            day,
            max(
                (row.effective_to for row in rows if row.effective_to and row.effective_to < day),
                default=None,
            ),
        )
    return found[0]


@cache
def _rates() -> tuple[Rate, ...]:
    return TypeAdapter(tuple[Rate, ...]).validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
