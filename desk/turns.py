"""Steps 3 to 5: hands each stored utterance to the bot and records the bot's reply, once.

A turn is leased while it is worked on. Whoever records first ends it; a reply that comes later, or after a
person took over, is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from common.audit import BOT, SYSTEM
from common.errors import NotFound
from common.ids import IdFactory
from desk import queue, transcript
from desk.kinds import Kind, Sender, TurnState
from desk.locks import Serial, locked_conversation, serialise
from desk.policy import POLICY
from desk.reply import BotReply, ConversationContext, HandoffProposal, TurnRequest
from desk.state import State
from desk.tables import Conversation, Message, Turn
from desk.work import Work

TOPIC: Final = "turns"
"""A turn waits to be claimed."""
Via = Literal["rasa", "retrieval"]
_Older = aliased(Turn)
# Built once: on SQLite, building a statement takes longer than running it.
_CONVERSATION_OF: Final = select(Turn.conversation_id).where(Turn.id == bindparam("turn_id"))
_END: Final = (
    update(Turn)
    .where(Turn.id == bindparam("turn_id"), Turn.state == TurnState.PENDING)
    .values(
        state=bindparam("ended_as"),
        finished_at=bindparam("ended_at"),
        leased_until=None,
        via=bindparam("ended_via"),
        elapsed_ms=bindparam("took_ms"),
    )
    .returning(Turn.id)
    .execution_options(synchronize_session=False)
)
_IS_THINKING: Final = select(
    exists().where(Turn.conversation_id == bindparam("conversation_id"), Turn.state == TurnState.PENDING)
)


@dataclass(frozen=True)
class TurnJob:
    """One turn to work on. `attempt` counts from 1."""

    turn_id: str
    seq: int
    attempt: int
    request: TurnRequest


@dataclass(frozen=True)
class Recorded:
    """The bot's message as stored, or None when the reply was dropped; and whether people were called."""

    message: Message | None
    queued: bool = False


def begin_turn(
    work: Work,
    conversation: Conversation,
    message: Message,
    *,
    option_id: str | None,
    lease: timedelta | None,
) -> TurnJob | None:
    """Add the bot's turn for a message that is being stored.

    With `lease` it is leased to the caller from the start, unless an older turn of the conversation holds it up.
    """
    turn = Turn(
        id=work.ids(),
        conversation_id=conversation.id,
        seq=message.seq,
        option_id=option_id,
        state=TurnState.PENDING,
        attempts=0,
        created_at=work.now,
    )
    with work.session.no_autoflush:
        held_up = is_thinking(work.session, conversation.id)
    work.session.add(turn)
    if lease is None or held_up:
        work.touch(TOPIC)
        return None
    turn.leased_until, turn.attempts = work.now + lease, 1
    return TurnJob(turn.id, turn.seq, turn.attempts, _request(conversation, turn, message.text))


def has_claimable(session: Session, *, now: datetime) -> bool:
    """Whether `claim_turn` would find one; costs no write lock."""
    return session.scalar(select(exists().where(*_claimable(now)))) or False


def claim_turn(session: Session, *, now: datetime, lease: timedelta) -> TurnJob | None:
    """Lease the oldest turn that nobody works on and that no older one of its conversation holds up."""
    turn = session.scalar(
        select(Turn)
        .where(*_claimable(now))
        .order_by(Turn.created_at, Turn.conversation_id, Turn.seq)
        .limit(1)
        .with_for_update(skip_locked=True, of=Turn)
        .execution_options(populate_existing=True)
    )
    if turn is None:
        return None
    turn.leased_until = now + lease
    turn.attempts += 1
    conversation = session.get_one(Conversation, turn.conversation_id)
    text = session.scalars(
        select(Message.text).where(and_(Message.conversation_id == conversation.id, Message.seq == turn.seq))
    ).one()
    return TurnJob(turn.id, turn.seq, turn.attempts, _request(conversation, turn, text))


def record_reply(
    session: Session,
    turn_id: str,
    reply: BotReply,
    *,
    via: Via,
    elapsed_ms: float,
    now: datetime,
    ids: IdFactory,
) -> Recorded:
    """Store the bot's reply and act on what it proposes.

    Dropped when the turn is already over or people hold the conversation.
    """
    if reply.handoff is not None:
        serialise(session, Serial.ROUTING)
    work = Work(session, BOT, now, ids)
    conversation = locked_conversation(session, _conversation_of(session, turn_id))
    state = TurnState.DONE if conversation.state is State.BOT else TurnState.DROPPED
    first = _end_turn(work, turn_id, state, via=via, elapsed_ms=elapsed_ms)
    if not first or state is TurnState.DROPPED:
        work.record("reply.dropped", conversation, turn=turn_id, outcome=reply.outcome)
        return Recorded(None)
    draft = transcript.Draft(Kind.OUTBOUND, Sender.BOT, reply.text, payload=reply)
    message = transcript.append(work, conversation, draft)
    conversation.context = reply.context.model_dump(mode="json")
    work.record("reply.recorded", conversation, turn=turn_id, seq=message.seq, outcome=reply.outcome)
    queued = reply.handoff is not None and queue.enqueue(work, conversation, reply.handoff)
    return Recorded(message, queued=queued)


def fail_turn(session: Session, turn_id: str, *, now: datetime, ids: IdFactory) -> None:
    """The bot could not answer at all: a person must. Nothing happens when the turn is already over."""
    serialise(session, Serial.ROUTING)
    work = Work(session, SYSTEM, now, ids)
    conversation = locked_conversation(session, _conversation_of(session, turn_id))
    if not _end_turn(work, turn_id, TurnState.DROPPED):
        return
    work.record("turn.failed", conversation, turn=turn_id)
    if conversation.state is State.BOT:
        queue.enqueue(work, conversation, HandoffProposal(reason="bot_unavailable"))


def is_thinking(session: Session, conversation_id: str) -> bool:
    """Whether an utterance of the conversation still waits for the bot."""
    return session.scalar(_IS_THINKING, {"conversation_id": conversation_id}) or False


def has_abandoned(session: Session, *, now: datetime) -> bool:
    """Whether `fail_abandoned` would find any; costs no write lock."""
    return session.scalar(select(exists().where(*_abandoned(now)))) or False


def fail_abandoned(session: Session, *, now: datetime, ids: IdFactory) -> int:
    """Fail turns whose workers vanished as often as the policy allows; returns how many."""
    turn_ids = list(session.scalars(select(Turn.id).where(*_abandoned(now)).order_by(Turn.id)))
    for turn_id in turn_ids:
        fail_turn(session, turn_id, now=now, ids=ids)
    return len(turn_ids)


def _abandoned(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Turn.state == TurnState.PENDING,
        Turn.attempts >= POLICY.turn_attempts,
        Turn.leased_until <= now,
    )


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    held_up = exists().where(
        _Older.conversation_id == Turn.conversation_id,
        _Older.state == TurnState.PENDING,
        _Older.seq < Turn.seq,
    )
    return (
        Turn.state == TurnState.PENDING,
        or_(Turn.leased_until.is_(None), Turn.leased_until <= now),
        Turn.attempts < POLICY.turn_attempts,
        ~held_up,
    )


def _request(conversation: Conversation, turn: Turn, text: str) -> TurnRequest:
    return TurnRequest(
        conversation_id=conversation.id,
        text=text,
        now=turn.created_at,
        channel=conversation.channel,
        region=conversation.region,
        option_id=turn.option_id,
        context=ConversationContext.model_validate(conversation.context),
    )


def _conversation_of(session: Session, turn_id: str) -> str:
    conversation_id = session.scalar(_CONVERSATION_OF, {"turn_id": turn_id})
    if conversation_id is None:
        raise NotFound
    return conversation_id


def _end_turn(
    work: Work, turn_id: str, state: TurnState, *, via: Via | None = None, elapsed_ms: float | None = None
) -> bool:
    """End a pending turn; False when another did it first, and then nothing is to follow."""
    end = {
        "turn_id": turn_id,
        "ended_as": state,
        "ended_at": work.now,
        "ended_via": via,
        "took_ms": elapsed_ms,
    }
    return work.session.scalar(_END, end) is not None
