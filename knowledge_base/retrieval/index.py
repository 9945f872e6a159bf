"""Step 4, the search index: published revisions in, ranked matches with calibrated probabilities out.

Built in memory and never changed afterwards, so a search needs no lock. What does not hold on the day or in the
region is left out before anything is ranked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.encoder import Encoder
from knowledge_base.retrieval import storage
from knowledge_base.retrieval.field import TokenField, ngrams
from knowledge_base.retrieval.fusion import Fusion, Query, load_fusion
from knowledge_base.retrieval.normalise import search_form
from knowledge_base.retrieval.pinyin import spoken
from knowledge_base.retrieval.storage import IndexCorrupt
from knowledge_base.retrieval.terms import Terms, load_terms
from knowledge_base.retrieval.types import IndexedQuestion, IndexedRevision, Match, Signals
from knowledge_base.retrieval.vectors import EmbeddingCache, VectorField, Vectors
from knowledge_base.validity import in_force

__all__ = ["EmbeddingCache", "IndexCorrupt", "SearchIndex"]

CANDIDATES_PER_SIGNAL: Final = 10
NEAREST_ROWS: Final = 40
DETAILS_SEARCHED: Final = 600
KEPT_MASKS: Final = 32

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Analysis:
    """A query, as each field wants it."""

    text: str
    characters: list[str]
    sounds: list[str]
    concepts: list[str]
    vector: Vectors


@dataclass(frozen=True)
class Evidence:
    """What speaks for each candidate (a place among the revisions): a row of signals each; and what is known of the
    query. `wordings` says of every wording how alike it is written.
    """

    analysis: Analysis
    places: Places
    table: NDArray[np.float64]
    query: Query
    wordings: Floats


class SearchIndex:
    """One published state of the knowledge base, ready to be searched from any thread."""

    def __init__(
        self,
        revisions: Sequence[IndexedRevision],
        fields: storage.Fields,
        encoder: Encoder,
        *,
        fusion: Fusion,
        terms: Terms,
    ) -> None:
        self._revisions = tuple(revisions)
        self._questions = tuple(question for revision in revisions for question in questions_of(revision))
        self._fields = fields
        self._encoder = encoder
        self._fusion = fusion
        self._terms = terms
        counts = [1 + len(revision.similar_questions) for revision in revisions]
        self._first_rows = (
            np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
            if counts
            else np.zeros(0, np.int64)
        )
        self._owners = np.repeat(np.arange(len(counts)), counts)
        self._in_force = lru_cache(maxsize=KEPT_MASKS)(self._find_in_force)
        self.fingerprint = fingerprint(revisions, encoder, terms)

    @classmethod
    def build(
        cls,
        revisions: Sequence[IndexedRevision],
        encoder: Encoder,
        cache: EmbeddingCache,
        *,
        fusion: Fusion | None = None,
    ) -> SearchIndex:
        """Index the revisions. Only texts that `cache` does not know are encoded."""
        ordered = sorted(revisions, key=lambda revision: (revision.entry_id, revision.revision))
        fields = _build_fields(ordered, encoder, cache)
        return cls(ordered, fields, encoder, fusion=fusion or load_fusion(), terms=cache.terms)

    @classmethod
    def load(cls, path: Path, encoder: Encoder, terms: Terms | None = None) -> SearchIndex:
        """Read a stored index. Raises IndexCorrupt when it is damaged or was made for other terms, encoder or program."""
        terms = terms or load_terms()
        revisions, fields, stored_fingerprint = storage.load(path)
        if stored_fingerprint != fingerprint(revisions, encoder, terms):
            raise IndexCorrupt("made with another encoder, program or table of terms")
        rows = sum(1 + len(revision.similar_questions) for revision in revisions)
        if not fields.fit(questions=rows, revisions=len(revisions), dimension=encoder.dimension):
            raise IndexCorrupt("its parts do not belong together")
        return cls(revisions, fields, encoder, fusion=load_fusion(), terms=terms)

    def save(self, path: Path) -> None:
        """Store the index as a directory, whole or not at all. Raises OSError."""
        storage.save(path, self._revisions, self._fields, fingerprint=self.fingerprint)

    def __len__(self) -> int:
        return len(self._revisions)

    def search(self, text: str, *, as_of: date, region: str | None, limit: int = 5) -> list[Match]:
        """The entries that may answer the text on a day in a region (None: nationwide only), best first."""
        seen = self.look(text, as_of=as_of, region=region)
        if seen is None:
            return []
        probabilities = self._fusion.probabilities(seen.table, seen.query)
        best = np.argsort(-probabilities, kind="stable")[:limit]
        return [self._match(seen, int(place), float(probabilities[place])) for place in best]

    def look(self, text: str, *, as_of: date, region: str | None) -> Evidence | None:
        """What speaks for which entry; None when the text says nothing or nothing is in force."""
        in_force = self._in_force(as_of, region)
        analysis = self.analyse(text)
        if analysis is None or not in_force.any():
            return None
        return self._evidence(analysis, in_force)

    def analyse(self, text: str) -> Analysis | None:
        """The query for each field, misheard words put right; None when nothing is left to search for."""
        form = search_form(text)
        if not form:
            return None
        corrected = self._terms.corrected(form, known=self._fields.characters.knows)
        return Analysis(
            text=corrected,
            characters=ngrams(corrected),
            sounds=ngrams([part.sound for part in spoken(form)]),
            concepts=self._terms.concepts_in(corrected),
            vector=self._encoder.encode([corrected])[0],
        )

    def _evidence(self, query: Analysis, in_force: NDArray[np.bool_]) -> Evidence:
        by_row = [field.scores(tokens) for field, tokens in self._row_fields(query)]
        by_revision = [np.maximum.reduceat(scores, self._first_rows) for scores in by_row]
        pairs = [token for token in query.characters if len(token) <= 2]
        by_revision += [
            self._fields.coverage.scores(pairs),
            self._fields.concept_coverage.scores(query.concepts),
            self._fields.answers.scores(pairs),
        ]
        candidates = self._candidates(query.vector, by_revision, in_force)
        meaning, answer_meaning = self._meaning(query.vector, candidates)
        columns = [scores[candidates] for scores in by_revision]
        table = np.stack((*columns[:3], meaning, *columns[3:], answer_meaning), axis=1).astype(np.float64)
        summary = Query(
            length=len(query.text),
            known_share=float(np.mean([self._fields.characters.knows(token) for token in query.characters])),
            concept_count=len(set(query.concepts)),
            revision_count=int(in_force.sum()),
        )
        return Evidence(query, candidates, table, summary, by_row[0])

    def entry_ids(self, places: Places) -> list[str]:
        """The entries of candidates."""
        return [self._revisions[place].entry_id for place in places]

    def _row_fields(self, query: Analysis) -> list[tuple[TokenField, list[str]]]:
        fields = self._fields
        return [
            (fields.characters, query.characters),
            (fields.pinyin, query.sounds),
            (fields.concepts, query.concepts),
        ]

    def _candidates(self, vector: Vectors, by_revision: list[Floats], in_force: NDArray[np.bool_]) -> Places:
        found = [
            self._owners[
                self._fields.questions.nearest(vector, among=in_force[self._owners], limit=NEAREST_ROWS)
            ]
        ]
        count = min(CANDIDATES_PER_SIGNAL, len(self._revisions))
        for scores in by_revision:
            allowed = np.where(in_force, scores, -1.0)
            found.append(np.argpartition(-allowed, count - 1)[:count])
        candidates = np.unique(np.concatenate(found))
        return candidates[in_force[candidates]]

    def _meaning(self, vector: Vectors, candidates: Places) -> tuple[Floats, Floats]:
        """For each candidate: its wording nearest in meaning, and its answer."""
        first = self._first_rows[candidates]
        counts = np.array([1 + len(self._revisions[place].similar_questions) for place in candidates])
        offsets = np.concatenate(([0], np.cumsum(counts)[:-1]))
        rows = np.repeat(first - offsets, counts) + np.arange(counts.sum())
        wordings = np.maximum.reduceat(self._fields.questions.similarities(vector, rows), offsets)
        answers = self._fields.answer_meanings.similarities(vector, candidates)
        return np.clip(wordings, 0, 1), np.clip(answers, 0, 1)

    def _match(self, seen: Evidence, candidate: int, score: float) -> Match:
        place, query = int(seen.places[candidate]), seen.analysis
        revision = self._revisions[place]
        first = int(self._first_rows[place])
        rows = np.arange(first, first + 1 + len(revision.similar_questions))
        likeness = self._fields.questions.similarities(query.vector, rows) + seen.wordings[rows]
        return Match(
            entry_id=revision.entry_id,
            revision=revision.revision,
            question=revision.question,
            matched=self._questions[int(rows[likeness.argmax()])].text,
            score=score,
            signals=Signals(*seen.table[candidate].tolist()),
        )

    def _find_in_force(self, day: date, region: str | None) -> NDArray[np.bool_]:
        """Which revisions hold: of each entry the one that answers on the day in the region, if any."""
        mask = np.zeros(len(self._revisions), np.bool_)
        for _, group in groupby(enumerate(self._revisions), key=lambda item: item[1].entry_id):
            places, revisions = zip(*group, strict=True)
            chosen = in_force(revisions, as_of=day, region=region)
            if chosen is not None:
                mask[places[revisions.index(chosen)]] = True
        return mask


def questions_of(revision: IndexedRevision) -> list[IndexedQuestion]:
    """All wordings that lead to a revision, the standard one first."""
    standard = IndexedQuestion(revision.entry_id, revision.revision, revision.question, is_standard=True)
    return [standard] + [
        IndexedQuestion(revision.entry_id, revision.revision, text, is_standard=False)
        for text in revision.similar_questions
    ]


def fingerprint(revisions: Sequence[IndexedRevision], encoder: Encoder, terms: Terms) -> str:
    """Names a state of texts, table of terms and encoder: equal for equal content."""
    digest = hashlib.sha256(f"{storage.FORMAT}:{terms.fingerprint}:{encoder.fingerprint}".encode())
    for revision in revisions:
        digest.update(json.dumps(asdict(revision), default=str, ensure_ascii=False).encode())
    return digest.hexdigest()


def _build_fields(
    revisions: Sequence[IndexedRevision], encoder: Encoder, cache: EmbeddingCache
) -> storage.Fields:
    wordings = [[search_form(question.text) for question in questions_of(revision)] for revision in revisions]
    answers = [search_form(f"{one.answer} {(one.details or '')[:DETAILS_SEARCHED]}") for one in revisions]
    rows = [text for texts in wordings for text in texts]
    whole = [" ".join((*texts, answer)) for texts, answer in zip(wordings, answers, strict=True)]
    return storage.Fields(
        characters=cache.characters.field(rows, cosine=True),
        pinyin=cache.pinyin.field(rows, cosine=True),
        concepts=cache.concepts.field(rows, cosine=True),
        coverage=cache.pairs.field(whole, cosine=False),
        concept_coverage=cache.concepts.field(whole, cosine=False),
        answers=cache.pairs.field(answers, cosine=False),
        questions=VectorField.build(cache.encode(encoder, rows)),
        answer_meanings=VectorField.build(
            cache.encode(encoder, [search_form(one.answer) for one in revisions])
        ),
    )
