"""Steps 5 to 7: what the desk refuses, each with a stable code.

* Conflict
  x IllegalTransition   (desk.state)
  x AlreadyClaimed
  x SeatFull
  x SeatNotOnline
  x RatingClosed
* Forbidden
  x NotHolder
"""

from __future__ import annotations

from common.errors import Conflict, Forbidden


class AlreadyClaimed(Conflict):
    """Another seat holds this conversation, or it no longer waits."""

    code = "conversation_already_claimed"
    message = "这个会话已经被其他坐席接入。"


class SeatFull(Conflict):
    """The seat holds as many conversations as it may."""

    code = "seat_full"
    message = "坐席的会话数已满，请先结束或转出一个会话。"


class SeatNotOnline(Conflict):
    """The seat is away or offline, and gets no conversations."""

    code = "seat_not_online"
    message = "坐席不在线，请先上线，或选择其他坐席。"


class RatingClosed(Conflict):
    """The conversation is not resolved, so there is nothing to rate."""

    code = "rating_closed"
    message = "服务结束后才能评价。"


class NotHolder(Forbidden):
    """Only the seat that holds the conversation may do this."""

    code = "not_holder"
    message = "这个会话不在您的坐席上。"
