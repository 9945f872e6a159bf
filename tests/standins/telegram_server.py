"""A stand-in for Telegram's Bot API server: the real protocol over HTTP on loopback, driven from a test.

It refuses what the real one refuses. Deliveries are at least once, in order, and repeated until acknowledged:
by a higher offset when polled, by a 2xx answer to the webhook. Every control is safe from any thread;
`wait_until` waits on what happens, not on the clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx

from tests.standins.telegram_http import HttpServer, JsonObject
from tests.standins.telegram_methods import Answer, BotApi, Failure, SentMessage, State

__all__ = ["Answer", "SentMessage", "TelegramServer"]


TOKEN = "7000000001:AAstandin-token-for-tests-only"


class TelegramServer:
    """The server and its controls; a context manager. `base_url` is what the channel is given."""

    def __init__(self, token: str = TOKEN, *, port: int = 0) -> None:
        self._api = BotApi(State(token))
        self._http = HttpServer(("127.0.0.1", port), self._api.call)
        self._threads = [
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}),
            threading.Thread(target=self._deliver_to_webhook),
        ]

    @property
    def token(self) -> str:
        return self._api.state.token

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/bot"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._api.changed:
            self._api.state.closing = True
            self._api.changed.notify_all()
        self._http.shutdown()
        for thread in self._threads:
            thread.join()
        self._http.hang_up()
        self._http.server_close()

    # What a contact does.

    def user_says(self, chat: int, text: str) -> JsonObject:
        """A contact writes in a private chat; returns the update."""
        return self.user_sends(chat, text=text)

    def user_sends(
        self,
        chat: int,
        *,
        chat_type: str = "private",
        is_bot: bool = False,
        kind: str = "message",
        **content: Any,
    ) -> JsonObject:
        """A contact sends what a message can hold, e.g. `photo=[…]`, or edits (`kind="edited_message"`)."""
        with self._api.changed:
            self._api.state.chats.add(chat)
            message = {
                "message_id": self._api.new_message_id(),
                "date": int(time.time()),
                "chat": {"id": chat, "type": chat_type, "first_name": "测试"},
                "from": {"id": chat, "is_bot": is_bot, "first_name": "测试"},
                **content,
            }
            return self._queue(kind, message)

    def presses(self, chat: int, button: str) -> JsonObject:
        """The contact presses the newest button that shows `button`; returns the update."""
        with self._api.changed:
            for message in reversed(self._api.state.messages):
                for text, data in (pair for row in message.rows for pair in row):
                    if message.chat_id == chat and text == button:
                        return self._press(message, data)
        raise AssertionError(f"no button {button!r} in chat {chat}")

    def presses_data(self, chat: int, data: str) -> JsonObject:
        """The contact presses a button of an older release: its data need not be under any message now."""
        with self._api.changed:
            message = next(m for m in reversed(self._api.state.messages) if m.chat_id == chat)
            return self._press(message, data)

    def blocks_the_bot(self, chat: int) -> None:
        """From now on sending to this chat is forbidden."""
        with self._api.changed:
            self._api.state.blocked.add(chat)

    # What Telegram does.

    def redeliver(self, update: JsonObject, times: int = 1) -> None:
        """Deliver an update again although it may have been acknowledged."""
        with self._api.changed:
            self._api.state.repeats.extend([update] * times)
            self._api.changed.notify_all()

    def fail_next(
        self,
        code: int,
        *,
        method: str = "sendMessage",
        retry_after: int | None = None,
        times: int = 1,
        after: int = 0,
    ) -> None:
        """Let `after` calls of `method` succeed, then fail `times`; the code 0 hangs up without an answer."""
        with self._api.changed:
            self._api.state.failures.append(Failure(method.lower(), code, retry_after, times, after))

    def revoke_token(self) -> None:
        """The token is no longer valid."""
        with self._api.changed:
            self._api.state.token = "revoked"

    # What can be seen.

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = 10) -> None:
        """Return as soon as `condition` holds. Raises AssertionError when it does not in time."""
        with self._api.changed:
            if not self._api.changed.wait_for(condition, timeout=seconds):
                raise AssertionError("this did not happen in time")

    def wait_for_message(self, chat: int, number: int = 1, *, seconds: float = 10) -> SentMessage:
        """The `number`-th message that the bot sent to this chat, once it is there."""
        self.wait_until(lambda: len(self.messages(chat)) >= number, seconds=seconds)
        return self.messages(chat)[number - 1]

    def messages(self, chat: int) -> list[SentMessage]:
        """What the bot sent to this chat."""
        with self._api.changed:
            return [message for message in self._api.state.messages if message.chat_id == chat]

    @property
    def answers(self) -> list[Answer]:
        """How button presses were answered."""
        with self._api.changed:
            return list(self._api.state.answers)

    @property
    def pending(self) -> list[int]:
        """Ids of the updates not yet acknowledged."""
        with self._api.changed:
            return [update["update_id"] for update in [*self._api.state.updates, *self._api.state.repeats]]

    @property
    def webhook_statuses(self) -> list[int]:
        """What the webhook answered; 0 is no answer."""
        with self._api.changed:
            return list(self._api.state.webhook_statuses)

    @property
    def webhook_url(self) -> str:
        """Where updates go, or empty."""
        with self._api.changed:
            return self._api.state.webhook_url

    @property
    def description(self) -> str:
        """What an empty chat shows."""
        with self._api.changed:
            return self._api.state.description

    def calls(self, method: str) -> list[JsonObject]:
        """The parameters of every call of `method`, refused ones too."""
        with self._api.changed:
            return [parameters for name, parameters in self._api.state.calls if name == method.lower()]

    def _queue(self, kind: str, content: JsonObject) -> JsonObject:
        update = {"update_id": self._api.state.next_update_id, kind: content}
        self._api.state.next_update_id += 1
        if not self._api.state.allowed_updates or kind in self._api.state.allowed_updates:
            self._api.state.updates.append(update)
        self._api.changed.notify_all()
        return update

    def _press(self, message: SentMessage, data: str) -> JsonObject:
        query_id = f"query-{self._api.state.next_update_id}"
        self._api.state.open_queries.add(query_id)
        keyboard = [[{"text": text, "callback_data": data} for text, data in row] for row in message.rows]
        pressed: JsonObject = {
            "message_id": message.message_id,
            "date": int(time.time()),
            "chat": {"id": message.chat_id, "type": "private"},
            "text": message.text,
        }
        if keyboard:
            pressed["reply_markup"] = {"inline_keyboard": keyboard}
        person = {"id": message.chat_id, "is_bot": False, "first_name": "测试"}
        query = {"id": query_id, "from": person, "chat_instance": "1", "message": pressed, "data": data}
        return self._queue("callback_query", query)

    def _deliver_to_webhook(self) -> None:
        """Post updates one by one until closed; the same one again, soon, after anything but a 2xx."""
        state = self._api.state
        with httpx.Client(timeout=10, trust_env=False) as client:
            while True:
                with self._api.changed:
                    self._api.changed.wait_for(
                        lambda: state.closing or bool(state.webhook_url and (state.repeats or state.updates))
                    )
                    if state.closing:
                        return
                    source = state.repeats or state.updates
                    update, url, secret = source[0], state.webhook_url, state.webhook_secret
                status = _post(client, url, update, secret)
                with self._api.changed:
                    state.webhook_statuses.append(status)
                    if 200 <= status < 300:
                        source.pop(0)
                    self._api.changed.notify_all()
                    self._api.changed.wait_for(
                        lambda: state.closing, timeout=0 if status in range(200, 300) else 0.05
                    )


def _post(client: httpx.Client, url: str, update: JsonObject, secret: str | None) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    try:
        return client.post(url, json=update, headers=headers).status_code
    except httpx.HTTPError:
        return 0
