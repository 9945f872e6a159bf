"""Step 4, the rate tables for readers: one page of Markdown, with the rules that soon end. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final

from knowledge_base.rate_tables import Rate, RateTables
from knowledge_base.references import figure, percent, plain

RADAR_MONTHS: Final = 14
_BOUNDS: Final = {"inclusive": "含", "exclusive": "不含", None: ""}
_HEAD: Final = """\
# Rates and thresholds

Made by `tongda kb rates --on {day}` from `knowledge_base/rates/*.yaml`; do not edit. What the columns mean, and how an entry
refers to a figure: [content.md](content.md#figures). 界线: whether the figure itself still falls under the rule.

## Expiry radar

What ends within {months} months of {day} and has no successor. After its last day calculators and answers say 尚未公布.
"""
_RADAR: Final = "| 截止 | 编号 | 名称 | 依据 |\n|---|---|---|---|"
_TABLE: Final = (
    "| 编号 | 名称 | 值 | 界线 | 依据 | 起 | 止 | 地区 | 确定性 |\n|---|---|---|---|---|---|---|---|---|"
)


def ending_soon(tables: RateTables, day: date) -> list[Rate]:
    """What ends between `day` and the same day 14 months later, both included, without a successor."""
    last = _months_later(day, RADAR_MONTHS)
    newest = [tables.periods(row.id)[-1] for row in tables.rows()]
    ending = {
        row.id: row for row in newest if row.effective_to is not None and day <= row.effective_to <= last
    }
    return sorted(ending.values(), key=lambda row: (row.effective_to or last, row.id))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def overview(tables: RateTables, day: date) -> str:
    """The page as of a day."""
    return "\n".join(_lines(tables, day)) + "\n"


def _lines(tables: RateTables, day: date) -> Iterator[str]:
    yield _HEAD.format(day=day, months=RADAR_MONTHS)
    yield _RADAR
    for row in ending_soon(tables, day):
        yield f"| {row.effective_to} | `{row.id}` | {row.name} | {_source(row)} |"
    yield f"\n## All rules\n\n{_TABLE}"
    for _, periods in groupby(tables.rows(), key=lambda row: row.id):
        for row in periods:
            yield (
                f"| `{row.id}` | {row.name} | {_value(row)} | {_BOUNDS[row.bound]} | {_source(row)} | {row.effective_from} "
                f"| {row.effective_to or ''} | {row.region or '全国'} | {row.certainty} |"
            )


def _value(row: Rate) -> str:
    if not row.brackets:
        return figure(row)
    steps = (
        (f"≤{plain(step.up_to)}" if step.up_to is not None else "以上")
        + f"：{percent(step.rate)}"
        + (f"－{plain(step.deduction)}" if step.deduction else "")
        for step in row.brackets
    )
    return "<br>".join(steps)


def _source(row: Rate) -> str:
    number = "" if row.document_number in (None, row.title) else f"（{row.document_number}）"
    return f"《{row.title}》{number}{row.article or ''}"
