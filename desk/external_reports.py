"""Step 8: what 12345 must be told of the orders that came from there; written with the change, sent from here later.

Each status is told once for each round of work: 已答复, 办结, 退回, 延期.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk.kinds import OrderState, Origin, OutboxState
from desk.order_state import OrderEvent
from desk.tables import ExternalReport, WorkOrder
from desk.work import Work

ANSWERED: Final = "answered"
DONE: Final = "done"
RETURNED: Final = "returned"
EXTENDED: Final = "extended"
_STATUS: Final = {
    OrderEvent.REPLY: ANSWERED,
    OrderEvent.ANSWER_NOW: ANSWERED,
    OrderEvent.REJECT: RETURNED,
    OrderEvent.EXTEND: EXTENDED,
}
TOPIC: Final = "external_reports"


@dataclass(frozen=True)
class Report:
    """One status to tell. `id` stays the same however often it is sent."""

    id: str
    number: str
    external_number: str
    status: str
    text: str
    due_at: datetime | None
    attempt: int


def note(work: Work, order: WorkOrder, event: OrderEvent) -> None:
    """Note what the other hotline must be told of this step, if anything."""
    status = DONE if order.state is OrderState.CLOSED else _STATUS.get(event)
    if order.origin is not Origin.GOVERNMENT or order.external_number is None or status is None:
        return
    told = select(ExternalReport.id).where(
        ExternalReport.order_number == order.number,
        ExternalReport.status == status,
        ExternalReport.round == order.reworks,
    )
    if work.session.scalar(told) is not None:
        return
    work.session.add(
        ExternalReport(
            id=work.ids(),
            order_number=order.number,
            status=status,
            round=order.reworks,
            text=(order.legal_route if status == RETURNED else order.reply) or "",
            due_at=order.due_at if status == EXTENDED else None,
            state=OutboxState.PENDING,
            not_before=work.now,
        )
    )
    work.touch(TOPIC)


def claim_due(session: Session, *, now: datetime, lease: timedelta, limit: int) -> list[Report]:
    """Take reports in hand; one that is neither sent nor put off comes again when the lease runs out."""
    found = session.execute(
        select(ExternalReport, WorkOrder.external_number)
        .join(WorkOrder, WorkOrder.number == ExternalReport.order_number)
        .where(ExternalReport.state == OutboxState.PENDING, ExternalReport.not_before <= now)
        .order_by(ExternalReport.not_before, ExternalReport.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ExternalReport)
    ).all()
    reports = []
    for row, external_number in found:
        row.not_before, row.attempts = now + lease, row.attempts + 1
        reports.append(
            Report(
                row.id,
                row.order_number,
                external_number or "",
                row.status,
                row.text,
                row.due_at,
                row.attempts,
            )
        )
    return reports


def mark_sent(session: Session, report_id: str) -> None:
    """The other side has it."""
    session.execute(
        update(ExternalReport).where(ExternalReport.id == report_id).values(state=OutboxState.SENT)
    )


def put_off(session: Session, report_id: str, *, until: datetime, error: str) -> None:
    """The other side did not take it; try again later. Nothing is given up: the promise was made."""
    session.execute(
        update(ExternalReport)
        .where(ExternalReport.id == report_id)
        .values(not_before=until, last_error=error[:500])
    )
