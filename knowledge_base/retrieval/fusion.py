"""Step 4, many signals to one probability: a small learned model over the candidates and "none of them". Pure.

Every feature is relative (a share, a cosine, a distance to the best rival), so that the model holds for knowledge
bases that it never saw. `knowledge_base.retrieval.train` learns the weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CROWD: Final = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Query:
    """What is known of the text itself: how long it is, what share of its letters occur anywhere, who competes."""

    length: int
    known_share: float
    concept_count: int
    revision_count: int


@dataclass(frozen=True)
class Scorer:
    """A linear part and one hidden layer over standardised features."""

    mean: Floats
    scale: Floats
    linear: Floats
    bias: float
    hidden: Floats
    hidden_bias: Floats
    output: Floats

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Scorer:
        """Read the form that training writes."""
        arrays = {name: np.asarray(value, np.float64) for name, value in values.items() if name != "bias"}
        return cls(bias=float(values["bias"]), **arrays)

    def __call__(self, features: Floats) -> Floats:
        """One score a row of features (or one for a single row)."""
        standard = (features - self.mean) / self.scale
        curved = np.tanh(standard @ self.hidden + self.hidden_bias) @ self.output
        return np.asarray(standard @ self.linear + curved + self.bias, np.float64)


@dataclass(frozen=True)
class Fusion:
    """Scores candidates against each other and against "none of them"."""

    candidate: Scorer
    none: Scorer

    def probabilities(self, table: Floats, query: Query) -> Floats:
        """For each candidate (a row of signals), that it answers; what is missing to one is "none of them"."""
        scores = np.append(
            self.candidate(candidate_features(table)), self.none(none_features(table, query)[None, :])
        )
        raised = np.exp(scores - scores.max())
        return np.asarray((raised / raised.sum())[:-1], np.float64)


def candidate_features(table: Floats) -> Floats:
    """A row for each candidate: its signals and their squares, how far each is above the best rival's and below the best,
    and how far their sum is below the best sum.
    """
    sums = table.sum(axis=1, keepdims=True)
    return np.concatenate(
        (table, table - _best_rival(table), table - table.max(axis=0), sums - sums.max(), table**2), axis=1
    )


def none_features(table: Floats, query: Query) -> Floats:
    """What speaks for "none of them": weak best signals, no clear winner, a text that this knowledge base hardly knows."""
    ordered = np.sort(table, axis=0)[::-1]
    sums = np.sort(table.sum(axis=1))[::-1]
    crowd = min(CROWD, len(table)) - 1
    best, length = ordered[0], np.log1p(query.length)
    second = ordered[1] if len(table) > 1 else 0 * best
    agreement = np.bincount(table.argmax(axis=0)).max() / table.shape[1]
    facts = (
        length,
        query.known_share,
        query.concept_count,
        np.log1p(query.revision_count),
        agreement,
        sums[0],
        sums[0] - (sums[1] if len(sums) > 1 else 0.0),
        sums[0] - sums[crowd],
    )
    strongest = table[table.sum(axis=1).argmax()]
    return np.concatenate(
        (best, best - second, best - ordered[crowd], best * length, strongest, np.asarray(facts, np.float64))
    )


def _best_rival(table: Floats) -> Floats:
    if len(table) == 1:
        return np.zeros_like(table)
    ordered = np.sort(table, axis=0)[::-1]
    return np.asarray(np.where(table >= ordered[0], ordered[1], ordered[0]), np.float64)


def load_fusion() -> Fusion:
    """The weights that come with the program."""
    return read_fusion(files(__package__).joinpath("weights", "fusion.json").read_text(encoding="utf-8"))


def read_fusion(text: str) -> Fusion:
    """Read the JSON that training writes."""
    values = json.loads(text)
    return Fusion(candidate=Scorer.from_json(values["candidate"]), none=Scorer.from_json(values["none"]))
