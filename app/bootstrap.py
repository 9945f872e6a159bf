"""Wiring: builds each part once from the settings. Nothing here runs at import."""

from __future__ import annotations

from app.migrate import current_revision, migrate, newest_revision
from app.settings import Settings
from common.database import Database
from common.secrets import Keyring, load_or_make_key
from knowledge_base.encoder import Encoder, load_encoder
from knowledge_base.library import Library
from knowledge_base.rate_tables import shipped_tables
from knowledge_base.retrieval.decision import load_thresholds
from knowledge_base.retrieval.terms import load_terms


class NotMigrated(Exception):
    """The database is older than the program."""


def open_database(settings: Settings) -> Database:
    """The database at the newest schema. An empty one is migrated; an older one is refused.

    Raises NotMigrated.
    """
    database = Database(settings.database_url)
    current = current_revision(database)
    if current is None:
        migrate(database)
    elif current != newest_revision():
        raise NotMigrated("数据库结构不是最新的，请先运行 tongda migrate。")
    return database


def open_keyring(settings: Settings) -> Keyring:
    """The installation's keys."""
    if settings.secret_key is not None:
        return Keyring(settings.secret_key.get_secret_value())
    return Keyring(load_or_make_key(settings.data_dir / "secret.key"))


def open_library(settings: Settings, database: Database) -> Library:
    """The knowledge base; the encoder is loaded at the first refresh."""

    def encoder() -> Encoder:
        return load_encoder(settings.encoder)

    return Library(
        database,
        encoder=encoder,
        index_dir=settings.index_dir,
        thresholds=load_thresholds(),
        rates=shipped_tables(),
        terms=load_terms(settings.terms_file),
    )
