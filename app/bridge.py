"""Step 8, wiring: tells 12345 what became of its orders, at least once each, for as long as it takes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from app.delivery import backoff
from app.http.services import Services
from channels.hotline_12345 import Hotline12345, StatusReport
from channels.protocol import DeliveryFailed
from common.errors import Unavailable
from desk import external_reports
from desk.external_reports import Report

LEASE: Final = timedelta(seconds=60)
POLL_SECONDS: Final = 5.0
BATCH: Final = 10

log = structlog.get_logger()


class BridgeWorker:
    """Sends the reports that are due."""

    def __init__(self, services: Services, hotline: Hotline12345) -> None:
        self._services = services
        self._hotline = hotline

    async def run(self) -> None:
        """Send until cancelled."""
        with self._services.hub.subscribe([external_reports.TOPIC]) as changes:
            while True:
                try:
                    while await self.send_due():
                        pass
                except Unavailable:
                    log.warning("database unavailable, reports to 12345 wait")
                await changes.wait(POLL_SECONDS)

    async def send_due(self) -> int:
        """One round; returns how many reports were taken in hand."""
        due = await asyncio.to_thread(self._claim)
        for report in due:
            await self._send(report)
        return len(due)

    def _claim(self) -> list[Report]:
        services = self._services
        with services.database.write() as session:
            return external_reports.claim_due(session, now=services.clock(), lease=LEASE, limit=BATCH)

    async def _send(self, report: Report) -> None:
        services = self._services
        body = StatusReport.model_validate(
            {
                "id": report.id,
                "number": report.external_number,
                "our_number": report.number,
                "status": report.status,
                "text": report.text,
                "due_at": report.due_at,
            }
        )
        try:
            await self._hotline.report(body, now=services.clock(), ids=services.ids)
        except DeliveryFailed as failure:
            log.warning("12345 did not take a report", order=report.number, cause=str(failure))
            await asyncio.to_thread(self._put_off, report, failure)
        else:
            await asyncio.to_thread(self._sent, report)

    def _sent(self, report: Report) -> None:
        with self._services.database.write() as session:
            external_reports.mark_sent(session, report.id)

    def _put_off(self, report: Report, failure: DeliveryFailed) -> None:
        until = self._services.clock() + backoff(report.attempt)
        with self._services.database.write() as session:
            external_reports.put_off(session, report.id, until=until, error=str(failure))
