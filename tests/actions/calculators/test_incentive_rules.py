"""Which incentives fit: the conditions on both sides, the period, and that each rule names its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from actions.calculators.incentive_rules import Answer, Fit, fits
from knowledge_base.incentives import Audience, incentives

TODAY = date(2026, 11, 23)


def _fits(audience: Audience, *, as_of: date = TODAY, **answers: Answer) -> dict[str, Fit]:
    return {fit.incentive.id: fit for fit in fits(incentives(), audience, answers, as_of=as_of)}


@pytest.mark.parametrize(
    ("taxable", "staff", "assets", "verdict", "reasons"),
    [
        ("3000000", "300", "50000000", "fits", ()),
        ("3000000.01", "300", "50000000", "misses", ("年应纳税所得额超过300万元，全额按25%",)),
        ("1", "301", "50000000.01", "misses", ("从业人数超过300人", "资产总额超过5000万元")),
    ],
)
def test_a_small_firm_fits_up_to_each_limit_and_is_told_what_it_passes(
    taxable: str, staff: str, assets: str, verdict: str, reasons: tuple[str, ...]
) -> None:
    found = _fits(
        "enterprise",
        restricted="no",
        taxable=Decimal(taxable),
        staff=Decimal(staff),
        assets=Decimal(assets),
    )["cit-small-profit"]
    assert (found.verdict, found.reasons) == (verdict, reasons)


def test_what_was_not_said_is_open_not_denied() -> None:
    found = _fits("enterprise", taxable=Decimal(1))["cit-small-profit"]
    assert (found.verdict, found.missing) == ("open", ("restricted", "staff", "assets"))


@pytest.mark.parametrize(("staff", "verdict"), [(30, "fits"), (31, "misses")])
def test_thirty_employees_pay_no_disabled_persons_fund(staff: int, verdict: str) -> None:
    assert _fits("enterprise", staff=Decimal(staff))["disabled-fund-thirty"].verdict == verdict


def test_one_of_several_choices_is_enough() -> None:
    found = _fits("person", family=frozenset({"children", "loan"}), events=frozenset({"bonus"}))
    assert {name for name, fit in found.items() if fit.verdict == "fits"} == {
        "deduction-children",
        "deduction-loan",
        "bonus-apart",
    }


def test_the_half_relief_is_for_the_self_employed_and_nobody_else() -> None:
    assert _fits("self_employed")["iit-business-half"].verdict == "fits"
    assert "iit-business-half" not in _fits("enterprise")


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2027, 12, 31), True),
        (date(2028, 1, 1), False),
    ],
)
def test_an_incentive_is_offered_only_in_its_period(day: date, known: bool) -> None:
    assert ("vat-threshold" in _fits("self_employed", as_of=day, vat_status="small_scale")) is known


def test_every_incentive_has_its_own_id_and_a_period_that_ends_after_it_begins() -> None:
    rules = incentives()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.effective_to is None or rule.effective_from < rule.effective_to for rule in rules)


def test_what_was_not_chosen_is_not_held_against_anybody() -> None:
    found = _fits("enterprise", activities=frozenset({"research"}))
    assert (found["cit-research"].verdict, found["veterans"].verdict) == ("fits", "irrelevant")
