"""The first screen offers six different questions on every day of the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions.topics import TOPIC_COUNT, TOPICS, busy_topics


@pytest.mark.parametrize("day", [date(2026, 1, 1) + timedelta(days=step) for step in range(0, 365, 7)])
def test_every_day_offers_six_different_topics(day: date) -> None:
    offered = busy_topics(day)
    assert len(offered) == len({topic.question for topic in offered}) == TOPIC_COUNT
    assert set(offered) <= set(TOPICS)
