"""From matches to a decision, and how decisions are measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.retrieval.decision import Decision, Thresholds, decide, load_thresholds
from knowledge_base.retrieval.fusion import Query, load_fusion
from knowledge_base.retrieval.measures import (
    Outcome,
    auroc,
    choose_thresholds,
    decisions,
    ranking,
    reliability,
    risk_coverage,
)
from knowledge_base.retrieval.types import Match, Signals

THRESHOLDS = Thresholds(answer=0.7, clarify=0.4)
SIGNALS = len(Signals.__dataclass_fields__)


def match(score: float) -> Match:
    return Match("entry", 1, "问题", "问法", score, Signals(*[0.5] * SIGNALS))


@pytest.mark.parametrize(
    ("scores", "decision"),
    [
        ([0.7], Decision.ANSWER),
        ([0.69], Decision.CLARIFY),
        ([0.2, 0.1, 0.1], Decision.CLARIFY),
        ([0.2, 0.1, 0.05, 0.05], Decision.NO_ANSWER),
        ([0.39], Decision.NO_ANSWER),
        ([], Decision.NO_ANSWER),
    ],
)
def test_each_threshold_decides_on_its_own_side(scores: list[float], decision: Decision) -> None:
    assert decide([match(score) for score in scores], THRESHOLDS) is decision


def test_the_thresholds_that_ship_leave_room_for_all_three_decisions() -> None:
    thresholds = load_thresholds()
    assert 0 < thresholds.clarify <= thresholds.answer < 1


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=SIGNALS, max_size=SIGNALS), min_size=1, max_size=30),
    st.integers(1, 500),
    st.floats(0, 1),
    st.integers(0, 20),
    st.integers(1, 100_000),
)
def test_probabilities_are_positive_and_leave_something_for_none_of_them(
    rows: list[list[float]], length: int, known: float, concepts: int, revisions: int
) -> None:
    found = load_fusion().probabilities(np.array(rows), Query(length, known, concepts, revisions))
    assert len(found) == len(rows)
    assert (found >= 0).all()
    assert found.sum() <= 1 + 1e-9


def test_better_evidence_gets_the_better_score() -> None:
    weak, strong = [0.1] * SIGNALS, [0.9] * SIGNALS
    low, high = load_fusion().probabilities(np.array([weak, strong]), Query(10, 1.0, 3, 100))
    assert high > low


def test_weak_evidence_alone_is_mostly_none_of_them() -> None:
    found = load_fusion().probabilities(np.array([[0.05] * SIGNALS] * 3), Query(10, 0.3, 0, 100))
    assert found.sum() < 0.5


RIGHT = Outcome("a", 0, answerable=True, scores=(0.9, 0.05))
SECOND = Outcome("a", 1, answerable=True, scores=(0.5, 0.3))
LOST = Outcome("a", None, answerable=True, scores=(0.6,))
NOTHING = Outcome("b", None, answerable=False, scores=(0.2,))


def test_ranking_counts_only_questions_that_have_an_answer() -> None:
    found = ranking([RIGHT, SECOND, LOST, NOTHING])
    assert (found.questions, found.hit_1, found.hit_3) == (3, pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert found.reciprocal_rank == pytest.approx(0.5)


def test_auroc_is_the_chance_that_the_answerable_one_scores_higher() -> None:
    assert auroc([RIGHT, NOTHING]) == 1.0
    tie = Outcome("b", None, answerable=False, scores=(0.9,))
    assert auroc([RIGHT, tie]) == 0.5


def test_risk_falls_as_the_threshold_rises() -> None:
    low, high = risk_coverage([RIGHT, SECOND, LOST, NOTHING], [0.1, 0.8])
    assert (low.coverage, low.risk) == (1.0, 0.75)
    assert (high.coverage, high.risk) == (0.25, 0.0)


def test_reliability_holds_the_mean_score_of_a_range_against_the_share_that_was_right() -> None:
    second = replace(SECOND, scores=(0.95,))
    low, middle, high = reliability([RIGHT, second, LOST, NOTHING])
    assert (low.questions, low.score, low.right) == (1, pytest.approx(0.2), 0.0)
    assert (middle.questions, middle.right) == (1, 0.0)
    assert (high.questions, high.score, high.right) == (2, pytest.approx(0.925), 0.5)


def test_every_outcome_falls_into_one_share() -> None:
    shares = decisions([RIGHT, SECOND, LOST, NOTHING], THRESHOLDS)
    assert (shares.right, shares.offered, shares.missed, shares.refused) == (0.25, 0.25, 0.25, 0.25)
    assert shares.wrong == 0.0


def test_the_chosen_threshold_keeps_wrong_answers_below_the_risk() -> None:
    chosen = choose_thresholds([RIGHT] * 20 + [SECOND] * 5 + [NOTHING] * 5, wrong=0.05, turned_away=0.05)
    assert 0.5 < chosen.answer <= 0.9
    assert chosen.clarify <= 0.8


def test_the_chosen_threshold_turns_few_away_that_have_an_answer() -> None:
    chosen = choose_thresholds([RIGHT] * 90 + [LOST] * 10 + [NOTHING] * 50, wrong=0.5, turned_away=0.0)
    assert chosen.clarify <= 0.6
