"""The Bot API's methods as the stand-in knows them, with the refusals of the real server."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.standins.telegram_entities import CannotParse, visible_text
from tests.standins.telegram_http import JsonObject, Refused

BOT_ID = 7000000001
_DESCRIPTIONS = {
    400: "Bad Request: the test asked for it",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    429: "Too Many Requests",
}


@dataclass
class SentMessage:
    """A message of the bot's; `text` is what the contact sees, `rows` the buttons that are under it now."""

    message_id: int
    chat_id: int
    text: str
    markup: str
    rows: list[list[tuple[str, str]]]

    @property
    def buttons(self) -> list[str]:
        """What the buttons show, in order."""
        return [text for row in self.rows for text, _ in row]


@dataclass(frozen=True)
class Answer:
    """The bot's answer to a button press."""

    query_id: str
    text: str | None


@dataclass
class Failure:
    """A failure that a test asked for: after `after` calls of the method, `times` times."""

    method: str
    code: int
    retry_after: int | None
    times: int
    after: int


@dataclass
class State:
    """Everything the server knows; guarded by the server's condition."""

    token: str
    updates: list[JsonObject] = field(default_factory=list)
    repeats: list[JsonObject] = field(default_factory=list)
    messages: list[SentMessage] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    calls: list[tuple[str, JsonObject]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    open_queries: set[str] = field(default_factory=set)
    chats: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    allowed_updates: list[str] = field(default_factory=list)
    webhook_url: str = ""
    webhook_secret: str | None = None
    webhook_statuses: list[int] = field(default_factory=list)
    description: str = ""
    next_update_id: int = 1001
    next_message_id: int = 1
    poll_number: int = 0
    closing: bool = False


class BotApi:
    """The Bot API's methods over a `State`; `changed` guards it and tells whoever waits."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.changed = threading.Condition()

    def call(self, token: str, method: str, parameters: JsonObject) -> object:
        """The result of one call. Raises Refused."""
        with self.changed:
            if token != self.state.token:
                raise Refused(401, "Unauthorized")
            self.state.calls.append((method, parameters))
            self.changed.notify_all()
            self._fail_if_told(method)
            handler = _METHODS.get(method)
            if handler is None:
                raise Refused(404, "Not Found")
            result = handler(self, parameters)
            self.changed.notify_all()
            return result

    def _fail_if_told(self, method: str) -> None:
        for failure in self.state.failures:
            if failure.method != method or failure.times == 0:
                continue
            if failure.after > 0:
                failure.after -= 1
            else:
                failure.times -= 1
                description = _DESCRIPTIONS.get(failure.code, "Internal Server Error")
                raise Refused(failure.code, description, retry_after=failure.retry_after)

    def new_message_id(self) -> int:
        """The next message's number."""
        self.state.next_message_id += 1
        return self.state.next_message_id

    def _get_me(self, _: JsonObject) -> object:
        return {"id": BOT_ID, "is_bot": True, "first_name": "通答", "username": "tongda_standin_bot"}

    def _set_webhook(self, parameters: JsonObject) -> object:
        secret = parameters.get("secret_token")
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        # The real server demands https; one that an operator runs himself, as this is, takes http too.
        if not parameters.get("url", "").startswith(("http://", "https://")):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.state.webhook_url, self.state.webhook_secret = parameters["url"], secret
        self._allow(parameters)
        return True

    def _delete_webhook(self, _: JsonObject) -> object:
        self.state.webhook_url, self.state.webhook_secret = "", None
        return True

    def _allow(self, parameters: JsonObject) -> None:
        if "allowed_updates" in parameters:
            self.state.allowed_updates = parameters["allowed_updates"]

    def _get_updates(self, parameters: JsonObject) -> object:
        state = self.state
        if state.webhook_url:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self._allow(parameters)
        offset = int(parameters.get("offset", 0))
        state.updates = [update for update in state.updates if update["update_id"] >= offset]
        state.poll_number += 1
        number = state.poll_number
        self.changed.notify_all()
        self.changed.wait_for(
            lambda: bool(state.updates or state.repeats or state.closing or state.poll_number != number),
            timeout=float(parameters.get("timeout", 0)),
        )
        if state.poll_number != number:
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        repeats, state.repeats = state.repeats, []
        return [*repeats, *state.updates][: int(parameters.get("limit", 100))]

    def _send_message(self, parameters: JsonObject) -> object:
        chat = self._chat(parameters)
        text = _checked_text(parameters)
        rows = _checked_rows(parameters)
        message = SentMessage(self.new_message_id(), chat, text, parameters["text"], rows)
        self.state.messages.append(message)
        return _as_result(message)

    def _chat(self, parameters: JsonObject) -> int:
        chat = int(parameters["chat_id"]) if re.fullmatch(r"-?\d+", str(parameters.get("chat_id"))) else None
        if chat is None or chat not in self.state.chats:
            raise Refused(400, "Bad Request: chat not found")
        if chat in self.state.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return chat

    def _edit_buttons(self, parameters: JsonObject) -> object:
        chat, message_id = self._chat(parameters), int(parameters["message_id"])
        for message in self.state.messages:
            if (message.chat_id, message.message_id) == (chat, message_id):
                rows = _checked_rows(parameters)
                if rows == message.rows:
                    raise Refused(400, "Bad Request: message is not modified")
                message.rows = rows
                return _as_result(message)
        raise Refused(400, "Bad Request: message to edit not found")

    def _answer_query(self, parameters: JsonObject) -> object:
        query_id, text = parameters.get("callback_query_id", ""), parameters.get("text")
        if query_id not in self.state.open_queries:
            raise Refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        if len(text or "") > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.state.open_queries.remove(query_id)
        self.state.answers.append(Answer(query_id, text))
        return True

    def _send_action(self, parameters: JsonObject) -> object:
        self._chat(parameters)
        if parameters.get("action") != "typing":
            raise Refused(400, "Bad Request: wrong parameter action in request")
        return True

    def _set_description(self, parameters: JsonObject) -> object:
        if len(parameters.get("description", "")) > 512:
            raise Refused(400, "Bad Request: DESCRIPTION_TOO_LONG")
        self.state.description = parameters.get("description", "")
        return True

    def _set_commands(self, parameters: JsonObject) -> object:
        if not all(
            re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) for command in parameters["commands"]
        ):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        return True


_METHODS: Mapping[str, Callable[[BotApi, JsonObject], object]] = {
    "getme": BotApi._get_me,
    "setwebhook": BotApi._set_webhook,
    "deletewebhook": BotApi._delete_webhook,
    "getupdates": BotApi._get_updates,
    "sendmessage": BotApi._send_message,
    "editmessagereplymarkup": BotApi._edit_buttons,
    "answercallbackquery": BotApi._answer_query,
    "sendchataction": BotApi._send_action,
    "setmydescription": BotApi._set_description,
    "setmycommands": BotApi._set_commands,
}


def _checked_text(parameters: JsonObject) -> str:
    text = str(parameters.get("text", ""))
    if parameters.get("parse_mode"):
        if parameters["parse_mode"] != "HTML":
            raise Refused(400, "Bad Request: unsupported parse_mode")
        try:
            text = visible_text(text)
        except CannotParse as error:
            raise Refused(400, f"Bad Request: can't parse entities: {error}") from None
    text = text.strip()
    if not text:
        raise Refused(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise Refused(400, "Bad Request: message is too long")
    return text


def _checked_rows(parameters: JsonObject) -> list[list[tuple[str, str]]]:
    keyboard = (parameters.get("reply_markup") or {}).get("inline_keyboard", [])
    rows = [[(str(b.get("text", "")), str(b.get("callback_data", ""))) for b in row] for row in keyboard]
    for text, data in (pair for row in rows for pair in row):
        if not text.strip():
            raise Refused(400, "Bad Request: inline keyboard button text must be non-empty")
        if not 1 <= len(data.encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    if sum(map(len, rows)) > 100:
        raise Refused(400, "Bad Request: reply markup is too long")
    return [row for row in rows if row]


def _as_result(message: SentMessage) -> JsonObject:
    return {
        "message_id": message.message_id,
        "date": int(time.time()),
        "chat": {"id": message.chat_id, "type": "private"},
        "text": message.text,
    }
