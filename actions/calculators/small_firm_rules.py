"""Step 4, arithmetic of the enterprise income tax of 小型微利企业: four conditions, then one rate or the other. Pure.

Rule: 财政部 税务总局公告2023年第12号 第三条、第五条. Money in 元.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from actions.calculators.progressive import ZERO


@dataclass(frozen=True)
class SmallFirmLimits:
    """The highest figures with which a firm is still small; each is itself allowed (不超过)."""

    taxable: Decimal
    staff: Decimal
    assets: Decimal


@dataclass(frozen=True)
class Firm:
    """One firm in one year; `staff` and `assets` are the averages of the year's quarters."""

    taxable: Decimal
    staff: Decimal
    assets: Decimal
    restricted: bool = False


def failed_conditions(firm: Firm, limits: SmallFirmLimits) -> tuple[str, ...]:
    """What keeps a firm from being 小型微利, in the law's words; empty when nothing does."""
    checks = (
        (firm.restricted, "从事国家限制或禁止行业"),
        (firm.taxable > limits.taxable, "年度应纳税所得额超过300万元"),
        (firm.staff > limits.staff, "从业人数超过300人"),
        (firm.assets > limits.assets, "资产总额超过5000万元"),
    )
    return tuple(reason for failed, reason in checks if failed)


def firm_tax(firm: Firm, *, small: bool, counted: Decimal, small_rate: Decimal, rate: Decimal) -> Decimal:
    """The year's tax: on the counted share at the lower rate, or on all of it at the general one; none on a loss."""
    taxable = max(firm.taxable, ZERO)
    return taxable * counted * small_rate if small else taxable * rate
