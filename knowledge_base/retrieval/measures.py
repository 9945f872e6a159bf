"""Step 4, measures of a search: where the right entry stands, and what a score is worth. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.retrieval.decision import CHOICES, Thresholds


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: what place the right entry has (0 is first; None: not found), whether there is one, and the
    scores of the best matches.
    """

    kind: str
    place: int | None
    answerable: bool
    scores: tuple[float, ...]

    @property
    def best(self) -> float:
        """The score of the best match."""
        return self.scores[0] if self.scores else 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well the right entry is found, over questions that have one."""

    questions: int
    hit_1: float
    hit_3: float
    reciprocal_rank: float


def ranking(outcomes: Sequence[Outcome]) -> Ranking:
    """Of the answerable questions: the share whose entry is first, among the first three, and the mean of 1 / place."""
    places = [one.place for one in outcomes if one.answerable]
    found = np.array([1.0 / (place + 1) if place is not None else 0.0 for place in places])
    if not len(found):
        return Ranking(0, 0.0, 0.0, 0.0)
    return Ranking(
        len(found), float((found == 1).mean()), float((found >= 1 / 3).mean()), float(found.mean())
    )


def auroc(outcomes: Sequence[Outcome]) -> float:
    """How likely a question that has an answer gets a higher best score than one that has none."""
    scores = np.array([one.best for one in outcomes])
    answerable = np.array([one.answerable for one in outcomes])
    ranks = _ranks(scores)
    positive, negative = int(answerable.sum()), int((~answerable).sum())
    if not positive or not negative:
        return float("nan")
    return float((ranks[answerable].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, ties at their mean."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse], np.float64)


@dataclass(frozen=True, slots=True)
class Point:
    """At a threshold for answering: what share of all questions is answered, and what share of those wrongly."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(outcomes: Sequence[Outcome], thresholds: Sequence[float]) -> list[Point]:
    """The curve. An answer is right when the right entry is first; every answer to an unanswerable one is wrong."""
    best = np.array([one.best for one in outcomes])
    wrong = np.array([one.place != 0 for one in outcomes])
    points = []
    for threshold in thresholds:
        given = best >= threshold
        risk = float(wrong[given].mean()) if given.any() else 0.0
        points.append(Point(threshold, float(given.mean()), risk))
    return points


@dataclass(frozen=True, slots=True)
class Bin:
    """The outcomes whose best score lies in a range: how many, the mean score, and the share whose best match is right."""

    questions: int
    score: float
    right: float


def reliability(outcomes: Sequence[Outcome], *, bins: int = 5) -> list[Bin]:
    """Ranges of equal width from 0 to 1, empty ones left out. Where the scores are calibrated, `score` equals `right`."""
    best = np.array([one.best for one in outcomes])
    right = np.array([one.place == 0 for one in outcomes])
    ranges = np.minimum((best * bins).astype(int), bins - 1)
    return [
        Bin(int(chosen.sum()), float(best[chosen].mean()), float(right[chosen].mean()))
        for chosen in (ranges == number for number in range(bins))
        if chosen.any()
    ]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the two thresholds make of questions, as shares: answered rightly and wrongly, asked back with the right
    entry among the choices and without it, and turned away.
    """

    right: float
    wrong: float
    offered: float
    missed: float
    refused: float


def decisions(outcomes: Sequence[Outcome], thresholds: Thresholds) -> Decisions:
    """Shares of all outcomes given."""
    tally = dict.fromkeys(Decisions.__dataclass_fields__, 0)
    for one in outcomes:
        if one.best >= thresholds.answer:
            tally["right" if one.place == 0 else "wrong"] += 1
        elif sum(one.scores[:CHOICES]) >= thresholds.clarify:
            tally["offered" if one.place is not None and one.place < CHOICES else "missed"] += 1
        else:
            tally["refused"] += 1
    return Decisions(**{name: count / max(1, len(outcomes)) for name, count in tally.items()})


def choose_thresholds(outcomes: Sequence[Outcome], *, wrong: float, turned_away: float) -> Thresholds:
    """The lowest threshold at which no more than `wrong` of the answers are wrong; and the highest for clarifying at which
    no more than `turned_away` of the questions that have an answer get none.
    """
    steps = np.round(np.arange(0.02, 0.99, 0.01), 2).tolist()
    curve = risk_coverage(outcomes, steps)
    answer = next((point.threshold for point in curve if point.risk <= wrong), steps[-1])
    hoped = np.sort([sum(one.scores[:CHOICES]) for one in outcomes if one.answerable])
    clarify = float(hoped[int(len(hoped) * turned_away)])
    return Thresholds(answer=answer, clarify=min(float(np.floor(clarify * 100) / 100), answer))
