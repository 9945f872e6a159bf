"""Step 4, what to make of a search: answer, ask which is meant, or say that there is no answer. Pure.

The thresholds come from a risk-coverage curve (docs/retrieval.md) and are stored beside the fusion's weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final

from knowledge_base.retrieval.types import Match

CHOICES: Final = 3


class Decision(StrEnum):
    """What the bot does with the matches."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities: `answer` that the best match answers, `clarify` that one of the best three does."""

    answer: float
    clarify: float


def decide(matches: Sequence[Match], thresholds: Thresholds) -> Decision:
    """What the matches (best first) amount to."""
    if matches and matches[0].score >= thresholds.answer:
        return Decision.ANSWER
    if sum(match.score for match in matches[:CHOICES]) >= thresholds.clarify:
        return Decision.CLARIFY
    return Decision.NO_ANSWER


def load_thresholds() -> Thresholds:
    """The thresholds that come with the program."""
    values = json.loads(files(__package__).joinpath("weights", "thresholds.json").read_text(encoding="utf-8"))
    return Thresholds(answer=float(values["answer"]), clarify=float(values["clarify"]))
