"""Step 4, the incentives: rules that somebody can claim, with the conditions over a few answers, from incentives.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Audience = Literal["person", "self_employed", "enterprise"]
_FILE: Final = Path(__file__).with_name("incentives.yaml")


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Source(_Row):
    """The rule that grants an incentive."""

    title: str
    document_number: str
    article: str | None = None
    issuer: str
    issued_on: date | None = None


class Condition(_Row):
    """One condition: an answer is, or contains, one of `values`; or a figure does not exceed `at_most` (元 or persons).

    `unmet` is why it fails, told to those who fail it; None where failing it only means that the matter is not theirs.
    """

    slot: str
    values: frozenset[str] = Field(default=frozenset(), alias="is")
    at_most: Decimal | None = None
    unmet: str | None = None

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> Condition:
        if bool(self.values) == (self.at_most is not None):
            raise ValueError("a condition has either `is` or `at_most`")
        return self


class Incentive(_Row):
    """One incentive; both days of its validity included, an open end is None."""

    id: str
    title: str
    benefit: str
    audience: frozenset[Audience]
    conditions: tuple[Condition, ...]
    watch: str | None = None
    effective_from: date
    effective_to: date | None
    citation: Source

    def holds_on(self, day: date) -> bool:
        """Whether it can be claimed for this day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@cache
def incentives() -> tuple[Incentive, ...]:
    """All of them, of every period, in the order of the file."""
    return TypeAdapter(tuple[Incentive, ...]).validate_python(
        yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    )
