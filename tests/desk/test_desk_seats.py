"""Seats come, go, fall silent and let time run out."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import fresh_sqlite
from world import START, World

from common.database import Database
from desk import seats
from desk.kinds import Availability, Kind, Tier
from desk.policy import POLICY
from desk.state import State

GRACE = POLICY.heartbeat_grace.total_seconds()
TIMEOUT = POLICY.accept_timeout.total_seconds()


def test_coming_online_brings_the_waiting_conversations_at_once(world: World) -> None:
    first = world.seat(capacity=1)
    world.queued()
    waiting = [world.queued(), world.queued()]
    late = world.seat(capacity=2)
    assert [world.get(each).seat_id for each in waiting] == [late.seat_id, late.seat_id]
    assert world.seat_now(first).open_count == 1


@pytest.mark.parametrize("how", [Availability.AWAY, Availability.OFFLINE])
def test_going_gives_everything_back_to_the_front_and_on_to_others(world: World, how: Availability) -> None:
    leaver = world.seat(capacity=2)
    held = [world.queued(), world.queued()]
    world.accept(held[0], leaver)
    behind = world.queued()
    other = world.seat(capacity=1)
    assert world.get(behind).seat_id == other.seat_id
    third = world.queued()
    world.set_availability(leaver, how)
    assert [world.get(each).state for each in (*held, third)] == [State.QUEUED] * 3
    assert world.seat_now(leaver).open_count == 0
    world.resolve(behind, other)
    assert world.get(held[0]).seat_id == other.seat_id
    assert world.get(third).state is State.QUEUED


def test_what_is_given_back_keeps_its_deadline_and_records_how_it_ended(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    due = world.get(conversation_id).due_at
    world.set_availability(agent, Availability.OFFLINE)
    conversation = world.get(conversation_id)
    assert (conversation.due_at, conversation.accepted_at) == (due, None)
    assert world.assignments(conversation_id)[0].reason == "seat_offline"


def test_with_nobody_else_online_the_contact_is_told_and_offered_a_call_back(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.set_availability(agent, Availability.OFFLINE)
    last = world.messages(conversation_id)[-1]
    assert (last.kind, last.payload) == (Kind.ACTIVITY, {"offer": "callback", "ask": None})
    assert world.get(conversation_id).state is State.QUEUED


def test_a_silent_seat_is_set_away_after_the_grace_and_not_before(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.accept(conversation_id, agent)
    world.heartbeat(agent)
    world.tick(GRACE - 5)
    world.sweep()
    assert world.get(conversation_id).state is State.ASSIGNED
    world.tick(6)
    world.sweep()
    assert world.get(conversation_id).state is State.QUEUED
    assert world.seat_now(agent).availability is Availability.AWAY


def test_a_heartbeat_keeps_the_seat(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.accept(conversation_id, agent)
    for _ in range(4):
        world.tick(GRACE - 5)
        world.heartbeat(agent)
        world.sweep()
    assert world.get(conversation_id).seat_id == agent.seat_id


def test_a_heartbeat_that_arrives_late_does_not_turn_the_clock_back(world: World) -> None:
    agent = world.seat()
    latest = world.seat_now(agent).heartbeat_at
    with world.write() as session:
        seats.heartbeat(session, agent.own_seat, now=START)
    assert world.seat_now(agent).heartbeat_at == latest


def test_what_is_not_accepted_in_time_goes_to_another_and_the_rest_stays(world: World) -> None:
    slow = world.seat(capacity=2)
    talking, ignored = world.queued(), world.queued()
    world.accept(talking, slow)
    other = world.seat(capacity=1)
    world.tick(TIMEOUT + 1)
    world.heartbeat(slow, other)
    world.sweep()
    assert world.get(ignored).seat_id == other.seat_id
    assert world.get(talking).seat_id == slow.seat_id
    assert (world.seat_now(slow).availability, world.seat_now(slow).open_count) == (Availability.AWAY, 1)


def test_an_away_seat_that_falls_silent_gives_back_what_it_kept(world: World) -> None:
    slow = world.seat(capacity=2)
    talking, _ = world.queued(), world.queued()
    world.accept(talking, slow)
    world.tick(TIMEOUT + 1)
    world.heartbeat(slow)
    world.sweep()
    world.tick(GRACE + 1)
    world.sweep()
    assert world.get(talking).state is State.QUEUED
    assert world.seat_now(slow).open_count == 0


def test_accepting_in_time_keeps_the_conversation(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.tick(TIMEOUT - 5)
    world.accept(conversation_id, agent)
    world.tick(20)
    world.heartbeat(agent)
    world.sweep()
    assert world.get(conversation_id).seat_id == agent.seat_id


def test_a_restart_between_disconnect_and_the_end_of_the_grace_loses_no_timer(tmp_path: Path) -> None:
    before = World(fresh_sqlite(tmp_path))
    agent = before.seat()
    conversation_id = before.queued()
    before.accept(conversation_id, agent)
    before.database.dispose()
    after = World(Database(f"sqlite:///{tmp_path / 'tongda.db'}"))
    after.now = before.now
    after.ids = lambda: f"after-{next(after._numbers)}"  # type: ignore[method-assign]
    after.tick(GRACE + 1)
    after.sweep()
    assert after.get(conversation_id).state is State.QUEUED
    after.database.dispose()


def test_whether_there_is_anything_to_sweep_can_be_asked_first(world: World) -> None:
    agent = world.seat()

    def needed() -> bool:
        with world.database.read() as session:
            return seats.needs_sweep(session, now=world.now)

    assert not needed()
    world.queued()
    world.tick(TIMEOUT + 1)
    assert needed()
    world.heartbeat(agent)
    assert needed()
    world.sweep()
    assert not needed()


def test_an_expert_seat_helps_out_only_when_general_seats_are_full(world: World) -> None:
    expert = world.seat(tier=Tier.EXPERT, roles=("expert",))
    general = world.seat(capacity=1)
    first, second = world.queued(), world.queued()
    assert (world.get(first).seat_id, world.get(second).seat_id) == (general.seat_id, expert.seat_id)
