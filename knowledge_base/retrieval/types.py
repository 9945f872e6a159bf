"""Step 4, what goes into an index and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class IndexedRevision:
    """What the index needs of one published revision. Both days of its validity are included; an open end is None."""

    entry_id: str
    revision: int
    question: str
    similar_questions: tuple[str, ...] = ()
    answer: str = ""
    details: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    region: str | None = None
    tax_type: str | None = None


@dataclass(frozen=True, slots=True)
class IndexedQuestion:
    """One wording that leads to a revision."""

    entry_id: str
    revision: int
    text: str
    is_standard: bool


@dataclass(frozen=True, slots=True)
class Signals:
    """How like the text an entry is, seen in several ways, each from 0 to 1. The evidence behind a score."""

    characters: float
    pinyin: float
    concepts: float
    meaning: float
    coverage: float
    concept_coverage: float
    answer: float
    answer_meaning: float


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that was found. `matched` is the wording that came nearest; `score` is the calibrated probability
    that the entry answers the text: the scores of all matches and of "none of them" add up to one.
    """

    entry_id: str
    revision: int
    question: str
    matched: str
    score: float
    signals: Signals
