"""Step 4, amounts of money: rounded to the cent once, at the end, and written as people read them. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from knowledge_base.rate_tables import Bracket

CENT: Final = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """To the cent, a half upwards."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def plain(amount: Decimal) -> str:
    """1234.5 as 1,234.50; whole amounts without decimals."""
    rounded = cents(amount)
    return f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,.2f}"


def yuan(amount: Decimal) -> str:
    """The same with its unit."""
    return f"{plain(amount)}元"


def percent(rate: Decimal) -> str:
    """0.03 as 3%, and shares of a tenth of a percent or less as the law writes them: 0.3‰."""
    scaled, sign = (rate * 1000, "‰") if 0 < rate <= Decimal("0.001") else (rate * 100, "%")
    return f"{scaled.normalize():f}{sign}"


def by_bracket(amount: Decimal, step: Bracket) -> str:
    """The working of one step of a table: 96,000×10%－2,520."""
    return f"{plain(amount)}×{percent(step.rate)}" + (f"－{plain(step.deduction)}" if step.deduction else "")
