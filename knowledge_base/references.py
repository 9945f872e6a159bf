"""Step 4, figures in an entry by reference: `{{rate-id}}` stands for what the rate tables say on the day of the answer.

`{{id}}` writes the figure with its unit; `{{id|万元}}` and the other forms of `FORMS` write it otherwise. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from knowledge_base.rate_tables import UNPUBLISHED, NotInForce, Rate, RateTables, UnknownRate

REFERENCE: Final = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|\s*([^{}|]*?)\s*)?\}\}")
WAN: Final = Decimal(10_000)


def plain(number: Decimal) -> str:
    """A figure without needless zeros, never in exponents."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal) -> str:
    """0.015 as 1.5%, but shares under a tenth of a percent as the law writes them: 0.3‰."""
    return f"{plain(share * 1000)}‰" if 0 < share <= Decimal("0.001") else f"{plain(share * 100)}%"


def figure(rate: Rate) -> str:
    """The figure of a rule with its unit, as answers write it: 3%, 10万元, 140平方米."""
    number = rate.number
    if rate.unit == "比例":
        return percent(number)
    kind = rate.unit.split("/")[0]
    # 36000 reads best as 3.6万元, 12345 as it is.
    if kind == "元" and number >= WAN and number % 1000 == 0:
        return f"{plain(number / WAN)}万元"
    return f"{plain(number)}{kind}"


def table(rate: Rate) -> str:
    """A progressive table in Markdown."""
    lines = ["| 级数 | 应纳税所得额 | 税率 | 速算扣除数 |", "|---|---|---|---|"]
    lower = Decimal(0)
    for level, step in enumerate(rate.brackets, start=1):
        span = f"超过{plain(lower)}元" if lower else ""
        if step.up_to is not None:
            span += f"{'至' if lower else '不超过'}{plain(step.up_to)}元"
            lower = step.up_to
        lines.append(f"| {level} | {span} | {percent(step.rate)} | {plain(step.deduction)} |")
    return "\n".join(lines)


FORMS: Final[dict[str, Callable[[Rate], str]]] = {
    "": lambda rate: table(rate) if rate.brackets else figure(rate),
    "数": lambda rate: plain(rate.number),
    "元": lambda rate: f"{plain(rate.number)}元",
    "万元": lambda rate: f"{plain(rate.number / WAN)}万元",
    "%": lambda rate: f"{plain(rate.number * 100)}%",
    "‰": lambda rate: f"{plain(rate.number * 1000)}‰",
    "万分之": lambda rate: f"万分之{plain(rate.number * WAN)}",
}
_UNITS: Final = {"元": "元", "万元": "元", "%": "比例", "‰": "比例", "万分之": "比例"}


@dataclass(frozen=True)
class Reference:
    """One `{{id|form}}` in a text."""

    rate_id: str
    form: str


def references(text: str) -> list[Reference]:
    """Every reference of a text, in order."""
    return [Reference(found[1], found[2] or "") for found in REFERENCE.finditer(text)]


def rendered(text: str, find: Callable[[str], Rate]) -> str:
    """The text with the figures that `find` gives for each id; 尚未公布 where it finds that none is in force.

    What was stored under other tables and cannot be filled in any more (`tongda kb check` names it) says whom to ask.
    """

    def fill(found: re.Match[str]) -> str:
        try:
            return FORMS[found[2] or ""](find(found[1]))
        except NotInForce:
            return f"（{UNPUBLISHED}）"
        except (UnknownRate, KeyError, TypeError):
            return "（以主管税务机关公布的为准）"

    return REFERENCE.sub(fill, text)


def reference_problems(texts: Iterable[str], tables: RateTables, *, effective_from: date | None) -> list[str]:
    """What is wrong with the references of an entry, in words for the editor."""
    problems: dict[str, None] = {}
    for text in texts:
        for reference in references(text):
            problem = _problem(reference, tables, effective_from)
            if problem:
                problems[f"引用 {{{{{reference.rate_id}}}}}：{problem}"] = None
        if "{{" in REFERENCE.sub("", text):
            problems["有没有写完的引用 {{"] = None
    return list(problems)


def _problem(reference: Reference, tables: RateTables, effective_from: date | None) -> str | None:
    if reference.rate_id not in tables:
        return "费率表里没有这一项"
    if reference.form not in FORMS:
        return f"没有“{reference.form}”这种写法，可以用：{'、'.join(form for form in FORMS if form)}"
    known = tables.periods(reference.rate_id)[0]
    if reference.form and known.brackets:
        return "是税率表，不能带写法"
    if _UNITS.get(reference.form) not in (None, known.unit.split("/")[0]):
        return f"单位是{known.unit}，不能写成{reference.form}"
    if effective_from is not None and not tables.known_on(reference.rate_id, effective_from):
        return f"{effective_from} 没有有效的数值"
    return None
