"""Call-backs, ratings and feedback: what the contact leaves behind."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from world import World

from common.clock import CHINA
from common.errors import Invalid, NotFound
from common.working_days import add_working_days
from desk import feedback, order_commands, order_views, orders
from desk.access import Staff
from desk.errors import RatingClosed
from desk.kinds import Feedback, Kind, OrderState
from desk.order_access import order_staff
from desk.order_commands import OrderAction
from desk.order_state import OrderClosed, OrderEvent
from desk.order_views import Filter, OrderBody
from desk.orders import Callback
from desk.tables import Message, Rating, WorkOrder


def call_back(world: World, conversation_id: str, phone: str = "138****5678") -> WorkOrder:
    with world.write() as session:
        callback = Callback(phone_sealed="sealed", phone_masked=phone, code="123456", note="下午")
        return orders.create_callback(session, conversation_id, callback, now=world.now, ids=world.ids)


def close(world: World, number: str, staff: Staff, *, reply: str) -> None:
    with world.write() as session:
        action = OrderAction(OrderEvent.CALLED, text=reply)
        order_commands.act(session, number, action, staff=staff, now=world.now, ids=world.ids)


def listed(world: World, staff: Staff, **wanted: str) -> list[OrderBody]:
    with world.database.read() as session:
        return order_views.orders(session, Filter(**wanted), who=order_staff(session, staff), now=world.now)


def rate(world: World, conversation_id: str, grade: int) -> None:
    with world.write() as session:
        feedback.rate(session, conversation_id, grade=grade, now=world.now, ids=world.ids)


def test_call_backs_are_numbered_by_the_day_in_china(world: World) -> None:
    numbers = [call_back(world, world.conversation()).number for _ in range(2)]
    world.now = datetime(2026, 11, 24, 16, 30, tzinfo=world.now.tzinfo)
    numbers.append(call_back(world, world.conversation()).number)
    assert numbers == ["TD20261124-0001", "TD20261124-0002", "TD20261125-0001"]


def test_the_contact_is_told_the_number_but_not_the_code(world: World) -> None:
    conversation_id = world.conversation()
    order = call_back(world, conversation_id)
    (told,) = world.texts(conversation_id, Kind.ACTIVITY)
    assert order.number in told
    assert order.code not in told


def test_asking_again_corrects_the_open_call_back(world: World) -> None:
    boss = world.supervisor()
    conversation_id = world.conversation()
    first = call_back(world, conversation_id)
    again = call_back(world, conversation_id, phone="139****0000")
    assert again.number == first.number
    assert [order.phone for order in listed(world, boss)] == ["139****0000"]


@pytest.mark.parametrize(
    ("created", "due"),
    [
        ("2026-11-24T10:00", "2026-11-25T10:00"),
        ("2026-11-27T15:00", "2026-11-30T15:00"),
        ("2026-11-28T09:00", "2026-11-30T09:00"),
        ("2026-11-29T23:30", "2026-11-30T23:30"),
        ("2026-09-30T10:00", "2026-10-08T10:00"),
        ("2026-10-09T10:00", "2026-10-10T10:00"),
        ("2026-12-31T10:00", "2027-01-04T10:00"),
    ],
)
def test_a_call_back_is_due_one_working_day_later(created: str, due: str) -> None:
    moment = datetime.fromisoformat(created).replace(tzinfo=CHINA)
    assert add_working_days(moment, 1) == datetime.fromisoformat(due).replace(tzinfo=CHINA)


def test_an_order_is_closed_once_with_a_reply_that_reaches_the_contact(world: World) -> None:
    boss = world.supervisor()
    conversation_id = world.conversation()
    number = call_back(world, conversation_id).number
    with pytest.raises(Invalid):
        close(world, number, boss, reply="  ")
    close(world, number, boss, reply="已电话答复。")
    with pytest.raises(OrderClosed):
        close(world, number, boss, reply="又一次")
    assert [text for text in world.texts(conversation_id, Kind.ACTIVITY) if "已电话答复" in text]
    assert [order.state for order in listed(world, boss)] == [OrderState.CLOSED]
    assert listed(world, boss, stage="open") == []
    with pytest.raises(NotFound):
        close(world, "TD0", boss, reply="好")


def test_after_it_is_closed_a_new_call_back_is_a_new_order(world: World) -> None:
    boss = world.supervisor()
    conversation_id = world.conversation()
    first = call_back(world, conversation_id).number
    close(world, first, boss, reply="好")
    assert call_back(world, conversation_id).number != first


def test_a_rating_belongs_to_the_round_that_ended(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    with pytest.raises(RatingClosed):
        rate(world, conversation_id, 5)
    world.resolve(conversation_id, agent)
    rate(world, conversation_id, 2)
    rate(world, conversation_id, 4)
    world.say(conversation_id)
    world.resolve(conversation_id, agent)
    rate(world, conversation_id, 5)
    with world.database.read() as session:
        found = session.scalars(select(Rating).order_by(Rating.round)).all()
    assert [(each.round, each.grade, each.seat_id) for each in found] == [
        (1, 4, agent.seat_id),
        (2, 5, agent.seat_id),
    ]


@pytest.mark.parametrize("grade", [0, 6, -1])
def test_a_grade_outside_one_to_five_is_refused(world: World, grade: int) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.resolve(conversation_id, agent)
    with pytest.raises(Invalid):
        rate(world, conversation_id, grade)


def test_feedback_is_for_the_messages_of_the_bot_and_the_last_word_counts(world: World) -> None:
    conversation_id = world.conversation()
    message = world.exchange(conversation_id).message
    assert message is not None
    for value in (Feedback.USEFUL, Feedback.USELESS):
        with world.write() as session:
            feedback.give_feedback(
                session, conversation_id, seq=message.seq, value=value, now=world.now, ids=world.ids
            )
    with world.database.read() as session:
        assert session.get_one(Message, message.id).feedback is Feedback.USELESS
    with pytest.raises(NotFound), world.write() as session:
        feedback.give_feedback(
            session, conversation_id, seq=1, value=Feedback.USEFUL, now=world.now, ids=world.ids
        )
