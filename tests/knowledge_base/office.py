"""Content staff in a test: a database, a clock, and short names for what tests do often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.audit import Actor, AuditRecord
from common.database import Database
from knowledge_base import editing, publishing
from knowledge_base.content import EntryContent
from knowledge_base.encoder import load_encoder
from knowledge_base.library import Library
from knowledge_base.rate_tables import RateTables, shipped_tables
from knowledge_base.retrieval.decision import Thresholds
from knowledge_base.tables import Publication, Revision

START: Final = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in China."""
TODAY: Final = date(2026, 11, 24)
AUTHOR, REVIEWER = "editor", "reviewer"

ENTRY: Final[dict[str, Any]] = {
    "id": "stamp-lease",
    "question": "房屋租赁合同怎么交印花税？",
    "similar_questions": [
        "租房合同要贴花吗",
        "签了办公室租约印花税怎么算",
        "出租厂房的合同印花税税率多少",
        "租金一次付三年印花税按多少算",
        "个人租住房签合同要不要印花税",
    ],
    "answer": "按合同所列租金的千分之一缴纳印花税。",
    "details": "**计税依据** 合同所列租金，不含列明的增值税税款。",
    "citations": [
        {
            "title": "中华人民共和国印花税法",
            "document_number": "主席令第89号",
            "article": "第五条",
            "issuer": "全国人民代表大会常务委员会",
            "issued_on": "2021-06-10",
            "url": None,
        }
    ],
    "tax_type": "印花税",
    "matter": "申报",
    "audience": ["企业", "个体工商户"],
    "region": None,
    "effective_from": "2022-07-01",
    "effective_to": None,
    "review_by": "2027-06-30",
    "risk_level": "direct",
    "related": [],
    "superseded_by": None,
}
"""An entry that strict publishing takes."""


def content(**more: Any) -> EntryContent:
    """The entry above, changed."""
    return EntryContent.model_validate({**ENTRY, **more})


class Office:
    """Everybody who works at one knowledge base. Every call is one transaction, as in the product."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction, a second after the last."""
        self.now += timedelta(seconds=1)
        with self.database.write() as session:
            yield session

    def create(self, entry: EntryContent, *, by: str = AUTHOR) -> Revision:
        with self.write() as session:
            return editing.create_entry(session, entry, author=by, actor=person(by), now=self.now)

    def save(self, entry: EntryContent, *, base: int | None, by: str = AUTHOR) -> Revision:
        with self.write() as session:
            return editing.save_draft(session, entry, base=base, author=by, actor=person(by), now=self.now)

    def submit(self, entry_id: str = "stamp-lease", *, strict: bool = True) -> Revision:
        with self.write() as session:
            return editing.submit(session, entry_id, strict=strict, actor=person(AUTHOR), now=self.now)

    def approve(
        self,
        entry_id: str = "stamp-lease",
        *,
        by: str = REVIEWER,
        base: int | None = None,
        strict: bool = True,
    ) -> Revision:
        """Approve what was read: the version `base`, by default what is there now."""
        working = self.working(entry_id)
        read = base or (working.lock_version if working else 1)
        with self.write() as session:
            return editing.approve(
                session, entry_id, base=read, reviewer=by, strict=strict, actor=person(by), now=self.now
            )

    def reject(self, entry_id: str = "stamp-lease", *, note: str = "税率请核对") -> Revision:
        with self.write() as session:
            return editing.reject(
                session, entry_id, reviewer=REVIEWER, note=note, actor=person(REVIEWER), now=self.now
            )

    def restore(self, number: int, entry_id: str = "stamp-lease", *, by: str = AUTHOR) -> Revision:
        with self.write() as session:
            return editing.restore(
                session, entry_id, number=number, author=by, actor=person(by), now=self.now
            )

    def publish(self, entry: EntryContent) -> Revision:
        """Write, submit and approve."""
        working = self.working(entry.id)
        known = self.database_has(entry.id)
        if known:
            self.save(entry, base=working.lock_version if working else None)
        else:
            self.create(entry)
        self.submit(entry.id, strict=False)
        return self.approve(entry.id, strict=False)

    def withdraw(self, entry_id: str = "stamp-lease") -> Publication:
        with self.write() as session:
            return publishing.withdraw(session, entry_id, reason="有误", actor=person(REVIEWER), now=self.now)

    def roll_back(self, to: int | None = None) -> Publication:
        with self.write() as session:
            return publishing.roll_back(session, to=to, actor=person(REVIEWER), now=self.now)

    def database_has(self, entry_id: str) -> bool:
        with self.database.read() as session:
            return bool(editing.existing_entries(session, [entry_id]))

    def working(self, entry_id: str = "stamp-lease") -> Revision | None:
        with self.database.read() as session:
            return editing.working_revision(session, entry_id)

    def served(self) -> list[tuple[str, int]]:
        """What is served: entry and revision."""
        with self.database.read() as session:
            return [(revision.entry_id, revision.number) for revision in publishing.served_revisions(session)]

    def states(self, entry_id: str = "stamp-lease") -> list[str]:
        """The state of each revision, the oldest first."""
        with self.database.read() as session:
            found = select(Revision.state).where(Revision.entry_id == entry_id).order_by(Revision.number)
            return list(session.scalars(found))

    def publications(self) -> list[Publication]:
        with self.database.read() as session:
            return list(session.scalars(select(Publication).order_by(Publication.version)))

    def audited(self, action: str) -> int:
        """How many audit records there are of an action."""
        with self.database.read() as session:
            counted = select(func.count()).select_from(AuditRecord).where(AuditRecord.action == action)
            return session.scalar(counted) or 0

    def library(self, folder: Path, *, rates: RateTables | None = None) -> Library:
        """The knowledge base with the built-in encoder, its index in `folder`."""
        return Library(
            self.database,
            encoder=load_encoder,
            index_dir=folder,
            thresholds=Thresholds(answer=0.5, clarify=0.5),
            rates=rates or shipped_tables(),
        )


def person(name: str) -> Actor:
    return Actor("user", name)
