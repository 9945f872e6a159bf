"""Step 8, wiring: takes messages from the outbox and hands them to their channels, in order, at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from app.live import Hub
from channels.protocol import Channel, DeliveryFailed, OutboundMessage
from common.clock import Clock
from common.database import Database
from common.errors import Unavailable
from common.ids import IdFactory
from desk import outbox
from desk.outbox import Delivery

LEASE: Final = timedelta(seconds=60)
POLL_SECONDS: Final = 1.0
BATCH: Final = 20
ATTEMPTS: Final = 12
FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(minutes=10)

log = structlog.get_logger()


class DeliveryWorker:
    """Delivers what is due, several conversations at a time, each conversation in order."""

    def __init__(
        self, database: Database, channels: Mapping[str, Channel], hub: Hub, *, clock: Clock, ids: IdFactory
    ) -> None:
        self._database = database
        self._channels = channels
        self._hub = hub
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Deliver until cancelled."""
        with self._hub.subscribe(["outbox"]) as changes:
            while True:
                try:
                    while await self.deliver_due():
                        pass
                except Unavailable:
                    log.warning("database unavailable, deliveries wait")
                await changes.wait(POLL_SECONDS)

    async def deliver_due(self) -> int:
        """One round; returns how many messages were taken in hand."""
        due = await asyncio.to_thread(self._claim)
        await asyncio.gather(*(self._deliver(delivery) for delivery in due))
        return len(due)

    def _claim(self) -> list[Delivery]:
        with self._database.read() as session:
            if not outbox.has_due(session, now=self._clock()):
                return []
        with self._database.write() as session:
            return outbox.claim_due(session, now=self._clock(), lease=LEASE, limit=BATCH)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            provider_id = await self._send(delivery)
        except DeliveryFailed as failure:
            await asyncio.to_thread(self._failed, delivery, failure)
        else:
            await asyncio.to_thread(self._sent, delivery, provider_id)

    async def _send(self, delivery: Delivery) -> str:
        channel = self._channels.get(delivery.channel)
        if channel is None:
            raise DeliveryFailed(f"channel {delivery.channel} is off", retry_after=LONGEST_PAUSE)
        try:
            return await channel.send(outbound(delivery))
        except DeliveryFailed:
            raise
        except Exception as error:
            # A defect in one channel must not stop the others; the message is tried again, then given up.
            log.exception("a channel failed", channel=delivery.channel)
            raise DeliveryFailed(type(error).__name__, retry_after=FIRST_PAUSE) from error

    def _sent(self, delivery: Delivery, provider_id: str) -> None:
        with self._database.write() as session:
            outbox.mark_sent(session, delivery.conversation_id, delivery.seq, provider_id=provider_id)

    def _failed(self, delivery: Delivery, failure: DeliveryFailed) -> None:
        now = self._clock()
        given_up = failure.retry_after is None or delivery.attempt >= ATTEMPTS
        log.warning("not delivered", channel=delivery.channel, cause=str(failure), given_up=given_up)
        with self._database.write() as session:
            if given_up:
                outbox.give_up(
                    session,
                    delivery.conversation_id,
                    delivery.seq,
                    error=str(failure),
                    now=now,
                    ids=self._ids,
                )
            else:
                pause = max(failure.retry_after or FIRST_PAUSE, backoff(delivery.attempt))
                outbox.put_off(
                    session, delivery.conversation_id, delivery.seq, error=str(failure), until=now + pause
                )


def backoff(attempt: int) -> timedelta:
    """The pause after the given failed attempt (from 1): it doubles, up to the longest."""
    doublings: int = 2 ** min(attempt - 1, 16)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def outbound(delivery: Delivery) -> OutboundMessage:
    """The message as channels take it."""
    message = delivery.message
    return OutboundMessage(
        conversation_id=delivery.conversation_id,
        sequence=delivery.seq,
        reply_address=delivery.reply_address,
        sender=message.sender,
        text=message.text,
        sender_name=message.sender_name,
        details=message.details,
        citations=message.citations,
        validity=message.validity,
        options=message.options,
        ask_feedback=message.asks_feedback,
        ask_rating=message.asks_rating,
    )
