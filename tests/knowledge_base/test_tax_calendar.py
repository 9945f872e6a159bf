"""The filing calendar: the published days, checked against the rule that the notices follow."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.tax_calendar import published_years


def test_the_rule_reproduces_every_published_deadline() -> None:
    days = [
        (known.deadline(month), known.deadline_by_rule(month))
        for known in published_years().values()
        for month in range(1, 13)
    ]
    assert len(days) >= 36
    assert [published for published, _ in days] == [by_rule for _, by_rule in days]


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 9, 20), True),
    ],
)
def test_made_up_days_are_working_days(day: date, working: bool) -> None:
    assert published_years()[2026].is_working(day) is working


def test_a_year_without_a_notice_is_unknown() -> None:
    assert 2027 not in published_years()
