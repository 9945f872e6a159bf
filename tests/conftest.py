"""What storage does is tested on SQLite and on PostgreSQL, with the same expectations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from databases import empty, fresh_postgres, fresh_sqlite
from hypothesis import HealthCheck, settings

from common.database import Database

# How long an example takes is never a reason to fail.
settings.register_profile("tongda", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tongda")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """The PostgreSQL test database, made anew once a run."""
    with ExitStack() as stack:
        try:
            database = stack.enter_context(fresh_postgres())
        except psycopg.OperationalError as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"PostgreSQL cannot be reached: {error}")
        yield database


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
