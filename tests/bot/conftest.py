"""A real Rasa process with the trained model and a real action endpoint, shared by the slow tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_rasa import LiveRasa, live_rasa

from app import rasa
from app.settings import load_settings


@pytest.fixture(scope="session")
def rasa_model() -> Path:
    """The model of the present inputs, trained when it is missing."""
    settings = load_settings()
    return rasa.current_model(settings) or asyncio.run(rasa.train(settings))


@pytest.fixture(scope="session")
def shared_rasa(rasa_model: Path) -> Iterator[LiveRasa]:
    """One Rasa process for all tests that leave it as it was."""
    with live_rasa(rasa_model) as live:
        yield live


@pytest.fixture
def own_rasa(rasa_model: Path) -> Iterator[LiveRasa]:
    """A Rasa process for a test that harms it."""
    with live_rasa(rasa_model) as live:
        yield live
