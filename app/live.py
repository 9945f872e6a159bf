"""Step 8, wiring: tells open pages and workers that something changed; they read from the database what it is.

A notice is a topic ("conversation:ID", "queue", "turns" …) and nothing else, so a lost or doubled one costs a
read and never a message. Between several web processes the topics travel over Redis, when one is configured.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "tongda:changes"
EVERYTHING = "*"
"""The topic of whoever wants to be woken by any change."""
RECONNECT_SECONDS = 2.0

log = structlog.get_logger()


class Subscription:
    """What one page or worker waits on. Topics that arrive while nobody waits are kept, each once."""

    def __init__(self) -> None:
        self._topics: set[str] = set()
        self._arrived = asyncio.Event()

    def add(self, topic: str) -> None:
        """Note a topic and wake whoever waits."""
        self._topics.add(topic)
        self._arrived.set()

    async def wait(self, timeout_seconds: float | None = None) -> frozenset[str]:
        """The topics since the last call, waiting for at least one; empty after the timeout."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._arrived.wait(), timeout_seconds)
        self._arrived.clear()
        topics, self._topics = frozenset(self._topics), set()
        return topics


class Hub:
    """Fans topics out to subscriptions. `notify` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, redis_url: str | None = None) -> None:
        self._loop = loop
        self._subscriptions: dict[str, set[Subscription]] = defaultdict(set)
        self._redis = Redis.from_url(redis_url) if redis_url else None
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen to other web processes, when Redis is configured."""
        if self._redis is not None:
            self._task = asyncio.create_task(self._listen(self._redis))

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()

    def notify(self, topics: Iterable[str]) -> None:
        """Tell every subscription to one of `topics`, here and in the other web processes."""
        self._loop.call_soon_threadsafe(self._notify, frozenset(topics))

    @contextlib.contextmanager
    def subscribe(self, topics: Iterable[str]) -> Iterator[Subscription]:
        """A subscription to `topics` for as long as the block lasts."""
        subscription = Subscription()
        wanted = frozenset(topics)
        for topic in wanted:
            self._subscriptions[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in wanted:
                self._subscriptions[topic].discard(subscription)
                if not self._subscriptions[topic]:
                    del self._subscriptions[topic]

    def _notify(self, topics: frozenset[str]) -> None:
        self._deliver(topics)
        if self._redis is not None:
            task = asyncio.create_task(self._publish(self._redis, topics))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def _deliver(self, topics: frozenset[str]) -> None:
        everywhere = self._subscriptions.get(EVERYTHING, set())
        for topic in topics:
            for subscription in everywhere | self._subscriptions.get(topic, set()):
                subscription.add(topic)

    async def _publish(self, redis: Redis, topics: frozenset[str]) -> None:
        try:
            await redis.publish(CHANNEL, "\n".join(sorted(topics)))
        except RedisError as error:
            log.warning("redis unreachable, other web processes were not told", error=str(error))

    async def _listen(self, redis: Redis) -> None:
        while True:
            try:
                async for data in _payloads(redis):
                    self._deliver(frozenset(data.decode().split("\n")))
            except RedisError as error:
                log.warning("redis unreachable, trying again", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)


async def _payloads(redis: Redis) -> AsyncIterator[bytes]:
    async with redis.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        async for item in subscription.listen():
            if item["type"] == "message":
                yield item["data"]
