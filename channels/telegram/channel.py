"""Steps 1 and 8: the Telegram channel. Updates in by webhook or long polling, messages out in order.

An update is acknowledged only after `receive` stored it; duplicates are the desk's to drop, by `update_id`.
Sending is at least once: Telegram knows no idempotent send, so a lost answer to a send means a second copy.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from channels.protocol import DeliveryFailed, OutboundMessage, Receive
from channels.telegram.api import TelegramApi, WebhookSettings
from channels.telegram.cards import Part, render
from channels.telegram.polling import Receiving
from channels.telegram.updates import EXPIRED, NAME, Press, Update, read_update
from common.clock import Clock
from common.errors import TongdaError, TooManyRequests

BODY_LIMIT: Final = 1_048_576
"""Bytes of a webhook's body; Telegram's updates are a few thousand."""
NOTICE_INTERVAL: Final = timedelta(seconds=10)
"""The same notice goes to a chat no more often: an album, or an update that came twice, gets one."""
TRIES: Final = 8
"""After as many unexpected failures an update is given up, or it would hold up all that came after it."""
NOT_TAKEN: Final = "刚才这条消息没有处理成功，请再发一次；如果一直这样，请拨打 12366。"

_REMEMBERED: Final = 1000

_log: Final = logging.getLogger(__name__)
_Value = TypeVar("_Value")


class TelegramChannel:
    """`channels.protocol.Channel` for one bot. Without `webhook` it polls; only one process may.

    `base_url` names another Bot API server, the token being appended, e.g. "http://127.0.0.1:8081/bot".
    """

    name: str = NAME

    def __init__(
        self,
        token: str,
        *,
        clock: Clock,
        base_url: str | None = None,
        webhook: WebhookSettings | None = None,
        poll_wait: timedelta = timedelta(seconds=25),
        retry_delay: timedelta = timedelta(seconds=1),
    ) -> None:
        self._api = TelegramApi(token, base_url=base_url, retry_delay=retry_delay)
        self._clock = clock
        self._webhook = webhook
        self._poll_wait = poll_wait
        self._retry_delay = retry_delay
        self._receive: Receive | None = None
        self._receiving: Receiving | None = None
        self._running: asyncio.Task[None] | None = None
        self._in_hand: set[asyncio.Task[Any]] = set()
        self._told_at: OrderedDict[tuple[int, str], datetime] = OrderedDict()
        self._failures: OrderedDict[int, int] = OrderedDict()
        self._sent_parts: OrderedDict[tuple[str, int], int] = OrderedDict()

    @property
    def problem(self) -> str | None:
        """Why no update can come in just now, in words for the operator, or None."""
        return self._receiving.problem if self._receiving else "not started"

    async def start(self, receive: Receive) -> None:
        """Begin to receive. Returns at once: Telegram may be out of reach, and is then tried again."""
        await self._api.open()
        self._receive = receive
        self._receiving = Receiving(self._api, poll_wait=self._poll_wait, retry_delay=self._retry_delay)
        self._running = asyncio.create_task(
            self._receiving.run(
                webhook=self._webhook, read=self._read, take=lambda update: self._take(update, receive)
            )
        )

    async def stop(self) -> None:
        """Stop receiving, finish the updates in hand, close the connections; nothing can be sent after it."""
        if self._receiving and self._running:
            self._receiving.stop()
            await self._running
        self._receive = self._receiving = self._running = None
        if self._in_hand:
            await asyncio.wait(self._in_hand)
        await self._api.close()

    async def handle_webhook(self, secret_header: str | None, body: bytes) -> int:
        """Take one update that was posted to us; returns the HTTP status, 200 only once it is stored.

        `secret_header` is the request's X-Telegram-Bot-Api-Secret-Token. Any other status makes Telegram
        repeat the update.
        """
        if self._webhook is None:
            return 404
        if not _same(secret_header or "", self._webhook.secret):
            return 403
        if len(body) > BODY_LIMIT:
            return 413
        update = self._read(_json(body))
        if update is None:
            return 400
        if self._receive is None:
            return 503
        return await self._take_in_hand(update, self._receive)

    async def send(self, message: OutboundMessage) -> str:
        """Deliver a message, in several parts when it is long; returns Telegram's id of the last part.

        After a failure the next call for the same message goes on with the part that failed.
        Raises DeliveryFailed.
        """
        parts = render(message)
        if not parts:
            raise DeliveryFailed("there is nothing to show", retry_after=None)
        key = (message.conversation_id, message.sequence)
        message_id = ""
        for number in range(self._sent_parts.pop(key, 0), len(parts)):
            try:
                message_id = await self._api.send(message.reply_address, parts[number])
            except DeliveryFailed as failure:
                if failure.retry_after is not None:
                    _remember(self._sent_parts, key, number)
                raise
        return message_id

    def _read(self, data: object) -> Update | None:
        return read_update(data, now=self._clock())

    async def _take_in_hand(self, update: Update, receive: Receive) -> int:
        taking = asyncio.ensure_future(self._take(update, receive))
        self._in_hand.add(taking)
        taking.add_done_callback(self._in_hand.discard)
        try:
            await asyncio.shield(taking)
        except TongdaError as error:
            _log.warning("telegram: update %d was not taken: %s", update.update_id, error.code)
            return error.status
        except Exception:  # noqa: BLE001 - logged where it was first caught; Telegram is to repeat the update
            return 500
        return 200

    async def _take(self, update: Update, receive: Receive) -> None:
        """Store an update and answer its button. Raises when it was not stored: Telegram is to repeat it."""
        if update.notice and update.chat_id is not None:
            await self._tell(update.chat_id, update.notice)
        refusal = await self._stored(update, receive)
        if refusal and update.chat_id is not None and not update.press:
            await self._tell(update.chat_id, refusal)
        if update.press:
            await self._answer(update, update.press, refusal=refusal)

    async def _stored(self, update: Update, receive: Receive) -> str | None:
        """Hand the message to the desk; returns what to tell the contact when it cannot be accepted."""
        if update.inbound is None:
            return EXPIRED if update.press else None
        try:
            await receive(update.inbound)
        except TongdaError as error:
            if error.status >= 500:
                raise
            return EXPIRED if update.press and not isinstance(error, TooManyRequests) else error.message
        except Exception:
            _log.exception("telegram: update %d was not taken", update.update_id)
            failures = self._failures.pop(update.update_id, 0) + 1
            if failures < TRIES:
                _remember(self._failures, update.update_id, failures)
                raise
            return NOT_TAKEN
        self._failures.pop(update.update_id, None)
        return None

    async def _tell(self, chat_id: int, text: str) -> None:
        now = self._clock()
        told_at = self._told_at.get((chat_id, text))
        if told_at is not None and now - told_at < NOTICE_INTERVAL:
            return
        _remember(self._told_at, (chat_id, text), now)
        try:
            await self._api.send(str(chat_id), Part.of_text(text))
        except DeliveryFailed as failure:
            _log.warning("telegram: a notice was not delivered: %s", failure)

    async def _answer(self, update: Update, press: Press, *, refusal: str | None) -> None:
        try:
            await self._api.answer(press.query_id, refusal or press.thanks)
            if not refusal and press.remaining is not None and press.message_id and update.chat_id:
                await self._api.replace_buttons(update.chat_id, press.message_id, press.remaining)
        except DeliveryFailed as failure:
            _log.info("telegram: a button press was stored but not answered: %s", failure)


def _same(given: str, secret: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _remember(memory: OrderedDict[Any, _Value], key: object, value: _Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
