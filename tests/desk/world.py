"""A desk in a test: a database, a clock that is moved by hand, and short names for what tests do often."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.audit import Actor, AuditRecord
from common.database import Database
from desk import commands, intake, outbox, queue, seats, turns
from desk.access import Staff, staff_of
from desk.intake import Incoming, Received
from desk.kinds import Availability, Kind, Tier
from desk.reply import BotReply, HandoffProposal, Outcome
from desk.tables import Assignment, Conversation, Message, Seat, Turn, User

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in China."""
LEASE = timedelta(seconds=30)
ADMIN = Actor("user", "admin")


def answer(text: str = "不用交。", **more: object) -> BotReply:
    """What the bot says when it knows."""
    return BotReply.model_validate(
        {"outcome": Outcome.ANSWER, "text": text, "as_of": date(2026, 11, 24), **more}
    )


def handoff_reply(reason: str = "requested", **more: object) -> BotReply:
    """What the bot says when a person must help."""
    proposal = HandoffProposal.model_validate({"reason": reason, **more})
    return BotReply(outcome=Outcome.HANDOFF, text="好的。", as_of=date(2026, 11, 24), handoff=proposal)


class World:
    """One desk. Every call is one transaction, as in the product."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self._numbers = itertools.count(1)

    def ids(self) -> str:
        """The next identifier."""
        return f"{next(self._numbers):032d}"

    def tick(self, seconds: float = 1) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction, a second after the last."""
        self.tick()
        with self.database.write() as session:
            yield session

    # Seats

    def seat(
        self,
        *,
        tier: Tier = Tier.GENERAL,
        skills: tuple[str, ...] = (),
        capacity: int = 2,
        roles: tuple[str, ...] = ("agent",),
        online: bool = True,
    ) -> Staff:
        """A staff member with a seat."""
        with self.write() as session:
            number = str(1000 + next(self._numbers))
            user = User(
                id=self.ids(),
                username=f"u{number}",
                name=f"坐席{number}",
                password_hash="-",
                roles=list(roles),
                active=True,
                created_at=self.now,
            )
            session.add(user)
            session.flush()
            seat = Seat(
                id=self.ids(),
                user_id=user.id,
                number=number,
                name=user.name,
                tier=tier,
                skills=list(skills),
                capacity=capacity,
                heartbeat_at=self.now,
                idle_since=self.now,
            )
            session.add(seat)
            session.flush()
            staff = staff_of(session, user)
        if online:
            self.set_availability(staff, Availability.ONLINE)
        return staff

    def supervisor(self) -> Staff:
        """A staff member without a seat who sees everything."""
        with self.write() as session:
            user = User(
                id=self.ids(),
                username=self.ids(),
                name="主管",
                password_hash="-",
                roles=["supervisor"],
                active=True,
                created_at=self.now,
            )
            session.add(user)
            session.flush()
            return staff_of(session, user)

    def set_availability(self, staff: Staff, availability: Availability) -> None:
        with self.write() as session:
            seats.set_availability(
                session, staff.own_seat, availability, actor=staff.actor, now=self.now, ids=self.ids
            )

    def sweep(self) -> None:
        with self.write() as session:
            seats.sweep(session, now=self.now, ids=self.ids)

    def heartbeat(self, *staff: Staff) -> None:
        with self.write() as session:
            for one in staff:
                seats.heartbeat(session, one.own_seat, now=self.now)

    def seat_now(self, staff: Staff) -> Seat:
        with self.database.read() as session:
            return session.get_one(Seat, staff.own_seat)

    # Conversations

    def conversation(self, *, channel: str = "web") -> str:
        """A new conversation, held by the bot."""
        with self.write() as session:
            token = self.ids()
            address = None if channel == "web" else "chat-1"
            opened = intake.open_conversation(
                session,
                channel=channel,
                key_hash=token,
                token_hash=token,
                reply_address=address,
                now=self.now,
                ids=self.ids,
            )
            return opened.id

    def say(self, conversation_id: str, text: str = "要交税吗", **more: str) -> Received:
        with self.write() as session:
            incoming = Incoming(conversation_id, text, **more)
            return intake.receive(session, incoming, now=self.now, ids=self.ids)

    def turn(self) -> turns.TurnJob | None:
        with self.write() as session:
            return turns.claim_turn(session, now=self.now, lease=LEASE)

    def record(self, turn_id: str, reply: BotReply | None = None) -> turns.Recorded:
        with self.write() as session:
            return turns.record_reply(
                session, turn_id, reply or answer(), via="rasa", elapsed_ms=5.0, now=self.now, ids=self.ids
            )

    def exchange(self, conversation_id: str, reply: BotReply | None = None) -> turns.Recorded:
        """The contact writes and the bot replies."""
        self.say(conversation_id)
        job = self.turn()
        assert job is not None
        return self.record(job.turn_id, reply)

    def queued(self, *, channel: str = "web", reason: str = "requested", **need: object) -> str:
        """A conversation that the bot has just handed to people."""
        conversation_id = self.conversation(channel=channel)
        self.exchange(conversation_id, handoff_reply(reason, **need))
        return conversation_id

    def claim(self, conversation_id: str, staff: Staff) -> None:
        with self.write() as session:
            commands.claim(session, conversation_id, staff=staff, now=self.now, ids=self.ids)

    def accept(self, conversation_id: str, staff: Staff) -> None:
        with self.write() as session:
            commands.accept(session, conversation_id, staff=staff, now=self.now, ids=self.ids)

    def reply(self, conversation_id: str, staff: Staff, text: str = "您好") -> Message:
        with self.write() as session:
            writing = commands.Writing(text, self.ids())
            return commands.reply(session, conversation_id, writing, staff=staff, now=self.now, ids=self.ids)

    def release(self, conversation_id: str, staff: Staff) -> None:
        with self.write() as session:
            commands.release(
                session, conversation_id, reason="要开会", staff=staff, now=self.now, ids=self.ids
            )

    def transfer(
        self, conversation_id: str, staff: Staff, *, tier: Tier = Tier.EXPERT, to: Staff | None = None
    ) -> None:
        with self.write() as session:
            commands.transfer(
                session,
                conversation_id,
                tier=tier,
                reason="需要专家",
                seat_id=to.own_seat if to else None,
                staff=staff,
                now=self.now,
                ids=self.ids,
            )

    def resolve(self, conversation_id: str, staff: Staff) -> None:
        with self.write() as session:
            commands.resolve(
                session, conversation_id, classification="增值税", staff=staff, now=self.now, ids=self.ids
            )

    def assign_waiting(self) -> int:
        with self.write() as session:
            return queue.assign_waiting(session, now=self.now, ids=self.ids)

    def deliveries(self, *, limit: int = 10) -> list[outbox.Delivery]:
        with self.write() as session:
            return outbox.claim_due(session, now=self.now, lease=LEASE, limit=limit)

    # What is stored

    def get(self, conversation_id: str) -> Conversation:
        with self.database.read() as session:
            return session.get_one(Conversation, conversation_id)

    def messages(self, conversation_id: str) -> list[Message]:
        with self.database.read() as session:
            wanted = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
            return list(session.scalars(wanted))

    def texts(self, conversation_id: str, *kinds: Kind) -> list[str]:
        return [message.text for message in self.messages(conversation_id) if message.kind in kinds]

    def assignments(self, conversation_id: str) -> list[Assignment]:
        with self.database.read() as session:
            wanted = select(Assignment).where(Assignment.conversation_id == conversation_id)
            return list(session.scalars(wanted.order_by(Assignment.started_at, Assignment.id)))

    def turn_rows(self, conversation_id: str) -> list[Turn]:
        with self.database.read() as session:
            wanted = select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.seq)
            return list(session.scalars(wanted))

    def audit_count(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(AuditRecord)) or 0

    def actions(self, conversation_id: str) -> list[str]:
        with self.database.read() as session:
            wanted = select(AuditRecord.action).where(
                AuditRecord.subject == f"conversation:{conversation_id}"
            )
            return list(session.scalars(wanted.order_by(AuditRecord.id)))
