"""Step 7: what may happen to a work order. One table; what is absent is refused.

The closed loop of 国办发〔2020〕53号: accept, dispatch, handle, reply, call back, close.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from common.errors import Conflict
from common.working_days import add_working_days
from desk.kinds import OrderState as S


class OrderEvent(StrEnum):
    """What people, the contact and time do to an order."""

    ACCEPT = "accept"
    REJECT = "reject"
    ANSWER_NOW = "answer_now"
    CALLED = "called"
    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN = "return"
    START = "start"
    NEED_INFO = "need_info"
    GIVE_INFO = "give_info"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    REFUSE_EXTENSION = "refuse_extension"
    JOIN = "join"
    OPINE = "opine"
    URGE = "urge"
    SUPERVISE = "supervise"
    REPLY = "reply"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    NOT_REACHED = "not_reached"
    CLOSE_UNREACHED = "close_unreached"
    CLOSE_UNSATISFIED = "close_unsatisfied"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    MERGE = "merge"
    WITHDRAW = "withdraw"
    WARN = "warn"
    MISS = "miss"


class OrderClosed(Conflict):
    """The work order is finished."""

    code = "order_closed"
    message = "这个工单已经办结。"


class OrderTransitionRefused(Conflict):
    """The order's state does not allow this."""

    code = "order_transition_refused"
    message = "工单的状态已变化，不能这样操作，请刷新后再试。"


FINISHED: Final = frozenset({S.CLOSED, S.ARCHIVED, S.REJECTED, S.MERGED, S.WITHDRAWN})
OPEN: Final = tuple(state for state in S if state not in FINISHED)
UNANSWERED: Final = tuple(state for state in OPEN if state not in (S.REPLIED, S.CALLBACK))
"""States in which the deadline runs: the contact has no reply yet."""
_WITH_UNIT: Final = (S.DISPATCHED, S.SIGNED, S.HANDLING, S.AWAITING_INFO, S.REWORK)
_AT_WORK: Final = (S.HANDLING, S.AWAITING_INFO)

_MOVES: Final[dict[tuple[S, OrderEvent], S]] = {
    (S.REGISTERED, OrderEvent.ACCEPT): S.ACCEPTED,
    (S.REGISTERED, OrderEvent.REJECT): S.REJECTED,
    (S.REGISTERED, OrderEvent.ANSWER_NOW): S.REPLIED,
    (S.ACCEPTED, OrderEvent.ANSWER_NOW): S.REPLIED,
    (S.ACCEPTED, OrderEvent.CALLED): S.CLOSED,
    (S.ACCEPTED, OrderEvent.DISPATCH): S.DISPATCHED,
    (S.RETURNED, OrderEvent.DISPATCH): S.DISPATCHED,
    (S.REOPENED, OrderEvent.DISPATCH): S.DISPATCHED,
    (S.DISPATCHED, OrderEvent.SIGN): S.SIGNED,
    (S.DISPATCHED, OrderEvent.RETURN): S.RETURNED,
    (S.SIGNED, OrderEvent.START): S.HANDLING,
    (S.REWORK, OrderEvent.START): S.HANDLING,
    (S.HANDLING, OrderEvent.NEED_INFO): S.AWAITING_INFO,
    (S.AWAITING_INFO, OrderEvent.GIVE_INFO): S.HANDLING,
    (S.HANDLING, OrderEvent.REPLY): S.REPLIED,
    (S.REPLIED, OrderEvent.APPROVE): S.CALLBACK,
    (S.REPLIED, OrderEvent.SEND_BACK): S.HANDLING,
    (S.CALLBACK, OrderEvent.SATISFIED): S.CLOSED,
    (S.CALLBACK, OrderEvent.DISSATISFIED): S.REWORK,
    (S.CALLBACK, OrderEvent.NOT_REACHED): S.CALLBACK,
    (S.CALLBACK, OrderEvent.CLOSE_UNREACHED): S.CLOSED,
    (S.CALLBACK, OrderEvent.CLOSE_UNSATISFIED): S.CLOSED,
    (S.CLOSED, OrderEvent.ARCHIVE): S.ARCHIVED,
    (S.CLOSED, OrderEvent.REOPEN): S.REOPENED,
}


def _staying(event: OrderEvent, *states: S) -> dict[tuple[S, OrderEvent], S]:
    return {(state, event): state for state in states}


def _leading(event: OrderEvent, target: S, *states: S) -> dict[tuple[S, OrderEvent], S]:
    return {(state, event): target for state in states}


ORDER_TRANSITIONS: Final[dict[tuple[S, OrderEvent], S]] = {
    **_MOVES,
    **_staying(OrderEvent.ASK_EXTENSION, *_AT_WORK),
    **_staying(OrderEvent.EXTEND, *_AT_WORK),
    **_staying(OrderEvent.REFUSE_EXTENSION, *_AT_WORK),
    **_staying(OrderEvent.JOIN, *_WITH_UNIT),
    **_staying(OrderEvent.OPINE, *_WITH_UNIT),
    **_staying(OrderEvent.URGE, *UNANSWERED),
    **_staying(OrderEvent.SUPERVISE, *UNANSWERED),
    **_staying(OrderEvent.WARN, *UNANSWERED),
    **_staying(OrderEvent.MISS, *UNANSWERED),
    **_leading(OrderEvent.MERGE, S.MERGED, *UNANSWERED),
    **_leading(OrderEvent.WITHDRAW, S.WITHDRAWN, *OPEN),
}


def order_after(state: S, event: OrderEvent) -> S:
    """The state that `event` leads to. Raises OrderClosed or OrderTransitionRefused."""
    try:
        return ORDER_TRANSITIONS[state, event]
    except KeyError:
        raise (OrderClosed if state in FINISHED else OrderTransitionRefused) from None


class Light(StrEnum):
    """How close the deadline is."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


_YELLOW_SHARE: Final = 0.8


def yellow_from(created_at: datetime, due_at: datetime) -> datetime:
    """When an order turns yellow: four fifths of its term gone, or one working day left of a longer one."""
    share = created_at + (due_at - created_at) * _YELLOW_SHARE
    last_day = add_working_days(due_at, -1)
    longer = last_day - created_at > timedelta(days=1)
    return min(share, last_day) if longer else share


def light(state: S, created_at: datetime, due_at: datetime, *, now: datetime) -> Light | None:
    """The order's light; None once the contact has the reply."""
    if state not in UNANSWERED:
        return None
    if now >= due_at:
        return Light.RED
    return Light.YELLOW if now >= yellow_from(created_at, due_at) else Light.GREEN
