"""Messages come in: stored once, numbered without gaps, passed to whoever holds the conversation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from world import World, answer, handoff_reply

from common.errors import NotFound
from desk import intake
from desk.access import Staff
from desk.kinds import Availability, Kind, TurnState
from desk.policy import POLICY
from desk.reply import ConversationContext, Option
from desk.state import State


def conversation_of(world: World, key: str) -> str:
    with world.write() as session:
        return intake.conversation_for_contact(
            session,
            channel="telegram",
            key_hash=key,
            reply_address="chat-1",
            name="小王",
            now=world.now,
            ids=world.ids,
        ).id


def test_a_message_gets_the_next_number_and_a_turn_of_the_bot(world: World) -> None:
    conversation_id = world.conversation()
    first, second = world.say(conversation_id, "一"), world.say(conversation_id, "二")
    assert [first.message.seq, second.message.seq] == [1, 2]
    assert [turn.seq for turn in world.turn_rows(conversation_id)] == [1, 2]


@pytest.mark.parametrize("key", ["client_message_id", "external_id"])
def test_the_same_message_again_is_the_first_one_and_changes_nothing(world: World, key: str) -> None:
    conversation_id = world.conversation(channel="telegram")
    first = world.say(conversation_id, "一", **{key: "x"})
    before, audits = world.get(conversation_id), world.audit_count()
    again = world.say(conversation_id, "二", **{key: "x"})
    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.message.id == first.message.id
    assert world.get(conversation_id).version == before.version
    assert (len(world.messages(conversation_id)), world.audit_count()) == (1, audits)


def test_a_repeated_message_does_not_reopen_a_conversation(world: World) -> None:
    agent = world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id, "转人工", client_message_id="x")
    hand_over(world, conversation_id)
    world.accept(conversation_id, agent)
    world.resolve(conversation_id, agent)
    assert world.say(conversation_id, "转人工", client_message_id="x").duplicate
    assert world.get(conversation_id).state is State.RESOLVED


def hand_over(world: World, conversation_id: str) -> None:
    job = world.turn()
    assert job is not None
    world.record(job.turn_id, handoff_reply())


def test_an_option_is_stored_with_its_label_and_goes_to_the_bot_as_an_option(world: World) -> None:
    conversation_id = world.conversation()
    options = (Option(option_id="o1", label="小规模纳税人"),)
    world.exchange(conversation_id, answer(context=ConversationContext(options=options, awaiting="option")))
    chosen = world.say(conversation_id, "", option_id="o1").message
    job = world.turn()
    assert chosen.text == "小规模纳税人"
    assert job is not None
    assert (job.request.option_id, job.request.text) == ("o1", "小规模纳税人")


def test_while_queued_messages_are_kept_and_the_bot_is_not_asked(world: World) -> None:
    world.seat(capacity=1)
    world.queued()
    waiting = world.queued()
    world.say(waiting, "还在吗")
    assert world.get(waiting).state is State.QUEUED
    assert world.turn() is None


def test_a_seat_sees_how_many_messages_are_unread_until_it_replies(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.accept(conversation_id, agent)
    world.say(conversation_id)
    world.say(conversation_id)
    assert world.get(conversation_id).unread_count == 2
    world.reply(conversation_id, agent)
    assert world.get(conversation_id).unread_count == 0


def resolved(world: World) -> tuple[str, Staff]:
    agent = world.seat()
    conversation_id = world.queued()
    world.accept(conversation_id, agent)
    world.resolve(conversation_id, agent)
    return conversation_id, agent


def test_writing_again_reopens_to_the_last_seat_when_it_is_online(world: World) -> None:
    conversation_id, agent = resolved(world)
    world.say(conversation_id, "还有一个问题")
    conversation = world.get(conversation_id)
    assert (conversation.state, conversation.seat_id) == (State.ASSIGNED, agent.seat_id)
    assert (conversation.round, conversation.unread_count) == (2, 1)
    assert conversation.due_at is not None
    assert world.turn() is None


@pytest.mark.parametrize("why", ["offline", "away", "full"])
def test_writing_again_reopens_to_the_bot_when_the_last_seat_cannot(world: World, why: str) -> None:
    conversation_id, agent = resolved(world)
    if why == "full":
        for _ in range(2):
            world.queued()
    else:
        world.set_availability(agent, Availability(why))
    world.say(conversation_id, "还有一个问题")
    assert world.get(conversation_id).state is State.BOT
    job = world.turn()
    assert job is not None
    assert job.request.conversation_id == conversation_id


def test_an_im_contact_goes_on_with_the_last_conversation(world: World) -> None:
    first = conversation_of(world, "k1")
    assert conversation_of(world, "k1") == first
    assert conversation_of(world, "k2") != first


def test_after_long_silence_an_im_contact_starts_anew_unless_people_hold_the_conversation(
    world: World,
) -> None:
    world.seat(capacity=1)
    quiet, busy = conversation_of(world, "k1"), conversation_of(world, "k2")
    world.exchange(busy, handoff_reply())
    world.now += POLICY.conversation_lifetime + timedelta(minutes=1)
    assert conversation_of(world, "k1") != quiet
    assert conversation_of(world, "k2") == busy


def test_a_resolved_im_conversation_is_reopened_by_the_next_message(world: World) -> None:
    agent = world.seat()
    conversation_id = conversation_of(world, "k1")
    world.exchange(conversation_id, handoff_reply())
    world.resolve(conversation_id, agent)
    assert conversation_of(world, "k1") == conversation_id
    world.say(conversation_id, external_id="u9")
    assert world.get(conversation_id).state is State.ASSIGNED


def test_a_wrong_token_looks_like_a_missing_conversation(world: World) -> None:
    conversation_id = world.conversation()
    with world.database.read() as session:
        token = world.get(conversation_id).token_hash or ""
        assert intake.conversation_by_token(session, conversation_id, token_hash=token).id == conversation_id
        with pytest.raises(NotFound):
            intake.conversation_by_token(session, conversation_id, token_hash="wrong")
        with pytest.raises(NotFound):
            intake.conversation_by_token(session, "missing", token_hash=token)


def test_a_message_to_a_missing_conversation_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        world.say("missing")


def test_what_was_touched_is_told_after_the_commit_and_not_after_a_rollback(world: World) -> None:
    conversation_id = world.conversation()
    told: list[frozenset[str]] = []
    world.database.listeners.append(told.append)
    try:
        with pytest.raises(RuntimeError), world.write() as session:  # noqa: PT012
            intake.receive(session, intake.Incoming(conversation_id, "一"), now=world.now, ids=world.ids)
            assert told == []
            raise RuntimeError
        assert (told, world.messages(conversation_id)) == ([], [])
        world.say(conversation_id, "一")
        assert told == [frozenset({f"conversation:{conversation_id}", "turns"})]
    finally:
        world.database.listeners.clear()


def test_every_turn_is_pending_when_it_is_stored(world: World) -> None:
    conversation_id = world.conversation()
    world.say(conversation_id)
    assert [turn.state for turn in world.turn_rows(conversation_id)] == [TurnState.PENDING]
    assert [message.kind for message in world.messages(conversation_id)] == [Kind.INBOUND]
