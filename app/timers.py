"""Step 6, wiring: what is late is looked for in the database, once a second, so that a restart loses nothing."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from app.http.services import Services
from common.errors import Unavailable
from common.ids import new_code
from desk import order_timers, overnight, seats, turns

INTERVAL_SECONDS: Final = 1.0

log = structlog.get_logger()


class Timers:
    """Silent seats, conversations that nobody accepted, turns whose workers vanished, order deadlines."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Look until cancelled. Several web processes may: each finding is acted on once."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except Unavailable:
                log.warning("database unavailable, timers wait")
            except Exception:
                log.exception("the timers failed, trying again")
            await asyncio.sleep(INTERVAL_SECONDS)

    def look(self) -> None:
        """One round."""
        services = self._services
        now = services.clock()
        with services.database.read() as session:
            seats_late = seats.needs_sweep(session, now=now, policy=services.policy)
            turns_lost = turns.has_abandoned(session, now=now)
            overnight_due = overnight.has_unanswered(session, now=now)
            orders_late = order_timers.has_late(session, now=now)
        if seats_late:
            with services.database.write() as session:
                seats.sweep(session, now=now, ids=services.ids, policy=services.policy)
        if turns_lost:
            with services.database.write() as session:
                turns.fail_abandoned(session, now=now, ids=services.ids)
        if overnight_due:
            with services.database.write() as session:
                overnight.sweep(session, now=now, ids=services.ids, code=new_code)
        if orders_late:
            with services.database.write() as session:
                order_timers.sweep(session, now=now, ids=services.ids)
