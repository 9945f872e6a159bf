"""Step 4, arithmetic of cumulative withholding (累计预扣法): what an employer withholds month by month. Pure.

Rule: 个人所得税扣缴申报管理办法（试行）(国家税务总局公告2018年第61号) 第六条. Amounts in 元.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from actions.calculators.progressive import ZERO, bracket_of, tax_on
from knowledge_base.rate_tables import Bracket

CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Pay:
    """One month's pay at one employer, and what is deducted from it besides the basic deduction."""

    month: int
    income: Decimal
    special: Decimal = ZERO
    additional: Decimal = ZERO
    other: Decimal = ZERO

    @property
    def deductions(self) -> Decimal:
        """专项扣除, 专项附加扣除 and 其他扣除 of the month."""
        return self.special + self.additional + self.other


@dataclass(frozen=True)
class Withheld:
    """What is withheld for one month, with the cumulative figures it follows from."""

    month: int
    income: Decimal
    basic: Decimal
    deductions: Decimal
    taxable: Decimal
    bracket: Bracket
    due: Decimal
    tax: Decimal


def withhold(
    pays: Iterable[Pay], table: Sequence[Bracket], *, basic: Decimal, basic_from: int
) -> tuple[Withheld, ...]:
    """The tax of each month of one year, in the order of the months.

    `basic` is the deduction of one month; it counts from month `basic_from` on (the first month with this employer, or
    January for somebody's first wage of the year). What a month has over-withheld is not paid back before the annual
    settlement: it is set off against later months.
    """
    months: list[Withheld] = []
    income = deductions = paid = ZERO
    for pay in sorted(pays, key=lambda pay: pay.month):
        income += pay.income
        deductions += pay.deductions
        basic_so_far = basic * (pay.month - basic_from + 1)
        taxable = max(income - basic_so_far - deductions, ZERO)
        due = tax_on(table, taxable).quantize(CENT, ROUND_HALF_UP)
        tax = max(due - paid, ZERO)
        paid += tax
        months.append(
            Withheld(
                pay.month, income, basic_so_far, deductions, taxable, bracket_of(table, taxable), due, tax
            )
        )
    return tuple(months)
