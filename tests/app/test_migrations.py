"""The migrations make exactly the tables that the code declares, on both databases, and import nothing of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from app.migrate import MIGRATIONS, current_revision, migrate, newest_revision
from app.tables import metadata
from common.database import Database


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_an_empty_sqlite_database_is_brought_to_what_the_code_declares(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert current_revision(database) is None
    assert migrate(database)
    assert current_revision(database) == newest_revision()
    assert not migrate(database)
    assert differences(database) == []
    database.dispose()


@pytest.mark.postgres
def test_an_empty_postgresql_database_is_brought_to_what_the_code_declares(postgres: Database) -> None:
    with postgres.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    assert migrate(postgres)
    assert differences(postgres) == []


def test_migrations_import_nothing_of_ours() -> None:
    files = sorted((MIGRATIONS / "versions").glob("*.py"))
    assert files
    for file in files:
        imports = [line for line in file.read_text().splitlines() if line.startswith(("import ", "from "))]
        assert all(
            line.split()[1].split(".")[0] in {"__future__", "sqlalchemy", "alembic"} for line in imports
        )
