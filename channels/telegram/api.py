"""Steps 1 and 8: the edge to the Bot API. The only file that knows python-telegram-bot.

Every error of that library leaves here as `DeliveryFailed`, with the token masked: it is part of each URL, so
the HTTP client's own log lines are held back too.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from channels.protocol import DeliveryFailed
from channels.telegram.cards import Part, Rows
from channels.telegram.updates import PRIVACY_NOTICE

# Asks the library for time spans instead of bare seconds, which it warns are going away.
os.environ.setdefault("PTB_TIMEDELTA", "true")

ALLOWED_UPDATES: Final = ("message", "callback_query")
LATER: Final = timedelta(minutes=1)
"""The wait after a refused token, which only the operator can mend."""

_PUBLIC_URL: Final = "https://api.telegram.org/bot"
_CHATTY_LOGGERS: Final = ("httpx", "telegram")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")
# Covers what the network adds to the time Telegram holds a poll open.
_POLL_MARGIN: Final = timedelta(seconds=10)


@dataclass(frozen=True)
class WebhookSettings:
    """Where Telegram is to deliver updates, and the secret by which we know that it is Telegram.

    Raises ValueError unless the secret is 16 to 256 of A-Z, a-z, 0-9, "_" and "-".
    """

    url: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a secret that Telegram would refuse, or that could be guessed."""
        if not _SECRET.fullmatch(self.secret):
            raise ValueError("a webhook secret is 16 to 256 of A-Z, a-z, 0-9, _ and -")


class TelegramApi:
    """The Bot API's methods that this channel uses. Each raises DeliveryFailed and nothing else.

    `retry_delay` is the wait after a network error or an error of Telegram's own.
    """

    def __init__(self, token: str, *, base_url: str | None, retry_delay: timedelta) -> None:
        _quieten()
        self._token = token
        self._retry_delay = retry_delay
        self._requests = HTTPXRequest()
        self._polls = HTTPXRequest(connection_pool_size=1)
        self._bot = Bot(
            token, base_url=base_url or _PUBLIC_URL, request=self._requests, get_updates_request=self._polls
        )

    async def open(self) -> None:
        """Open the connection pools. Nothing is asked of Telegram yet, so it may be out of reach."""
        await self._requests.initialize()
        await self._polls.initialize()

    async def close(self) -> None:
        """Close the connection pools."""
        await self._requests.shutdown()
        await self._polls.shutdown()

    async def register(self, webhook: WebhookSettings | None) -> None:
        """Say whether updates are to be delivered to a webhook or will be asked for."""
        with self._errors():
            if webhook is None:
                await self._bot.delete_webhook()
            else:
                await self._bot.set_webhook(
                    webhook.url, secret_token=webhook.secret, allowed_updates=ALLOWED_UPDATES
                )

    async def introduce(self) -> None:
        """Say what an empty chat shows before the contact presses START, and the commands in its menu."""
        with self._errors():
            await self._bot.set_my_description(PRIVACY_NOTICE)
            await self._bot.set_my_commands([BotCommand("start", "开始"), BotCommand("help", "使用说明")])

    async def fetch(self, *, offset: int, wait: timedelta, limit: int = 100) -> list[object]:
        """Updates from `offset` on, as they came; asking confirms all below it. Waits for the first one.

        Not `Bot.get_updates`: that parses a batch as a whole, logs what people wrote when one update will not
        parse, and then can never get past it.
        """
        query = urlencode(
            {
                "offset": offset,
                "limit": limit,
                "timeout": int(wait.total_seconds()),
                "allowed_updates": '["message","callback_query"]',
            }
        )
        with self._errors():
            result: object = await self._polls.post(
                f"{self._bot.base_url}/getUpdates?{query}", read_timeout=(wait + _POLL_MARGIN).total_seconds()
            )
        return result if isinstance(result, list) else []

    async def send(self, chat_id: str, part: Part) -> str:
        """Send one part; returns Telegram's id of it."""
        with self._errors():
            message = await self._bot.send_message(
                chat_id,
                part.html,
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(part.rows),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        return str(message.message_id)

    async def answer(self, query_id: str, text: str | None) -> None:
        """End a button's waiting state, with a short text or without."""
        with self._errors():
            await self._bot.answer_callback_query(query_id, text)

    async def replace_buttons(self, chat_id: int, message_id: int, rows: Rows) -> None:
        """Put `rows` under a message of ours in place of its buttons."""
        with self._errors():
            await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=_markup(rows))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except TelegramError as error:
            # Not chained: the library's messages may hold the token.
            told = f"{type(error).__name__}: {error}".replace(self._token, "***")
            raise DeliveryFailed(told, retry_after=_retry_after(error, otherwise=self._retry_delay)) from None


def _retry_after(error: TelegramError, *, otherwise: timedelta) -> timedelta | None:
    match error:
        case RetryAfter():
            wait = error.retry_after
            return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
        case InvalidToken():
            return LATER
        case BadRequest() | Forbidden() | ChatMigrated():
            return None
        case _:
            return otherwise


def _markup(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in rows]
    )


def _quieten() -> None:
    for name in _CHATTY_LOGGERS:
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.WARNING:
            logger.setLevel(logging.WARNING)
