"""What a family deducts and what a small firm pays, by hand from the notices."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.calculators.deduction_rules import Family, Standards, deductions_of
from actions.calculators.small_firm_rules import Firm, SmallFirmLimits, failed_conditions, firm_tax

SINCE_2023 = Standards(
    child=Decimal(2000),
    infant=Decimal(2000),
    elderly=Decimal(3000),
    elderly_share=Decimal(1500),
    degree=Decimal(400),
    certificate=Decimal(3600),
    illness_floor=Decimal(15000),
    illness_cap=Decimal(80000),
    loan=Decimal(1000),
    rent={"large": Decimal(1500), "middle": Decimal(1100), "small": Decimal(800)},
)
IN_2021 = replace(
    SINCE_2023, child=Decimal(1000), infant=None, elderly=Decimal(2000), elderly_share=Decimal(1000)
)


def _monthly(family: Family, standards: Standards = SINCE_2023) -> Decimal:
    return sum((line.monthly for line in deductions_of(family, standards)), Decimal(0))


def _yearly(family: Family, standards: Standards = SINCE_2023) -> Decimal:
    return sum((line.yearly for line in deductions_of(family, standards)), Decimal(0))


@pytest.mark.parametrize(
    ("family", "since_2023", "in_2021"),
    [
        (Family(children=1, infants=1), "4000", "1000"),
        (Family(children=1, child_share=Decimal("0.5")), "1000", "500"),
        (Family(elderly="only_child"), "3000", "2000"),
        (Family(elderly="shared", elderly_part=Decimal(1500)), "1500", "1000"),
        (Family(elderly="shared", elderly_part=Decimal("1500.01")), "1500", "1000"),
        (Family(elderly="shared", elderly_part=Decimal(1200)), "1200", "1000"),
        (Family(rent="large"), "1500", "1500"),
        (Family(rent="middle"), "1100", "1100"),
        (Family(rent="small"), "800", "800"),
        (Family(loan=True), "1000", "1000"),
        (Family(degree=True), "400", "400"),
        (Family(), "0", "0"),
    ],
)
def test_by_the_month_as_the_period_has_it(family: Family, since_2023: str, in_2021: str) -> None:
    assert (_monthly(family), _monthly(family, IN_2021)) == (Decimal(since_2023), Decimal(in_2021))


@pytest.mark.parametrize(
    ("rent", "item"), [("large", "住房租金"), ("middle", "住房租金"), ("small", "住房贷款利息")]
)
def test_of_a_loan_and_a_rent_only_the_higher_counts(rent: str, item: str) -> None:
    lines = deductions_of(Family(loan=True, rent=rent), SINCE_2023)  # type: ignore[arg-type]
    assert [line.item for line in lines] == [item]


def test_a_degree_and_a_certificate_add_up_to_8400_in_a_year() -> None:
    assert _yearly(Family(degree=True, certificate=True)) == 8400


@pytest.mark.parametrize(
    ("paid", "deducted"),
    [("15000", "0"), ("15000.01", "0.01"), ("95000", "80000"), ("95000.01", "80000"), ("40000", "25000")],
)
def test_of_an_illness_what_is_above_15000_counts_up_to_80000(paid: str, deducted: str) -> None:
    assert _yearly(Family(illness=[Decimal(paid)])) == Decimal(deducted)


def test_each_persons_illness_is_counted_apart() -> None:
    assert _yearly(Family(illness=[Decimal(14000), Decimal(14000)])) == 0


LIMITS = SmallFirmLimits(Decimal(3_000_000), Decimal(300), Decimal(50_000_000))


def _owed(firm: Firm) -> Decimal:
    return firm_tax(
        firm,
        small=not failed_conditions(firm, LIMITS),
        counted=Decimal("0.25"),
        small_rate=Decimal("0.20"),
        rate=Decimal("0.25"),
    )


@pytest.mark.parametrize(
    ("firm", "tax"),
    [
        (Firm(Decimal(2_900_000), Decimal(20), Decimal(1)), "145000"),
        (Firm(Decimal(3_000_000), Decimal(300), Decimal(50_000_000)), "150000"),
        (Firm(Decimal(3_000_001), Decimal(300), Decimal(50_000_000)), "750000.25"),
        (Firm(Decimal(1_000_000), Decimal(301), Decimal(1)), "250000"),
        (Firm(Decimal(1_000_000), Decimal(1), Decimal("50000000.01")), "250000"),
        (Firm(Decimal(1_000_000), Decimal(1), Decimal(1), restricted=True), "250000"),
        (Firm(Decimal(-5), Decimal(1), Decimal(1)), "0"),
    ],
)
def test_a_small_firm_pays_five_percent_and_one_yuan_more_costs_the_whole(firm: Firm, tax: str) -> None:
    assert _owed(firm) == Decimal(tax)


@given(
    taxable=st.decimals(min_value=0, max_value=9_000_000, places=2),
    more=st.decimals(min_value=0, max_value=9_000_000, places=2),
)
def test_the_only_step_is_at_three_million(taxable: Decimal, more: Decimal) -> None:
    def owed(amount: Decimal) -> Decimal:
        return _owed(Firm(amount, Decimal(1), Decimal(1)))

    rise = owed(taxable + more) - owed(taxable)
    assert rise >= 0
    if (taxable <= LIMITS.taxable) == (taxable + more <= LIMITS.taxable):
        assert rise <= more * Decimal("0.25")
