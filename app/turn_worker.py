"""Steps 3 to 5, wiring: takes stored utterances and gives each its one reply.

A turn is a row, leased while it is worked on: a process that dies leaves a lease that runs out, and another (or
the same one, restarted) takes the turn again. The reply is recorded once, by the statement that ends the turn.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Final, Protocol

import structlog

from actions.dialogue import Understanding, respond
from actions.knowledge import Knowledge
from app.live import Hub, Subscription
from bot.client import BotUnavailable
from common.clock import Clock
from common.database import Database
from common.errors import Unavailable
from common.ids import IdFactory
from desk import turns
from desk.reply import BotReply, TurnRequest
from desk.turns import TurnJob, Via

LEASE_SLACK: Final = timedelta(seconds=7)
"""Beyond the time that a turn waits for Rasa, how long retrieval and recording may take."""
POLL_SECONDS: Final = 1.0
CONCURRENCY: Final = 8

log = structlog.get_logger()


class Bot(Protocol):
    """Asks the intent model for a turn. Raises BotUnavailable when it cannot or is too slow."""

    async def ask(self, request: TurnRequest) -> BotReply:
        """The reply to one turn."""


class TurnWorker:
    """Works on pending turns, several conversations at a time, each conversation in order.

    `budget` is how long `bot` takes at most.
    """

    def __init__(
        self,
        database: Database,
        bot: Bot,
        knowledge: Knowledge,
        hub: Hub,
        *,
        budget: timedelta,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._database = database
        self._bot = bot
        self._knowledge = knowledge
        self._hub = hub
        self._lease = budget + LEASE_SLACK
        self._clock = clock
        self._ids = ids
        self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Task[None]] = set()
        self._changes: Subscription | None = None
        self._some_wait = False

    def spare_lease(self) -> timedelta | None:
        """For how long a new turn may be leased to this worker; None while it has enough to do. From any thread."""
        return self._lease if len(self._running) < CONCURRENCY else None

    def take(self, job: TurnJob) -> None:
        """Work on a turn that was leased when it was stored, now that it is committed. From any thread."""
        self._loop.call_soon_threadsafe(self._start, job)

    async def run(self) -> None:
        """Work on what is claimed here and on what `take` is given, until cancelled."""
        with self._hub.subscribe([turns.TOPIC]) as changes:
            self._changes = changes
            while True:
                try:
                    await self._take_all()
                except Unavailable:
                    log.warning("database unavailable, turns wait")
                if await changes.wait(POLL_SECONDS):
                    self._some_wait = True

    async def _take_all(self) -> None:
        while len(self._running) < CONCURRENCY:
            job = await asyncio.to_thread(self._claim)
            if job is None:
                self._some_wait = self._some_wait and bool(self._running)
                return
            self._start(job)

    def _start(self, job: TurnJob) -> None:
        task = asyncio.create_task(self._work(job))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._some_wait and self._changes is not None:
            # It may have held up the conversation's next turn, or the worker had no room for others.
            self._changes.add(turns.TOPIC)

    def _claim(self) -> TurnJob | None:
        with self._database.read() as session:
            if not turns.has_claimable(session, now=self._clock()):
                return None
        with self._database.write() as session:
            return turns.claim_turn(session, now=self._clock(), lease=self._lease)

    async def _work(self, job: TurnJob) -> None:
        try:
            await self._answer(job)
        except Unavailable:
            log.warning("database unavailable, the turn's lease runs out and it is taken again")

    async def _answer(self, job: TurnJob) -> None:
        started = time.perf_counter()
        try:
            reply, via = await self._reply_to(job.request)
        except Exception:
            # Whatever went wrong, a person must hold the conversation then.
            log.exception("turn failed, handing to the queue", turn=job.turn_id)
            await asyncio.to_thread(self._fail, job)
            return
        elapsed_ms = (time.perf_counter() - started) * 1000
        await asyncio.to_thread(self._record, job, reply, via, elapsed_ms)

    async def _reply_to(self, request: TurnRequest) -> tuple[BotReply, Via]:
        try:
            return await self._bot.ask(request), "rasa"
        except BotUnavailable as error:
            log.info("answering by retrieval alone", cause=str(error))
        return await asyncio.to_thread(respond, self._knowledge, request, Understanding()), "retrieval"

    def _record(self, job: TurnJob, reply: BotReply, via: Via, elapsed_ms: float) -> None:
        with self._database.write() as session:
            turns.record_reply(
                session, job.turn_id, reply, via=via, elapsed_ms=elapsed_ms, now=self._clock(), ids=self._ids
            )

    def _fail(self, job: TurnJob) -> None:
        with self._database.write() as session:
            turns.fail_turn(session, job.turn_id, now=self._clock(), ids=self._ids)
