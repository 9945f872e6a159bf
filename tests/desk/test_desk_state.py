"""The transition table: what it allows, and that all else is refused."""

from __future__ import annotations

from itertools import product

import pytest

from desk.state import TRANSITIONS, Event, IllegalTransition, State, after

ALLOWED = {
    ("bot", "handoff"): "queued",
    ("queued", "assign"): "assigned",
    ("queued", "leave"): "bot",
    ("assigned", "give_back"): "queued",
    ("assigned", "transfer"): "assigned",
    ("assigned", "resolve"): "resolved",
    ("resolved", "reopen_to_bot"): "bot",
    ("resolved", "reopen_to_seat"): "assigned",
}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_pair_leads_where_the_table_says_or_is_refused(state: State, event: Event) -> None:
    expected = ALLOWED.get((state.value, event.value))
    if expected is None:
        with pytest.raises(IllegalTransition):
            after(state, event)
    else:
        assert after(state, event) == expected


def test_every_state_can_be_reached_and_left() -> None:
    assert {state for state, _ in TRANSITIONS} == set(State)
    assert set(TRANSITIONS.values()) == set(State)
