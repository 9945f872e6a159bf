"""Step 4, what retrieval is measured against: BM25 over jieba's words and TF-IDF over character 1-3-grams."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from common.text import normalise
from knowledge_base.retrieval.index import questions_of
from knowledge_base.retrieval.types import IndexedRevision

K1: Final = 1.5
B: Final = 0.75

Floats = NDArray[np.float64]


class Baseline(Protocol):
    """Scores every wording of a knowledge base for a text."""

    def scores(self, text: str) -> Floats:
        """One number a wording."""


class Bm25:
    """Okapi BM25 over the words that jieba cuts."""

    def __init__(self, documents: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self._counter: Any = CountVectorizer(analyzer=_words)
        counts = self._counter.fit_transform(documents).tocsc().astype(np.float64)
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        held = np.diff(counts.indptr)
        rarity = np.log(1 + (counts.shape[0] - held + 0.5) / (held + 0.5))
        norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
        counts.data = counts.data * (K1 + 1) / (counts.data + norm[counts.indices])
        counts.data *= np.repeat(rarity, held)
        self._weights = counts.tocsr()

    def scores(self, text: str) -> Floats:
        """One number a wording."""
        return np.asarray((self._weights @ self._counter.transform([text]).T).toarray().ravel(), np.float64)


class CharacterTfidf:
    """Cosine of TF-IDF vectors over characters, in runs of one to three."""

    def __init__(self, documents: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
        self._weights = self._vectorizer.fit_transform(map(normalise, documents))

    def scores(self, text: str) -> Floats:
        """One number a wording."""
        query = self._vectorizer.transform([normalise(text)])
        return np.asarray((self._weights @ query.T).toarray().ravel(), np.float64)


class EntryRanking:
    """A baseline over a knowledge base: an entry is as good as its best wording."""

    def __init__(self, kind: type[Bm25] | type[CharacterTfidf], revisions: Sequence[IndexedRevision]) -> None:
        rows = [
            (revision.entry_id, one.text)
            for revision in revisions
            if revision.question
            for one in questions_of(revision)
        ]
        self._entry_ids = np.array([entry_id for entry_id, _ in rows])
        self._baseline: Baseline = kind([text for _, text in rows])

    def ranked(self, text: str) -> tuple[list[str], float]:
        """The entries, best first, and the best score."""
        scores = self._baseline.scores(text)
        order = np.argsort(-scores, kind="stable")
        return list(dict.fromkeys(self._entry_ids[order].tolist())), float(scores.max())


def _words(text: str) -> list[str]:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return [word for word in jieba.lcut(normalise(text)) if word.strip()]
