"""No question stays overnight; and whoever waits may stop waiting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from world import World

from common.clock import CHINA
from desk import feedback, overnight
from desk.kinds import Kind
from desk.state import State
from desk.tables import WorkOrder


def end_day(world: World, moment: str) -> int:
    world.now = datetime.fromisoformat(moment).replace(tzinfo=CHINA)
    with world.database.read() as session:
        due = overnight.has_unanswered(session, now=world.now)
    with world.write() as session:
        made = overnight.sweep(session, now=world.now, ids=world.ids, code=lambda: "123456")
    assert due == (made > 0)
    return made


def waiting(world: World) -> str:
    """A conversation that finds the only seat taken."""
    world.seat(capacity=1)
    world.queued()
    return world.queued()


def orders_of(world: World) -> list[WorkOrder]:
    with world.database.read() as session:
        return list(session.scalars(select(WorkOrder)))


def test_who_still_waits_when_the_day_ends_gets_an_order_the_same_day(world: World) -> None:
    conversation_id = waiting(world)
    assert end_day(world, "2026-11-24T23:00") == 0
    assert world.get(conversation_id).state is State.QUEUED
    assert end_day(world, "2026-11-24T23:30") == 1
    [order] = orders_of(world)
    assert order.number.startswith("TD20261124-")
    assert (order.type, order.text, order.conversation_id) == ("consult", "要交税吗", conversation_id)
    assert world.get(conversation_id).state is State.BOT
    assert any(order.number in text for text in world.texts(conversation_id, Kind.ACTIVITY))
    assert end_day(world, "2026-11-24T23:45") == 0


def test_an_evening_on_which_nothing_ran_is_made_up_for(world: World) -> None:
    conversation_id = waiting(world)
    assert end_day(world, "2026-11-25T07:00") == 1
    assert [order.conversation_id for order in orders_of(world)] == [conversation_id]


def test_a_second_evening_does_not_make_a_second_order(world: World) -> None:
    conversation_id = waiting(world)
    end_day(world, "2026-11-24T23:30")
    with world.write() as session:
        feedback.request_person(session, conversation_id, now=world.now, ids=world.ids)
    assert world.get(conversation_id).state is State.QUEUED
    assert end_day(world, "2026-11-25T23:30") == 1
    assert len(orders_of(world)) == 1


def test_a_contact_stops_waiting_and_the_bot_has_the_conversation(world: World) -> None:
    conversation_id = waiting(world)
    for _ in range(2):
        with world.write() as session:
            feedback.leave_queue(session, conversation_id, now=world.now, ids=world.ids)
    assert world.get(conversation_id).state is State.BOT
    assert world.actions(conversation_id).count("conversation.left_queue") == 1
    world.say(conversation_id)
    assert world.turn() is not None
