"""Steps 5 and 7: what a contact says beside the conversation: a person, please; useful or not; a grade."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.audit import Actor
from common.errors import Invalid, NotFound
from common.ids import IdFactory
from desk import holding, intake, queue, texts, transcript
from desk.errors import RatingClosed
from desk.kinds import Feedback, Sender
from desk.locks import Serial, locked_conversation, serialise
from desk.reply import HandoffProposal
from desk.state import State
from desk.tables import Conversation, Message, Rating
from desk.work import Work


def request_person(session: Session, conversation_id: str, *, now: datetime, ids: IdFactory) -> None:
    """The contact presses the person button. Nothing happens when people hold the conversation already."""
    serialise(session, Serial.ROUTING)
    work, conversation = _begin(session, conversation_id, now=now, ids=ids)
    if conversation.state is State.RESOLVED:
        intake.reopen(work, conversation)
    if conversation.state is State.BOT:
        queue.enqueue(work, conversation, HandoffProposal(reason="requested"))


def leave_queue(session: Session, conversation_id: str, *, now: datetime, ids: IdFactory) -> None:
    """The contact waits no longer and goes on with the bot. Nothing happens when it does not wait."""
    work, conversation = _begin(session, conversation_id, now=now, ids=ids)
    if conversation.state is State.QUEUED:
        holding.out_of_queue(work, conversation, reason="contact_left")
        transcript.say(work, conversation, texts.LEFT_QUEUE)


def give_feedback(
    session: Session, conversation_id: str, *, seq: int, value: Feedback, now: datetime, ids: IdFactory
) -> None:
    """Say whether one of the bot's messages helped; the last word counts. Raises NotFound for any other."""
    work, conversation = _begin(session, conversation_id, now=now, ids=ids)
    message = session.scalar(
        select(Message).where(
            Message.conversation_id == conversation.id, Message.seq == seq, Message.sender == Sender.BOT
        )
    )
    if message is None:
        raise NotFound
    message.feedback = value
    work.record("message.feedback", conversation, seq=seq, value=value)
    work.touch(f"conversation:{conversation.id}")


def rate(
    session: Session,
    conversation_id: str,
    *,
    grade: int,
    comment: str | None = None,
    now: datetime,
    ids: IdFactory,
) -> None:
    """Grade the help that just ended, from 1 to 5; the last word counts. Raises RatingClosed."""
    if not 1 <= grade <= 5:
        raise Invalid("评价只能是 1 到 5。")
    work, conversation = _begin(session, conversation_id, now=now, ids=ids)
    if conversation.state is not State.RESOLVED:
        raise RatingClosed
    session.merge(
        Rating(
            conversation_id=conversation.id,
            round=conversation.round,
            grade=grade,
            comment=comment,
            seat_id=conversation.last_seat_id,
            at=now,
        )
    )
    work.record("conversation.rated", conversation, grade=grade, seat=conversation.last_seat_id)
    work.touch(f"conversation:{conversation.id}")


def _begin(
    session: Session, conversation_id: str, *, now: datetime, ids: IdFactory
) -> tuple[Work, Conversation]:
    conversation = locked_conversation(session, conversation_id)
    return Work(session, Actor("contact", conversation.contact_id), now, ids), conversation
