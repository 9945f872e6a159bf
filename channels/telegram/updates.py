"""Step 1: what a Telegram update asks of us. Pure, and total over whatever JSON arrives.

Private chats only: groups, channels, edited messages and other bots are ignored. Photos, voice and the like
are not passed on (there would be nothing to answer); the contact is told that only text is read. Numbers that
identify a person are hidden here, before anything is stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.intake_text import TextEmpty, TextTooLong, prepare
from channels.protocol import InboundMessage
from channels.telegram.cards import PERSON, Button, Rows

NAME: Final = "telegram"
PRIVACY_NOTICE: Final = (
    "这里是通答智能助手（机器人），只提供匿名的税费政策咨询。"
    "Telegram 的服务器在境外，请不要发送身份证号、银行卡号、手机号、企业名称等能识别身份的信息；"
    "涉及个人事项，请在中国境内的官方网站办理，或拨打 12366、12345。"
)
HELP: Final = (
    "直接输入问题，例如：小规模纳税人季度销售额 30 万元要交增值税吗？\n"
    "有选项时点按钮或回复序号；说“转人工”可以找坐席。\n\n" + PRIVACY_NOTICE
)
TEXT_ONLY: Final = "目前只能读文字消息，请把问题打字发过来；需要人工请回复“转人工”。"
HIDDEN: Final = "您的消息里有证件号、卡号或联系方式，我们已隐去，没有保存。请在聊天里删除那条消息。"
EXPIRED: Final = "该选项已过期"

_COMMAND: Final = re.compile(r"/(start|help)(?:@\w+)?(?:\s|\Z)")
_OPTION: Final = re.compile(r"o:([^\ud800-\udfff]{1,32})")
_FEEDBACK: Final = re.compile(r"f:([0-9]{1,9}):([01])")
_RATING: Final = re.compile(r"r:([1-5])")

_Identifier = Annotated[int, Field(gt=-(2**63), lt=2**63)]


@dataclass(frozen=True)
class Press:
    """The button press behind an update. Telegram wants every one answered.

    `thanks` is shown once the press is stored; `remaining` are the buttons left under the message, or None
    when they stay as they are.
    """

    query_id: str
    message_id: int | None = None
    thanks: str | None = None
    remaining: Rows | None = None


@dataclass(frozen=True)
class Update:
    """What to do about one update; with neither inbound, notice nor press it is to be ignored."""

    update_id: int
    chat_id: int | None = None
    inbound: InboundMessage | None = None
    notice: str | None = None
    press: Press | None = None


_Parsed = TypeVar("_Parsed", bound=BaseModel)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class _Chat(_Model):
    id: _Identifier
    type: str = ""


class _Person(_Model):
    is_bot: bool = False


class _Envelope(_Model):
    update_id: Annotated[int, Field(ge=0, lt=2**63)]
    message: Any = None
    callback_query: Any = None


class _Message(_Model):
    chat: _Chat
    sender: _Person = Field(alias="from")
    text: str | None = None


class _Button(_Model):
    text: str
    callback_data: str


class _Keyboard(_Model):
    inline_keyboard: list[list[_Button]]


class _PressedMessage(_Model):
    message_id: _Identifier
    chat: _Chat
    reply_markup: _Keyboard | None = None


class _CallbackQuery(_Model):
    id: str
    message: Any = None
    data: Any = None


def read_update(data: object, *, now: datetime) -> Update | None:
    """What `data` asks of us, or None when it is no update at all."""
    envelope = _parsed(_Envelope, data)
    if envelope is None:
        return None
    query = _parsed(_CallbackQuery, envelope.callback_query)
    if query is not None:
        return _read_press(query, update_id=envelope.update_id, now=now)
    message = _parsed(_Message, envelope.message)
    if message is None or message.chat.type != "private" or message.sender.is_bot:
        return Update(envelope.update_id)
    return _read_message(message, update_id=envelope.update_id, now=now)


def _parsed(model: type[_Parsed], data: object) -> _Parsed | None:
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


def _read_message(message: _Message, *, update_id: int, now: datetime) -> Update:
    update = Update(update_id, chat_id=message.chat.id)
    if not message.text:
        return replace(update, notice=TEXT_ONLY)
    inbound = _inbound(message.chat.id, update_id=update_id, now=now)
    command = _COMMAND.match(message.text)
    if command and command[1] == "help":
        return replace(update, notice=HELP)
    if command:
        return replace(update, notice=PRIVACY_NOTICE, inbound=replace(inbound, text="你好"))
    try:
        prepared = prepare(message.text)
    except (TextTooLong, TextEmpty) as refusal:
        return replace(update, notice=refusal.message)
    hidden = HIDDEN if prepared.masked_kinds else None
    return replace(update, notice=hidden, inbound=replace(inbound, text=prepared.text))


def _read_press(query: _CallbackQuery, *, update_id: int, now: datetime) -> Update:
    message = _parsed(_PressedMessage, query.message)
    if message is None or message.chat.type != "private" or not isinstance(query.data, str):
        return Update(update_id, press=Press(query.id))
    update = Update(update_id, chat_id=message.chat.id)
    press = Press(query.id, message.message_id)
    inbound = _inbound(message.chat.id, update_id=update_id, now=now)
    if option := _OPTION.fullmatch(query.data):
        return replace(update, inbound=replace(inbound, option_id=option[1]), press=press)
    if feedback := _FEEDBACK.fullmatch(query.data):
        value = "useful" if feedback[2] == "1" else "useless"
        inbound = replace(inbound, feedback=value, feedback_seq=int(feedback[1]))
        press = replace(press, thanks="感谢您的反馈", remaining=_without(message.reply_markup, "f:"))
        return replace(update, inbound=inbound, press=press)
    if rating := _RATING.fullmatch(query.data):
        press = replace(press, thanks="感谢您的评价", remaining=_without(message.reply_markup, "r:"))
        return replace(update, inbound=replace(inbound, rating=int(rating[1])), press=press)
    if query.data == PERSON:
        return replace(update, inbound=replace(inbound, text="转人工"), press=press)
    return replace(update, press=press)


def _inbound(chat_id: int, *, update_id: int, now: datetime) -> InboundMessage:
    return InboundMessage(
        channel=NAME,
        contact_key=str(chat_id),
        reply_address=str(chat_id),
        external_id=str(update_id),
        received_at=now,
    )


def _without(keyboard: _Keyboard | None, prefix: str) -> Rows | None:
    if keyboard is None:
        return None
    rows = (
        tuple(Button(b.text, b.callback_data) for b in row if not b.callback_data.startswith(prefix))
        for row in keyboard.inline_keyboard
    )
    return tuple(row for row in rows if row)
