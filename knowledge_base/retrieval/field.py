"""Step 4, one way of seeing texts: bags of tokens, weighted by how rare a token is, as posting lists. Pure.

Posting lists in three arrays (where a token's list starts, who holds it, with what weight) answer a query in tens
of microseconds and are stored as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class TokenField:
    """TF-IDF over token lists. Document weights are of unit length when `cosine`, else 1 for each token held."""

    vocabulary: Mapping[str, int]
    starts: Ints
    holders: Ints
    weights: Floats
    rarity: Floats
    document_count: int
    cosine: bool

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]], *, cosine: bool) -> TokenField:
        """Index the documents, each given as its tokens."""
        vocabulary: dict[str, int] = {}
        tokens = [
            vocabulary.setdefault(token, len(vocabulary)) for document in documents for token in document
        ]
        lengths = np.fromiter((len(document) for document in documents), np.int64, len(documents))
        owners = np.repeat(np.arange(len(documents), dtype=np.int64), lengths)
        held, counts = np.unique(
            np.asarray(tokens, np.int64) * max(1, len(documents)) + owners, return_counts=True
        )
        token_ids, holders = np.divmod(held, max(1, len(documents)))
        spread = np.bincount(token_ids, minlength=len(vocabulary))
        rarity = np.log((1 + len(documents)) / (1 + spread)) + 1
        weights = (1 + np.log(counts)) * rarity[token_ids] if cosine else np.ones(len(counts))
        if cosine:
            sizes = np.sqrt(np.bincount(holders, weights=weights**2, minlength=len(documents)))
            weights = weights / sizes[holders]
        return cls(
            vocabulary=vocabulary,
            starts=np.concatenate(([0], np.cumsum(spread))).astype(np.int64),
            holders=holders,
            weights=weights.astype(np.float32),
            rarity=rarity.astype(np.float32),
            document_count=len(documents),
            cosine=cosine,
        )

    def scores(self, tokens: Sequence[str]) -> Floats:
        """How much of the query each document holds, 0 to 1: cosine, or the share of the query's rarity found."""
        known, mass = self._weighted(tokens)
        if not known:
            return np.zeros(self.document_count, np.float32)
        spans = [slice(self.starts[token], self.starts[token + 1]) for token, _ in known]
        holders = np.concatenate([self.holders[span] for span in spans])
        shares = np.concatenate(
            [self.weights[span] * weight for span, (_, weight) in zip(spans, known, strict=True)]
        )
        total = np.bincount(holders, weights=shares, minlength=self.document_count)
        return np.asarray(total / mass, np.float32)

    def knows(self, token: str) -> bool:
        """Whether any document holds this token."""
        return token in self.vocabulary

    def _weighted(self, tokens: Sequence[str]) -> tuple[list[tuple[int, float]], float]:
        """The query's tokens that some document holds, with weights, and the weight of the whole query."""
        unseen = float(np.log(1 + self.document_count) + 1)
        known: list[tuple[int, float]] = []
        square_sum = plain_sum = 0.0
        for token, count in Counter(tokens).items():
            place = self.vocabulary.get(token)
            rarity = unseen if place is None else float(self.rarity[place])
            weight = (1 + float(np.log(count))) * rarity if self.cosine else rarity
            square_sum += weight**2
            plain_sum += weight
            if place is not None:
                known.append((place, weight))
        return known, (square_sum**0.5 if self.cosine else plain_sum) or 1.0


def ngrams(symbols: Sequence[str], *, longest: int = 3) -> list[str]:
    """All runs of one to `longest` symbols; a space is a border that no run crosses."""
    runs: list[str] = []
    for size in range(1, longest + 1):
        for start in range(len(symbols) - size + 1):
            run = symbols[start : start + size]
            if " " not in run:
                runs.append(run if isinstance(run, str) else "_".join(run))
    return runs
