"""What the Telegram tests share: a desk that only remembers, a clock that is set, messages to send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Final

from channels.protocol import InboundMessage, OutboundMessage
from channels.telegram import TelegramChannel
from desk.reply import Citation, Option, Validity
from tests.standins.telegram_server import SentMessage, TelegramServer

CHAT: Final = 4242
SECRET: Final = "a-webhook-secret-for-tests"


class RememberingDesk:
    """Stands where the desk stands: stores what it receives, or fails as it is told to."""

    def __init__(self) -> None:
        self.received: list[InboundMessage] = []
        self.attempts = 0
        self.failures: list[Exception] = []
        self._changed = asyncio.Condition()

    async def receive(self, message: InboundMessage) -> None:
        async with self._changed:
            self.attempts += 1
            self._changed.notify_all()
            if self.failures:
                raise self.failures.pop(0)
            self.received.append(message)

    async def has_received(self, count: int) -> list[InboundMessage]:
        """What was received, once it is that many."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.received) >= count)
            return list(self.received)


class SettableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


Connect = Callable[[RememberingDesk], AbstractAsyncContextManager[TelegramChannel]]


def outbound(text: str = "季度销售额不超过 30 万元的，免征增值税。", **changes: object) -> OutboundMessage:
    fields: dict[str, object] = {
        "conversation_id": "c1",
        "sequence": 2,
        "reply_address": str(CHAT),
        "sender": "bot",
        "text": text,
    }
    return OutboundMessage(**{**fields, **changes})  # type: ignore[arg-type]


ANSWER = outbound(
    details="**条件**\n- 季度销售额 < 30 万元 & 未开专票",
    citations=(
        Citation(
            title="测试公告",
            document_number="测试〔2026〕1号",
            article="第一条",
            url="https://example.cn/a?b=1&c=2",
        ),
    ),
    validity=Validity(effective_from=date(2026, 1, 1), effective_to=date(2027, 12, 31)),
    ask_feedback=True,
)
CHOICE = outbound(
    "您想问的是哪一个？",
    options=(
        Option(option_id="q1", label="小规模免税标准"),
        Option(option_id="q2", label="一般纳税人税率" * 20),
    ),
)


async def settled(telegram: TelegramServer) -> None:
    """Every update so far has been acknowledged."""
    await asyncio.to_thread(telegram.wait_until, lambda: telegram.pending == [])


async def message(telegram: TelegramServer, number: int = 1) -> SentMessage:
    return await asyncio.to_thread(telegram.wait_for_message, CHAT, number)
