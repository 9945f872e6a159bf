"""Step 3, memory: none. Every turn is the first of its conversation to Rasa.

All that the bot remembers travels with the turn (docs/decisions/0001), so nothing may grow here and nothing is replayed.
"""

from __future__ import annotations

from collections.abc import Iterable

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker


class ForgetfulTrackerStore(TrackerStore):
    """Keeps no tracker."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:  # noqa: ARG002 - Rasa's signature
        """Nobody has ever been here."""
        return None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep nothing."""

    async def keys(self) -> Iterable[str]:
        """Nobody is known here."""
        return ()
