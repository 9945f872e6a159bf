"""The bot's turns: taken in order, recorded once, dropped when people have taken over."""

from __future__ import annotations

from world import LEASE, World, answer, handoff_reply

from desk import feedback, turns
from desk.kinds import Availability, Kind, TurnState
from desk.policy import POLICY
from desk.reply import BotReply, ConversationContext
from desk.state import State


def person_button(world: World, conversation_id: str) -> None:
    with world.write() as session:
        feedback.request_person(session, conversation_id, now=world.now, ids=world.ids)


def test_the_oldest_turn_is_taken_first_and_only_once(world: World) -> None:
    older, newer = world.conversation(), world.conversation()
    world.say(older, "一")
    world.say(newer, "二")
    taken = [world.turn(), world.turn(), world.turn()]
    assert [job.request.text if job else None for job in taken] == ["一", "二", None]


def test_a_conversation_has_one_turn_at_a_time_and_others_need_not_wait(world: World) -> None:
    talkative, other = world.conversation(), world.conversation()
    world.say(talkative, "一")
    world.say(talkative, "二")
    world.say(other, "三")
    first, second, none = world.turn(), world.turn(), world.turn()
    assert first is not None
    assert second is not None
    assert (first.request.text, second.request.text, none) == ("一", "三", None)
    world.record(first.turn_id)
    following = world.turn()
    assert following is not None
    assert following.request.text == "二"


def test_the_next_turn_gets_the_context_that_the_last_one_left(world: World) -> None:
    conversation_id = world.conversation()
    context = ConversationContext(last_entry_id="vat", misses=1)
    world.exchange(conversation_id, answer(context=context))
    world.say(conversation_id)
    job = world.turn()
    assert job is not None
    assert job.request.context == context


def test_a_lease_that_ran_out_lets_the_turn_be_taken_again(world: World) -> None:
    conversation_id = world.conversation()
    world.say(conversation_id)
    first = world.turn()
    world.tick(LEASE.total_seconds() + 1)
    second = world.turn()
    assert first is not None
    assert second is not None
    assert (first.turn_id, first.attempt, second.attempt) == (second.turn_id, 1, 2)


def test_a_turn_taken_twice_is_recorded_once(world: World) -> None:
    conversation_id = world.conversation()
    world.say(conversation_id)
    first = world.turn()
    world.tick(LEASE.total_seconds() + 1)
    second = world.turn()
    assert first is not None
    assert second is not None
    assert world.record(second.turn_id, answer("第二个")).message is not None
    assert world.record(first.turn_id, answer("第一个")).message is None
    assert world.texts(conversation_id, Kind.OUTBOUND) == ["第二个"]


def test_a_reply_that_comes_after_a_person_was_called_is_dropped(world: World) -> None:
    world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id)
    job = world.turn()
    assert job is not None
    person_button(world, conversation_id)
    context = world.get(conversation_id).context
    assert world.record(job.turn_id, answer("太晚了", context=ConversationContext(misses=9))).message is None
    assert world.texts(conversation_id, Kind.OUTBOUND) == []
    assert world.get(conversation_id).context == context
    assert "reply.dropped" in world.actions(conversation_id)


def test_a_late_handoff_does_not_queue_the_conversation_again(world: World) -> None:
    agent = world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id)
    job = world.turn()
    assert job is not None
    person_button(world, conversation_id)
    world.accept(conversation_id, agent)
    world.record(job.turn_id, handoff_reply())
    conversation = world.get(conversation_id)
    assert (conversation.state, conversation.seat_id) == (State.ASSIGNED, agent.seat_id)


def test_after_takeover_and_return_to_the_bot_an_old_reply_is_still_dropped(world: World) -> None:
    agent = world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id)
    old = world.turn()
    assert old is not None
    person_button(world, conversation_id)
    world.resolve(conversation_id, agent)
    world.set_availability(agent, Availability.OFFLINE)
    world.say(conversation_id, "新问题")
    assert world.get(conversation_id).state is State.BOT
    assert world.record(old.turn_id, answer("旧的")).message is None


def test_handing_over_drops_the_turns_that_still_wait(world: World) -> None:
    world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id, "一")
    world.say(conversation_id, "二")
    job = world.turn()
    assert job is not None
    world.record(job.turn_id, handoff_reply())
    states = [turn.state for turn in world.turn_rows(conversation_id)]
    assert states == [TurnState.DONE, TurnState.DROPPED]
    assert world.turn() is None


def test_the_whole_reply_is_kept_with_the_message(world: World) -> None:
    conversation_id = world.conversation()
    reply = answer(entry_id="vat", revision=3, score=0.9, intent="ask_policy", confidence=0.97)
    stored = world.exchange(conversation_id, reply).message
    assert stored is not None
    assert BotReply.model_validate(stored.payload) == reply
    turn = world.turn_rows(conversation_id)[0]
    assert (turn.state, turn.via, turn.elapsed_ms) == (TurnState.DONE, "rasa", 5.0)


def test_a_failed_turn_brings_a_person(world: World) -> None:
    agent = world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id)
    job = world.turn()
    assert job is not None
    with world.write() as session:
        turns.fail_turn(session, job.turn_id, now=world.now, ids=world.ids)
    conversation = world.get(conversation_id)
    assert (conversation.seat_id, conversation.reason) == (agent.seat_id, "bot_unavailable")


def test_a_failure_after_the_reply_changes_nothing(world: World) -> None:
    world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id)
    job = world.turn()
    assert job is not None
    world.record(job.turn_id)
    with world.write() as session:
        turns.fail_turn(session, job.turn_id, now=world.now, ids=world.ids)
    assert world.get(conversation_id).state is State.BOT


def test_a_turn_that_kills_its_workers_goes_to_a_person(world: World) -> None:
    world.seat()
    conversation_id = world.conversation()
    world.say(conversation_id)
    for _ in range(POLICY.turn_attempts):
        assert world.turn() is not None
        world.tick(LEASE.total_seconds() + 1)
    assert world.turn() is None
    with world.write() as session:
        assert turns.fail_abandoned(session, now=world.now, ids=world.ids) == 1
    assert world.get(conversation_id).state is State.ASSIGNED


def test_whether_there_is_work_can_be_asked_without_taking_it(world: World) -> None:
    conversation_id = world.conversation()

    def waiting() -> bool:
        with world.database.read() as session:
            return turns.has_claimable(session, now=world.now)

    assert not waiting()
    world.say(conversation_id)
    assert waiting()
    assert world.turn() is not None
    assert not waiting()
