"""Steps 5 and 8, HTTP: the taxpayer registers an order, follows it by number and code, urges, withdraws, grades it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, StringConstraints

from app.http.services import LimitsNeeded, ServicesNeeded
from app.http.taxpayer import Id, Token
from channels.web import CallbackForm
from common.audit import Actor
from common.ids import new_code
from common.masking import mask, mask_phone
from common.secrets import token_hash
from desk import intake, order_commands, order_views, orders
from desk.order_commands import OrderAction
from desk.order_state import OrderEvent
from desk.order_views import Progress
from desk.orders import NewOrder

router = APIRouter(prefix="/api/v1", tags=["taxpayer"])

Number = Annotated[str, Path(max_length=24)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
OrderType = Literal[
    "consult", "help", "suggestion", "complaint", "violation_report", "invoice_report", "integrity", "praise"
]


class OrderForm(BaseModel):
    """What the taxpayer asks for. A report may be anonymous: `phone` is needed for none."""

    type: OrderType
    category: Annotated[str, StringConstraints(max_length=32)]
    subcategory: Annotated[str, StringConstraints(max_length=64)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    phone: Annotated[str | None, Field(max_length=30)] = None


class OrderReceipt(BaseModel):
    """The order's number, and the code to ask after it with; the code is in this answer and nowhere else."""

    order_number: str
    code: str


class CodeForm(BaseModel):
    """The code that came with the number."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=8)]


class ContactActionForm(CodeForm):
    """What the contact does to an order of theirs."""

    event: Literal["urge", "withdraw", "satisfied", "dissatisfied", "give_info"]
    reason: Line = ""


@router.post("/conversations/{conversation_id}/orders", status_code=201)
def register_order(
    conversation_id: Id, form: OrderForm, token: Token, services: ServicesNeeded, limits: LimitsNeeded
) -> OrderReceipt:
    """Register an order."""
    with services.database.read() as session:
        found = intake.conversation_by_token(session, conversation_id, token_hash=token_hash(token))
        actor, region = Actor("contact", found.contact_id), found.region
    limits.messages.take(conversation_id)
    phone = CallbackForm(phone=form.phone).number() if form.phone else None
    new = NewOrder(
        type=form.type,
        category=form.category,
        subcategory=form.subcategory,
        text=mask(form.text).text,
        code=new_code(),
        phone_sealed=services.keyring.seal(phone) if phone else None,
        phone_masked=mask_phone(phone) if phone else None,
        region=region,
    )
    with services.database.write() as session:
        order = orders.open_order(
            session,
            new,
            conversation_id=conversation_id,
            actor=actor,
            now=services.clock(),
            ids=services.ids,
        )
        return OrderReceipt(order_number=order.number, code=order.code)


@router.post("/orders/{number}/progress")
def read_progress(number: Number, form: CodeForm, services: ServicesNeeded, limits: LimitsNeeded) -> Progress:
    """How far an order is, for whoever has its code; the code travels in the body, never in an address."""
    limits.sign_in.take(f"order:{number}")
    with services.database.read() as session:
        return order_views.progress(session, order_commands.find_by_code(session, number, form.code))


@router.post("/orders/{number}/actions")
def act_on_order(
    number: Number, form: ContactActionForm, services: ServicesNeeded, limits: LimitsNeeded
) -> Progress:
    """Urge, withdraw, grade the reply, or add what was asked for."""
    limits.sign_in.take(f"order:{number}")
    action = OrderAction(OrderEvent(form.event), reason=mask(form.reason).text)
    with services.database.write() as session:
        order = order_commands.act_as_contact(
            session, number, form.code, action, now=services.clock(), ids=services.ids
        )
        return order_views.progress(session, order)
