"""What must still reach a channel: written with the message, handed out in order, tried again, given up."""

from __future__ import annotations

from datetime import timedelta

from world import LEASE, World

from desk import outbox
from desk.kinds import Kind


def sent(world: World, delivery: outbox.Delivery) -> None:
    with world.write() as session:
        outbox.mark_sent(session, delivery.conversation_id, delivery.seq, provider_id="p1")


def failed(world: World, delivery: outbox.Delivery, *, wait: int | None) -> None:
    which = (delivery.conversation_id, delivery.seq)
    with world.write() as session:
        if wait is None:
            outbox.give_up(session, *which, error="x" * 900, now=world.now, ids=world.ids)
        else:
            until = world.now + timedelta(seconds=wait)
            outbox.put_off(session, *which, error="x" * 900, until=until)


def test_only_what_the_contact_is_to_see_on_another_channel_is_delivered(world: World) -> None:
    world.seat()
    world.queued(channel="web")
    conversation_id = world.queued(channel="telegram")
    expected = world.texts(conversation_id, Kind.OUTBOUND, Kind.ACTIVITY)
    delivered = []
    while due := world.deliveries():
        delivered += [each.message.text for each in due]
        for each in due:
            sent(world, each)
    assert delivered == expected
    assert len(expected) == 2


def test_a_delivery_says_where_it_goes_and_what_belongs_under_it(world: World) -> None:
    conversation_id = world.conversation(channel="telegram")
    world.exchange(conversation_id)
    (delivery,) = world.deliveries()
    assert (delivery.channel, delivery.reply_address, delivery.attempt) == ("telegram", "chat-1", 1)
    assert (delivery.message.asks_feedback, delivery.message.asks_rating) == (True, False)


def test_a_conversation_is_delivered_in_order_and_others_need_not_wait(world: World) -> None:
    slow, other = world.conversation(channel="telegram"), world.conversation(channel="telegram")
    world.exchange(slow)
    world.exchange(slow)
    world.exchange(other)
    due = world.deliveries()
    assert {(each.conversation_id, each.seq) for each in due} == {(slow, 2), (other, 2)}
    assert world.deliveries() == []
    sent(world, next(each for each in due if each.conversation_id == slow))
    assert [(each.conversation_id, each.seq) for each in world.deliveries()] == [(slow, 4)]


def test_a_failure_is_tried_again_at_its_time_and_holds_up_what_follows(world: World) -> None:
    conversation_id = world.conversation(channel="telegram")
    world.exchange(conversation_id)
    world.exchange(conversation_id)
    (first,) = world.deliveries()
    failed(world, first, wait=60)
    assert world.deliveries() == []
    world.tick(61)
    (again,) = world.deliveries()
    assert (again.seq, again.attempt) == (first.seq, 2)


def test_what_is_given_up_does_not_hold_up_what_follows(world: World) -> None:
    conversation_id = world.conversation(channel="telegram")
    world.exchange(conversation_id)
    world.exchange(conversation_id)
    (first,) = world.deliveries()
    failed(world, first, wait=None)
    (following,) = world.deliveries()
    assert following.seq > first.seq


def test_a_lease_that_ran_out_is_taken_again(world: World) -> None:
    conversation_id = world.conversation(channel="telegram")
    world.exchange(conversation_id)
    (first,) = world.deliveries()
    world.tick(LEASE.total_seconds() + 1)
    (again,) = world.deliveries()
    assert (again.seq, again.attempt) == (first.seq, 2)


def test_no_more_are_handed_out_than_asked_for(world: World) -> None:
    for _ in range(3):
        world.exchange(world.conversation(channel="telegram"))
    with world.database.read() as session:
        assert outbox.has_due(session, now=world.now)
    assert [len(world.deliveries(limit=2)) for _ in range(3)] == [2, 1, 0]
    with world.database.read() as session:
        assert not outbox.has_due(session, now=world.now)
