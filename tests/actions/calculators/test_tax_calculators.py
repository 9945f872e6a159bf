"""The calculators of VAT, property, vehicles and fees through their one door, on both sides of every bound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.calculators.frame import Answer, MissingAnswer, Result
from actions.calculators.registry import CALCULATORS
from knowledge_base.rate_tables import shipped_tables

TODAY = date(2026, 11, 25)
BEFORE = date(2025, 12, 31)
MONEY = st.decimals(0, 10_000_000, places=2)


def run(name: str, day: date = TODAY, **answers: Answer) -> Result:
    figures = {
        key: Decimal(str(value)) if type(value) in (int, float) else value for key, value in answers.items()
    }
    return CALCULATORS[name].run(figures, shipped_tables(), day)


def says(name: str, day: date = TODAY, **answers: Answer) -> str:
    return run(name, day, **answers).conclusion


def figure(result: Result, before: str) -> Decimal:
    """The amount in a conclusion that follows some words."""
    text = result.conclusion.partition(before)[2]
    return Decimal(text[: text.index("元")].replace(",", ""))


@pytest.mark.parametrize(
    ("day", "answers", "tax"),
    [
        (TODAY, {"sales": 300000}, "应缴增值税3,000元"),
        (TODAY, {"sales": 299999.99}, "不用缴增值税"),
        (TODAY, {"sales": 300000.01}, "应缴增值税3,000元"),
        (TODAY, {"sales": 298000, "special_invoices": 50000}, "应缴增值税500元"),
        (TODAY, {"sales": 300000, "special_invoices": 50000}, "应缴增值税3,000元"),
        (TODAY, {"period": "month", "sales": 100000}, "应缴增值税1,000元"),
        (TODAY, {"period": "month", "sales": 99999.99}, "不用缴增值税"),
        (TODAY, {"period": "once", "sales": 999.99}, "不用缴增值税"),
        (TODAY, {"period": "once", "sales": 1000}, "应缴增值税10元"),
        (TODAY, {"period": "month", "sales": 100000, "property": True}, "应缴增值税3,000元"),
        (TODAY, {"sales": 303000, "tax_included": True}, "应缴增值税3,000元"),
        (TODAY, {"sales": 302999, "tax_included": True}, "不用缴增值税"),
        (BEFORE, {"sales": 300000}, "不用缴增值税"),
        (BEFORE, {"sales": 300000.01}, "应缴增值税3,000元"),
        (BEFORE, {"period": "month", "sales": 100000}, "不用缴增值税"),
        (BEFORE, {"period": "month", "sales": 100000.01}, "应缴增值税1,000元"),
        (date(2028, 1, 15), {"sales": 300000}, "尚未公布"),
        (TODAY, {"sales": 100, "special_invoices": 200}, "请核对"),
    ],
)
def test_vat_of_a_small_scale_taxpayer(day: date, answers: dict[str, Answer], tax: str) -> None:
    assert tax in says("vat_small_scale", day, **answers)


def test_vat_cites_the_rule_of_its_period_with_its_validity() -> None:
    now, then = (run("vat_small_scale", day, sales=300000).citations[0] for day in (TODAY, BEFORE))
    assert (now.document_number, now.effective_to) == ("财政部 税务总局公告2026年第10号", date(2027, 12, 31))
    assert (then.document_number, then.effective_to) == (
        "财政部 税务总局公告2023年第19号",
        date(2025, 12, 31),
    )


@given(MONEY, MONEY)
def test_vat_never_falls_as_sales_rise_and_jumps_only_at_the_threshold(sales: Decimal, more: Decimal) -> None:
    def tax(amount: Decimal) -> Decimal:
        result = run("vat_small_scale", sales=amount)
        return figure(result, "应缴增值税") if "应缴" in result.conclusion else Decimal(0)

    low, high = tax(sales), tax(sales + more)
    assert low <= high
    same_side = (sales >= 300_000) == (sales + more >= 300_000)
    assert not same_side or high - low <= more * Decimal("0.01") + Decimal("0.01")


@pytest.mark.parametrize(
    ("answers", "conclusion"),
    [
        ({"price": 113, "rate": "vat-rate-goods"}, "含税113元，不含税100元，税额13元（13%）。"),
        (
            {"price": 100, "tax_included": False, "rate": "vat-rate-services"},
            "含税106元，不含税100元，税额6元（6%）。",
        ),
        (
            {"price": 1010, "rate": "vat-small-scale-levy-rate"},
            "含税1,010元，不含税1,000元，税额10元（1%）。",
        ),
    ],
)
def test_a_price_with_and_without_tax(answers: dict[str, Answer], conclusion: str) -> None:
    assert says("price_and_tax", **answers) == conclusion


@given(MONEY, st.sampled_from(["vat-rate-goods", "vat-rate-basic", "vat-levy-rate"]))
def test_a_price_goes_there_and_back_to_the_cent(price: Decimal, rate: str) -> None:
    gross = figure(run("price_and_tax", price=price, tax_included=False, rate=rate), "含税")
    assert figure(run("price_and_tax", price=gross, tax_included=True, rate=rate), "不含税") == price


@pytest.mark.parametrize(
    ("answers", "tax"),
    [
        ({"item": "stamp-sale", "base": 1000000}, "300元"),
        ({"item": "stamp-sale", "base": 1000000, "small": True}, "150元"),
        ({"item": "stamp-lease", "base": 120000}, "120元"),
        ({"item": "stamp-loan", "base": 1000000}, "50元"),
        ({"item": "stamp-property", "base": 2000000}, "1,000元"),
        ({"item": "stamp-books", "base": 1000000}, "250元"),
        ({"item": "stamp-securities", "base": 100000, "small": True}, "50元"),
    ],
)
def test_stamp_duty_by_item(answers: dict[str, Answer], tax: str) -> None:
    assert f"应缴印花税{tax}" in says("stamp_duty", **answers)


def test_stamp_duty_on_securities_was_not_halved_before_its_day() -> None:
    day = date(2023, 8, 27)
    assert "应缴印花税100元" in says("stamp_duty", day, item="stamp-securities", base=100000)


def test_every_item_of_stamp_duty_has_a_rate() -> None:
    (item,) = (slot for slot in CALCULATORS["stamp_duty"].slots if slot.name == "item")
    for value, _ in item.choices:
        assert run("stamp_duty", item=value, base=10000).citations, value


@pytest.mark.parametrize(
    ("day", "answers", "tax"),
    [
        (TODAY, {"homes": "first", "area": 140}, "10,000元（税率1%）"),
        (TODAY, {"homes": "first", "area": 140.01}, "15,000元（税率1.5%）"),
        (TODAY, {"homes": "second", "area": 140}, "10,000元（税率1%）"),
        (TODAY, {"homes": "second", "area": 140.01}, "20,000元（税率2%）"),
        (date(2024, 11, 30), {"homes": "first", "area": 90}, "10,000元（税率1%）"),
        (date(2024, 11, 30), {"homes": "first", "area": 90.01}, "15,000元（税率1.5%）"),
        (date(2024, 11, 30), {"homes": "second", "area": 140}, "20,000元（税率2%）"),
        (date(2024, 12, 1), {"homes": "second", "area": 140}, "10,000元（税率1%）"),
        (TODAY, {"homes": "more"}, "30,000元至50,000元之间"),
        (TODAY, {"homes": "other"}, "以主管税务机关答复为准"),
    ],
)
def test_deed_tax(day: date, answers: dict[str, Answer], tax: str) -> None:
    assert tax in says("deed_tax", day, price=1000000, **answers)


@pytest.mark.parametrize(
    ("day", "answers", "tax"),
    [
        (TODAY, {"vehicle": "nev_car", "price": 226000}, "应缴车辆购置税10,000元，已减免10,000元"),
        (TODAY, {"vehicle": "nev_car", "price": 452000}, "应缴车辆购置税25,000元，已减免15,000元"),
        (TODAY, {"vehicle": "nev_car", "price": 200000}, "应缴车辆购置税8,849.56元"),
        (TODAY, {"vehicle": "nev_car", "price": 339000}, "应缴车辆购置税15,000元，已减免15,000元"),
        (TODAY, {"vehicle": "fuel", "price": 200000, "tax_included": False}, "应缴车辆购置税20,000元。"),
        (TODAY, {"vehicle": "trailer", "price": 100000, "tax_included": False}, "应缴车辆购置税5,000元"),
        (TODAY, {"vehicle": "nev_other", "price": 500000, "tax_included": False}, "应缴车辆购置税25,000元"),
        (BEFORE, {"vehicle": "nev_car", "price": 339000}, "应缴车辆购置税0元，已减免30,000元"),
        (BEFORE, {"vehicle": "nev_car", "price": 452000}, "应缴车辆购置税10,000元，已减免30,000元"),
        (date(2028, 1, 1), {"vehicle": "nev_car", "price": 226000}, "尚未公布"),
        (date(2028, 1, 1), {"vehicle": "fuel", "price": 226000}, "应缴车辆购置税20,000元"),
    ],
)
def test_vehicle_purchase_tax(day: date, answers: dict[str, Answer], tax: str) -> None:
    assert tax in says("vehicle_tax", day, **answers)


@given(MONEY, MONEY)
def test_a_dearer_new_energy_car_never_pays_less_tax(price: Decimal, more: Decimal) -> None:
    due = [
        figure(run("vehicle_tax", vehicle="nev_car", price=each), "购置税") for each in (price, price + more)
    ]
    assert due[0] <= due[1] <= due[0] + more * Decimal("0.1") + Decimal("0.02")


@pytest.mark.parametrize(
    ("day", "answers", "tax"),
    [
        (
            TODAY,
            {"held": "under_two", "costs": 900000},
            "增值税30,000元，附加税费1,800元，个人所得税19,640元",
        ),
        (BEFORE, {"held": "under_two", "costs": 1030000}, "增值税49,047.62元"),
        (
            TODAY,
            {"held": "two_to_five", "costs": 1000000},
            "合计缴税6,000元：增值税0元（免征），个人所得税6,000元",
        ),
        (TODAY, {"held": "two_to_five", "costs": 1030000}, "合计缴税0元"),
        (TODAY, {"held": "two_to_five"}, "由主管税务机关核定"),
        (TODAY, {"held": "five_or_more", "only_home": True}, "合计缴税0元"),
        (TODAY, {"held": "five_or_more", "only_home": False, "costs": 530000}, "合计缴税100,000元"),
    ],
)
def test_selling_a_home(day: date, answers: dict[str, Answer], tax: str) -> None:
    assert tax in says("home_sale", day, price=1030000, **answers)


@pytest.mark.parametrize(
    ("rent", "conclusion"),
    [
        (5000, "每月最多500元：增值税0元，房产税100元，个人所得税400元"),
        (4000, "增值税0元，房产税80元，个人所得税320元"),
        (500, "增值税0元，房产税10元，个人所得税0元"),
        (99999.99, "增值税0元，"),
        (100000, "增值税1,500元，"),
    ],
)
def test_letting_a_home(rent: float, conclusion: str) -> None:
    assert conclusion in says("home_rental", rent=rent)


@pytest.mark.parametrize(
    ("answers", "total"),
    [
        ({"small": True}, "60元"),
        ({"small": False}, "120元"),
        ({"small": True, "low_sales": True}, "35元"),
        ({"small": False, "place": "town"}, "100元"),
        ({"small": False, "place": "other"}, "60元"),
    ],
)
def test_surcharges(answers: dict[str, Answer], total: str) -> None:
    assert says("surcharges", vat=1000, **answers) == f"附加税费合计{total}。"


def test_late_payment_counts_from_the_day_after_the_deadline() -> None:
    assert "滞纳30天，滞纳金150元" in says("late_payment", tax=10000, days=30)
    due = date(2026, 11, 16)
    assert "滞纳1天，滞纳金5元" in says("late_payment", tax=10000, due=due, paid=date(2026, 11, 17))
    assert says("late_payment", tax=10000, due=due, paid=due) == "没有滞纳，不加收滞纳金。"
    assert "滞纳9天" in says("late_payment", tax=10000, due=due)


@pytest.mark.parametrize(
    ("answers", "conclusion"),
    [
        ({"staff": 30}, "免缴残保金"),
        ({"staff": 31}, "应缴残保金33,480元"),
        ({"staff": 30, "enterprise": False}, "应缴残保金32,400元"),
        ({"staff": 200}, "应缴残保金216,000元"),
        ({"staff": 200, "employed": 2}, "应缴残保金40,000元"),
        ({"staff": 200, "employed": 1}, "应缴残保金144,000元"),
        ({"staff": 200, "employed": 3}, "不缴残保金"),
        ({"staff": 200, "employed": 2, "quota": Decimal("0.017")}, "应缴残保金56,000元"),
    ],
)
def test_disabled_persons_employment_fund(answers: dict[str, Answer], conclusion: str) -> None:
    assert conclusion in says("disabled_fund", wage=80000, **answers)


@pytest.mark.parametrize(
    ("day", "answers", "deadline"),
    [
        (
            date(2026, 11, 23),
            {},
            "11月的申报期已于11月16日结束，尚未申报的请尽快补办。2026年12月的申报纳税期限截至12月15日",
        ),
        (date(2026, 11, 16), {}, "2026年11月的申报纳税期限截至11月16日"),
        (TODAY, {"month": date(2026, 1, 1)}, "截至1月20日"),
        (TODAY, {"month": date(2027, 1, 1)}, "2027年1月的申报纳税期限尚未公布"),
        (date(2026, 12, 16), {}, "2027年1月的申报纳税期限尚未公布"),
        (date(2026, 4, 1), {"tax": "enterprise_annual"}, "2025年度的企业所得税年度汇算截至2026年6月1日"),
        (date(2025, 4, 1), {"tax": "enterprise_annual"}, "截至2025年6月3日"),
        (date(2026, 4, 1), {"tax": "personal_annual"}, "截至2026年6月30日"),
        (TODAY, {"tax": "business_annual"}, "2027年3月31日前；如遇节假日顺延，具体日期尚未公布"),
    ],
)
def test_filing_deadline(day: date, answers: dict[str, Answer], deadline: str) -> None:
    assert deadline in says("filing_deadline", day, **answers)


@pytest.mark.parametrize("name", sorted(CALCULATORS))
def test_a_calculator_asks_one_thing_after_another_in_chinese(name: str) -> None:
    calculator = CALCULATORS[name]
    known: dict[str, Answer] = {}
    asked = []
    while (slot := calculator.next_slot(known)) is not None:
        asked.append(slot.name)
        assert slot.question.endswith(("？", "。"))
        if slot.kind in ("choice", "choices"):
            assert slot.choices
        known[slot.name] = slot.default if slot.default is not None else _some(slot.kind, slot.choices)
    assert len(asked) == len(set(asked))
    assert calculator.run(known, shipped_tables(), TODAY).conclusion


def _some(kind: str, choices: tuple[tuple[str, str], ...]) -> Answer:
    if choices:
        return choices[0][0] if kind == "choice" else frozenset({choices[0][0]})
    return {"date": TODAY, "yes_no": False, "month": 1, "count": 10}.get(kind, Decimal(100))


def test_what_has_no_default_must_be_known() -> None:
    with pytest.raises(MissingAnswer, match="area"):
        run("deed_tax", homes="first", price=1)
