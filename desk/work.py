"""Steps 2 to 7: one handler's share of a transaction, handed to the functions that do its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from common import audit
from common.audit import Actor
from common.database import touch
from common.ids import IdFactory
from desk.tables import Conversation

Detail = str | int | None


@dataclass(frozen=True)
class Work:
    """Who acts, when, in which transaction. It is committed by whoever opened it, never in here."""

    session: Session
    actor: Actor
    now: datetime
    ids: IdFactory

    def by(self, actor: Actor) -> Work:
        """The same, done by another."""
        return replace(self, actor=actor)

    def touch(self, *topics: str) -> None:
        """Tell open pages, after the commit, that these changed."""
        for topic in topics:
            touch(self.session, topic)

    def record(self, action: str, conversation: Conversation, **details: Detail) -> None:
        """Write the audit record of a change to `conversation`."""
        self.record_about(action, f"conversation:{conversation.id}", **details)

    def record_about(self, action: str, subject: str, **details: Detail) -> None:
        """Write the audit record of a change to something else than a conversation."""
        audit.record(
            self.session, action, subject=subject, actor=self.actor, at=self.now, details=dict(details)
        )
