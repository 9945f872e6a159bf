"""The development sets: what only a person, another body or a refusal may get is never answered, wishes are followed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from asking import Ask, Conversation

from app.evaluation.judgement import NEEDS_ANOTHER, Judged

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent
# How often the answer itself is found is retrieval's part, measured by `make evaluate`.
SETS = ("persons", "orders", "refusals", "owners", "safety", "scope", "talk", "conversations")


def conversations(name: str) -> list[Conversation]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def judged(ask: Ask) -> list[Judged]:
    said = [each for name in SETS for each in conversations(name)]
    labels = {(each["id"], turn): each for each in said for turn in range(len(each["turns"]))}
    return [
        Judged(
            text=labels[record["id"], record["turn"]]["turns"][record["turn"]],
            expected=labels[record["id"], record["turn"]]["expect"][record["turn"]],
            tags=tuple(labels[record["id"], record["turn"]]["tags"]),
            record=record,
        )
        for record in ask(said)
    ]


def test_nothing_is_told_where_another_has_to_speak(judged: list[Judged]) -> None:
    assert [each for each in judged if each.unduly_told] == []


def test_what_is_not_a_question_of_policy_gets_the_right_outcome(judged: list[Judged]) -> None:
    meant = [each for each in judged if set(each.wanted) <= NEEDS_ANOTHER]
    missed = [f"{each.where} {each.text}: {each.outcome}" for each in meant if not each.right]
    assert len(meant) > 100
    assert len(missed) <= 0.05 * len(meant), missed
