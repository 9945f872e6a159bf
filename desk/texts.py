"""Step 5: the lines that the system itself writes into a conversation. Nothing is ever decided by them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from common.clock import CHINA
from desk.kinds import Tier

HANDING_OVER: Final = "正在为您转接人工，请稍候。您可以继续补充问题，坐席都能看到。"
NOBODY_ONLINE: Final = "现在没有人工坐席在线。您可以留下电话，我们会回电；也可以继续向智能助手提问。"
BACK_IN_QUEUE: Final = "坐席暂时离开，正在为您安排其他坐席，您排在队伍最前面。"
BACK_AND_NOBODY: Final = "坐席暂时离开，现在没有其他坐席在线。您可以继续等待，也可以留下电话，我们会回电。"
TRANSFERRING: Final = "正在为您转接其他坐席，您之前说的内容会一并转过去，不必重复。"
RESOLVED: Final = "本次服务已结束，请您评价。如有新的问题，直接发送即可。"
DAY_ENDED: Final = (
    "今天没能为您接通人工，我们已按您的问题登记工单，答复后会在这里告知您。您也可以继续向智能助手提问。"
)
LEFT_QUEUE: Final = "已为您取消排队，您可以继续向智能助手提问。"
PERSON_WANTED: Final = "（要求人工服务，没有写明问题）"
REOPENED: Final = "会话已重新打开。"
UNNAMED_OPTION: Final = "（点选了一个选项）"

TIER_NAMES: Final[dict[Tier, str]] = {
    Tier.GENERAL: "综合坐席",
    Tier.EXPERT: "专家坐席",
    Tier.HOTLINE_12345: "12345 坐席",
}


def seat_name(seat_number: str) -> str:
    """What a contact calls an agent."""
    return f"坐席 {seat_number}"


def seat_joined(seat_number: str) -> str:
    """A seat took the conversation."""
    return f"人工坐席 {seat_number} 为您服务。"


def transferred(target: str, reason: str) -> str:
    """For staff only: where the conversation went and why."""
    return f"转给{target}：{reason}"


def released(reason: str) -> str:
    """For staff only: why the seat gave the conversation back."""
    return f"退回队列：{reason}"


def not_delivered(seq: int) -> str:
    """For staff only: a message that its channel did not take."""
    return f"第 {seq} 条消息未能送达。"


def callback_booked(order_number: str, due_at: datetime) -> str:
    """A call-back was registered."""
    return f"已登记回电，编号 {order_number}，我们会在 {_day_and_time(due_at)} 前与您联系。"


def order_answered(order_number: str, reply: str, basis: str | None = None) -> str:
    """A work order got its reply, with what it rests on."""
    return f"您的工单 {order_number} 已答复：{reply}" + (f"（依据：{basis}）" if basis else "")


def order_registered(order_number: str) -> str:
    """An order was registered, not yet accepted."""
    return f"已登记您的诉求，编号 {order_number}。受理后会告知您办理期限。"


def order_accepted(order_number: str, due_at: datetime) -> str:
    """The receipt at acceptance: number and deadline."""
    return f"您的工单 {order_number} 已受理，我们会在 {_day_and_time(due_at)} 前答复您。"


def order_rejected(order_number: str, reason: str, route: str) -> str:
    """An order was not accepted, with the legal route."""
    return f"您的诉求 {order_number} 不予受理：{reason}。您可以通过以下途径办理：{route}"


def order_extended(order_number: str, due_at: datetime) -> str:
    """The deadline was moved."""
    return f"您的工单 {order_number} 经批准延期，我们会在 {_day_and_time(due_at)} 前答复您。"


def order_merged(order_number: str, main_number: str) -> str:
    """A duplicate goes on under another number."""
    return f"您的工单 {order_number} 与 {main_number} 内容相同，已合并办理。"


def _day_and_time(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
