"""Step 4, practice: made-up knowledge bases with questions to them, for learning and measuring. Not used in service.

Groups of wordings become entries: some wordings are given to the entry, the others are asked. Questions whose entry
was left out, and what people say to other assistants, have no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.content import EntryContent, with_newest_figures
from knowledge_base.encoder import Encoder
from knowledge_base.encoder.material import Group, held_out_groups, training_groups, utterances
from knowledge_base.encoder.noise import Noise
from knowledge_base.files import read_rows
from knowledge_base.rate_tables import shipped_tables
from knowledge_base.retrieval.fusion import Fusion, Query, Scorer, candidate_features, none_features
from knowledge_base.retrieval.index import EmbeddingCache, SearchIndex
from knowledge_base.retrieval.measures import Outcome
from knowledge_base.retrieval.types import IndexedRevision, Signals
from knowledge_base.validity import in_force

ANY_DAY: Final = date(2026, 11, 23)
ASKED_PER_ENTRY: Final = 3
KEPT_SCORES: Final = 5
STARTING_CONTENT: Final = Path(__file__).resolve().parent.parent / "content"
KNOWN_SHARE: Final = 0.4
PLAIN, NOISY, KNOWN, REMOVED, ELSEWHERE = "written", "noisy", "known", "removed", "elsewhere"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a practice knowledge base; `entry_id` is None when nothing there answers it."""

    text: str
    entry_id: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Practice:
    """A knowledge base and questions to it."""

    revisions: tuple[IndexedRevision, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the index saw for one question: a row of signals a candidate, and which row is right (None: none is)."""

    asked: Asked
    entry_ids: tuple[str, ...]
    table: NDArray[np.float64]
    query: Query

    @property
    def target(self) -> int | None:
        """The place of the right entry, when it is among the candidates."""
        right = self.asked.entry_id
        return self.entry_ids.index(right) if right in self.entry_ids else None


def make_practice(
    groups: Sequence[Group],
    *,
    seed: int,
    given: int,
    with_answers: bool,
    removed_share: float = 0.2,
    elsewhere: Sequence[str] = (),
    distractors: Sequence[Group] = (),
) -> Practice:
    """Groups as entries, each with up to `given` similar questions; the other wordings are asked, and now and then one that it has."""
    random = Random(seed)  # noqa: S311 - reproducible practice, no secret
    noise = Noise(seed)
    removed = set(random.sample(range(len(groups)), int(len(groups) * removed_share)))
    revisions: list[IndexedRevision] = []
    asked: list[Asked] = []
    for place, group in enumerate(groups):
        wordings = random.sample(group.wordings, len(group.wordings))
        kept = wordings[: min(given, len(wordings) - 1)]
        others = wordings[len(kept) :][:ASKED_PER_ENTRY]
        if place not in removed:
            revisions.append(_revision(group, kept, with_answers=with_answers))
            if random.random() < KNOWN_SHARE:
                asked.append(Asked(random.choice((group.question, *kept)), group.question, KNOWN))
        entry_id = None if place in removed else group.question
        plain, noisy = (REMOVED, REMOVED) if place in removed else (PLAIN, NOISY)
        asked += [Asked(text, entry_id, plain) for text in others]
        asked += [Asked(noise.worsened(text), entry_id, noisy) for text in others]
    revisions += [
        _revision(group, group.wordings[:given], with_answers=with_answers) for group in distractors
    ]
    asked += [Asked(text, None, ELSEWHERE) for text in elsewhere]
    return Practice(tuple(revisions), tuple(asked))


def _revision(group: Group, kept: Sequence[str], *, with_answers: bool) -> IndexedRevision:
    return IndexedRevision(
        entry_id=group.question,
        revision=1,
        question=group.question,
        similar_questions=tuple(kept),
        answer=group.answer if with_answers else "",
    )


def gather(practice: Practice, encoder: Encoder, cache: EmbeddingCache) -> list[Evidence]:
    """Ask every question of a practice knowledge base and keep what the index saw."""
    index = SearchIndex.build(practice.revisions, encoder, cache, fusion=untaught())
    return [evidence for asked in practice.asked if (evidence := look(index, asked)) is not None]


def look(
    index: SearchIndex, asked: Asked, *, as_of: date = ANY_DAY, region: str | None = None
) -> Evidence | None:
    """What an index sees for one question; None when the text says nothing."""
    seen = index.look(asked.text, as_of=as_of, region=region)
    if seen is None:
        return None
    return Evidence(asked, tuple(index.entry_ids(seen.places)), seen.table, seen.query)


def unseen_topics(*, given: int, seed: int) -> Practice:
    """The held-out topics are asked about; the training topics only stand beside them."""
    return make_practice(
        held_out_groups(),
        seed=seed,
        given=given,
        with_answers=True,
        elsewhere=utterances("held_out_elsewhere"),
        distractors=training_groups(),
    )


def unseen_content(*, given: int, seed: int) -> Practice:
    """The starting content, which nothing was learnt from, with only `given` similar questions an entry."""
    groups = [
        Group(one.tax_type or "", one.question, f"{one.answer} {one.details or ''}", one.similar_questions)
        for one in current_content()
        if len(one.similar_questions) > 1
    ]
    return make_practice(
        groups, seed=seed, given=given, with_answers=True, elsewhere=utterances("held_out_elsewhere")
    )


def outcome_of(evidence: Evidence, fusion: Fusion, *, without: str | None = None) -> Outcome:
    """What the fusion makes of the evidence, perhaps with one signal blinded."""
    table = evidence.table.copy()
    if without is not None:
        table[:, [field.name for field in fields(Signals)].index(without)] = 0.0
    probabilities = fusion.probabilities(table, evidence.query)
    order = np.argsort(-probabilities, kind="stable")
    target = evidence.target
    return Outcome(
        kind=evidence.asked.kind,
        place=None if target is None else int(np.flatnonzero(order == target)[0]),
        answerable=evidence.asked.entry_id is not None,
        scores=tuple(float(score) for score in probabilities[order][:KEPT_SCORES]),
    )


def content_practices(contents: Sequence[EntryContent], *, seed: int) -> Iterator[Practice]:
    """The starting content with one similar question of each entry left out and asked; together every one is asked once.

    A fifth of the entries is left out as well, so that their questions have no answer.
    """
    random = Random(seed)  # noqa: S311 - reproducible practice, no secret
    elsewhere = [Asked(text, None, ELSEWHERE) for text in utterances("held_out_elsewhere")]
    for turn in range(max(len(content.similar_questions) for content in contents)):
        removed = set(random.sample([content.id for content in contents], len(contents) // 5))
        revisions: list[IndexedRevision] = []
        asked: list[Asked] = elsewhere if turn == 0 else []
        for content in contents:
            kept = list(content.similar_questions)
            if turn < len(kept):
                lost = content.id in removed
                asked.append(Asked(kept.pop(turn), None if lost else content.id, REMOVED if lost else PLAIN))
            if content.id not in removed:
                revisions.append(indexed(content, kept))
        yield Practice(tuple(revisions), tuple(asked))


def indexed(content: EntryContent, similar: Sequence[str]) -> IndexedRevision:
    """An entry of the starting content with some of its similar questions, without its dates."""
    return IndexedRevision(
        entry_id=content.id, revision=1, question=content.question, similar_questions=tuple(similar),
        answer=content.answer, details=content.details, tax_type=content.tax_type,
    )  # fmt: skip


def current_content() -> list[EntryContent]:
    """Of the starting content, what is in force on the day of the practice, nationwide."""
    return [one for one in starting_content() if in_force([one], as_of=ANY_DAY, region=None)]


def starting_content() -> list[EntryContent]:
    """The entries that come with the program."""
    rows = [row for row in read_rows(STARTING_CONTENT) if row.values is not None]
    return [with_newest_figures(EntryContent.model_validate(row.values), shipped_tables()) for row in rows]


def untaught() -> Fusion:
    """A fusion that finds everything equally likely, for building an index whose evidence alone is wanted."""
    signals = len(Signals.__dataclass_fields__)
    table = np.zeros((1, signals))
    candidate = candidate_features(table).shape[1]
    none = len(none_features(table, Query(1, 1.0, 1, 1)))
    return Fusion(candidate=_blank(candidate), none=_blank(none))


def _blank(features: int) -> Scorer:
    return Scorer(
        mean=np.zeros(features),
        scale=np.ones(features),
        linear=np.zeros(features),
        bias=0.0,
        hidden=np.zeros((features, 1)),
        hidden_bias=np.zeros(1),
        output=np.zeros(1),
    )
