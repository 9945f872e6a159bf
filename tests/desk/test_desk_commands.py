"""What a person at a seat does: claim, accept, reply, note, release, transfer, resolve, reopen."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError
from world import World

from common.errors import Forbidden, Invalid, NotFound
from desk import commands, outbox
from desk.access import Staff
from desk.commands import Writing
from desk.errors import AlreadyClaimed, NotHolder, SeatFull, SeatNotOnline
from desk.kinds import Availability, Kind, Tier
from desk.reply import Citation
from desk.state import IllegalTransition, State
from desk.tables import Seat


def waiting(world: World) -> str:
    """A conversation in the queue, while somebody is online and full."""
    blocker = world.seat(capacity=1)
    world.accept(world.queued(), blocker)
    return world.queued()


def held_by(world: World, staff: Staff) -> str:
    conversation_id = world.queued()
    world.accept(conversation_id, staff)
    assert world.get(conversation_id).seat_id == staff.seat_id
    return conversation_id


def note(world: World, conversation_id: str, staff: Staff, key: str = "n1") -> None:
    with world.write() as session:
        commands.note(
            session, conversation_id, Writing("内部", key), staff=staff, now=world.now, ids=world.ids
        )


def give_room(world: World, *staff: Staff, capacity: int = 1) -> None:
    """Give seats room without routing noticing, so that a claim by hand can be tried."""
    with world.write() as session:
        for each in staff:
            session.execute(update(Seat).where(Seat.id == each.seat_id).values(capacity=capacity))


def test_the_second_claim_is_refused_and_the_first_seat_keeps_the_conversation(world: World) -> None:
    conversation_id = waiting(world)
    first, second = world.seat(capacity=0), world.seat(capacity=0)
    give_room(world, first, second)
    world.claim(conversation_id, first)
    with pytest.raises(AlreadyClaimed):
        world.claim(conversation_id, second)
    assert world.get(conversation_id).seat_id == first.seat_id
    assert [world.seat_now(each).open_count for each in (first, second)] == [1, 0]


def test_a_claim_counts_as_accepted_and_says_who_is_there(world: World) -> None:
    conversation_id = waiting(world)
    agent = world.seat(capacity=0)
    give_room(world, agent)
    world.claim(conversation_id, agent)
    conversation = world.get(conversation_id)
    assert conversation.accepted_at == world.now
    assert world.assignments(conversation_id)[-1].why == "claimed"
    number = world.seat_now(agent).number
    assert any(number in text for text in world.texts(conversation_id, Kind.ACTIVITY))


def test_a_full_seat_and_one_that_is_not_online_cannot_claim(world: World) -> None:
    conversation_id = waiting(world)
    full, away = world.seat(capacity=0), world.seat(online=False)
    with pytest.raises(SeatFull):
        world.claim(conversation_id, full)
    with pytest.raises(SeatNotOnline):
        world.claim(conversation_id, away)
    assert world.get(conversation_id).state is State.QUEUED


@pytest.mark.parametrize("state", ["bot", "resolved"])
def test_what_does_not_wait_cannot_be_claimed(world: World, state: str) -> None:
    agent = world.seat()
    conversation_id = world.conversation() if state == "bot" else held_by(world, agent)
    if state == "resolved":
        world.resolve(conversation_id, agent)
    with pytest.raises((IllegalTransition, NotFound)):
        world.claim(conversation_id, agent)
    assert world.get(conversation_id).state == state


def test_the_first_reply_accepts_and_ends_the_wait(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    assert world.get(conversation_id).due_at is not None
    world.reply(conversation_id, agent)
    conversation = world.get(conversation_id)
    assert (conversation.due_at, conversation.accepted_at) == (None, world.now)
    assert "conversation.accepted" in world.actions(conversation_id)


def test_accepting_twice_changes_nothing_more(world: World) -> None:
    agent = world.seat()
    conversation_id = held_by(world, agent)
    before = world.messages(conversation_id)
    world.accept(conversation_id, agent)
    assert len(world.messages(conversation_id)) == len(before)


def test_a_reply_sent_twice_is_stored_once_with_its_citations(world: World) -> None:
    agent = world.seat()
    conversation_id = held_by(world, agent)
    writing = Writing("按季不超过30万元免征。", "c1", citations=(Citation(title="某公告"),))
    for _ in range(2):
        with world.write() as session:
            commands.reply(session, conversation_id, writing, staff=agent, now=world.now, ids=world.ids)
    sent = [message for message in world.messages(conversation_id) if message.client_message_id == "c1"]
    assert [message.payload["citations"][0]["title"] for message in sent if message.payload] == ["某公告"]


def test_only_the_holder_may_reply(world: World) -> None:
    agent, other = world.seat(), world.seat(online=False)
    boss = world.supervisor()
    conversation_id = held_by(world, agent)
    with pytest.raises(NotFound):
        world.reply(conversation_id, other)
    with pytest.raises(Forbidden):
        world.reply(conversation_id, boss)


def test_an_agent_who_lost_the_conversation_cannot_reply_into_it(world: World) -> None:
    agent = world.seat()
    conversation_id = held_by(world, agent)
    world.set_availability(agent, Availability.AWAY)
    with pytest.raises(NotHolder):
        world.reply(conversation_id, agent)


def test_notes_are_for_staff_and_never_delivered(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued(channel="telegram")
    world.accept(conversation_id, agent)
    note(world, conversation_id, agent)
    note(world, conversation_id, agent)
    assert world.texts(conversation_id, Kind.NOTE) == ["内部"]
    sent: list[str] = []
    while due := world.deliveries():
        sent += [delivery.message.text for delivery in due]
        with world.write() as session:
            for delivery in due:
                outbox.mark_sent(session, delivery.conversation_id, delivery.seq, provider_id="p")
    assert sent
    assert "内部" not in sent


def test_releasing_gives_it_to_another_and_not_back(world: World) -> None:
    agent = world.seat()
    conversation_id = held_by(world, agent)
    world.release(conversation_id, agent)
    assert world.get(conversation_id).state is State.QUEUED
    world.assign_waiting()
    assert world.get(conversation_id).state is State.QUEUED
    other = world.seat()
    assert world.get(conversation_id).seat_id == other.seat_id


def test_who_released_may_still_claim_it_by_hand(world: World) -> None:
    agent = world.seat()
    conversation_id = held_by(world, agent)
    world.release(conversation_id, agent)
    world.claim(conversation_id, agent)
    assert world.get(conversation_id).seat_id == agent.seat_id


def test_a_transfer_to_the_expert_tier_goes_to_an_expert_with_everything_that_was_said(world: World) -> None:
    agent, expert = world.seat(), world.seat(tier=Tier.EXPERT, roles=("expert",))
    conversation_id = held_by(world, agent)
    note(world, conversation_id, agent)
    before = [message.id for message in world.messages(conversation_id)]
    context = world.get(conversation_id).context
    world.transfer(conversation_id, agent)
    conversation = world.get(conversation_id)
    assert (conversation.seat_id, conversation.tier) == (expert.seat_id, Tier.EXPERT)
    assert (conversation.accepted_at, conversation.context) == (None, context)
    assert [message.id for message in world.messages(conversation_id)][: len(before)] == before
    assert any("需要专家" in text for text in world.texts(conversation_id, Kind.NOTE))
    assert [world.seat_now(each).open_count for each in (agent, expert)] == [0, 1]


def test_a_transfer_to_a_tier_without_a_free_seat_waits_at_the_front(world: World) -> None:
    agent, expert = world.seat(), world.seat(tier=Tier.EXPERT, capacity=1, roles=("expert",))
    blocking = world.queued(tier="expert")
    behind = world.queued(tier="expert")
    conversation_id = held_by(world, agent)
    world.transfer(conversation_id, agent)
    assert world.get(conversation_id).state is State.QUEUED
    world.accept(blocking, expert)
    world.resolve(blocking, expert)
    assert world.get(conversation_id).seat_id == expert.seat_id
    assert world.get(behind).state is State.QUEUED


def test_a_transfer_to_an_offline_or_full_seat_is_refused_and_nothing_moves(world: World) -> None:
    agent = world.seat()
    offline = world.seat(tier=Tier.EXPERT, roles=("expert",), online=False)
    full = world.seat(tier=Tier.EXPERT, capacity=0, roles=("expert",))
    conversation_id = held_by(world, agent)
    before = world.get(conversation_id)
    for target, refusal in ((offline, SeatNotOnline), (full, SeatFull)):
        with pytest.raises(refusal):
            world.transfer(conversation_id, agent, to=target)
    conversation = world.get(conversation_id)
    assert (conversation.seat_id, conversation.version) == (agent.seat_id, before.version)
    assert [held.ended_at for held in world.assignments(conversation_id)] == [None]
    assert world.seat_now(agent).open_count == 1


def test_a_transfer_to_a_seat_moves_the_load(world: World) -> None:
    agent, expert = world.seat(), world.seat(tier=Tier.EXPERT, roles=("expert",))
    conversation_id = held_by(world, agent)
    world.transfer(conversation_id, agent, to=expert)
    conversation = world.get(conversation_id)
    assert (conversation.seat_id, conversation.last_seat_id) == (expert.seat_id, agent.seat_id)
    assert [world.seat_now(each).open_count for each in (agent, expert)] == [0, 1]
    assert [held.reason for held in world.assignments(conversation_id)] == ["transferred", None]


def test_a_transfer_to_oneself_or_to_a_seat_of_the_wrong_tier_is_refused(world: World) -> None:
    agent, other = world.seat(), world.seat(online=False)
    conversation_id = held_by(world, agent)
    for tier, target in ((Tier.GENERAL, agent), (Tier.EXPERT, other)):
        with pytest.raises(Invalid):
            world.transfer(conversation_id, agent, tier=tier, to=target)


def test_resolving_asks_for_a_rating_and_gives_the_seat_its_next(world: World) -> None:
    agent = world.seat(capacity=1)
    conversation_id = held_by(world, agent)
    following = world.queued()
    world.resolve(conversation_id, agent)
    conversation = world.get(conversation_id)
    assert (conversation.state, conversation.seat_id, conversation.due_at) == (State.RESOLVED, None, None)
    assert conversation.classification == "增值税"
    assert world.messages(conversation_id)[-1].payload == {"offer": None, "ask": "rating"}
    assert world.get(following).seat_id == agent.seat_id


def test_a_resolved_conversation_can_be_taken_up_again_at_ones_own_seat(world: World) -> None:
    agent = world.seat()
    conversation_id = held_by(world, agent)
    world.resolve(conversation_id, agent)
    with world.write() as session:
        commands.reopen(session, conversation_id, staff=agent, now=world.now, ids=world.ids)
    conversation = world.get(conversation_id)
    assert (conversation.seat_id, conversation.round) == (agent.seat_id, 2)


def test_taking_it_up_again_needs_room(world: World) -> None:
    agent = world.seat(capacity=1)
    conversation_id = held_by(world, agent)
    world.resolve(conversation_id, agent)
    held_by(world, agent)
    with pytest.raises(SeatFull), world.write() as session:
        commands.reopen(session, conversation_id, staff=agent, now=world.now, ids=world.ids)
    assert world.get(conversation_id).state is State.RESOLVED


def test_a_supervisor_may_direct_but_has_no_seat_to_claim_with(world: World) -> None:
    agent, boss = world.seat(), world.supervisor()
    conversation_id = held_by(world, agent)
    with pytest.raises(Forbidden):
        world.claim(conversation_id, boss)
    world.release(conversation_id, boss)
    assert world.get(conversation_id).state is State.QUEUED


def test_a_write_made_from_an_older_state_is_refused(world: World) -> None:
    agent = world.seat()
    conversation_id = held_by(world, agent)
    stale = world.get(conversation_id)
    world.say(conversation_id)
    stale.unread_count = 99
    with pytest.raises(StaleDataError), world.write() as session:
        session.add(stale)
    assert world.get(conversation_id).unread_count == 1


def test_every_command_leaves_an_audit_record(world: World) -> None:
    agent, expert = world.seat(), world.seat(tier=Tier.EXPERT, roles=("expert",))
    conversation_id = world.queued()
    world.reply(conversation_id, agent)
    note(world, conversation_id, agent)
    world.transfer(conversation_id, agent)
    world.release(conversation_id, expert)
    world.claim(conversation_id, expert)
    world.resolve(conversation_id, expert)
    wanted = {
        "conversation.opened", "message.received", "reply.recorded", "conversation.queued",
        "conversation.assigned", "conversation.accepted", "message.sent", "note.written",
        "conversation.transferred", "conversation.given_back", "conversation.resolved",
    }  # fmt: skip
    assert wanted <= set(world.actions(conversation_id))
