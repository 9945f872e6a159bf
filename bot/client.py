"""Step 3, asking: one turn over Rasa's REST channel. The whole request travels along as the message's metadata.

Rasa keeps nothing between two turns (docs/decisions/0001): what comes back is the reply that an action made.
"""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

import httpx
import orjson

from desk.reply import BotReply, TurnRequest

WEBHOOK: Final = "/webhooks/rest/webhook"
HEALTH: Final = "/webhooks/rest/"
JSON: Final = {"Content-Type": "application/json"}
MAX_KEPT: Final = 16
# Rasa takes a text that starts with a slash for the name of an intent; only we may name one.
BUTTON_PRESSED: Final = "/choose_option"
LEADING: Final = re.compile(r"^[\s/]+")


class BotUnavailable(Exception):
    """Rasa is loading, over its budget, down, or answered something unusable. The message says which, for the log."""


class BotClient:
    """Asks one Rasa server for turns, as many at a time as there are conversations. An async context manager."""

    def __init__(self, url: str, *, timeout: timedelta) -> None:
        self._budget = timeout.total_seconds()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=MAX_KEPT)
        # Rasa is on this machine: no proxy of the environment stands before it.
        self._http = httpx.AsyncClient(base_url=url, limits=limits, timeout=self._budget, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def ask(self, request: TurnRequest) -> BotReply:
        """The reply to one turn, within the budget. Raises BotUnavailable."""
        try:
            async with asyncio.timeout(self._budget):
                response = await self._http.post(WEBHOOK, content=_message(request), headers=JSON)
        except TimeoutError:
            raise BotUnavailable(f"no reply within {self._budget} s") from None
        except httpx.TransportError as error:
            raise BotUnavailable(f"{type(error).__name__}: {error}") from error
        if response.status_code != 200:
            raise BotUnavailable(f"status {response.status_code}")
        try:
            return _reply_in(orjson.loads(response.content))
        except ValueError as error:
            raise BotUnavailable("not a reply of ours") from error

    async def is_ready(self) -> bool:
        """Whether the server answers at all: it listens only once its model is loaded."""
        try:
            async with asyncio.timeout(self._budget):
                response = await self._http.get(HEALTH)
        except (httpx.TransportError, TimeoutError):
            return False
        return response.status_code == 200


def _message(request: TurnRequest) -> bytes:
    return orjson.dumps(
        {
            "sender": request.conversation_id,
            "message": BUTTON_PRESSED if request.option_id else _plain(request.text),
            "metadata": {"turn": request.model_dump(mode="json")},
        }
    )


def _plain(text: str) -> str:
    """The text as nothing but text; never empty, for Rasa ignores an empty message."""
    return LEADING.sub("", text) or "?"


def _reply_in(messages: object) -> BotReply:
    """The one reply that our action uttered. Raises ValueError for anything else (Rasa answers [] when it fails)."""
    if not isinstance(messages, list) or len(messages) != 1 or not isinstance(messages[0], dict):
        raise ValueError
    return BotReply.model_validate(messages[0].get("custom"))
