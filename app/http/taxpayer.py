"""Steps 1 and 8, HTTP: the taxpayer's routes. What is acknowledged is stored; pages read what was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from actions.topics import Topic, busy_topics
from actions.wording import GREETING
from app.accounts import Unauthorized
from app.http.services import LimitsNeeded, Services, ServicesNeeded
from channels.web import CHANNEL, CallbackForm, ConversationForm, FeedbackForm, MessageForm, RatingForm
from common.clock import CHINA
from common.ids import new_code, new_token
from common.masking import mask_phone
from common.secrets import token_hash
from desk import feedback, intake, orders, views
from desk.intake import Incoming, Received
from desk.kinds import Feedback
from desk.messages import MessageView, messages_for_contact
from desk.orders import Callback
from desk.tables import Conversation
from desk.views import Standing
from desk.waiting import QueuePlace

router = APIRouter(prefix="/api/v1", tags=["taxpayer"])

MAX_SEQ: Final = 2**31 - 1
_Result = TypeVar("_Result")

Id = Annotated[str, Path(max_length=64)]
Seq = Annotated[int, Query(ge=0, le=MAX_SEQ)]


class Welcome(BaseModel):
    """What the page shows before anything was said."""

    topics: tuple[Topic, ...]
    notice: str | None
    greeting: str
    privacy_url: str


class OpenedConversation(BaseModel):
    """A new conversation; the token is in this answer and nowhere else."""

    conversation_id: str
    token: str


class StoredMessage(BaseModel):
    """A message that is stored, and its number in the conversation."""

    message_id: str
    seq: int


class AgentName(BaseModel):
    """Who is there, as the contact may know: the seat's number."""

    name: str


class Grade(BaseModel):
    """The grade already given, 1 to 5."""

    grade: int


class StandingBody(BaseModel):
    """Who must act next, and what the contact is told about it."""

    state: str
    queue: QueuePlace | None
    agent: AgentName | None


class MessagesPage(StandingBody):
    """What was said after a number (at most 200 messages), and how things stand."""

    messages: list[MessageView]
    rating: Grade | None
    notice: str | None


class CallbackReceipt(BaseModel):
    """The work order's number, and the code to ask after it with."""

    order_number: str
    code: str


async def bearer_token(authorization: Annotated[str, Header()] = "") -> str:
    """The conversation's token. Raises Unauthorized when none was sent."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("请求缺少会话令牌。")
    return token.strip()


Token = Annotated[str, Depends(bearer_token)]


@router.get("/topics")
def read_topics(services: ServicesNeeded) -> Welcome:
    """The first screen: busy topics of the season, greeting, the bureau's notice."""
    return Welcome(
        topics=busy_topics(services.clock().astimezone(CHINA).date()),
        notice=services.settings.notice,
        greeting=GREETING,
        privacy_url=services.settings.privacy_url,
    )


@router.post("/conversations", status_code=201)
def open_conversation(
    form: ConversationForm, request: Request, services: ServicesNeeded, limits: LimitsNeeded
) -> OpenedConversation:
    """Open a conversation with the bot."""
    limits.conversations.take(request.client.host if request.client else "")
    token = new_token()
    hashed = token_hash(token)
    with services.database.write() as session:
        conversation = intake.open_conversation(
            session,
            channel=CHANNEL,
            key_hash=hashed,
            token_hash=hashed,
            region=form.region,
            now=services.clock(),
            ids=services.ids,
        )
        return OpenedConversation(conversation_id=conversation.id, token=token)


@router.post("/conversations/{conversation_id}/messages", status_code=202)
def send_message(
    conversation_id: Id, form: MessageForm, token: Token, services: ServicesNeeded, limits: LimitsNeeded
) -> StoredMessage:
    """Store a message; the same `client_message_id` gives the same answer and is stored once."""
    prepared = form.prepared()

    def store(session: Session) -> Received:
        limits.messages.take(conversation_id)
        incoming = Incoming(
            conversation_id=conversation_id,
            text=prepared.text,
            option_id=form.option_id,
            client_message_id=str(form.client_message_id),
        )
        lease = services.turns.spare_lease()
        return intake.receive(session, incoming, now=services.clock(), ids=services.ids, lease=lease)

    received = _change(services, conversation_id, token, store)
    if received.job is not None:
        services.turns.take(received.job)
    return StoredMessage(message_id=received.message.id, seq=received.message.seq)


@router.get("/conversations/{conversation_id}/messages")
def read_messages(
    conversation_id: Id, token: Token, services: ServicesNeeded, after: Seq = 0
) -> MessagesPage:
    """What was said after a number, and how things stand."""
    with services.database.read() as session:
        conversation = _conversation(session, conversation_id, token)
        standing = views.standing(session, conversation, now=services.clock())
        return MessagesPage(
            **standing_body(standing).model_dump(),
            messages=messages_for_contact(session, conversation, after=after),
            rating=None if standing.grade is None else Grade(grade=standing.grade),
            notice=services.settings.notice,
        )


@router.post("/conversations/{conversation_id}/handoff", status_code=202)
def request_person(
    conversation_id: Id, token: Token, services: ServicesNeeded, limits: LimitsNeeded
) -> dict[str, Any]:
    """The person button."""

    def hand_off(session: Session) -> None:
        limits.messages.take(conversation_id)
        feedback.request_person(session, conversation_id, now=services.clock(), ids=services.ids)

    _change(services, conversation_id, token, hand_off)
    return {}


@router.delete("/conversations/{conversation_id}/queue", status_code=204)
def leave_queue(conversation_id: Id, token: Token, services: ServicesNeeded, limits: LimitsNeeded) -> None:
    """Wait no longer: the bot has the conversation again."""

    def leave(session: Session) -> None:
        limits.messages.take(conversation_id)
        feedback.leave_queue(session, conversation_id, now=services.clock(), ids=services.ids)

    _change(services, conversation_id, token, leave)


@router.post("/conversations/{conversation_id}/messages/{seq}/feedback", status_code=204)
def give_feedback(
    conversation_id: Id,
    seq: Annotated[int, Path(ge=1, le=MAX_SEQ)],
    form: FeedbackForm,
    token: Token,
    services: ServicesNeeded,
) -> None:
    """有用 or 没用 under one of the bot's answers."""

    def store(session: Session) -> None:
        value = Feedback(form.value)
        feedback.give_feedback(
            session, conversation_id, seq=seq, value=value, now=services.clock(), ids=services.ids
        )

    _change(services, conversation_id, token, store)


@router.post("/conversations/{conversation_id}/rating", status_code=204)
def rate(conversation_id: Id, form: RatingForm, token: Token, services: ServicesNeeded) -> None:
    """Grade the help that just ended."""

    def store(session: Session) -> None:
        feedback.rate(
            session,
            conversation_id,
            grade=form.grade,
            comment=form.masked_comment(),
            now=services.clock(),
            ids=services.ids,
        )

    _change(services, conversation_id, token, store)


@router.post("/conversations/{conversation_id}/callback", status_code=201)
def request_callback(
    conversation_id: Id, form: CallbackForm, token: Token, services: ServicesNeeded, limits: LimitsNeeded
) -> CallbackReceipt:
    """Leave a telephone number; it is sealed before it is stored."""
    phone = form.number()
    callback = Callback(
        phone_sealed=services.keyring.seal(phone),
        phone_masked=mask_phone(phone),
        code=new_code(),
        note=form.masked_note(),
    )

    def book(session: Session) -> CallbackReceipt:
        limits.messages.take(conversation_id)
        order = orders.create_callback(
            session, conversation_id, callback, now=services.clock(), ids=services.ids
        )
        return CallbackReceipt(order_number=order.number, code=order.code)

    return _change(services, conversation_id, token, book)


def standing_body(standing: Standing) -> StandingBody:
    """How things stand, as the contact is told."""
    agent = None if standing.agent is None else AgentName(name=standing.agent)
    return StandingBody(state=standing.state.value, queue=standing.queue, agent=agent)


def _conversation(session: Session, conversation_id: str, token: str) -> Conversation:
    return intake.conversation_by_token(session, conversation_id, token_hash=token_hash(token))


def _change(
    services: Services,
    conversation_id: str,
    token: str,
    change: Callable[[Session], _Result],
) -> _Result:
    """Run `change` in one transaction, for whoever has the conversation's token. Raises NotFound."""
    # The token, which never changes, is checked on a read: a stranger must not be able to take the write lock.
    with services.database.read() as session:
        _conversation(session, conversation_id, token)
    with services.database.write() as session:
        return change(session)
