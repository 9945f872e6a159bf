"""Working days in mainland China: weekends, public holidays and make-up workdays, as the State Council's notices set them.

The notices of past years come with the package `chinesecalendar`; `working_days.yaml` adds what it lacks. For a year
without a notice only weekends and the holidays with a fixed date (国务院令第795号) are off: such a day is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import chinese_calendar
import yaml

from common.clock import CHINA

_SATURDAY: Final = 5
_FIXED: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def read_table(path: Path) -> dict[date, bool]:
    """Days that the package lacks, each with whether it is worked. Raises ValueError for a day that is in both lists."""
    stored = yaml.safe_load(path.read_text(encoding="utf-8"))
    worked, off = set(stored["workdays"]), set(stored["holidays"])
    if worked & off:
        raise ValueError(f"{path.name}: both a workday and a holiday: {sorted(worked & off)}")
    return dict.fromkeys(worked, True) | dict.fromkeys(off, False)


TABLE: Final[Mapping[date, bool]] = read_table(Path(__file__).with_name("working_days.yaml"))


def is_announced(day: date) -> bool:
    """Whether a notice for the day's year is known; otherwise what the functions here say is provisional."""
    return day in TABLE or _from_package(day) is not None


def is_working_day(day: date) -> bool:
    """Whether the day is worked."""
    if day in TABLE:
        return TABLE[day]
    known = _from_package(day)
    if known is not None:
        return known
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _FIXED


def add_working_days(moment: datetime, count: int) -> datetime:
    """The same time of day in China, `count` working days later, or earlier for a negative one.

    The count starts the day after `moment`, whatever kind of day that is.
    """
    local = moment.astimezone(CHINA)
    step = timedelta(days=1 if count > 0 else -1)
    day = local.date()
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return datetime.combine(day, local.timetz().replace(tzinfo=None), CHINA)


def end_of_day(moment: datetime) -> datetime:
    """Midnight at the end of the moment's day in China."""
    return datetime.combine(moment.astimezone(CHINA).date() + timedelta(days=1), time(), CHINA)


def _from_package(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
