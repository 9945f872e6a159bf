"""A desk for each test."""

from __future__ import annotations

import pytest
from world import World

from common.database import Database


@pytest.fixture
def world(database: Database) -> World:
    """A desk with nobody at it."""
    return World(database)
