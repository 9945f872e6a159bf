"""Step 4, arithmetic of the income tax: tables of brackets, as the law's annexes print them. Pure.

Every table here is in 元, and a bracket reaches up to and including its bound (超过…至…的部分).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class Bracket:
    """One line of a table. `up_to` is the highest amount in it (None: no bound); tax = amount × rate − quick."""

    up_to: Decimal | None
    rate: Decimal
    quick: Decimal

    def tax(self, amount: Decimal) -> Decimal:
        """The tax by this line, not rounded."""
        return amount * self.rate - self.quick


def bracket_of(table: Sequence[Bracket], amount: Decimal) -> Bracket:
    """The line in which an amount lies; the last line of a table has no bound."""
    return next(line for line in table if line.up_to is None or amount <= line.up_to)


def tax_on(table: Sequence[Bracket], amount: Decimal) -> Decimal:
    """The tax on a taxable amount, not rounded; nothing on nothing or less."""
    return bracket_of(table, amount).tax(amount) if amount > ZERO else ZERO
