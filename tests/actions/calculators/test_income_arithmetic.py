"""The income tax by hand: figures worked out from the law's annexes and notices, and what must hold for any figure."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_tables import BUSINESS, LABOUR, MONTHLY, YEARLY

from actions.calculators.income_rules import (
    ComprehensiveIncome,
    bonus_better_below,
    bonus_tax,
    half_relief,
    labour_base,
)
from actions.calculators.progressive import tax_on
from actions.calculators.withholding import Pay, withhold
from knowledge_base.rate_tables import Bracket

BASIC = Decimal(5000)
CENT = Decimal("0.01")
MONEY = st.decimals(min_value=0, max_value=5_000_000, places=2)


def test_a_year_of_the_national_example_is_withheld_in_three_rates() -> None:
    """30,000 a month, 4,500 insurance, 2,000 additional: 555, 625, 1,850 (the bureau's own example)."""
    pays = [Pay(month, Decimal(30000), Decimal(4500), Decimal(2000)) for month in range(1, 4)]
    assert [paid.tax for paid in withhold(pays, YEARLY, basic=BASIC, basic_from=1)] == [555, 625, 1850]


def test_a_fall_in_pay_gives_nothing_back_before_the_settlement_and_is_set_off_later() -> None:
    wages = [40000, 2000, 2000, 40000]
    pays = [Pay(month, Decimal(wage)) for month, wage in enumerate(wages, start=1)]
    withheld = withhold(pays, YEARLY, basic=BASIC, basic_from=1)
    # 35,000 × 3% = 1,050; then 32,000 and 29,000 are worth less than was paid; 64,000 × 10% − 2,520 = 3,880.
    assert [paid.tax for paid in withheld] == [1050, 0, 0, 2830]


@pytest.mark.parametrize(("basic_from", "tax"), [(7, "300"), (1, "0")])
def test_a_first_wage_in_july_may_count_the_basic_deduction_from_january(basic_from: int, tax: str) -> None:
    withheld = withhold([Pay(7, Decimal(15000))], YEARLY, basic=BASIC, basic_from=basic_from)
    assert withheld[0].tax == Decimal(tax)


@given(wage=MONEY, special=MONEY, additional=st.integers(0, 10).map(lambda n: Decimal(500 * n)))
def test_a_constant_wage_is_withheld_to_the_cent_of_the_years_tax(
    wage: Decimal, special: Decimal, additional: Decimal
) -> None:
    pays = [Pay(month, wage, special, additional) for month in range(1, 13)]
    withheld = withhold(pays, YEARLY, basic=BASIC, basic_from=1)
    yearly = tax_on(YEARLY, 12 * (wage - special - additional - BASIC))
    assert sum(paid.tax for paid in withheld) == yearly.quantize(CENT, "ROUND_HALF_UP")


@given(wages=st.lists(MONEY, min_size=1, max_size=12))
def test_what_was_withheld_never_falls_short_of_what_is_due(wages: list[Decimal]) -> None:
    withheld = withhold(
        [Pay(month, wage) for month, wage in enumerate(wages, start=1)], YEARLY, basic=BASIC, basic_from=1
    )
    paid = Decimal(0)
    for month in withheld:
        paid += month.tax
        assert paid >= month.due
        assert month.tax >= 0


@pytest.mark.parametrize("table", [YEARLY, MONTHLY, BUSINESS, LABOUR])
def test_no_table_has_a_step_in_its_tax(table: tuple[Bracket, ...]) -> None:
    for lower, upper in pairwise(table):
        assert lower.up_to is not None
        assert lower.tax(lower.up_to) == upper.tax(lower.up_to)


@pytest.mark.parametrize("table", [YEARLY, MONTHLY, BUSINESS, LABOUR])
@given(one=MONEY, more=MONEY)
def test_tax_rises_with_income_and_by_less_than_it(
    table: tuple[Bracket, ...], one: Decimal, more: Decimal
) -> None:
    rise = tax_on(table, one + more) - tax_on(table, one)
    assert 0 <= rise <= more * Decimal("0.45")


@pytest.mark.parametrize(
    ("bonus", "tax"),
    [
        ("36000", "1080"),
        ("36001", "3390.10"),
        ("144000", "14190"),
        ("144001", "27390.20"),
        ("0", "0"),
        ("300000", "58590"),
        ("960000", "328840"),
        ("960001", "416840.45"),
    ],
)
def test_an_annual_bonus_by_itself(bonus: str, tax: str) -> None:
    assert bonus_tax(Decimal(bonus), MONTHLY) == Decimal(tax)


@pytest.mark.parametrize(
    ("bonus", "better"),
    [("36000", None), ("36001", "36000"), ("38566.66", "36000"), ("38566.67", None), ("144001", "144000")],
)
def test_just_above_a_line_a_smaller_bonus_leaves_more(bonus: str, better: str | None) -> None:
    """Above 36,000 the worse stretch ends where x − (0.1x − 210) = 34,920, at 38,566.67."""
    assert bonus_better_below(Decimal(bonus), MONTHLY) == (Decimal(better) if better else None)


@given(bonus=MONEY, more=MONEY)
def test_a_bonus_is_taxed_in_steps_only_where_its_twelfth_passes_a_line(
    bonus: Decimal, more: Decimal
) -> None:
    def line(amount: Decimal) -> int:
        return sum(amount > upper.up_to * 12 for upper in MONTHLY if upper.up_to is not None)

    rise = bonus_tax(bonus + more, MONTHLY) - bonus_tax(bonus, MONTHLY)
    assert rise >= 0
    if line(bonus) == line(bonus + more):
        assert rise <= more * Decimal("0.45")


def test_income_of_the_four_kinds_counts_as_the_law_says() -> None:
    """100,000 of wages, 10,000 of each other kind: 100,000 + 8,000 + 8,000 × 70% + 8,000."""
    income = ComprehensiveIncome(Decimal(100000), Decimal(10000), Decimal(10000), Decimal(10000))
    assert income.received == 130000
    assert income.counted(cost_share=Decimal("0.2"), author_share=Decimal("0.7")) == Decimal(121600)


@pytest.mark.parametrize(
    ("income", "base", "tax"),
    [
        ("800", "0", "0"),
        ("800.01", "0.01", "0.002"),
        ("3000", "2200", "440"),
        ("4000", "3200", "640"),
        ("4000.01", "3200.008", "640.0016"),
        ("25000", "20000", "4000"),
        ("25000.01", "20000.008", "4000.0024"),
        ("30000", "24000", "5200"),
        ("62500", "50000", "13000"),
        ("100000", "80000", "25000"),
    ],
)
def test_labour_remuneration_is_withheld_by_the_payment(income: str, base: str, tax: str) -> None:
    found = labour_base(
        Decimal(income), small_up_to=Decimal(4000), small_cost=Decimal(800), cost_share=Decimal("0.2")
    )
    assert (found, tax_on(LABOUR, found)) == (Decimal(base), Decimal(tax))


def _halved(taxable: str, other: str = "0") -> Decimal:
    return half_relief(
        Decimal(taxable), BUSINESS, limit=Decimal(2_000_000), share=Decimal("0.5"), other=Decimal(other)
    )


@pytest.mark.parametrize(
    ("taxable", "relief"),
    [
        ("-1", "0"),
        ("0", "0"),
        ("200000", "14750"),
        ("2000000", "317250"),
        ("2000000.01", "317250"),
        ("2500000", "317250"),
    ],
)
def test_half_the_tax_up_to_two_million_is_let_off(taxable: str, relief: str) -> None:
    """Up to 2,000,000: (2,000,000 × 35% − 65,500) × 50% = 317,250, and not a cent more above."""
    assert _halved(taxable) == Decimal(relief)


def test_another_relief_is_taken_off_before_the_half_in_proportion() -> None:
    """(634,500 − 6,000 × 2,000,000 ÷ 2,400,000) × 50%."""
    assert _halved("2400000", other="6000") == Decimal(314750)


@given(taxable=MONEY, more=MONEY)
def test_halving_leaves_the_tax_without_a_step(taxable: Decimal, more: Decimal) -> None:
    def owed(amount: Decimal) -> Decimal:
        return tax_on(BUSINESS, amount) - _halved(str(amount))

    rise = owed(taxable + more) - owed(taxable)
    assert 0 <= rise <= more * Decimal("0.35")
