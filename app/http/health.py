"""Wiring, HTTP: alive, ready, and figures for the operator's monitoring."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.http.services import ServicesNeeded
from common.errors import Unavailable
from desk.kinds import Availability, OutboxState, TurnState
from desk.state import State
from desk.tables import Conversation, OutboxRow, Seat, Turn

router = APIRouter(tags=["operation"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(request: Request, response: Response, services: ServicesNeeded) -> dict[str, Any]:
    """What is ready. 200 once people can be answered: Rasa may still be loading."""
    parts = {
        "database": _database_answers(services),
        "index": services.library.ready,
        "rasa": await request.app.state.bot.is_ready(),
    }
    if not (parts["database"] and parts["index"]):
        response.status_code = 503
    return {"ready": parts, "knowledge_base_version": services.library.version}


def _database_answers(services: ServicesNeeded) -> bool:
    try:
        with services.database.read() as session:
            session.execute(select(1))
    except (Unavailable, SQLAlchemyError):
        return False
    return True


@router.get("/metrics", include_in_schema=False)
def metrics(services: ServicesNeeded) -> Response:
    """Figures in Prometheus's form, read from the database at this moment."""
    registry = CollectorRegistry()
    conversations = Gauge("tongda_conversations", "Conversations by state.", ["state"], registry=registry)
    seats = Gauge("tongda_seats", "Seats by availability.", ["availability"], registry=registry)
    turns = Gauge("tongda_turns_pending", "Utterances that wait for the bot.", registry=registry)
    outbox = Gauge("tongda_outbox_pending", "Messages that wait for delivery.", registry=registry)
    with services.database.read() as session:
        by_state = dict(
            session.execute(select(Conversation.state, func.count()).group_by(Conversation.state)).all()
        )
        by_availability = dict(
            session.execute(select(Seat.availability, func.count()).group_by(Seat.availability)).all()
        )
        turns.set(session.scalar(select(func.count()).where(Turn.state == TurnState.PENDING)) or 0)
        outbox.set(session.scalar(select(func.count()).where(OutboxRow.state == OutboxState.PENDING)) or 0)
    for state in State:
        conversations.labels(state.value).set(by_state.get(state, 0))
    for availability in Availability:
        seats.labels(availability.value).set(by_availability.get(availability, 0))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
