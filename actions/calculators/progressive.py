"""Step 4, arithmetic of progressive tables (超额累进), as the law's annexes print them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from knowledge_base.rate_tables import Bracket

ZERO: Final = Decimal(0)


def bracket_of(table: Sequence[Bracket], amount: Decimal) -> Bracket:
    """The step in which an amount lies (超过…至…的部分: its end belongs to it)."""
    return next(step for step in table if step.up_to is None or amount <= step.up_to)


def tax_on(table: Sequence[Bracket], amount: Decimal) -> Decimal:
    """The tax on a taxable amount, not rounded; nothing on nothing or less."""
    return bracket_of(table, amount).tax(amount) if amount > ZERO else ZERO
