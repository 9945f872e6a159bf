"""What an entry says: the content of one revision, as files, pages and the database hold it (docs/content.md).

Only `id`, `question` and `answer` are required to store an entry; what publishing demands beyond that is in
`publishing_problems`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from knowledge_base.rate_tables import Rate, RateTables
from knowledge_base.references import REFERENCE, reference_problems, rendered

MIN_SIMILAR_QUESTIONS: Final = 5
MAX_ANSWER_LENGTH: Final = 120
# 尚未公布 in brackets: what a reference takes at most, so that no day makes an answer too long.
LONGEST_FIGURE: Final = 8
ENTRY_ID: Final = r"^\w[\w.:\-]*$"
PROMISES: Final = re.compile(r"(?<!参)保证(?!金|人)|一定不会|绝对")
WRITTEN_DAY: Final = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _empty_as_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _none_as_empty(value: object) -> object:
    return () if value is None else value


def _day(value: object) -> object:
    """Days as people and spreadsheets write them. A bare number is none, though pydantic would take it for one."""
    if value is None or isinstance(value, date):
        return value
    text = str(value).strip()
    if not text:
        return None
    written = WRITTEN_DAY.fullmatch(text)
    if written is None:
        raise ValueError("不是日期，应写成 2026-01-31")
    year, month, day = written.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def _on_one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def _without_controls(text: str) -> str:
    if CONTROLS.search(text):
        raise ValueError("含有控制字符")
    return text


def _line_ends(value: object) -> object:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _paragraphs(max_length: int) -> tuple[object, ...]:
    return (
        StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length),
        AfterValidator(_without_controls),
        BeforeValidator(_line_ends),
    )


Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    AfterValidator(_without_controls),
    BeforeValidator(_on_one_line),
]
OptionalLine = Annotated[Line | None, BeforeValidator(_empty_as_none)]
OptionalDate = Annotated[date | None, BeforeValidator(_day)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_none_as_empty), Field(max_length=200)]
EntryId = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ENTRY_ID)
]


class SourceCitation(BaseModel):
    """The document an answer rests on. `article` reads like "第二十三条"."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: Line
    document_number: OptionalLine = None
    article: OptionalLine = None
    issuer: OptionalLine = None
    issued_on: OptionalDate = None
    url: OptionalLine = None


class EntryContent(BaseModel):
    """One revision's text. Dates are days in China, both ends included; an open end is None."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: EntryId
    question: Line
    similar_questions: Lines = ()
    answer: Annotated[str, *_paragraphs(4000)]
    details: Annotated[Annotated[str, *_paragraphs(20_000)] | None, BeforeValidator(_empty_as_none)] = None
    citations: Annotated[
        tuple[SourceCitation, ...], BeforeValidator(_none_as_empty), Field(max_length=30)
    ] = ()
    tax_type: OptionalLine = None
    matter: OptionalLine = None
    audience: Lines = ()
    region: OptionalLine = None
    effective_from: OptionalDate = None
    effective_to: OptionalDate = None
    review_by: OptionalDate = None
    risk_level: Annotated[
        Literal["direct", "caution", "person"], BeforeValidator(lambda value: value or "direct")
    ] = "direct"
    related: Lines = ()
    superseded_by: OptionalLine = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.effective_from and self.effective_to and self.effective_from > self.effective_to:
            raise ValueError("失效日期早于生效日期")
        return self

    @property
    def questions(self) -> tuple[str, ...]:
        """Every wording that leads to it, the standard one first."""
        return (self.question, *self.similar_questions)


def with_figures(content: EntryContent, tables: RateTables, day: date) -> EntryContent:
    """The revision as it reads on a day: its references replaced with the figures that hold then."""
    return _filled(content, lambda rate_id: tables.get(rate_id, day))


def with_newest_figures(content: EntryContent, tables: RateTables) -> EntryContent:
    """The revision with the newest figures of its period."""
    return _filled(content, lambda rate_id: tables.newest(rate_id, until=content.effective_to))


def _filled(content: EntryContent, find: Callable[[str], Rate]) -> EntryContent:
    answer = rendered(content.answer, find)
    details = rendered(content.details, find) if content.details else None
    if (answer, details) == (content.answer, content.details):
        return content
    return content.model_copy(update={"answer": answer, "details": details})


def figure_problems(content: EntryContent, tables: RateTables) -> list[str]:
    """What is wrong with the references in answer and details; an entry that has any cannot be served."""
    texts = (content.answer, content.details or "")
    return reference_problems(texts, tables, effective_from=content.effective_from)


def publishing_problems(content: EntryContent) -> list[str]:
    """What keeps this revision from being published, in words for the editor; empty when nothing does."""
    answer = REFERENCE.sub(lambda found: found[1][:LONGEST_FIGURE], content.answer)
    checks = (
        (not content.citations, "缺少依据：至少引用一份文件"),
        (
            any(not (citation.document_number or citation.article) for citation in content.citations),
            "依据缺少文号或条款",
        ),
        (content.effective_from is None, "缺少生效日期"),
        (content.review_by is None, "缺少复核日期"),
        (
            len(content.similar_questions) < MIN_SIMILAR_QUESTIONS,
            f"相似问法少于 {MIN_SIMILAR_QUESTIONS} 条",
        ),
        (len(answer) > MAX_ANSWER_LENGTH, f"简答超过 {MAX_ANSWER_LENGTH} 字"),
        (bool(PROMISES.search(content.answer)), "简答含有承诺性用语（保证、一定不会、绝对）"),
        (content.tax_type is None, "缺少税费种"),
        (content.matter is None, "缺少事项"),
    )
    return [problem for failed, problem in checks if failed]


def in_words(error: ValidationError) -> list[str]:
    """What pydantic refused, a line for each field, in words for the editor."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in problem["loc"])
        context = problem.get("ctx", {})
        template = _WORDS.get(problem["type"])
        what = template.format(**context) if template else str(context.get("error", problem["msg"]))
        lines.append(f"{where}：{what}" if where else what)
    return lines


_WORDS: Final = {
    "missing": "缺少",
    "string_type": "应为文字",
    "string_unicode": "含有无法识别的字符",
    "string_too_short": "不能为空",
    "string_too_long": "超过 {max_length} 个字符",
    "string_pattern_mismatch": "只能由文字、数字和 . : _ - 组成，并以文字或数字开头",
    "too_long": "超过 {max_length} 项",
    "tuple_type": "应为列表",
    "model_type": "应为字段和值",
    "literal_error": "只能是 direct、caution 或 person",
    "date_type": "不是日期，应写成 2026-01-31",
    "date_parsing": "没有这一天",
    "date_from_datetime_parsing": "没有这一天",
    "date_from_datetime_inexact": "应为日期，不带时刻",
}
