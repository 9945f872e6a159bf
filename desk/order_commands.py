"""Step 7: what is done to a work order. Each command is one row of the transition table with its conditions.

One door for staff, one for the contact who has number and code, one for time; all of them write the history.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.audit import Actor
from common.errors import Forbidden, Invalid, NotFound
from common.ids import IdFactory
from common.working_days import add_working_days
from desk import external_reports, texts, transcript
from desk.access import Staff
from desk.catalogue import CATALOGUE
from desk.kinds import OrderPriority, OrderState
from desk.locks import locked_conversation
from desk.order_access import joint_units, order_staff, orders_visible_to, require_may
from desk.order_state import OrderEvent as E
from desk.order_state import order_after
from desk.orders import CALL_BACK, note_step
from desk.tables import Conversation, JointUnit, WorkOrder
from desk.work import Detail, Work

LAST_LEVEL: Final = 3
"""Levels of supervision (督办)."""
NEEDS_REASON: Final = frozenset(
    {E.REJECT, E.RETURN, E.ASK_EXTENSION, E.REFUSE_EXTENSION, E.SUPERVISE, E.SEND_BACK, E.NEED_INFO}
    | {E.MERGE, E.WITHDRAW, E.REOPEN, E.DISSATISFIED, E.OPINE}
)
FOR_CONTACT: Final = frozenset({E.URGE, E.WITHDRAW, E.SATISFIED, E.DISSATISFIED, E.GIVE_INFO})


@dataclass(frozen=True)
class OrderAction:
    """One command. Which fields a command needs is told by its refusal.

    `text` is the reply (REPLY, ANSWER_NOW, CALLED) or the legal route (REJECT); `basis` the document that a
    policy answer rests on; `unit` who is to handle it, help, or is suggested; `days` what an extension asks for,
    in working days; `into` the number of the order that a duplicate is merged into.
    """

    event: E
    reason: str = ""
    text: str = ""
    basis: str | None = None
    unit: str | None = None
    days: int | None = None
    into: str | None = None


@dataclass
class _Case:
    """An order in hand, with what goes into its history."""

    work: Work
    order: WorkOrder
    conversation: Conversation | None
    units: frozenset[str]
    details: dict[str, Detail] = field(default_factory=dict)

    def tell(self, text: str) -> None:
        """Tell the contact, where there is a conversation."""
        if self.conversation is not None:
            transcript.say(self.work, self.conversation, text)


def act(
    session: Session, number: str, action: OrderAction, *, staff: Staff, now: datetime, ids: IdFactory
) -> WorkOrder:
    """A staff member does something. Raises NotFound, Forbidden, Invalid, OrderClosed, OrderTransitionRefused."""
    who = order_staff(session, staff)
    visible = select(WorkOrder.number).where(WorkOrder.number == number, orders_visible_to(who))
    if session.scalar(visible) is None:
        raise NotFound
    case = _case(Work(session, staff.actor, now, ids), number, who.units)
    require_may(who, action.event, case.order, joint_units(session, number))
    if action.event is E.APPROVE and case.order.replied_by == staff.user_id:
        raise Forbidden("答复须由他人审核。")
    return _do(case, action)


def act_as_contact(
    session: Session, number: str, code: str, action: OrderAction, *, now: datetime, ids: IdFactory
) -> WorkOrder:
    """Whoever has number and code does something. Raises NotFound for a wrong code too, Forbidden."""
    order = find_by_code(session, number, code)
    if action.event not in FOR_CONTACT:
        raise Forbidden
    return _do(_case(Work(session, Actor("contact"), now, ids), order.number, frozenset()), action)


def act_in_time(work: Work, number: str, event: E) -> WorkOrder:
    """Time does something: WARN or MISS."""
    return _do(_case(work, number, frozenset()), OrderAction(event))


def find_by_code(session: Session, number: str, code: str) -> WorkOrder:
    """The order, for whoever has its code. Raises NotFound."""
    order = session.get(WorkOrder, number)
    if order is None or not hmac.compare_digest(order.code.encode(), code.encode()):
        raise NotFound("工单编号或查询码有误。")
    return order


def _case(work: Work, number: str, units: frozenset[str]) -> _Case:
    """The order and its conversation, locked in that order: conversation first. Raises NotFound."""
    conversation_id = work.session.scalar(select(WorkOrder.conversation_id).where(WorkOrder.number == number))
    conversation = locked_conversation(work.session, conversation_id) if conversation_id else None
    order = work.session.scalar(
        select(WorkOrder)
        .where(WorkOrder.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound
    return _Case(work, order, conversation, units)


def _do(case: _Case, action: OrderAction) -> WorkOrder:
    order, before = case.order, case.order.state
    event = _at_the_limit(order, action.event)
    target = order_after(before, event)
    if event in NEEDS_REASON and not action.reason.strip():
        raise Invalid("请写明理由。")
    if event in _EFFECTS:
        _EFFECTS[event](case, action)
    order.state = target
    if target is OrderState.CLOSED:
        order.closed_at = case.work.now
    note_step(case.work, order, event, before=before, reason=action.reason, **case.details)
    external_reports.note(case.work, order, event)
    case.work.session.flush()
    return order


def _at_the_limit(order: WorkOrder, event: E) -> E:
    """The last failed call and the last rework close the order, and say so."""
    handling = CATALOGUE.handling
    if event is E.NOT_REACHED and order.contact_attempts + 1 >= handling.contact_attempts:
        return E.CLOSE_UNREACHED
    if event is E.DISSATISFIED and order.reworks >= handling.reworks:
        return E.CLOSE_UNSATISFIED
    return event


def _accept(case: _Case, _action: OrderAction) -> None:
    case.tell(texts.order_accepted(case.order.number, case.order.due_at))


def _reject(case: _Case, action: OrderAction) -> None:
    if not action.text.strip():
        raise Invalid("不予受理须告知法定途径或归口单位。")
    case.order.legal_route = action.text
    case.order.closed_at = case.work.now
    case.tell(texts.order_rejected(case.order.number, action.reason, action.text))


def _reply(case: _Case, action: OrderAction) -> None:
    order = case.order
    if not action.text.strip():
        raise Invalid("办结工单须填写答复。")
    if CATALOGUE.types[order.type].policy and not (action.basis or "").strip():
        raise Invalid("政策咨询的答复须注明依据的文件名称和文号。")
    order.reply, order.reply_basis = action.text, action.basis
    order.replied_at, order.replied_by = case.work.now, case.work.actor.id
    case.details["basis"] = action.basis
    case.tell(texts.order_answered(order.number, action.text, action.basis))


def _called(case: _Case, action: OrderAction) -> None:
    if case.order.type != CALL_BACK:
        raise Invalid("只有回电工单可以这样办结。")
    _reply(case, action)


def _dispatch(case: _Case, action: OrderAction) -> None:
    order, now, handling = case.order, case.work.now, CATALOGUE.handling
    unit = action.unit or CATALOGUE.unit_for(order.type, order.category, order.subcategory)
    order.unit = CATALOGUE.check_unit(unit, restricted=order.restricted)
    order.dispatched_at = now
    if order.priority is OrderPriority.URGENT:
        order.sign_due_at = now + timedelta(hours=handling.urgent_sign_hours)
    else:
        order.sign_due_at = add_working_days(now, handling.sign_days)
    case.details["unit"] = order.unit


def _sign(case: _Case, _action: OrderAction) -> None:
    case.order.sign_due_at = None


def _return(case: _Case, action: OrderAction) -> None:
    order = case.order
    if action.unit is None or action.unit == order.unit:
        raise Invalid("退单须建议承办单位。")
    CATALOGUE.check_unit(action.unit, restricted=order.restricted)
    if order.dispatched_at is None:
        raise Invalid("工单还没有派出。")
    if case.work.now > add_working_days(order.dispatched_at, CATALOGUE.handling.return_days):
        raise Invalid("已超过退单时限。")
    case.details |= {"unit": order.unit, "suggested": action.unit}
    order.unit, order.sign_due_at = None, None


def _ask_extension(case: _Case, action: OrderAction) -> None:
    order = case.order
    if order.extended or order.extension_days is not None:
        raise Invalid("每个工单只能申请延期一次。")
    if case.work.now >= order.due_at:
        raise Invalid("延期须在到期前申请。")
    if action.days is None or not 1 <= action.days <= order.term_days:
        raise Invalid(f"延期不能超过原办理期限（{order.term_days} 个工作日）。")
    order.extension_days = action.days
    case.details["days"] = action.days


def _extend(case: _Case, _action: OrderAction) -> None:
    order = case.order
    if order.extended or order.extension_days is None:
        raise Invalid("没有待批准的延期申请。")
    order.due_at = add_working_days(order.due_at, order.extension_days)
    order.extended = True
    order.warned_at = order.missed_at = None
    case.tell(texts.order_extended(order.number, order.due_at))


def _refuse_extension(case: _Case, _action: OrderAction) -> None:
    if case.order.extended or case.order.extension_days is None:
        raise Invalid("没有待批准的延期申请。")
    # The one application is used up.
    case.order.extended = True


def _join(case: _Case, action: OrderAction) -> None:
    order = case.order
    if action.unit is None or action.unit == order.unit:
        raise Invalid("请选择协办单位。")
    unit = CATALOGUE.check_unit(action.unit, restricted=order.restricted)
    if unit in joint_units(case.work.session, order.number):
        raise Invalid("这个单位已经在协办。")
    case.work.session.add(JointUnit(order_number=order.number, unit=unit))
    case.details["unit"] = unit


def _opine(case: _Case, action: OrderAction) -> None:
    for unit in sorted(case.units & joint_units(case.work.session, case.order.number)):
        joint = case.work.session.get_one(JointUnit, (case.order.number, unit))
        joint.opinion, joint.opined_at = action.reason, case.work.now
        case.details["unit"] = unit


def _urge(case: _Case, _action: OrderAction) -> None:
    case.order.urged += 1
    case.details["count"] = case.order.urged


def _supervise(case: _Case, _action: OrderAction) -> None:
    if case.order.supervision >= LAST_LEVEL:
        raise Invalid("已是最高一级督办。")
    case.order.supervision += 1
    case.details["level"] = case.order.supervision


def _dissatisfied(case: _Case, _action: OrderAction) -> None:
    order = case.order
    order.reworks += 1
    order.contact_attempts = 0
    _new_term(case)


def _new_term(case: _Case) -> None:
    order = case.order
    order.due_at = add_working_days(case.work.now, order.term_days)
    order.warned_at = order.missed_at = None


def _reopen(case: _Case, _action: OrderAction) -> None:
    case.order.closed_at = case.order.outcome = None
    _new_term(case)


def _send_back(case: _Case, _action: OrderAction) -> None:
    case.details["reply"] = case.order.reply


def _not_reached(case: _Case, _action: OrderAction) -> None:
    case.order.contact_attempts += 1
    case.details["attempt"] = case.order.contact_attempts


def _close_unreached(case: _Case, action: OrderAction) -> None:
    _not_reached(case, action)
    case.order.outcome = "unreached"


def _close_unsatisfied(case: _Case, _action: OrderAction) -> None:
    case.order.outcome = "unsatisfied"


def _merge(case: _Case, action: OrderAction) -> None:
    main = case.work.session.get(WorkOrder, action.into) if action.into else None
    if main is None or main.number == case.order.number or main.state is OrderState.MERGED:
        raise Invalid("请填写主单编号。")
    if main.restricted != case.order.restricted:
        raise Invalid("举报和廉政类工单不能与普通工单合并。")
    case.order.merged_into, case.order.closed_at = main.number, case.work.now
    case.details["into"] = main.number
    case.tell(texts.order_merged(case.order.number, main.number))


def _withdraw(case: _Case, _action: OrderAction) -> None:
    case.order.closed_at = case.work.now


def _warn(case: _Case, _action: OrderAction) -> None:
    case.order.warned_at = case.work.now


def _miss(case: _Case, _action: OrderAction) -> None:
    case.order.missed_at = case.work.now


_EFFECTS: Final[dict[E, Callable[[_Case, OrderAction], None]]] = {
    E.ACCEPT: _accept,
    E.REJECT: _reject,
    E.ANSWER_NOW: _reply,
    E.REPLY: _reply,
    E.CALLED: _called,
    E.DISPATCH: _dispatch,
    E.SIGN: _sign,
    E.RETURN: _return,
    E.ASK_EXTENSION: _ask_extension,
    E.EXTEND: _extend,
    E.REFUSE_EXTENSION: _refuse_extension,
    E.JOIN: _join,
    E.OPINE: _opine,
    E.URGE: _urge,
    E.SUPERVISE: _supervise,
    E.DISSATISFIED: _dissatisfied,
    E.SEND_BACK: _send_back,
    E.NOT_REACHED: _not_reached,
    E.CLOSE_UNREACHED: _close_unreached,
    E.CLOSE_UNSATISFIED: _close_unsatisfied,
    E.REOPEN: _reopen,
    E.MERGE: _merge,
    E.WITHDRAW: _withdraw,
    E.WARN: _warn,
    E.MISS: _miss,
}
