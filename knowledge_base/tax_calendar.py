"""Step 4, the filing calendar: the published deadline of each month, and the working days of each published year.

A year that is not in calendar.yaml is not published, and nothing is said about it. Rule for what is filed within 15 days
of the period's end: 税收征收管理法实施细则 art. 109, as the yearly notices apply it.
"""

from __future__ import annotations

import functools
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

FILE: Final = Path(__file__).with_name("calendar.yaml")
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_LONG: Final = 3


class CalendarYear(BaseModel):
    """One published year: the day of each month's deadline, days off and made-up working days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: int
    title: str
    document_number: str | None = None
    deadlines: Annotated[tuple[int, ...], Field(min_length=12, max_length=12)]
    holidays: frozenset[date]
    make_up: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether people work on a day of this year."""
        return day in self.make_up or (day.weekday() < _SATURDAY and day not in self.holidays)

    def deadline(self, month: int) -> date:
        """The published deadline in a month (1 to 12) for what is filed within 15 days of the period's end."""
        return date(self.year, month, self.deadlines[month - 1])

    def working_day_from(self, day: date) -> date:
        """The day itself, or the next working day of the year."""
        while not self.is_working(day):
            day += _DAY
        return day

    def deadline_by_rule(self, month: int) -> date:
        """What the rule says: three or more holidays in a row within the period extend it by as many working days."""
        period = [date(self.year, month, day) for day in range(1, 16)]
        extra = sum(
            len(run) for run in self._runs_off(period) if len(run) >= _LONG and self.holidays & set(run)
        )
        day = period[-1]
        for _ in range(extra):
            day = self.working_day_from(day + _DAY)
        return self.working_day_from(day)

    def _runs_off(self, days: list[date]) -> list[list[date]]:
        runs: list[list[date]] = [[]]
        for day in days:
            if self.is_working(day):
                runs.append([])
            else:
                runs[-1].append(day)
        return runs


@functools.cache
def published_years() -> dict[int, CalendarYear]:
    """The published years."""
    read = TypeAdapter(list[CalendarYear]).validate_python(yaml.safe_load(FILE.read_text("utf-8")))
    return {each.year: each for each in read}
