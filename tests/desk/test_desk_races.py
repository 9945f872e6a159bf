"""Many at once: threads that all start together, on both databases. Outcomes are counted, not timed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from world import LEASE, World, answer, handoff_reply

from common.database import Database
from common.errors import Conflict, TongdaError, Unavailable
from common.ids import new_id
from desk import commands, intake, orders, outbox, queue, seats, turns
from desk.access import Staff
from desk.errors import AlreadyClaimed
from desk.intake import Incoming
from desk.kinds import Availability, Kind, TurnState
from desk.orders import Callback
from desk.state import State
from desk.tables import Assignment, Conversation, Seat

THREADS = 8

Act = Callable[[Session], object]


def together(database: Database, acts: list[Act]) -> list[object]:
    """Run every act in its own thread and transaction, all starting at once; a refusal is a result too.

    A database that stayed locked for seconds may refuse with Unavailable; the act is then tried again, as a
    page would.
    """
    barrier = Barrier(len(acts))

    def run(act: Act) -> object:
        barrier.wait()
        for _ in range(5):
            try:
                with database.write() as session:
                    return act(session)
            except Unavailable:
                continue
            except TongdaError as error:
                return error
        raise AssertionError("the database stayed locked")

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def give_room(world: World, *staff: Staff, capacity: int) -> None:
    with world.write() as session:
        for each in staff:
            session.execute(update(Seat).where(Seat.id == each.seat_id).values(capacity=capacity))


def loads_match(database: Database) -> bool:
    """Whether every seat's open count is what it holds, and within its capacity."""
    with database.read() as session:
        held = dict(
            session.execute(
                select(Conversation.seat_id, func.count())
                .where(Conversation.state == State.ASSIGNED)
                .group_by(Conversation.seat_id)
            ).all()
        )
        open_assignments = session.scalar(
            select(func.count()).select_from(Assignment).where(Assignment.ended_at.is_(None))
        )
        all_seats = session.scalars(select(Seat)).all()
    assert all_seats
    assert open_assignments == sum(held.values())
    return all(seat.open_count == held.get(seat.id, 0) <= seat.capacity for seat in all_seats)


def claiming(world: World, conversation_id: str, staff: Staff) -> Act:
    def act(session: Session) -> str:
        commands.claim(session, conversation_id, staff=staff, now=world.now, ids=new_id)
        return staff.own_seat

    return act


def test_many_seats_claim_one_conversation_and_exactly_one_gets_it(world: World) -> None:
    crowd = [world.seat(capacity=0) for _ in range(THREADS)]
    conversation_id = world.queued()
    give_room(world, *crowd, capacity=1)
    results = together(world.database, [claiming(world, conversation_id, staff) for staff in crowd])
    winners = [result for result in results if isinstance(result, str)]
    assert winners == [world.get(conversation_id).seat_id]
    assert sum(isinstance(result, AlreadyClaimed) for result in results) == THREADS - 1
    assert len(world.assignments(conversation_id)) == 1
    assert loads_match(world.database)


def test_one_seat_claims_many_conversations_and_never_more_than_its_capacity(world: World) -> None:
    agent = world.seat(capacity=0)
    waiting = [world.queued() for _ in range(THREADS)]
    give_room(world, agent, capacity=3)
    results = together(world.database, [claiming(world, each, agent) for each in waiting])
    assert sum(isinstance(result, str) for result in results) == 3
    assert sum(isinstance(result, Conflict) for result in results) == THREADS - 3
    assert world.seat_now(agent).open_count == 3
    assert loads_match(world.database)


def test_claims_by_hand_and_routing_together_never_exceed_any_capacity(world: World) -> None:
    crowd = [world.seat(capacity=0) for _ in range(3)]
    waiting = [world.queued() for _ in range(10)]
    give_room(world, *crowd, capacity=2)

    def route(session: Session) -> int:
        return queue.assign_waiting(session, now=world.now, ids=new_id)

    acts: list[Act] = [route, route]
    acts += [claiming(world, waiting[number], crowd[number % 3]) for number in range(6)]
    together(world.database, acts)
    assert loads_match(world.database)
    world.assign_waiting()
    assert [world.seat_now(staff).open_count for staff in crowd] == [2, 2, 2]


def test_routing_that_runs_twice_at_once_gives_each_conversation_to_one_seat(world: World) -> None:
    crowd = [world.seat(capacity=0) for _ in range(4)]
    waiting = [world.queued() for _ in range(8)]
    give_room(world, *crowd, capacity=2)
    together(
        world.database,
        [lambda session: queue.assign_waiting(session, now=world.now, ids=new_id) for _ in range(4)],
    )
    assert [len(world.assignments(each)) for each in waiting] == [1] * 8
    assert loads_match(world.database)


def test_seats_that_come_and_go_while_conversations_end_leave_every_load_right(world: World) -> None:
    crowd = [world.seat(capacity=2) for _ in range(4)]
    held = {world.get(each).seat_id: each for each in [world.queued() for _ in range(8)]}
    for _ in range(4):
        world.queued()

    def go(staff: Staff) -> Act:
        return lambda session: seats.set_availability(
            session, staff.own_seat, Availability.AWAY, actor=staff.actor, now=world.now, ids=new_id
        )

    def finish(staff: Staff) -> Act:
        conversation_id = held[staff.own_seat]
        return lambda session: commands.resolve(
            session, conversation_id, classification="其他", staff=staff, now=world.now, ids=new_id
        )

    def write(staff: Staff) -> Act:
        incoming = Incoming(held[staff.own_seat], "在吗")
        return lambda session: intake.receive(session, incoming, now=world.now, ids=new_id)

    acts = [go(crowd[0]), go(crowd[1]), finish(crowd[2]), finish(crowd[3])]
    acts += [write(staff) for staff in crowd]
    results = together(world.database, acts)
    assert not [result for result in results if isinstance(result, TongdaError)]
    assert loads_match(world.database)
    assert [world.seat_now(staff).open_count for staff in crowd] == [0, 0, 2, 2]


def test_a_message_sent_many_times_at_once_is_stored_once(world: World) -> None:
    conversation_id = world.conversation()
    incoming = Incoming(conversation_id, "要交税吗", client_message_id="same")
    results = together(
        world.database,
        [
            lambda session: intake.receive(session, incoming, now=world.now, ids=new_id)
            for _ in range(THREADS)
        ],
    )
    received = [result for result in results if isinstance(result, intake.Received)]
    assert sorted(result.duplicate for result in received) == [False] + [True] * (THREADS - 1)
    assert len({result.message.id for result in received}) == 1
    assert len(world.turn_rows(conversation_id)) == 1


def test_messages_at_once_are_numbered_without_gap_or_doubling(world: World) -> None:
    conversation_id = world.conversation()

    def write(number: int) -> Act:
        return lambda session: intake.receive(
            session, Incoming(conversation_id, str(number)), now=world.now, ids=new_id
        )

    together(world.database, [write(number) for number in range(THREADS)])
    assert [message.seq for message in world.messages(conversation_id)] == list(range(1, THREADS + 1))


def test_a_contacts_first_messages_at_once_open_one_conversation(world: World) -> None:
    def first(session: Session) -> str:
        return intake.conversation_for_contact(
            session, channel="telegram", key_hash="k", reply_address="1", now=world.now, ids=new_id
        ).id

    assert len(set(together(world.database, [first] * THREADS))) == 1


def test_a_turn_is_given_to_one_worker(world: World) -> None:
    for _ in range(3):
        conversation_id = world.conversation()
        world.say(conversation_id, "一")
        world.say(conversation_id, "二")
    results = together(
        world.database, [lambda session: turns.claim_turn(session, now=world.now, lease=LEASE)] * THREADS
    )
    jobs = [result for result in results if isinstance(result, turns.TurnJob)]
    assert len({job.turn_id for job in jobs}) == len(jobs)
    assert len({job.request.conversation_id for job in jobs}) == len(jobs)
    while (job := world.turn()) is not None:
        jobs.append(job)
    assert len(jobs) == 3


def test_a_reply_and_a_call_for_a_person_at_once_leave_one_holder(world: World) -> None:
    world.seat(capacity=5)
    conversation_id = world.conversation()
    world.say(conversation_id)
    job = world.turn()
    assert job is not None

    def record(session: Session) -> turns.Recorded:
        return turns.record_reply(
            session, job.turn_id, handoff_reply(), via="rasa", elapsed_ms=1, now=world.now, ids=new_id
        )

    def late(session: Session) -> turns.Recorded:
        return turns.record_reply(
            session, job.turn_id, answer(), via="retrieval", elapsed_ms=1, now=world.now, ids=new_id
        )

    results = together(world.database, [record, late])
    recorded = [result.message for result in results if isinstance(result, turns.Recorded) and result.message]
    assert len(recorded) == 1
    assert len(world.texts(conversation_id, Kind.OUTBOUND)) == 1
    assert [turn.state for turn in world.turn_rows(conversation_id)] == [TurnState.DONE]


def test_deliveries_are_leased_to_one_worker(world: World) -> None:
    for _ in range(4):
        world.exchange(world.conversation(channel="telegram"))
    results = together(
        world.database,
        [lambda session: outbox.claim_due(session, now=world.now, lease=LEASE, limit=2)] * THREADS,
    )
    leased = [
        (delivery.conversation_id, delivery.seq)
        for result in results
        if isinstance(result, list)
        for delivery in result
    ]
    assert len(set(leased)) == len(leased)
    assert len(leased) + len(world.deliveries()) == 4


def test_call_backs_at_once_get_different_numbers(world: World) -> None:
    opened = [world.conversation() for _ in range(THREADS)]

    def ask(conversation_id: str) -> Act:
        callback = Callback(phone_sealed="s", phone_masked="138****0000", code="123456")
        return lambda session: (
            orders.create_callback(session, conversation_id, callback, now=world.now, ids=new_id).number
        )

    numbers = together(world.database, [ask(each) for each in opened])
    assert sorted(map(str, numbers)) == [f"TD20261124-{number:04d}" for number in range(1, THREADS + 1)]
