"""Step 4, one way of seeing texts: bags of tokens, weighted by how rare a token is, as posting lists. Pure.

Posting lists in three arrays (where a token's list starts, who holds it, with what weight) answer a query in tens
of microseconds and are stored as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


# The places of a document's tokens in a vocabulary, each once, and how often it holds each.
Bag = tuple[NDArray[np.int32], NDArray[np.int32]]
NOTHING: Final = np.zeros(0, np.int32)
KEPT_BAGS: Final = 1 << 18


class TokenBags:
    """Texts cut into tokens, remembered, so that the next index cuts only what is new. Not for several threads at once."""

    def __init__(self, cut: Callable[[str], Sequence[str]]) -> None:
        self._cut = cut
        self._vocabulary: dict[str, int] = {}
        self._bags: dict[str, Bag] = {}

    def field(self, documents: Sequence[str], *, cosine: bool) -> TokenField:
        """A field over the documents."""
        if len(self._bags) > KEPT_BAGS:
            self._vocabulary, self._bags = {}, {}
        bags = [self._bags.get(text) or self._new(text) for text in documents]
        return TokenField.of(bags, self._vocabulary, len(self._vocabulary), cosine=cosine)

    def _new(self, text: str) -> Bag:
        held = Counter(self._vocabulary.setdefault(token, len(self._vocabulary)) for token in self._cut(text))
        places = np.fromiter(held.keys(), np.int32, len(held))
        self._bags[text] = places, np.fromiter(held.values(), np.int32, len(held))
        return self._bags[text]


@dataclass(frozen=True)
class TokenField:
    """TF-IDF over token lists. The vocabulary may hold tokens that no document holds. Document weights are of unit length when `cosine`, else 1 for each token held."""

    vocabulary: Mapping[str, int]
    starts: Ints
    holders: Ints
    weights: Floats
    rarity: Floats
    document_count: int
    cosine: bool

    @classmethod
    def of(cls, bags: Sequence[Bag], vocabulary: Mapping[str, int], size: int, *, cosine: bool) -> TokenField:
        """Index documents given as bags. `size` is how many tokens of the vocabulary there were; it may grow."""
        lengths = np.fromiter((len(places) for places, _ in bags), np.int64, len(bags))
        owners = np.repeat(np.arange(len(bags), dtype=np.int64), lengths)
        token_ids = np.concatenate([places for places, _ in bags] or [NOTHING])
        counts = np.concatenate([counts for _, counts in bags] or [NOTHING])
        order = np.argsort(token_ids, kind="stable")
        token_ids, holders, counts = token_ids[order], owners[order], counts[order]
        spread = np.bincount(token_ids, minlength=size)
        rarity = np.log((1 + len(bags)) / (1 + spread)) + 1
        weights = (1 + np.log(counts)) * rarity[token_ids] if cosine else np.ones(len(counts))
        if cosine:
            sizes = np.sqrt(np.bincount(holders, weights=weights**2, minlength=len(bags)))
            weights = weights / sizes[holders]
        return cls(
            vocabulary=vocabulary,
            starts=np.concatenate(([0], np.cumsum(spread))).astype(np.int64),
            holders=holders,
            weights=weights.astype(np.float32),
            rarity=rarity.astype(np.float32),
            document_count=len(bags),
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
        return self._place(token) is not None

    def _place(self, token: str) -> int | None:
        place = self.vocabulary.get(token)
        if place is None or place >= len(self.rarity) or self.starts[place] == self.starts[place + 1]:
            return None
        return place

    def _weighted(self, tokens: Sequence[str]) -> tuple[list[tuple[int, float]], float]:
        """The query's tokens that some document holds, with weights, and the weight of the whole query."""
        unseen = float(np.log(1 + self.document_count) + 1)
        known: list[tuple[int, float]] = []
        square_sum = plain_sum = 0.0
        for token, count in Counter(tokens).items():
            place = self._place(token)
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
