"""Step 5: who holds a conversation, and what may happen to it next. One table; what is absent is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from common.errors import Conflict


class State(StrEnum):
    """Who must act next; every conversation has exactly one holder."""

    BOT = "bot"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


class Event(StrEnum):
    """What can happen to a conversation's holder."""

    HANDOFF = "handoff"
    ASSIGN = "assign"
    LEAVE = "leave"
    GIVE_BACK = "give_back"
    TRANSFER = "transfer"
    RESOLVE = "resolve"
    REOPEN_TO_BOT = "reopen_to_bot"
    REOPEN_TO_SEAT = "reopen_to_seat"


class IllegalTransition(Conflict):
    """The conversation's state does not allow this."""

    code = "illegal_transition"
    message = "会话的状态已变化，不能这样操作，请刷新后再试。"


TRANSITIONS: Final[dict[tuple[State, Event], State]] = {
    (State.BOT, Event.HANDOFF): State.QUEUED,
    (State.QUEUED, Event.ASSIGN): State.ASSIGNED,
    (State.QUEUED, Event.LEAVE): State.BOT,
    (State.ASSIGNED, Event.GIVE_BACK): State.QUEUED,
    (State.ASSIGNED, Event.TRANSFER): State.ASSIGNED,
    (State.ASSIGNED, Event.RESOLVE): State.RESOLVED,
    (State.RESOLVED, Event.REOPEN_TO_BOT): State.BOT,
    (State.RESOLVED, Event.REOPEN_TO_SEAT): State.ASSIGNED,
}


def after(state: State, event: Event) -> State:
    """The state that `event` leads to. Raises IllegalTransition."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition from None
