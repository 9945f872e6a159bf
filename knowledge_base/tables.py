"""Step 4, storage: entries, their immutable revisions, and publications (which revisions are served)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Moment
from knowledge_base.content import EntryContent

BATCH: Final = 1000
"""How many values one statement names at most: below every database's limit."""

Item = TypeVar("Item")


class RevisionState(StrEnum):
    """Where a revision stands. Whether a published one is in force depends on the day, not on this."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REJECTED = "rejected"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Entry(Base):
    """One question-and-answer item; its text lives in revisions."""

    __tablename__ = "entries"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    owner: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Revision(Base):
    """One text of an entry. It can be changed while it is a draft, and never afterwards.

    `authors` are all who had a hand in it, the last one last: none of them may approve it. `lock_version` goes up with
    every save, from one draft of an entry to the next too.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index(
            "uq_revisions_open",
            "entry_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'in_review')"),
            postgresql_where=text("state IN ('draft', 'in_review')"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    authors: Mapped[list[str]] = mapped_column(JSON)
    reviewer: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)
    lock_version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def content(self) -> EntryContent:
        """The text, validated."""
        return EntryContent.model_validate(self.body)

    @property
    def author(self) -> str:
        """Who saved it last."""
        return self.authors[-1]


class Publication(Base):
    """One served state of the whole knowledge base: the ids of the revisions in it. Append-only.

    The row with the highest version is what is served. A rollback appends a copy of an earlier row, and `copy_of` is
    that row's version.
    """

    __tablename__ = "publications"

    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    revision_ids: Mapped[list[int]] = mapped_column(JSON)
    copy_of: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items, as many at a time as one statement may name."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
