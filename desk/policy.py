"""Steps 5 to 7: the desk's durations and limits in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True)
class DeskPolicy:
    """How long things may take.

    Attributes:
        first_response: a queued conversation is to get a person's first reply within this.
        accept_timeout: an assigned conversation is to be accepted within this.
        heartbeat_grace: a seat whose console is silent for longer is set away.
        conversation_lifetime: an IM contact who was silent for longer starts a new conversation.
        rate_window: handling times of assignments that ended within this make the waiting-time estimate.
        rate_sample: with fewer of them `usual_handling` is used instead.
        usual_handling: how long a seat is taken to need for a conversation while nothing is measured.
        turn_attempts: a turn whose worker vanished this often goes to a person.
    """

    first_response: timedelta = timedelta(minutes=2)
    accept_timeout: timedelta = timedelta(seconds=60)
    heartbeat_grace: timedelta = timedelta(seconds=45)
    conversation_lifetime: timedelta = timedelta(days=7)
    rate_window: timedelta = timedelta(hours=3)
    rate_sample: int = 5
    usual_handling: timedelta = timedelta(minutes=6)
    turn_attempts: int = 3


POLICY: Final = DeskPolicy()
