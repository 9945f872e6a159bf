"""Step 2: stores what a contact writes, once, and sees who holds the conversation.

Text arrives masked and checked: the border of the system has done that.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from common.audit import SYSTEM, Actor
from common.errors import NotFound
from common.ids import IdFactory
from desk import holding, texts, transcript
from desk.kinds import Kind, Sender
from desk.locks import locked_conversation
from desk.policy import POLICY
from desk.reply import ConversationContext
from desk.state import State
from desk.tables import Contact, Conversation, Message
from desk.turns import TurnJob, begin_turn
from desk.work import Work


@dataclass(frozen=True)
class Incoming:
    """One utterance for a conversation. One of `client_message_id` and `external_id` tells a repeated one."""

    conversation_id: str
    text: str = ""
    option_id: str | None = None
    client_message_id: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class Received:
    """The message as stored; a duplicate is the first one again, and changed nothing."""

    message: Message
    duplicate: bool
    job: TurnJob | None = None


def open_conversation(
    session: Session,
    *,
    channel: str,
    key_hash: str,
    region: str | None = None,
    token_hash: str | None = None,
    reply_address: str | None = None,
    name: str | None = None,
    now: datetime,
    ids: IdFactory,
) -> Conversation:
    """A new conversation, held by the bot, with the contact that `key_hash` names on `channel`.

    On the web the contact is known by nothing but the token: `key_hash` is `token_hash` there.
    """
    work = Work(session, SYSTEM, now, ids)
    contact = _contact(work, channel=channel, key_hash=key_hash, name=name)
    return _open(work, contact, region=region, token_hash=token_hash, reply_address=reply_address)


def conversation_for_contact(
    session: Session,
    *,
    channel: str,
    key_hash: str,
    reply_address: str,
    name: str | None = None,
    now: datetime,
    ids: IdFactory,
) -> Conversation:
    """The conversation that an IM contact goes on with: the last one unless it is too old, else a new one."""
    work = Work(session, SYSTEM, now, ids)
    contact = _contact(work, channel=channel, key_hash=key_hash, name=name)
    conversation = session.scalar(
        select(Conversation)
        .where(Conversation.contact_id == contact.id)
        .order_by(Conversation.created_at.desc(), Conversation.id.desc())
        .limit(1)
    )
    if conversation is None or _too_old(conversation, now=now):
        return _open(work, contact, reply_address=reply_address)
    return conversation


def conversation_by_token(session: Session, conversation_id: str, *, token_hash: str) -> Conversation:
    """The conversation, for whoever has its token. Raises NotFound for a wrong one too."""
    conversation = session.get(Conversation, conversation_id)
    stored = conversation.token_hash if conversation else None
    if conversation is None or stored is None or not hmac.compare_digest(stored, token_hash):
        raise NotFound
    return conversation


def receive(
    session: Session,
    incoming: Incoming,
    *,
    now: datetime,
    ids: IdFactory,
    lease: timedelta | None = None,
) -> Received:
    """Store one utterance. The bot gets a turn when it holds the conversation; a resolved one is reopened.

    With `lease` the caller offers to work on the turn itself, once this is committed: then `job` may be it.
    """
    conversation = locked_conversation(session, incoming.conversation_id)
    first = _already_stored(session, conversation, incoming)
    if first is not None:
        return Received(first, duplicate=True)
    work = Work(session, Actor("contact", conversation.contact_id), now, ids)
    if conversation.state is State.RESOLVED:
        reopen(work, conversation)
    message = transcript.append(work, conversation, _draft(conversation, incoming))
    job = _pass_on(work, conversation, message, option_id=incoming.option_id, lease=lease)
    work.record("message.received", conversation, seq=message.seq)
    return Received(message, duplicate=False, job=job)


def reopen(work: Work, conversation: Conversation) -> None:
    """A resolved conversation goes on: with the last seat if it is online and has room, else with the bot."""
    last = conversation.last_seat_id
    if last is None or not holding.reopened_to_seat(work, conversation, last, accepted=False):
        holding.reopened_to_bot(work, conversation)


def _pass_on(
    work: Work,
    conversation: Conversation,
    message: Message,
    *,
    option_id: str | None,
    lease: timedelta | None,
) -> TurnJob | None:
    if conversation.state is State.BOT:
        return begin_turn(work, conversation, message, option_id=option_id, lease=lease)
    work.touch("queue")
    if conversation.state is State.ASSIGNED:
        conversation.unread_count += 1
        work.touch(f"seat:{conversation.seat_id}")
    return None


def _already_stored(session: Session, conversation: Conversation, incoming: Incoming) -> Message | None:
    if incoming.client_message_id is not None:
        client = {"conversation_id": conversation.id, "client_message_id": incoming.client_message_id}
        return session.scalar(_BY_CLIENT, client)
    if incoming.external_id is not None:
        channel = {"channel": conversation.channel, "external_id": incoming.external_id}
        return session.scalar(_BY_CHANNEL, channel)
    return None


# Built once: on SQLite, building a statement takes longer than running it.
_BY_CLIENT: Final = select(Message).where(
    Message.conversation_id == bindparam("conversation_id"),
    Message.client_message_id == bindparam("client_message_id"),
)
_BY_CHANNEL: Final = select(Message).where(
    Message.channel == bindparam("channel"), Message.channel_external_id == bindparam("external_id")
)


def _draft(conversation: Conversation, incoming: Incoming) -> transcript.Draft:
    return transcript.Draft(
        Kind.INBOUND,
        Sender.CONTACT,
        incoming.text or _label_of(conversation, incoming.option_id),
        sender_id=conversation.contact_id,
        client_message_id=incoming.client_message_id,
        external_id=incoming.external_id,
    )


def _label_of(conversation: Conversation, option_id: str | None) -> str:
    options = ConversationContext.model_validate(conversation.context).options
    labels = (option.label for option in options if option.option_id == option_id)
    return next(labels, texts.UNNAMED_OPTION)


def _contact(work: Work, *, channel: str, key_hash: str, name: str | None) -> Contact:
    """The contact, made if it is new; locked, so that its conversations are opened one after the other."""
    known = select(Contact).where(Contact.channel == channel, Contact.key_hash == key_hash).with_for_update()
    contact = work.session.scalar(known)
    if contact is not None:
        return contact
    new = Contact(id=work.ids(), channel=channel, key_hash=key_hash, name=name, created_at=work.now)
    try:
        with work.session.begin_nested():
            work.session.add(new)
    except IntegrityError:
        # The contact's first two messages came at once, and the other one was stored first.
        return work.session.scalars(known).one()
    return new


def _open(
    work: Work,
    contact: Contact,
    *,
    region: str | None = None,
    token_hash: str | None = None,
    reply_address: str | None = None,
) -> Conversation:
    conversation = Conversation(
        id=work.ids(),
        contact_id=contact.id,
        channel=contact.channel,
        region=region,
        token_hash=token_hash,
        reply_address=reply_address,
        state=State.BOT,
        context=ConversationContext().model_dump(mode="json"),
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(conversation)
    work.session.flush()
    work.by(Actor("contact", contact.id)).record("conversation.opened", conversation, channel=contact.channel)
    work.touch(f"conversation:{conversation.id}")
    return conversation


def _too_old(conversation: Conversation, *, now: datetime) -> bool:
    held_by_people = conversation.state in (State.QUEUED, State.ASSIGNED)
    return not held_by_people and now - conversation.updated_at > POLICY.conversation_lifetime
