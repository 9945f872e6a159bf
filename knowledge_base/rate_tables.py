"""Step 4, rates and thresholds as data: what a figure was, is or will be on a day, and which document says so.

`knowledge_base/rates/*.yaml` holds one row for each rule and period; rows that share an id follow each other in time.
Answers (`{{id}}`, references.py) and calculators take every figure from here, so that a figure stands in one place.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import combinations, pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from common.errors import TongdaError
from knowledge_base.validity import holds_on, in_force, overlap, same_place

FOLDER: Final = Path(__file__).with_name("rates")
RATE_ID: Final = r"[a-z][a-z0-9\-]*"
UNPUBLISHED: Final = "尚未公布"

Unit = Literal["比例", "元", "元/月", "元/年", "元/次", "平方米", "人", "日", "个月", "年"]


class RateError(TongdaError):
    """A figure cannot be given."""

    code = "rate"


class UnknownRate(RateError):
    """No table has a rule of this id."""

    code = "unknown_rate"

    def __init__(self, rate_id: str) -> None:
        super().__init__(f"费率表里没有 {rate_id}。")
        self.rate_id = rate_id


class NotInForce(RateError):
    """The tables know the rule, but nothing that holds on the day: never an extrapolation.

    `last_day` is the end of what is known when the day comes after all of it, else None.
    """

    code = "rate_not_in_force"

    def __init__(self, name: str, day: date, *, last_day: date | None) -> None:
        later = f"目前的规定执行至 {last_day}，之后的规定{UNPUBLISHED}。"
        super().__init__(f"{name}：{later if last_day else f'{day} 没有收录有效的规定。'}")
        self.day = day
        self.last_day = last_day


class TablesInvalid(RateError):
    """The rate tables are wrong; `problems` says where, a line each."""

    code = "rate_tables_invalid"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("费率表有误：\n" + "\n".join(problems))
        self.problems = tuple(problems)


def _number(value: object) -> object:
    """`3%` and `0.3‰` as tables print them; other numbers as they stand."""
    text = str(value).strip().replace("_", "")
    try:
        if text.endswith("%"):
            return Decimal(text[:-1]) / 100
        return Decimal(text[:-1]) / 1000 if text.endswith("‰") else Decimal(text)
    except InvalidOperation as error:
        raise ValueError("不是数") from error


Number = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bracket(_Row):
    """One step of a progressive table: amounts up to and including `up_to` (None: without end), in yuan."""

    up_to: Number | None = None
    rate: Number
    deduction: Number = Decimal(0)

    def tax(self, amount: Decimal) -> Decimal:
        """`amount` × rate − quick deduction (速算扣除数), not rounded."""
        return amount * self.rate - self.deduction


class Rate(_Row):
    """One rule in one period. Both days are included; `effective_to` None means that no end is known.

    `bound` is for thresholds: with `inclusive` the value itself still falls under the rule (不超过), with `exclusive` it
    does not (未达到). Certainty A: read in the text of the law or an official notice; B: in secondary sources.
    """

    id: Annotated[str, StringConstraints(pattern=f"^{RATE_ID}$", max_length=80)]
    name: Text
    unit: Unit
    value: Number | None = None
    brackets: tuple[Bracket, ...] = ()
    bound: Literal["inclusive", "exclusive"] | None = None
    title: Text
    document_number: Text | None = None
    article: Text | None = None
    effective_from: date
    effective_to: date | None = None
    region: Text | None = None
    certainty: Literal["A", "B"]
    note: Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.value is None) == (not self.brackets):
            raise ValueError("应有 value 或 brackets 之一")
        if not (self.document_number or self.article):
            raise ValueError("缺少文号或条款")
        if self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("失效日期早于生效日期")
        if self.brackets:
            _check_brackets(self.brackets)
        return self

    @property
    def number(self) -> Decimal:
        """The value of a rule that is a single figure. Raises TypeError for a progressive table."""
        if self.value is None:
            raise TypeError(f"{self.id} is a progressive table")
        return self.value

    def includes(self, amount: Decimal) -> bool:
        """Whether an amount lies within the threshold, by its bound. Raises TypeError when the rule is none."""
        if self.bound is None:
            raise TypeError(f"{self.id} has no bound")
        return amount <= self.number if self.bound == "inclusive" else amount < self.number

    def bracket(self, amount: Decimal) -> Bracket:
        """The step of the progressive table that an amount falls into."""
        return next(step for step in self.brackets if step.up_to is None or amount <= step.up_to)


def _check_brackets(brackets: tuple[Bracket, ...]) -> None:
    if brackets[-1].up_to is not None or any(step.up_to is None for step in brackets[:-1]):
        raise ValueError("只有最后一级没有上限")
    if brackets[0].deduction:
        raise ValueError("第一级的速算扣除数应为 0")
    for lower, upper in pairwise(brackets):
        end = lower.up_to or Decimal(0)
        if upper.up_to is not None and upper.up_to <= end:
            raise ValueError(f"级距没有递增：{upper.up_to}")
        # A quick deduction is whatever makes the tax continuous where two steps meet.
        if lower.tax(end) != upper.tax(end):
            raise ValueError(f"税率 {upper.rate} 一级的速算扣除数不对")


class RateTables:
    """All rows. Look-ups by id and day; every figure comes with its source."""

    def __init__(self, rows: Iterable[Rate]) -> None:
        by_id: dict[str, list[Rate]] = defaultdict(list)
        for row in rows:
            by_id[row.id].append(row)
        self._by_id: Mapping[str, tuple[Rate, ...]] = {
            rate_id: tuple(sorted(found, key=lambda row: row.effective_from))
            for rate_id, found in sorted(by_id.items())
        }
        problems = [problem for found in self._by_id.values() for problem in _inconsistent(found)]
        if problems:
            raise TablesInvalid(problems)

    def __contains__(self, rate_id: str) -> bool:
        return rate_id in self._by_id

    def rows(self) -> tuple[Rate, ...]:
        """Every row, by id and then in time."""
        return tuple(row for found in self._by_id.values() for row in found)

    def periods(self, rate_id: str) -> tuple[Rate, ...]:
        """The rows of one id, the oldest first. Raises UnknownRate."""
        if rate_id not in self._by_id:
            raise UnknownRate(rate_id)
        return self._by_id[rate_id]

    def get(self, rate_id: str, day: date, *, region: str | None = None) -> Rate:
        """The rule that holds on a day in a place (None: national). Raises UnknownRate, NotInForce."""
        periods = self.periods(rate_id)
        found = in_force(periods, as_of=day, region=region)
        if found is None:
            ends = [row.effective_to for row in periods if row.effective_to is not None]
            over = len(ends) == len(periods) and day > max(ends)
            raise NotInForce(periods[-1].name, day, last_day=max(ends) if over else None)
        return found

    def newest(self, rate_id: str, *, until: date | None) -> Rate:
        """The last rule that begins by a day (None: the last of all). Raises UnknownRate, NotInForce."""
        periods = self.periods(rate_id)
        begun = [row for row in periods if until is None or row.effective_from <= until]
        if not begun:
            raise NotInForce(periods[0].name, periods[0].effective_from, last_day=None)
        return begun[-1]

    def number(self, rate_id: str, day: date) -> Decimal:
        """The national figure on a day. Raises UnknownRate, NotInForce."""
        return self.get(rate_id, day).number

    def known_on(self, rate_id: str, day: date) -> bool:
        """Whether something is known for this day."""
        return any(holds_on(row, day) for row in self._by_id.get(rate_id, ()))


def _inconsistent(periods: tuple[Rate, ...]) -> list[str]:
    problems = [
        f"{one.id}：{one.effective_from} 和 {other.effective_from} 起的两行有效期重叠"
        for one, other in combinations(periods, 2)
        if same_place(one, other) and overlap(one, other)
    ]
    if len({(row.unit, bool(row.brackets)) for row in periods}) > 1:
        problems.append(f"{periods[0].id}：各行的单位或形式不同")
    return problems


class _Loader(yaml.SafeLoader):
    """Numbers stay as they are written: a float would not be the figure in the document."""


def _as_written(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:float", _as_written)


def read_tables(folder: Path) -> RateTables:
    """Every file of a folder, checked. Raises TablesInvalid with all that is wrong."""
    rows: list[Rate] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            content: Any = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            problems.append(f"{path.name}：{error}")
            continue
        for number, row in enumerate(_rows(content), start=1):
            try:
                rows.append(Rate.model_validate(row))
            except ValidationError as error:
                named = row.get("id", number) if isinstance(row, dict) else number
                problems += [
                    f"{path.name}，{named}：{'.'.join(map(str, problem['loc']))} {problem['msg']}"
                    for problem in error.errors()
                ]
    if not rows and not problems:
        problems.append(f"{folder} 里没有费率表")
    if problems:
        raise TablesInvalid(problems)
    return RateTables(rows)


def _rows(content: Any) -> list[Any]:
    """A file's rows; a row names its document by its key among the file's `documents`."""
    if not isinstance(content, dict):
        return [content]
    documents = content.get("documents") or {}
    rows = []
    for row in content.get("rates") or []:
        if isinstance(row, dict) and row.get("document") in documents:
            source = documents[row["document"]]
            row = {**source, **{key: value for key, value in row.items() if key != "document"}}
        rows.append(row)
    return rows


@functools.cache
def shipped_tables() -> RateTables:
    """The tables that Tongda ships, read once. Raises TablesInvalid."""
    return read_tables(FOLDER)
