"""Working days are those of the State Council's notices, make-up workdays included."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import CHINA
from common.working_days import add_working_days, end_of_day, is_announced, is_working_day, read_table

moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1)).map(  # noqa: DTZ001 – what it asks for
    lambda moment: moment.replace(tzinfo=CHINA)
)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 2, 14), True),
        (date(2026, 11, 28), False),
        (date(2026, 11, 24), True),
    ],
)
def test_holidays_are_off_and_make_up_days_are_worked(day: date, worked: bool) -> None:
    assert is_working_day(day) == worked
    assert is_announced(day)


def test_a_year_without_a_notice_is_provisional() -> None:
    assert not is_announced(date(2031, 5, 1))
    assert not is_working_day(date(2031, 5, 1))
    assert is_working_day(date(2031, 5, 6))


@given(moments, st.integers(1, 30))
def test_a_due_day_is_worked_and_so_many_working_days_lie_before_it(moment: datetime, count: int) -> None:
    due = add_working_days(moment, count)
    assert is_working_day(due.date())
    assert due.timetz() == moment.timetz()
    days = range(moment.date().toordinal() + 1, due.date().toordinal() + 1)
    assert sum(is_working_day(date.fromordinal(day)) for day in days) == count
    if is_working_day(moment.date()):
        assert add_working_days(due, -count) == moment


def test_a_day_ends_at_midnight_in_china() -> None:
    assert end_of_day(datetime(2026, 11, 24, 23, 59, tzinfo=CHINA)) == datetime(2026, 11, 25, tzinfo=CHINA)


def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "table.yaml"
    table.write_text("holidays: [2031-01-02]\nworkdays: [2031-01-02]\n")
    with pytest.raises(ValueError, match="both"):
        read_table(table)
