"""Step 4, storage: entries, their immutable revisions, and publications (which revisions are served)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Moment
from knowledge_base.content import EntryContent


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
    hit_count: Mapped[int] = mapped_column(Integer, default=0)
    useful_count: Mapped[int] = mapped_column(Integer, default=0)
    useless_count: Mapped[int] = mapped_column(Integer, default=0)


class Revision(Base):
    """One text of an entry. The content of a revision that has left `draft` never changes."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(120))
    reviewer: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)
    lock_version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def content(self) -> EntryContent:
        """The text, validated."""
        return EntryContent.model_validate(self.body)


class Publication(Base):
    """One served state of the whole knowledge base: the ids of the revisions in it. Append-only.

    The row with the highest version is what is served; a rollback appends a copy of an earlier row.
    """

    __tablename__ = "publications"

    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    revision_ids: Mapped[list[int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)
