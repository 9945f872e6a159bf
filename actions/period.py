"""Step 4, time: the day whose rule is asked for, read from the words against the turn's clock. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from common.text import normalise

_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_YEAR: Final = re.compile(
    r"(?<!\d)((?:19|20)?\d{2})年(?!内|期)|(?<![〇零一二三四五六七八九])(二[〇零]{1}[一二三][〇零一二三四五六七八九])年"
)
_YEAR_WORDS: Final = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上年度": -1,
    "上一年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "来年": 1,
    "后年": 2,
}
_YEAR_WORD: Final = re.compile("|".join(_YEAR_WORDS))
_QUARTER: Final = re.compile(r"第?([一二三四1-4])(?:个)?季度?(?!\d)")
_QUARTER_WORDS: Final = {
    "上上季度": -2,
    "上个季度": -1,
    "上季度": -1,
    "上一季度": -1,
    "这个季度": 0,
    "本季度": 0,
    "下个季度": 1,
    "下季度": 1,
}
_QUARTER_WORD: Final = re.compile("|".join(_QUARTER_WORDS))
_MONTH: Final = re.compile(r"(?<!\d)(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|底|初|中)?")
_MONTH_WORDS: Final = {
    "上上个月": -2,
    "上个月": -1,
    "上月": -1,
    "这个月": 0,
    "本月": 0,
    "当月": 0,
    "下个月": 1,
    "下月": 1,
}
_MONTH_WORD: Final = re.compile("|".join(_MONTH_WORDS))
# 2023年第19号 is a document, 三年 and 12个月 are spans, 2022年5月1日起 tells when something began.
_NOT_A_PERIOD: Final = re.compile(
    r"公告\s*\d{4}\s*年\s*第?\s*\d+\s*号|\d{4}\s*年\s*第\s*\d+\s*号|[〔\[]\d{4}[〕\]]\s*\d+\s*号|满[二两五\d]年|每年|\d+\s*个月"
)
_SAYS_NOW: Final = re.compile(r"现在|目前|如今|今年(?!底以前)|还能|还可以|还有效|还行")
_MAKES_GOOD: Final = re.compile(r"补(?:申?报|缴|交|税|开|办)|更正")
_UNTIL_NOW: Final = re.compile(r"(?:起|开始|以来)")


@dataclass(frozen=True)
class Period:
    """The last day of the period that is asked about, and what the period is called."""

    day: date
    label: str


def read_period(text: str, *, today: date) -> Period | None:
    """The period that the words name; None when they name none, or when they ask what holds today.

    A year, quarter or month stands for its last day; the present one for today. A month or quarter without a year is
    the latest that has begun, unless the words say otherwise.
    """
    plain = _NOT_A_PERIOD.sub(" ", normalise(text).replace(" ", ""))
    year = _year(plain, today)
    month = _month(plain, today, year)
    if year is None and month is None:
        return None
    found = month or _whole_year(year or today.year, today)
    if found.day < today and _SAYS_NOW.search(plain) and not _MAKES_GOOD.search(plain):
        return None
    return None if found.day == today else found


def _year(plain: str, today: date) -> int | None:
    if word := _YEAR_WORD.search(plain):
        return today.year + _YEAR_WORDS[word.group()]
    years = [_number(found.group(1) or found.group(2)) for found in _YEAR.finditer(plain)]
    if not years:
        return None
    return years[-1]


def _number(written: str) -> int:
    value = int("".join(str(_DIGITS.get(char, char)) for char in written))
    return value if value >= 1900 else 2000 + value


def _month(plain: str, today: date, year: int | None) -> Period | None:
    present = today.year * 12 + today.month - 1
    if word := _QUARTER_WORD.search(plain):
        quarter = present // 3 + _QUARTER_WORDS[word.group()]
        return _ending(quarter * 3 + 2, today, quarter=True)
    if word := _MONTH_WORD.search(plain):
        return _ending(present + _MONTH_WORDS[word.group()], today)
    if quarter_named := _QUARTER.search(plain):
        last = "一二三四".find(quarter_named.group(1))
        number = (last if last >= 0 else int(quarter_named.group(1)) - 1) * 3 + 2
        return _ending(_latest(number, present, year, months=3), today, quarter=True)
    if month_named := _MONTH.search(plain):
        if year is None and re.search(r"截止|到几号|征期|最后一天|几月到几月", plain):
            return None
        return _ending(_latest(_month_number(month_named.group(1)) - 1, present, year, months=1), today)
    return None


def _latest(month: int, present: int, year: int | None, *, months: int) -> int:
    """The month counted from year 0: of the named year, or of the latest in which it has begun."""
    if year is not None:
        return year * 12 + month
    this_year = present // 12 * 12 + month
    return this_year if this_year - months + 1 <= present else this_year - 12


def _month_number(written: str) -> int:
    if written.isdigit():
        return int(written)
    return (10 if written[0] == "十" else 0) + (_DIGITS[written[-1]] if written[-1] != "十" else 0)


def _ending(month: int, today: date, *, quarter: bool = False) -> Period:
    year, number = divmod(month, 12)
    number += 1
    last = date(year, number, monthrange(year, number)[1])
    begun = date(year, number - 2 if quarter else number, 1)
    label = f"{year}年第{'一二三四'[(number - 1) // 3]}季度" if quarter else f"{year}年{number}月"
    return Period(today if begun <= today <= last else last, label)


def _whole_year(year: int, today: date) -> Period:
    return Period(today if year == today.year else date(year, 12, 31), f"{year}年")
