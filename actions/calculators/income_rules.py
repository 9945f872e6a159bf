"""Step 4, arithmetic of the income tax beside withholding: bonus, settlement, business, labour, small firms. Pure.

Tables and limits are arguments: they are dated data. Amounts in 元, not rounded unless said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from actions.calculators.progressive import ZERO, bracket_of, tax_on
from knowledge_base.rate_tables import Bracket

MONTHS: Final = 12


def bonus_tax(bonus: Decimal, monthly: Sequence[Bracket]) -> Decimal:
    """An annual bonus taxed by itself: a twelfth of it chooses the line, which then taxes all of it.

    Rule: 财政部 税务总局公告2023年第30号.
    """
    return bracket_of(monthly, bonus / MONTHS).tax(bonus) if bonus > ZERO else ZERO


def bonus_better_below(bonus: Decimal, monthly: Sequence[Bracket]) -> Decimal | None:
    """The smaller bonus that leaves more after tax than this one does, when taxed by itself; None if there is none."""
    kept = bonus - bonus_tax(bonus, monthly)
    bounds = [line.up_to * MONTHS for line in monthly if line.up_to is not None]
    smaller = [bound for bound in bounds if bound < bonus and bound - bonus_tax(bound, monthly) > kept]
    return max(smaller, default=None, key=lambda bound: bound - bonus_tax(bound, monthly))


@dataclass(frozen=True)
class ComprehensiveIncome:
    """A year's 综合所得 before any deduction, by kind."""

    wages: Decimal = ZERO
    labour: Decimal = ZERO
    authorship: Decimal = ZERO
    royalties: Decimal = ZERO

    @property
    def received(self) -> Decimal:
        """收入: what was received in all; the limit of the exemption from settling is measured by it."""
        return self.wages + self.labour + self.authorship + self.royalties

    def counted(self, *, cost_share: Decimal, author_share: Decimal) -> Decimal:
        """收入额: what counts after the flat costs (个人所得税法 第六条)."""
        kept = 1 - cost_share
        return self.wages + (self.labour + self.royalties) * kept + self.authorship * kept * author_share


def labour_base(
    income: Decimal, *, small_up_to: Decimal, small_cost: Decimal, cost_share: Decimal
) -> Decimal:
    """What one payment to a person not employed counts for when tax is withheld (国家税务总局公告2018年第61号 第八条)."""
    cost = small_cost if income <= small_up_to else income * cost_share
    return max(income - cost, ZERO)


def half_relief(
    taxable: Decimal, table: Sequence[Bracket], *, limit: Decimal, share: Decimal, other: Decimal
) -> Decimal:
    """What 个体工商户 are let off: a share of the tax on the part of the taxable income up to the limit.

    `other` are reliefs by other rules, of which the part that belongs to that income goes off first
    (国家税务总局公告2023年第12号 第三条).
    """
    if taxable <= ZERO:
        return ZERO
    part = min(taxable, limit)
    return max(tax_on(table, part) - other * part / taxable, ZERO) * share
