"""Step 4, the knowledge base as the bot sees it: one published state, searched in memory, swapped whole.

A publication in the database names the revisions that are served. `refresh` notices a new one, builds its index
beside the old one (only texts never seen are encoded), stores it, and swaps one reference: a search sees either
the old state or the new one. A stored index that is damaged is built again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import structlog

from common.database import Database
from knowledge_base.content import EntryContent
from knowledge_base.encoder import Encoder
from knowledge_base.publishing import current_version, served_revisions
from knowledge_base.retrieval.decision import Decision, Thresholds, decide
from knowledge_base.retrieval.index import EmbeddingCache, IndexCorrupt, SearchIndex
from knowledge_base.retrieval.types import IndexedRevision, Match

KEPT_INDEXES: Final = 3
log = structlog.get_logger()


@dataclass(frozen=True)
class ServedRevision:
    """A published revision and its number within the entry."""

    number: int
    content: EntryContent

    def holds(self, *, as_of: date, region: str | None) -> bool:
        """Whether it is in force on a day, in a region (None: only what holds nationwide)."""
        content = self.content
        if content.region is not None and content.region != region:
            return False
        started = content.effective_from is None or content.effective_from <= as_of
        return started and (content.effective_to is None or as_of <= content.effective_to)


@dataclass(frozen=True)
class SearchResult:
    """What retrieval found for one text, best first, and what it makes of it."""

    decision: Decision
    probability: float
    matches: tuple[Match, ...]
    thresholds: Thresholds
    index_version: str


@dataclass(frozen=True)
class Snapshot:
    """One published state: its version, its texts and its index. Never changes."""

    version: int
    index: SearchIndex
    revisions: dict[str, tuple[ServedRevision, ...]]

    @property
    def index_version(self) -> str:
        """What a reply names as the state it was answered from."""
        return f"{self.version}-{self.index.fingerprint[:12]}"


class Library:
    """The published knowledge base of one database. Safe to search from any thread."""

    def __init__(
        self, database: Database, *, encoder: Callable[[], Encoder], index_dir: Path, thresholds: Thresholds
    ) -> None:
        self._database = database
        self._make_encoder = encoder
        self._encoder: Encoder | None = None
        self._index_dir = index_dir
        self._thresholds = thresholds
        self._cache = EmbeddingCache()
        self._snapshot: Snapshot | None = None
        self._refreshing = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether a search would find an index at once."""
        return self._snapshot is not None

    @property
    def version(self) -> int | None:
        """The publication that is being served; None before the first refresh."""
        return self._snapshot.version if self._snapshot else None

    def refresh(self) -> bool:
        """Serve the current publication. Returns whether anything changed."""
        with self._refreshing:
            with self._database.read() as session:
                version = current_version(session)
                if self._snapshot is not None and self._snapshot.version == version:
                    return False
                served = [(revision.number, revision.content) for revision in served_revisions(session)]
            self._snapshot = self._load(version, served)
            log.info("knowledge base served", version=version, entries=len(self._snapshot.revisions))
            return True

    def search(self, text: str, *, as_of: date, region: str | None, limit: int = 5) -> SearchResult:
        """Ranked entries in force on `as_of`, and the decision they amount to."""
        snapshot = self._current()
        matches = tuple(snapshot.index.search(text, as_of=as_of, region=region, limit=limit))
        return SearchResult(
            decision=decide(matches, self._thresholds),
            probability=matches[0].score if matches else 0.0,
            matches=matches,
            thresholds=self._thresholds,
            index_version=snapshot.index_version,
        )

    def revision_in_force(self, entry_id: str, *, as_of: date, region: str | None) -> ServedRevision | None:
        """The newest published revision of an entry that holds on a day, or None."""
        holding = [
            served
            for served in self._current().revisions.get(entry_id, ())
            if served.holds(as_of=as_of, region=region)
        ]
        return max(holding, key=lambda served: served.number, default=None)

    def _current(self) -> Snapshot:
        if self._snapshot is None:
            self.refresh()
        assert self._snapshot is not None  # noqa: S101 - refresh sets it or raises
        return self._snapshot

    def _load(self, version: int, served: Sequence[tuple[int, EntryContent]]) -> Snapshot:
        if self._encoder is None:
            self._encoder = self._make_encoder()
        revisions: dict[str, tuple[ServedRevision, ...]] = {}
        for number, content in served:
            revisions[content.id] = (*revisions.get(content.id, ()), ServedRevision(number, content))
        return Snapshot(version=version, index=self._index(served, self._encoder), revisions=revisions)

    def _index(self, served: Sequence[tuple[int, EntryContent]], encoder: Encoder) -> SearchIndex:
        path = self._index_dir / _fingerprint(served, encoder)
        if path.exists():
            try:
                return SearchIndex.load(path, encoder)
            except IndexCorrupt as error:
                log.warning("stored index is damaged and is built again", path=path.name, cause=str(error))
                shutil.rmtree(path, ignore_errors=True)
        index = SearchIndex.build(
            [_indexed(number, content) for number, content in served], encoder, self._cache
        )
        try:
            index.save(path)
            self._forget_old_indexes()
        except OSError as error:
            log.warning("index could not be stored; it is served from memory", cause=str(error))
        return index

    def _forget_old_indexes(self) -> None:
        stored = sorted(self._index_dir.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in stored[KEPT_INDEXES:]:
            shutil.rmtree(path, ignore_errors=True)


def _indexed(number: int, content: EntryContent) -> IndexedRevision:
    return IndexedRevision(
        entry_id=content.id,
        revision=number,
        question=content.question,
        similar_questions=content.similar_questions,
        answer=content.answer,
        details=content.details,
        effective_from=content.effective_from,
        effective_to=content.effective_to,
        region=content.region,
        tax_type=content.tax_type,
    )


def _fingerprint(served: Sequence[tuple[int, EntryContent]], encoder: Encoder) -> str:
    digest = hashlib.sha256(encoder.fingerprint.encode())
    for number, content in served:
        digest.update(json.dumps([number, content.model_dump(mode="json")], sort_keys=True).encode())
    return digest.hexdigest()[:32]
