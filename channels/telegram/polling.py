"""Step 1: long polling. Telegram is told that an update arrived only after it has been taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, Final, TypeVar

from channels.protocol import DeliveryFailed
from channels.telegram.api import TelegramApi, WebhookSettings
from channels.telegram.updates import Update

LONGEST_DELAY: Final = timedelta(minutes=1)

_log: Final = logging.getLogger(__name__)
_Result = TypeVar("_Result")

Read = Callable[[object], Update | None]
Take = Callable[[Update], Awaitable[None]]
"""Raises when Telegram is to repeat the update."""


class Receiving:
    """Registers with Telegram and, without a webhook, polls; keeps trying for as long as it runs.

    Attributes:
        problem: why nothing can be received just now, or None.
    """

    def __init__(self, api: TelegramApi, *, poll_wait: timedelta, retry_delay: timedelta) -> None:
        self._api = api
        self._poll_wait = poll_wait
        self._retry_delay = retry_delay
        self._stopping = asyncio.Event()
        self._offset = 0
        self.problem: str | None = "not started"

    def stop(self) -> None:
        """End `run` once the update in hand is finished."""
        self._stopping.set()

    async def run(self, *, webhook: WebhookSettings | None, read: Read, take: Take) -> None:
        """Register and, without a webhook, poll until stopped."""
        await self._repeated(lambda: self._unless_stopped(self._api.register(webhook)))
        await self._attempt("the bot's description was not set", self._unless_stopped(self._api.introduce()))
        if webhook is not None:
            return
        while not self._stopping.is_set():
            await self._repeated(lambda: self._poll_once(read, take))
        if self._offset and not self.problem:
            confirmation = self._api.fetch(offset=self._offset, wait=timedelta(0), limit=1)
            await self._attempt("the last updates will be repeated", confirmation)

    async def _poll_once(self, read: Read, take: Take) -> None:
        batch = await self._unless_stopped(self._api.fetch(offset=self._offset, wait=self._poll_wait))
        self.problem = None
        for data in batch or ():
            if self._stopping.is_set():
                return
            update = read(data)
            if update is None:
                raise DeliveryFailed("Telegram sent something that is no update", retry_after=LONGEST_DELAY)
            await take(update)
            self._offset = max(self._offset, update.update_id + 1)

    async def _attempt(self, consequence: str, step: Awaitable[object]) -> None:
        try:
            await step
        except DeliveryFailed as failure:
            _log.warning("telegram: %s: %s", consequence, failure)

    async def _repeated(self, step: Callable[[], Awaitable[object]]) -> None:
        """Run `step` until it succeeds or we stop, waiting longer after each failure."""
        delay = self._retry_delay
        while not self._stopping.is_set():
            try:
                await step()
            except DeliveryFailed as failure:
                self._report(str(failure))
                delay = max(delay, failure.retry_after or LONGEST_DELAY)
            except Exception as error:  # noqa: BLE001 - a worker's outer loop: whatever failed, Telegram repeats it
                self._report(f"an update could not be taken: {type(error).__name__}")
            else:
                self.problem = None
                return
            await self._unless_stopped(asyncio.sleep(delay.total_seconds()))
            delay = min(delay * 2, LONGEST_DELAY)

    def _report(self, problem: str) -> None:
        self.problem = problem
        _log.warning("telegram: %s", problem)

    async def _unless_stopped(self, work: Coroutine[Any, Any, _Result]) -> _Result | None:
        """The result of `work`, or None when we were stopped first."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            for future in (working, stopping):
                future.cancel()
            await asyncio.gather(working, stopping, return_exceptions=True)
