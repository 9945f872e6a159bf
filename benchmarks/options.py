"""How much of each is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Options:
    """Counts of a run. A round asks every bot `turns_alone` questions, then `turns_at_once` in each of several chats."""

    rounds: int
    turns_alone: int
    turns_at_once: int
    changes: int
    epochs: int
    search_entries: int
    search_queries: int


FULL: Final = Options(
    rounds=6,
    turns_alone=64,
    turns_at_once=12,
    changes=10,
    epochs=3,
    search_entries=10_000,
    search_queries=500,
)
QUICK: Final = Options(
    rounds=1, turns_alone=16, turns_at_once=2, changes=2, epochs=1, search_entries=500, search_queries=50
)
