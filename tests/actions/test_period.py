"""The period that is asked about is read from the words, against the turn's clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.period import read_period

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("去年12月卖了10万要交税吗", date(2025, 12, 31)),
        ("2025年第四季度卖了30万", date(2025, 12, 31)),
        ("二季度29万8", date(2026, 6, 30)),
        ("上个月卖了八万", date(2026, 10, 31)),
        ("上季度的", date(2026, 9, 30)),
        ("2024年的汇算", date(2024, 12, 31)),
        ("2024年2月", date(2024, 2, 29)),
        ("明年买电车还有优惠吗", date(2027, 12, 31)),
        ("1%到什么时候，2028年呢", date(2028, 12, 31)),
        ("前年那笔", date(2024, 12, 31)),
        ("二〇二三年的时候", date(2023, 12, 31)),
        ("25年四季度", date(2025, 12, 31)),
        ("12月买的车", date(2025, 12, 31)),
        ("2022年5月的免税现在补报怎么算", date(2022, 5, 31)),
    ],
)
def test_a_named_period_stands_for_its_last_day(text: str, day: date) -> None:
    period = read_period(text, today=TODAY)
    assert period is not None
    assert period.day == day


@pytest.mark.parametrize(
    "text",
    [
        "小规模怎么交税", "今年的政策", "这个月卖了10万", "本季度", "公告2026年第28号什么意思", "财税〔2011〕100号还有效吗",
        "住房满五年", "三年内退税", "每年都要报吗", "12个月工资", "去年的进项发票现在还能勾选吗", "12月征期到几号",
    ],
)  # fmt: skip
def test_what_holds_today_is_no_period(text: str) -> None:
    assert read_period(text, today=TODAY) is None


@given(today=DAYS, year=st.integers(1999, 2045), month=st.integers(1, 12))
def test_a_written_month_is_that_month(today: date, year: int, month: int) -> None:
    period = read_period(f"{year}年{month}月的销售额", today=today)
    if (year, month) == (today.year, today.month):
        assert period is None
    else:
        assert period is not None
        assert (period.day.year, period.day.month) == (year, month)
        assert (period.day + timedelta(days=1)).day == 1
        assert period.label == f"{year}年{month}月"


@given(today=DAYS, back=st.sampled_from([("上个月", 1), ("上上个月", 2)]))
def test_last_month_is_counted_from_the_clock(today: date, back: tuple[str, int]) -> None:
    period = read_period(f"{back[0]}卖了八万", today=today)
    assert period is not None
    months = today.year * 12 + today.month - (period.day.year * 12 + period.day.month)
    assert months == back[1]


@given(today=DAYS, month=st.integers(1, 12))
def test_a_month_without_a_year_has_begun_and_is_less_than_a_year_ago(today: date, month: int) -> None:
    period = read_period(f"{month}月份卖了八万", today=today)
    day = period.day if period else today
    assert day.month == month
    assert day.replace(day=1) <= today
    assert (today - day.replace(day=1)).days < 366


@given(st.text(max_size=60), DAYS)
def test_any_text_can_be_read(text: str, today: date) -> None:
    period = read_period(text, today=today)
    assert period is None or period.day != today
