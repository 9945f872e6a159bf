"""The rate tables: what is refused, which row holds on a day, and what stands in the shipped ones."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rate_tables import (
    NotInForce,
    RateTables,
    TablesInvalid,
    UnknownRate,
    read_tables,
    shipped_tables,
)

TODAY = date(2026, 11, 25)
GOOD = """
documents:
  law: {title: 某法, document_number: 主席令第1号}
rates:
  - {id: some-rate, name: 某税率, value: 0.3‰, unit: 比例, document: law, article: 第二条, effective_from: 2020-01-01,
     effective_to: 2020-12-31, certainty: A}
  - {id: some-rate, name: 某税率, value: 1.5, unit: 比例, document: law, effective_from: 2021-01-01, certainty: B}
"""


def tables(folder: Path, text: str) -> RateTables:
    (folder / "some.yaml").write_text(text, "utf-8")
    return read_tables(folder)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(TablesInvalid) as caught:
        tables(folder, text)
    return "\n".join(caught.value.problems)


def test_each_day_gets_the_row_of_its_period_exactly_as_written(tmp_path: Path) -> None:
    found = tables(tmp_path, GOOD)
    assert found.number("some-rate", date(2020, 12, 31)) == Decimal("0.0003")
    assert found.number("some-rate", date(2021, 1, 1)) == Decimal("1.5")
    assert found.get("some-rate", date(2020, 1, 1)).document_number == "主席令第1号"


def test_a_day_without_a_rule_is_an_error_and_never_the_nearest_rule(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        GOOD.replace("effective_from: 2021-01-01", "effective_from: 2021-01-01, effective_to: 2027-12-31"),
    )
    with pytest.raises(NotInForce, match="2027-12-31，之后的规定尚未公布") as later:
        found.get("some-rate", date(2028, 1, 1))
    assert later.value.last_day == date(2027, 12, 31)
    with pytest.raises(NotInForce, match="没有收录") as earlier:
        found.get("some-rate", date(2019, 12, 31))
    assert earlier.value.last_day is None
    with pytest.raises(UnknownRate, match="other-rate"):
        found.get("other-rate", TODAY)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("certainty: B", "certainty: C", "certainty"),
        ("value: 1.5", "value: 一点五", "不是数"),
        ("value: 1.5", "value: -1", "value"),
        ("value: 1.5, unit", "unit", "value 或 brackets"),
        (
            "unit: 比例, document: law, effective_from: 2021",
            "unit: 元, document: law, effective_from: 2021",
            "单位",
        ),
        ("unit: 比例, document: law, article", "unit: 斤, document: law, article", "unit"),
        ("effective_from: 2021-01-01", "effective_from: 2020-12-31", "有效期重叠"),
        ("effective_from: 2020-01-01", "effective_from: 2022-01-01", "失效日期早于生效日期"),
        ("title: 某法, document_number: 主席令第1号", "title: 某法", "文号或条款"),
        ("document: law, effective_from", "document: other, effective_from", "document"),
        ("rates:", "rates: [", "some.yaml"),
        (GOOD, "", "some.yaml"),
        (GOOD, "rates: []", "没有费率表"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert complaint in refused(tmp_path, GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ("[{up_to: 100, rate: 3%}, {rate: 10%, deduction: 8}]", "速算扣除数"),
        ("[{up_to: 100, rate: 3%}, {up_to: 90, rate: 10%, deduction: 7}, {rate: 20%}]", "级距"),
        ("[{up_to: 100, rate: 3%}]", "上限"),
        ("[{rate: 3%, deduction: 1}]", "第一级"),
    ],
)
def test_a_progressive_table_that_is_not_continuous_is_refused(
    tmp_path: Path, steps: str, complaint: str
) -> None:
    text = GOOD.replace("value: 1.5", f"brackets: {steps}").replace(
        "id: some-rate, name: 某税率, brackets", "id: x, name: 某, brackets"
    )
    assert complaint in refused(tmp_path, text)


def test_thresholds_say_whether_the_figure_itself_is_below() -> None:
    shipped = shipped_tables()
    limit = Decimal(300_000)
    assert not shipped.get("vat-threshold-quarter", date(2026, 1, 1)).includes(limit)
    assert shipped.get("vat-threshold-quarter", date(2026, 1, 1)).includes(limit - Decimal("0.01"))
    assert shipped.get("vat-threshold-quarter", date(2025, 12, 31)).includes(limit)
    assert not shipped.get("vat-threshold-quarter", date(2025, 12, 31)).includes(limit + Decimal("0.01"))
    with pytest.raises(TypeError, match="no bound"):
        shipped.get("vat-rate-goods", TODAY).includes(limit)


@pytest.mark.parametrize(
    ("rate_id", "day", "value"),
    [
        ("nev-relief-cap", date(2025, 12, 31), "30000"),
        ("nev-relief-cap", date(2026, 1, 1), "15000"),
        ("deed-area", date(2024, 11, 30), "90"),
        ("deed-area", date(2024, 12, 1), "140"),
        ("iit-child-education", date(2022, 12, 31), "1000"),
        ("iit-child-education", date(2023, 1, 1), "2000"),
        ("vat-home-sale-rate", date(2025, 12, 31), "0.05"),
        ("vat-home-sale-rate", date(2026, 1, 1), "0.03"),
        ("late-payment-rate", TODAY, "0.0005"),
        ("stamp-loan", TODAY, "0.00005"),
        ("cit-small-effective", TODAY, "0.05"),
    ],
)
def test_the_shipped_tables_hold_the_change_of_each_rule(rate_id: str, day: date, value: str) -> None:
    assert shipped_tables().number(rate_id, day) == Decimal(value)


PROGRESSIVE = sorted({row.id for row in shipped_tables().rows() if row.brackets})


@given(st.sampled_from(PROGRESSIVE), st.decimals(0, 3_000_000, places=2), st.decimals(0, 1000, places=2))
def test_progressive_tax_rises_with_the_amount_and_never_faster_than_it(
    rate_id: str, amount: Decimal, more: Decimal
) -> None:
    rate = shipped_tables().get(rate_id, TODAY)
    less_tax = rate.bracket(amount).tax(amount)
    more_tax = rate.bracket(amount + more).tax(amount + more)
    assert 0 <= less_tax <= more_tax <= less_tax + more


@given(
    st.sampled_from(sorted({row.id for row in shipped_tables().rows()})),
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
)
def test_a_figure_holds_on_the_day_it_is_asked_for(rate_id: str, day: date) -> None:
    try:
        found = shipped_tables().get(rate_id, day)
    except NotInForce:
        assert not shipped_tables().known_on(rate_id, day)
    else:
        assert found.effective_from <= day <= (found.effective_to or day + timedelta(days=1))
