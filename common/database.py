"""The database: one engine, reads and writes kept apart, SQLite and PostgreSQL behaving alike.

A write takes its lock at the start (SQLite: BEGIN IMMEDIATE), so that what it reads cannot change before it
commits. Leaving a block by an exception rolls back. What a write touched is told to the listeners after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from common.errors import Unavailable

BUSY_TIMEOUT_SECONDS = 5.0
_TOUCHED = "tongda_touched"

Listener = Callable[[frozenset[str]], None]
"""Is told the topics that a committed write touched. Must not raise and must not block."""


class Base(DeclarativeBase):
    """Base of every table; the naming convention lets migrations name what they change."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on databases that know no time zones too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must be aware")
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def touch(session: Session, topic: str) -> None:
    """Note that this transaction changes what `topic` ("conversation:ID", "queue" …) names."""
    session.info.setdefault(_TOUCHED, set()).add(topic)


class Database:
    """Opens sessions on the database that `url` (SQLAlchemy's form) names."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.listeners: list[Listener] = []
        if self.url.get_backend_name() == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _create_engine(url)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite: one writer, no FOR UPDATE."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database. Nothing is committed; what was loaded can still be read."""
        with self._session(write=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits on leaving, unless by an exception. Raises Unavailable when the database cannot."""
        with self._session(write=True) as session:
            yield session
            session.commit()
            touched = frozenset(session.info.get(_TOUCHED, ()))
        if touched:
            for listener in self.listeners:
                listener(touched)

    @contextmanager
    def _session(self, *, write: bool) -> Iterator[Session]:
        session = Session(self.engine, expire_on_commit=False)
        try:
            session.connection(execution_options=self._options(write=write))
            yield session
        except (OperationalError, PoolExhausted) as error:
            session.rollback()
            raise Unavailable from error
        finally:
            session.close()

    def _options(self, *, write: bool) -> dict[str, Any]:
        if write or self.is_sqlite:
            return {"tongda_write": write}
        # PostgreSQL would otherwise show each statement of a read another state.
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _create_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling would begin too late; _begin_sqlite does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    write = connection.get_execution_options().get("tongda_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
