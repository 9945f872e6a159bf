"""Wiring, measured: whether a reply states the facts that were expected of it, however its amounts are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

_AMOUNT: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_STATED: Final = re.compile(rf"({_AMOUNT.pattern})(万?)")
WAN: Final = Decimal(10_000)


def states_all(text: str, facts: Iterable[str]) -> bool:
    """Whether each fact stands in the text.

    A fact that is a number ("3390.10") must stand there as a whole number of the same value, with separators or in 万 as
    may be (3,390.1元, 3.6万元); any other fact word for word.
    """
    amounts = {
        Decimal(found[1].replace(",", "")) * (WAN if found[2] else 1) for found in _STATED.finditer(text)
    }
    return all(
        Decimal(fact.replace(",", "")) in amounts if _AMOUNT.fullmatch(fact) else fact in text
        for fact in facts
    )
