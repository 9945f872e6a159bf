"""Search alone, in this process, over a large made-up knowledge base: how it scales, and what a change costs there."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Final

from benchmarks.figures import Spread, spread
from knowledge_base.encoder import load_encoder
from knowledge_base.retrieval.index import EmbeddingCache, SearchIndex
from knowledge_base.retrieval.types import IndexedRevision

SEED: Final = 12366
DAY: Final = date(2026, 11, 23)

# Three lines of words: who asks, about which tax, about which matter.
_WHO, _WHAT, _MATTER = (
    line.split()
    for line in Path(__file__).with_name("made_up_words.txt").read_text(encoding="utf-8").splitlines()
)
_WORDINGS: Final = (
    "{who}的{what}{matter}有什么规定",
    "{who}{matter}怎么办，{what}这块",
    "请问{what}{matter}，我是{who}",
    "{what}的{matter}，{who}要注意什么",
    "我们是{who}，想问一下{what}{matter}",
    "{who}{what}{matter}需要哪些材料",
)
_QUERIES: Final = (
    "{who}{what}{matter}是怎么规定的呀",
    "{what}{matter}怎么弄，{who}",
    "{matter} {what} {who}",
)


@dataclass(frozen=True)
class SearchFigures:
    """What was measured at one size."""

    entries: int
    questions: int
    build_seconds: float
    change_seconds: float
    milliseconds: Spread


def measure(*, entries: int, queries: int) -> SearchFigures:
    """Build an index of made-up entries, search it, change one entry and build the next index."""
    revisions = list(made_up(entries))
    encoder, cache = load_encoder(), EmbeddingCache()
    started = time.perf_counter()
    index = SearchIndex.build(revisions, encoder, cache)
    built = time.perf_counter()
    samples = [_timed(index, text) for text in made_up_queries(queries)]
    revisions[0] = replace(revisions[0], revision=2, question=revisions[0].question + "（新）")
    changing = time.perf_counter()
    SearchIndex.build(revisions, encoder, cache)
    return SearchFigures(
        entries=entries,
        questions=entries * len(_WORDINGS),
        build_seconds=built - started,
        change_seconds=time.perf_counter() - changing,
        milliseconds=spread(samples),
    )


def made_up(count: int) -> Iterator[IndexedRevision]:
    """At most 10,000 different entries, each with a standard question and five similar ones."""
    for number, (who, what, matter) in zip(range(count), product(_WHO, _WHAT, _MATTER), strict=False):
        first, *others = [wording.format(who=who, what=what, matter=matter) for wording in _WORDINGS]
        yield IndexedRevision(
            entry_id=f"made-up-{number}",
            revision=1,
            question=first,
            similar_questions=tuple(others),
            answer=f"{who}办理{what}{matter}，按现行规定执行。",
        )


def made_up_queries(count: int) -> Iterator[str]:
    """Wordings that no entry has, the same at every run."""
    chance = random.Random(SEED)
    for _ in range(count):
        wording = chance.choice(_QUERIES)
        yield wording.format(
            who=chance.choice(_WHO), what=chance.choice(_WHAT), matter=chance.choice(_MATTER)
        )


def _timed(index: SearchIndex, text: str) -> float:
    started = time.perf_counter()
    index.search(text, as_of=DAY, region=None)
    return (time.perf_counter() - started) * 1000
