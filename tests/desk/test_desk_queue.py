"""Handing over: nobody there, a seat at once, or a place in the queue and an honest wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from world import World, handoff_reply

from desk import feedback, texts
from desk.access import Staff
from desk.kinds import Availability, Kind, Tier
from desk.policy import POLICY
from desk.state import State
from desk.tables import Conversation
from desk.waiting import QueuePlace, position_and_wait, wait_range


def place(world: World, conversation_id: str) -> QueuePlace | None:
    with world.database.read() as session:
        return position_and_wait(session, session.get_one(Conversation, conversation_id), now=world.now)


def test_a_handoff_is_queued_with_a_deadline_and_assigned_at_once_when_there_is_room(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued(reason="complaint", skill="增值税")
    conversation = world.get(conversation_id)
    assert (conversation.state, conversation.seat_id, conversation.accepted_at) == (
        State.ASSIGNED,
        agent.seat_id,
        None,
    )
    assert (conversation.reason, conversation.skill) == ("complaint", "增值税")
    assert conversation.queued_at is not None
    assert conversation.due_at == conversation.queued_at + POLICY.first_response
    assert world.seat_now(agent).open_count == 1
    assert world.assignments(conversation_id)[0].why == "no_speciality load=0/2 eligible=1"
    assert texts.HANDING_OVER in world.texts(conversation_id, Kind.ACTIVITY)


@pytest.mark.parametrize("there", [None, Availability.AWAY, Availability.OFFLINE])
def test_with_nobody_online_it_stays_with_the_bot_and_a_call_back_is_offered(
    world: World, there: Availability | None
) -> None:
    if there is not None:
        agent = world.seat()
        world.set_availability(agent, there)
    conversation_id = world.queued()
    assert world.get(conversation_id).state is State.BOT
    offers = [message.payload for message in world.messages(conversation_id) if message.kind is Kind.ACTIVITY]
    assert offers == [{"offer": "callback", "ask": None}]
    world.say(conversation_id)
    assert world.turn() is not None


def test_only_seats_that_may_take_it_count_as_somebody(world: World) -> None:
    world.seat()
    assert world.get(world.queued(tier="expert")).state is State.BOT


def test_when_every_seat_is_full_it_waits(world: World) -> None:
    world.seat(capacity=1)
    world.queued()
    waiting = world.get(world.queued())
    assert (waiting.state, waiting.seat_id) == (State.QUEUED, None)
    assert waiting.due_at is not None


def test_the_handoff_does_not_depend_on_any_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HANDING_OVER", "NOBODY_ONLINE", "RESOLVED"):
        monkeypatch.setattr(texts, name, "…")
    agent = world.seat()
    conversation_id = world.conversation()
    world.exchange(conversation_id, handoff_reply().model_copy(update={"text": "…"}))
    assert world.get(conversation_id).seat_id == agent.seat_id


def test_freed_room_goes_to_the_longest_waiting(world: World) -> None:
    agent = world.seat(capacity=1)
    held, first, second = world.queued(), world.queued(), world.queued()
    world.resolve(held, agent)
    assert [world.get(each).state for each in (first, second)] == [State.ASSIGNED, State.QUEUED]


def test_safety_and_complaints_go_first_and_who_was_given_back_before_all(world: World) -> None:
    agent = world.seat(capacity=1)
    given_back = world.queued()
    ordinary, complaint, safety = (
        world.queued(),
        world.queued(reason="complaint"),
        world.queued(reason="safety"),
    )
    world.set_availability(agent, Availability.AWAY)
    expected = [given_back, safety, complaint, ordinary]
    served = []
    for _ in expected:
        world.set_availability(agent, Availability.ONLINE)
        held = next(each for each in expected if world.get(each).state is State.ASSIGNED)
        served.append(held)
        world.resolve(held, agent)
    assert served == expected


def test_one_that_no_free_seat_may_take_does_not_hold_up_the_others(world: World) -> None:
    expert = world.seat(tier=Tier.EXPERT, capacity=1, roles=("expert",))
    world.queued(tier="expert")
    stuck = world.queued(tier="expert")
    agent = world.seat()
    following = world.queued()
    assert world.get(stuck).state is State.QUEUED
    assert world.get(following).seat_id == agent.seat_id
    assert world.seat_now(expert).open_count == 1


def test_the_person_button_asks_for_a_person_once(world: World) -> None:
    world.seat()
    conversation_id = world.conversation()
    for _ in range(2):
        with world.write() as session:
            feedback.request_person(session, conversation_id, now=world.now, ids=world.ids)
    assert world.get(conversation_id).state is State.ASSIGNED
    assert len(world.assignments(conversation_id)) == 1


def test_the_person_button_reopens_a_resolved_conversation(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.resolve(conversation_id, agent)
    with world.write() as session:
        feedback.request_person(session, conversation_id, now=world.now, ids=world.ids)
    assert world.get(conversation_id).state is State.ASSIGNED


def test_places_in_the_queue_count_those_ahead_for_the_same_tier(world: World) -> None:
    world.seat(capacity=1)
    world.seat(tier=Tier.EXPERT, capacity=1, roles=("expert",))
    for tier in ("general", "general", "expert"):
        world.queued(tier=tier)
    first, second, expert = world.queued(), world.queued(), world.queued(tier="expert")
    places = [place(world, each) for each in (first, second, expert)]
    assert [each.position if each else None for each in places] == [1, 2, 2]


def test_no_place_is_told_when_nobody_is_online_or_nothing_waits(world: World) -> None:
    agent = world.seat(capacity=1)
    held, waiting = world.queued(), world.queued()
    assert place(world, held) is None
    assert place(world, waiting) is not None
    world.set_availability(agent, Availability.OFFLINE)
    assert place(world, waiting) is None


@pytest.mark.parametrize(
    ("position", "minutes", "capacity", "expected"),
    [(1, 6, 3, (0, 240)), (4, 6, 3, (240, 720)), (1, 0, 5, (0, 30)), (9, 10, 1, (3600, 7200))],
)
def test_the_wait_is_a_range_around_the_time_that_so_many_places_take_to_come_free(
    position: int, minutes: int, capacity: int, expected: tuple[int, int]
) -> None:
    assert wait_range(position, handling=timedelta(minutes=minutes), capacity=capacity) == expected


def handle_some(world: World, agent: Staff, *, count: int, seconds: int) -> None:
    for _ in range(count):
        conversation_id = world.queued()
        world.reply(conversation_id, agent)
        world.tick(seconds)
        world.heartbeat(agent)
        world.resolve(conversation_id, agent)


@pytest.mark.parametrize("seconds", [60, 900])
def test_the_estimate_follows_how_fast_the_seats_have_really_been(world: World, seconds: int) -> None:
    agent = world.seat(capacity=1)
    handle_some(world, agent, count=POLICY.rate_sample, seconds=seconds)
    world.queued()
    found = place(world, world.queued())
    assert found is not None
    low, high = found.wait_seconds
    assert low <= seconds <= high
    assert high <= 2 * seconds + 60


def test_a_conversation_that_ran_out_of_time_measures_nothing(world: World) -> None:
    agent = world.seat(capacity=1)
    for _ in range(POLICY.rate_sample):
        world.queued()
        world.tick(POLICY.accept_timeout.total_seconds() + 1)
        world.heartbeat(agent)
        world.sweep()
        world.set_availability(agent, Availability.ONLINE)
    found = place(world, world.queued())
    usual = wait_range(found.position if found else 0, handling=POLICY.usual_handling, capacity=1)
    assert found is not None
    assert found.wait_seconds == usual
