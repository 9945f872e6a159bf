"""Step 4, the knowledge base as the bot sees it: one published state, searched in memory, swapped whole.

A publication in the database names the revisions that are served. `refresh` notices a new one, reads the revisions that
it does not know yet, builds the index beside the old one (only texts never seen are encoded), stores it, and swaps one
reference: a search sees either the old state or the new one. A stored index that is damaged is built again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Final

import structlog

from common.database import Database
from common.errors import Unavailable
from knowledge_base.content import EntryContent, with_figures, with_newest_figures
from knowledge_base.encoder import Encoder, EncoderUnavailable
from knowledge_base.publishing import current_version, load_revisions, served_ids
from knowledge_base.rate_tables import RateTables
from knowledge_base.retrieval.decision import Decision, Thresholds, decide
from knowledge_base.retrieval.index import EmbeddingCache, IndexCorrupt, SearchIndex
from knowledge_base.retrieval.terms import Terms
from knowledge_base.retrieval.types import IndexedRevision, Match
from knowledge_base.validity import in_force

KEPT_INDEXES: Final = 3
log = structlog.get_logger()


class SearchUnavailable(Unavailable):
    """The knowledge base cannot be searched: its encoder cannot be loaded."""

    code = "search_unavailable"
    message = "知识库暂时无法检索，请稍后重试。"


@dataclass(frozen=True)
class ServedRevision:
    """A published revision and its number within the entry."""

    number: int
    content: EntryContent

    @cached_property
    def digest(self) -> bytes:
        """Equal for equal revisions."""
        text = json.dumps([self.number, self.content.model_dump(mode="json")], sort_keys=True)
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True)
class SearchResult:
    """What retrieval found for one text, best first, and what it makes of it."""

    decision: Decision
    probability: float
    matches: tuple[Match, ...]
    thresholds: Thresholds
    index_version: str


@dataclass(frozen=True)
class PublishedState:
    """What one publication serves: its revisions by id, entry by entry, oldest first."""

    version: int
    revisions: Mapping[int, ServedRevision]


@dataclass(frozen=True)
class Snapshot:
    """One published state: its version, its texts and its index. Never changes."""

    publication: PublishedState
    index: SearchIndex

    @cached_property
    def by_entry(self) -> dict[str, tuple[ServedRevision, ...]]:
        """The revisions of each entry, oldest first."""
        groups = groupby(self.publication.revisions.values(), key=lambda served: served.content.id)
        return {entry_id: tuple(group) for entry_id, group in groups}

    @property
    def index_version(self) -> str:
        """What a reply names as the state it was answered from."""
        return f"{self.publication.version}-{self.index.fingerprint[:12]}"


class Library:
    """The published knowledge base of one database. Safe to search from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        encoder: Callable[[], Encoder],
        index_dir: Path,
        thresholds: Thresholds,
        rates: RateTables,
        terms: Terms | None = None,
    ) -> None:
        self._database = database
        self._rates = rates
        self._make_encoder = encoder
        self._encoder: Encoder | None = None
        self._index_dir = index_dir
        self._thresholds = thresholds
        self._cache = EmbeddingCache(terms)
        self._snapshot: Snapshot | None = None
        self._refreshing = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether a search would find an index at once."""
        return self._snapshot is not None

    @property
    def version(self) -> int | None:
        """The publication that is being served; None before the first refresh."""
        return self._snapshot.publication.version if self._snapshot else None

    def refresh(self) -> bool:
        """Serve the current publication. Returns whether anything changed. What was served stays when this fails.

        Raises Unavailable when the database cannot be read, SearchUnavailable when the encoder cannot be loaded.
        """
        with self._refreshing:
            publication = self._newest()
            if publication is None:
                return False
            snapshot = Snapshot(publication, self._index(publication.revisions))
            log.info("knowledge base served", version=publication.version, entries=len(snapshot.by_entry))
            self._snapshot = snapshot
            return True

    def stored(self) -> bool:
        """Whether the index of the current publication lies on disk, whole."""
        publication = self._newest()
        return publication is None or self._stored_index(publication.revisions) is not None

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
        """The published revision of an entry that answers on a day in a region, with the figures of that day."""
        published = self._current().by_entry.get(entry_id, ())
        content = in_force([served.content for served in published], as_of=as_of, region=region)
        if content is None:
            return None
        number = next(served.number for served in published if served.content is content)
        return ServedRevision(number, with_figures(content, self._rates, as_of))

    def _current(self) -> Snapshot:
        if self._snapshot is None:
            self.refresh()
        assert self._snapshot is not None  # noqa: S101 - refresh sets it or raises
        return self._snapshot

    def _newest(self) -> PublishedState | None:
        """The current publication, unless it is being served already. Revisions never change: known ones are kept."""
        served = self._snapshot.publication if self._snapshot else None
        known = served.revisions if served else {}
        with self._database.read() as session:
            version = current_version(session)
            if served is not None and served.version == version:
                return None
            ids = served_ids(session)
            read = {
                revision.id: ServedRevision(revision.number, revision.content)
                for revision in load_revisions(session, ids - known.keys())
            }
        kept = {revision_id: known[revision_id] for revision_id in ids & known.keys()}
        ordered = sorted((kept | read).items(), key=lambda item: (item[1].content.id, item[1].number))
        return PublishedState(version, dict(ordered))

    def _index(self, revisions: Mapping[int, ServedRevision]) -> SearchIndex:
        index = self._stored_index(revisions)
        if index is not None:
            return index
        encoder = self._loaded_encoder()
        texts = [_indexed(self._as_found(served)) for served in revisions.values()]
        index = SearchIndex.build(texts, encoder, self._cache)
        try:
            index.save(self._place(revisions))
        except OSError as error:
            log.warning("the index cannot be stored and is served from memory", cause=str(error))
        self._forget_old_indexes()
        return index

    def _stored_index(self, revisions: Mapping[int, ServedRevision]) -> SearchIndex | None:
        path = self._place(revisions)
        if not path.exists():
            return None
        try:
            return SearchIndex.load(path, self._loaded_encoder(), self._cache.terms)
        except IndexCorrupt as error:
            log.warning("a stored index is damaged and is built again", path=str(path), cause=str(error))
            return None

    def _place(self, revisions: Mapping[int, ServedRevision]) -> Path:
        """Named by what is in it, so that several databases can share a folder."""
        made_with = self._loaded_encoder().fingerprint + self._cache.terms.fingerprint
        digest = hashlib.sha256(made_with.encode())
        for served in revisions.values():
            digest.update(self._as_found(served).digest)
        return self._index_dir / digest.hexdigest()[:32]

    def _as_found(self, served: ServedRevision) -> ServedRevision:
        """The revision as it is searched: with the newest figures of its period, whatever the day."""
        content = with_newest_figures(served.content, self._rates)
        return served if content is served.content else ServedRevision(served.number, content)

    def _loaded_encoder(self) -> Encoder:
        if self._encoder is None:
            try:
                self._encoder = self._make_encoder()
            except EncoderUnavailable as error:
                raise SearchUnavailable(f"知识库无法检索：{error}。请检查 TONGDA_ENCODER。") from error
        return self._encoder

    def _forget_old_indexes(self) -> None:
        # Another process may be doing the same.
        with contextlib.suppress(OSError):
            stored = sorted(self._index_dir.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in stored[KEPT_INDEXES:]:
                shutil.rmtree(path, ignore_errors=True)


def _indexed(served: ServedRevision) -> IndexedRevision:
    content = served.content
    return IndexedRevision(
        entry_id=content.id,
        revision=served.number,
        question=content.question,
        similar_questions=content.similar_questions,
        answer=content.answer,
        details=content.details,
        effective_from=content.effective_from,
        effective_to=content.effective_to,
        region=content.region,
        tax_type=content.tax_type,
    )
