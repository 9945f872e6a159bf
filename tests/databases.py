"""Databases for tests: a file, or one of our own on a PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import make_url

from app.tables import metadata
from common.database import Database

SERVER: Final = make_url(
    os.environ.get("TONGDA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/postgres")
)


def fresh_sqlite(folder: Path) -> Database:
    """A new database file with every table."""
    database = Database(f"sqlite:///{folder / 'tongda.db'}")
    metadata.create_all(database.engine)
    return database


@contextmanager
def fresh_postgres() -> Iterator[Database]:
    """A new PostgreSQL database with every table, dropped at the end. Raises psycopg's OperationalError."""
    # Several test runs may share a server.
    name = f"tongda_test_{os.getpid()}"
    _command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _command(f"CREATE DATABASE {name}")
    database = Database(SERVER.set(database=name).render_as_string(hide_password=False))
    metadata.create_all(database.engine)
    try:
        yield database
    finally:
        database.dispose()
        _command(f"DROP DATABASE {name} WITH (FORCE)")


def empty(database: Database) -> None:
    """Delete every row."""
    assert metadata.sorted_tables
    with database.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def _command(statement: str) -> None:
    address = SERVER.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())
