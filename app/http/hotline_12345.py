"""Step 1, HTTP: 12345 hands orders over. The same order again is the first one; deadlines: the stricter of the two."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from app.http.services import Services, ServicesNeeded
from channels.hotline_12345 import WINDOW, BadSignature, HandedOver, verify
from channels.web import CallbackForm
from common.audit import Actor
from common.clock import CHINA
from common.errors import Invalid, NotFound
from common.ids import new_code
from common.masking import mask, mask_phone
from desk import orders
from desk.kinds import OrderPriority, OrderState, Origin
from desk.orders import NewOrder
from desk.tables import WorkOrder

router = APIRouter(prefix="/api/v1/bridge/12345", tags=["bridge"])

ACTOR = Actor("12345")


class Imported(BaseModel):
    """Our number for their order, and the deadline that binds."""

    number: str
    external_number: str
    state: OrderState
    due_at: str


@router.post(
    "/orders",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": HandedOver.model_json_schema()}},
        }
    },
)
async def import_order(request: Request, services: ServicesNeeded) -> Imported:
    """Take an order over from 12345. The signature is described in `channels/hotline_12345.py`."""
    body = await request.body()
    return await asyncio.to_thread(_import, services, request, body)


def _import(services: Services, request: Request, body: bytes) -> Imported:
    secret = services.settings.hotline_12345_secret
    if secret is None:
        raise NotFound
    now = services.clock()
    nonce = verify(
        secret.get_secret_value(),
        request.headers,
        method=request.method,
        path=request.url.path,
        body=body,
        now=now,
    )
    try:
        handed_over = HandedOver.model_validate_json(body)
    except ValidationError:
        raise Invalid from None
    new = _new_order(services, handed_over)
    with services.database.write() as session:
        if not orders.first_use(session, nonce, now=now, until=now + 2 * WINDOW):
            raise BadSignature
        return _imported(_taken_over(session, services, new))


def _taken_over(session: Session, services: Services, new: NewOrder) -> WorkOrder:
    return orders.take_over(session, new, actor=ACTOR, now=services.clock(), ids=services.ids)


def _new_order(services: Services, given: HandedOver) -> NewOrder:
    phone = CallbackForm(phone=given.phone).number() if given.phone else None
    return NewOrder(
        type=given.type,
        category=given.category,
        subcategory=given.subcategory,
        text=mask(given.text).text,
        code=new_code(),
        phone_sealed=services.keyring.seal(phone) if phone else None,
        phone_masked=mask_phone(phone) if phone else None,
        priority=OrderPriority.URGENT if given.urgent else OrderPriority.NORMAL,
        region=given.region,
        origin=Origin.GOVERNMENT,
        external_number=given.number,
        external_due_at=given.due_at,
    )


def _imported(order: WorkOrder) -> Imported:
    return Imported(
        number=order.number,
        external_number=order.external_number or "",
        state=order.state,
        due_at=order.due_at.astimezone(CHINA).isoformat(),
    )
