"""An office for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import fresh_sqlite
from office import Office

from common.database import Database


@pytest.fixture
def office(database: Database) -> Office:
    """Content staff with an empty knowledge base, on either kind of database."""
    return Office(database)


@pytest.fixture
def small_office(tmp_path: Path) -> Iterator[Office]:
    """The same on SQLite alone, for what does not depend on the database."""
    database = fresh_sqlite(tmp_path)
    yield Office(database)
    database.dispose()
