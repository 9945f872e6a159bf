"""Step 4, figures and short replies as people write them: amounts, counts, months, yes and no. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from common.text import normalise
from knowledge_base.retrieval.normalise import spell_numbers

_UNITS: Final = {"亿": 100_000_000, "万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "百": 100}
_AMOUNT: Final = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)(?:\s*(亿|万|w|千|k|百))?(?:多)?(?:零(\d+))?\s*(元|块钱|块)?"
    r"(?![\d.]*\s*(?:年|月|岁|号|日|%|平|人|㎡|个(?!税)|套|季|周|天|折|点))"
)
_COUNT: Final = re.compile(r"(\d+)")
_MONTH: Final = re.compile(r"(?<!\d)(1[0-2]|[1-9])月")
_NO: Final = re.compile(r"^(?:不|没|无|否|非|n$|no)")
_YES: Final = re.compile(r"^(?:是|对|有|嗯|好|可以|要|行|算|属于|都|y$|yes|ok)")


@dataclass(frozen=True)
class Amount:
    """An amount of money in yuan and where it stands in the plain text."""

    value: Decimal
    start: int
    end: int


def plain(text: str) -> str:
    """The text with its numbers in digits: 三万六 as 36000, 两百九十万 as 290万."""
    return spell_numbers(normalise(text).replace(" ", ""))


def amounts(text: str) -> list[Amount]:
    """All amounts of a plain text."""
    return [_amount(found) for found in _AMOUNT.finditer(text)]


def _amount(found: re.Match[str]) -> Amount:
    value = Decimal(found.group(1)) * _UNITS.get(found.group(2) or "", 1) + Decimal(found.group(3) or 0)
    return Amount(value, found.start(), found.end())


def count(text: str) -> int | None:
    """The first whole number of a plain text."""
    found = _COUNT.search(text)
    return int(found.group(1)) if found else None


def month(text: str) -> int | None:
    """The first month that a plain text names, 1 to 12."""
    found = _MONTH.search(text)
    return int(found.group(1)) if found else None


def yes_or_no(text: str) -> bool | None:
    """What a short reply says; None when it says neither."""
    if _NO.search(text):
        return False
    return True if _YES.search(text) else None
