"""The desk's tests run on SQLite and on PostgreSQL, with the same expectations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Table, make_url
from world import World

import desk.tables  # noqa: F401  (declares the tables)
from common.database import Base, Database

POSTGRES_URL = os.environ.get(
    "TONGDA_TEST_DESK_DATABASE", "postgresql+psycopg://postgres@127.0.0.1/tongda_desk_test"
)


def desk_tables() -> list[Table]:
    """The tables that the desk's tests need: its own and the audit records."""
    declared = [
        mapper
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(("desk.", "common."))
    ]
    assert len(declared) > 5
    return [table for table in Base.metadata.sorted_tables if any(m.local_table is table for m in declared)]


def empty(database: Database) -> None:
    """Delete every row."""
    with database.engine.begin() as connection:
        for table in reversed(desk_tables()):
            connection.execute(table.delete())


def fresh_sqlite(folder: Path) -> Database:
    """A new database file with the desk's tables."""
    database = Database(f"sqlite:///{folder / 'desk.db'}")
    Base.metadata.create_all(database.engine, tables=desk_tables())
    return database


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """The PostgreSQL test database, made anew once a run."""
    try:
        _create_postgres_database()
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL cannot be reached: {error}")
    database = Database(POSTGRES_URL)
    Base.metadata.drop_all(database.engine, tables=desk_tables())
    Base.metadata.create_all(database.engine, tables=desk_tables())
    yield database
    database.dispose()


def _create_postgres_database() -> None:
    url = make_url(POSTGRES_URL)
    server = url.set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (url.database,)).fetchone()
        if known is None:
            connection.execute(
                psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(url.database or ""))
            )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of either kind."""
    if request.param == "postgres":
        made: Database = request.getfixturevalue("postgres")
        empty(made)
        yield made
        return
    made = fresh_sqlite(tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def world(database: Database) -> World:
    """A desk with nobody at it."""
    return World(database)
