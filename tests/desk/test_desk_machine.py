"""Any sequence of commands, in any order, by anybody: what must hold after each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from databases import empty
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session
from world import World, answer, handoff_reply

from common.database import Database
from common.errors import TongdaError
from common.working_days import end_of_day
from desk import commands, feedback, orders, overnight, queue, turns
from desk.access import Staff
from desk.commands import Writing
from desk.kinds import Availability, Feedback, Tier, TurnState
from desk.orders import Callback
from desk.reply import BotReply
from desk.routing import choose_seat
from desk.state import State
from desk.tables import Assignment, Conversation, Message, Seat, Turn

REPLIES = [
    answer(),
    handoff_reply("requested"),
    handoff_reply("safety"),
    handoff_reply("policy", tier="expert", skill="增值税"),
]
CALLBACK = Callback(phone_sealed="s", phone_masked="138****0000", code="123456")
Act = Callable[[Session], object]

conversations = st.integers(0, 2)
seats = st.integers(0, 2)
grades = st.integers(0, 6)
people = st.sampled_from(["holder", "holder", "holder", 0, 1, 2])


@dataclass
class Stored:
    """Everything that is stored, read at one moment."""

    conversations: list[Conversation]
    messages: list[Message]
    turns: list[Turn]
    assignments: list[Assignment]
    seats: list[Seat]

    @classmethod
    def read(cls, database: Database) -> Stored:
        with database.read() as session:
            tables = (Conversation, Message, Turn, Assignment, Seat)
            return cls(*(list(session.scalars(select(table))) for table in tables))

    def marks(self) -> tuple[object, ...]:
        """What tells whether anything has changed."""
        versions = {each.id: each.version for each in self.conversations}
        loads = {each.id: (each.availability, each.open_count) for each in self.seats}
        return versions, loads, len(self.messages), len(self.assignments)


class DeskMachine(RuleBasedStateMachine):
    """Everything people, the bot and time can do to a desk of three seats and three conversations."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        empty(database)
        self.world = World(database)
        self.jobs: list[str] = []
        self.staff = [
            self.world.seat(capacity=1),
            self.world.seat(capacity=1, skills=("增值税",)),
            self.world.seat(tier=Tier.EXPERT, capacity=2, roles=("expert",)),
        ]
        self.conversations = [self.world.conversation(), self.world.conversation(channel="telegram")]

    @initialize()
    def begin_with_one_held_by_a_seat(self) -> None:
        self.conversations.append(self.world.queued())

    def attempt(self, act: Act) -> None:
        """Do it. A refusal changes nothing; a change is in the audit."""
        before, audits = Stored.read(self.world.database).marks(), self.world.audit_count()
        try:
            with self.world.write() as session:
                act(session)
        except TongdaError:
            assert Stored.read(self.world.database).marks() == before
            assert self.world.audit_count() == audits
            return
        if Stored.read(self.world.database).marks() != before:
            assert self.world.audit_count() > audits

    @property
    def at(self) -> dict[str, object]:
        return {"now": self.world.now, "ids": self.world.ids}

    def person(self, who: int | str, conversation_id: str) -> Staff:
        """A staff member by number, or whoever holds or last held the conversation."""
        if isinstance(who, int):
            return self.staff[who]
        conversation = self.world.get(conversation_id)
        seat_id = conversation.seat_id or conversation.last_seat_id
        return next((each for each in self.staff if each.seat_id == seat_id), self.staff[0])

    # The contact and the bot

    @rule(which=conversations, key=st.sampled_from(["k1", None]))
    def say(self, which: int, key: str | None) -> None:
        more = {} if key is None else {"client_message_id": key}
        self.world.say(self.conversations[which], "要交税吗", **more)

    @rule()
    def take_turn(self) -> None:
        job = self.world.turn()
        if job is not None:
            self.jobs.append(job.turn_id)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), reply=st.sampled_from(REPLIES))
    def record(self, data: st.DataObject, reply: BotReply) -> None:
        """It may come late, twice, or after a person took over, and counts only when it is still wanted."""
        turn_id = data.draw(st.sampled_from(self.jobs))
        with self.world.database.read() as session:
            turn = session.get_one(Turn, turn_id)
            wanted = turn.state is TurnState.PENDING
            wanted &= session.get_one(Conversation, turn.conversation_id).state is State.BOT
        assert (self.world.record(turn_id, reply).message is not None) == wanted

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        turn_id = data.draw(st.sampled_from(self.jobs))
        self.attempt(lambda session: turns.fail_turn(session, turn_id, **self.at))

    @rule(which=conversations)
    def press_person_button(self, which: int) -> None:
        self.attempt(lambda session: feedback.request_person(session, self.conversations[which], **self.at))

    @rule(which=conversations)
    def leave_queue(self, which: int) -> None:
        self.attempt(lambda session: feedback.leave_queue(session, self.conversations[which], **self.at))

    @rule()
    def day_ends(self) -> None:
        """Whoever waits has an order then."""
        self.world.now = end_of_day(self.world.now)
        self.attempt(lambda session: overnight.sweep(session, code=lambda: "123456", **self.at))
        self.world.heartbeat(*self.staff)
        stored = Stored.read(self.world.database)
        assert all(each.state is not State.QUEUED for each in stored.conversations)

    @rule(
        which=conversations, what=st.sampled_from(["grade", "feedback", "callback"]), number=st.integers(0, 6)
    )
    def leave(self, which: int, what: str, number: int) -> None:
        conversation = self.conversations[which]
        acts: dict[str, Act] = {
            "grade": lambda session: feedback.rate(session, conversation, grade=number, **self.at),
            "feedback": lambda session: feedback.give_feedback(
                session, conversation, seq=number, value=Feedback.USEFUL, **self.at
            ),
            "callback": lambda session: orders.create_callback(session, conversation, CALLBACK, **self.at),
        }
        self.attempt(acts[what])

    # Staff

    @rule(which=conversations, who=people, command=st.sampled_from([commands.accept, commands.claim]))
    def take(self, which: int, who: int | str, command: Callable[..., object]) -> None:
        conversation = self.conversations[which]
        staff = self.person(who, conversation)
        self.attempt(lambda session: command(session, conversation, staff=staff, **self.at))

    @rule(which=conversations, who=people, command=st.sampled_from([commands.reply, commands.note]))
    def write(self, which: int, who: int | str, command: Callable[..., object]) -> None:
        conversation = self.conversations[which]
        staff = self.person(who, conversation)
        writing = Writing("您好", self.world.ids())
        self.attempt(lambda session: command(session, conversation, writing, staff=staff, **self.at))

    @rule(which=conversations, who=people, to=st.one_of(seats, st.sampled_from(Tier), st.none()))
    def pass_on(self, which: int, who: int | str, to: int | Tier | None) -> None:
        conversation = self.conversations[which]
        staff = self.person(who, conversation)
        if to is None:
            self.attempt(
                lambda session: commands.release(session, conversation, reason="有事", staff=staff, **self.at)
            )
            return
        target = self.staff[to] if isinstance(to, int) else None
        tier = (target.tier if target else Tier(str(to))) or Tier.GENERAL
        seat_id = target.seat_id if target else None
        self.attempt(
            lambda session: commands.transfer(
                session, conversation, tier=tier, reason="需要", seat_id=seat_id, staff=staff, **self.at
            )
        )

    @rule(which=conversations, who=people)
    def resolve(self, which: int, who: int | str) -> None:
        conversation = self.conversations[which]
        staff = self.person(who, conversation)
        self.attempt(
            lambda session: commands.resolve(
                session, conversation, classification="其他", staff=staff, **self.at
            )
        )

    @rule(which=conversations, who=people)
    def reopen(self, which: int, who: int | str) -> None:
        conversation = self.conversations[which]
        staff = self.person(who, conversation)
        self.attempt(lambda session: commands.reopen(session, conversation, staff=staff, **self.at))

    @rule(seat=seats, availability=st.sampled_from(["online", "online", "online", "away", "offline"]))
    def change_availability(self, seat: int, availability: str) -> None:
        self.world.set_availability(self.staff[seat], Availability(availability))

    @rule(seconds=st.sampled_from([5, 40, 70]), silent=st.sets(seats, max_size=1))
    def time_passes(self, seconds: int, silent: set[int]) -> None:
        self.world.tick(seconds)
        self.world.heartbeat(*(staff for number, staff in enumerate(self.staff) if number not in silent))
        self.world.sweep()

    # What must hold

    @invariant()
    def the_desk_is_in_order(self) -> None:
        stored = Stored.read(self.world.database)
        check_holders(stored)
        check_loads(stored)
        check_messages(stored)
        check_turns(stored)
        check_nobody_waits_in_vain(self.world.database)


def check_holders(stored: Stored) -> None:
    """Every conversation has exactly one holder, and its fields say so."""
    for each in stored.conversations:
        assert (each.state is State.ASSIGNED) == (each.seat_id is not None)
        assert (each.state is State.ASSIGNED) == (each.assigned_at is not None)
        assert (each.state is State.RESOLVED) == (each.resolved_at is not None)
        assert each.state is State.ASSIGNED or each.accepted_at is None
        if each.state is State.QUEUED:
            assert each.due_at is not None
            assert each.queued_at is not None
        if each.state in (State.RESOLVED, State.BOT):
            assert (each.due_at, each.queued_at) == (None, None)
    still_open = {each.conversation_id: each.seat_id for each in stored.assignments if each.ended_at is None}
    assert still_open == {each.id: each.seat_id for each in stored.conversations if each.seat_id}


def check_loads(stored: Stored) -> None:
    """A seat counts what it holds and holds no more than it may; an offline one holds nothing."""
    held = [each.seat_id for each in stored.conversations if each.seat_id]
    for seat in stored.seats:
        assert seat.open_count == held.count(seat.id) <= seat.capacity
        assert seat.open_count == 0 or seat.availability is not Availability.OFFLINE


def check_messages(stored: Stored) -> None:
    """Messages are numbered from 1 without gaps."""
    for each in stored.conversations:
        numbers = sorted(message.seq for message in stored.messages if message.conversation_id == each.id)
        assert numbers == list(range(1, each.last_seq + 1))


def check_turns(stored: Stored) -> None:
    """The bot is asked only where it is the holder."""
    held_by_bot = {each.id for each in stored.conversations if each.state is State.BOT}
    assert {turn.conversation_id for turn in stored.turns if turn.state is TurnState.PENDING} <= held_by_bot


def check_nobody_waits_in_vain(database: Database) -> None:
    """No conversation waits while a seat that may take it has room."""
    with database.read() as session:
        views = queue.seat_views(session)
        for each in session.scalars(select(Conversation).where(Conversation.state == State.QUEUED)):
            assert choose_seat(queue.need_of(each), views) is None


def test_whatever_happens_in_whatever_order_the_desk_stays_in_order(database: Database) -> None:
    run_state_machine_as_test(
        lambda: DeskMachine(database),
        settings=settings(
            max_examples=60 if database.is_sqlite else 15,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            # A found run is short enough to read; making it minimal can take longer than a test may.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
