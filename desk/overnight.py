"""Step 6: nobody's question stays overnight: whoever still waits when the day ends gets a work order the same day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from common.audit import SYSTEM
from common.clock import CHINA
from common.ids import IdFactory
from desk import holding, orders, texts, transcript
from desk.kinds import Kind
from desk.locks import Serial, free_conversation, serialise
from desk.orders import CONSULT, OTHER, NewOrder
from desk.state import State
from desk.tables import Conversation, Message
from desk.work import Work

DAY_ENDS: Final = time(23, 30)
"""In China: from then on, and after midnight, who still waits gets an order."""
QUESTIONS: Final = 5
"""How many of the contact's last messages go into the order."""
MAX_TEXT: Final = 4000


def has_unanswered(session: Session, *, now: datetime) -> bool:
    """Whether `sweep` would find any; costs no write lock."""
    return session.scalar(select(Conversation.id).where(_unanswered(now)).limit(1)) is not None


def sweep(session: Session, *, now: datetime, ids: IdFactory, code: Callable[[], str]) -> int:
    """Make orders of what still waits; returns how many. The conversation goes back to the bot."""
    serialise(session, Serial.ROUTING)
    work = Work(session, SYSTEM, now, ids)
    waiting = session.scalars(
        select(Conversation.id).where(_unanswered(now)).order_by(Conversation.queued_at, Conversation.id)
    )
    return sum(_to_order(work, conversation_id, code()) for conversation_id in waiting.all())


def _to_order(work: Work, conversation_id: str, code: str) -> bool:
    conversation = free_conversation(work.session, conversation_id)
    if conversation is None or conversation.state is not State.QUEUED:
        return False
    holding.out_of_queue(work, conversation, reason="day_ended")
    transcript.say(work, conversation, texts.DAY_ENDED)
    if orders.open_order_of(work.session, conversation_id, CONSULT) is not None:
        return True
    orders.open_order(
        work.session,
        NewOrder(CONSULT, OTHER, OTHER, _question(work, conversation), code, region=conversation.region),
        conversation_id=conversation_id,
        actor=work.actor,
        now=work.now,
        ids=work.ids,
    )
    return True


def _question(work: Work, conversation: Conversation) -> str:
    """What the contact wrote last, oldest first."""
    said = work.session.scalars(
        select(Message.text)
        .where(Message.conversation_id == conversation.id, Message.kind == Kind.INBOUND)
        .order_by(Message.seq.desc())
        .limit(QUESTIONS)
    ).all()
    return "\n".join(reversed(said))[:MAX_TEXT] or texts.PERSON_WANTED


def _unanswered(now: datetime) -> ColumnElement[bool]:
    local = now.astimezone(CHINA)
    ended = datetime.combine(local.date(), DAY_ENDS if local.time() >= DAY_ENDS else time(), CHINA)
    return and_(Conversation.state == State.QUEUED, Conversation.queued_at < ended)
