"""What an entry says: the content of one revision, as files, pages and the database hold it (docs/architecture.md).

Only `id`, `question` and `answer` are required to store an entry; what publishing demands beyond that is in
`publishing_problems`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

MIN_SIMILAR_QUESTIONS: Final = 5
MAX_ANSWER_LENGTH: Final = 120
PROMISES: Final = re.compile(r"保证(?!金|人)|一定不会|绝对")


def _empty_as_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _none_as_empty(value: object) -> object:
    return () if value is None else value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
OptionalLine = Annotated[Line | None, BeforeValidator(_empty_as_none)]
OptionalDate = Annotated[date | None, BeforeValidator(_empty_as_none)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_none_as_empty), Field(max_length=200)]
EntryId = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[\w.:\-]+$")
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
    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    details: Annotated[str | None, Field(max_length=20_000), BeforeValidator(_empty_as_none)] = None
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
    risk_level: Literal["direct", "caution", "person"] = "direct"
    related: Lines = ()
    superseded_by: OptionalLine = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.effective_from and self.effective_to and self.effective_from > self.effective_to:
            raise ValueError("失效日期早于生效日期")
        return self


def publishing_problems(content: EntryContent) -> list[str]:
    """What keeps this revision from being published, in words for the editor; empty when nothing does."""
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
        (len(content.answer) > MAX_ANSWER_LENGTH, f"简答超过 {MAX_ANSWER_LENGTH} 字"),
        (bool(PROMISES.search(content.answer)), "简答含有承诺性用语（保证、一定不会、绝对）"),
        (content.tax_type is None, "缺少税费种"),
        (content.matter is None, "缺少事项"),
    )
    return [problem for failed, problem in checks if failed]


def covers(new: EntryContent, old: EntryContent) -> bool:
    """Whether `new` holds on every day on which `old` did, so that it takes its place."""
    starts = new.effective_from is None or (
        old.effective_from is not None and new.effective_from <= old.effective_from
    )
    ends = new.effective_to is None or (old.effective_to is not None and new.effective_to >= old.effective_to)
    return starts and ends and new.region == old.region
