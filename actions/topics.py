"""Step 4, busy topics for the first screen: six questions that follow the tax calendar. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

TOPIC_COUNT: Final = 6


@dataclass(frozen=True)
class Topic:
    """A tile: what it shows, and the question it asks."""

    label: str
    question: str


_FILING: Final = Topic("申报期限", "这个月报税截止到几号")
_SETTLEMENT: Final = Topic("个税年度汇算", "个税年度汇算什么时候办")
_CORPORATE_SETTLEMENT: Final = Topic("企业所得税汇算", "企业所得税汇算清缴什么时候截止")
_DEDUCTIONS: Final = Topic("专项附加扣除", "专项附加扣除有哪些")
_STANDING: Final = (
    Topic("小规模免税额", "小规模纳税人一个季度多少销售额不用交增值税"),
    Topic("发票开具", "数电票怎么开"),
    Topic("逾期申报", "逾期没有申报怎么办"),
    Topic("车辆购置税", "买新能源车车辆购置税怎么算"),
    Topic("契税", "首套房契税多少"),
    Topic("忘记密码", "个人所得税App忘记密码怎么办"),
)


def busy_topics(today: date) -> tuple[Topic, ...]:
    """The six topics to offer on a day: what is due first, then what is always asked."""
    seasonal = []
    if today.day <= 15:
        seasonal.append(_FILING)
    if 3 <= today.month <= 6:
        seasonal.append(_SETTLEMENT)
    if today.month <= 5:
        seasonal.append(_CORPORATE_SETTLEMENT)
    if today.month in (11, 12):
        seasonal.append(_DEDUCTIONS)
    return (*seasonal, *_STANDING)[:TOPIC_COUNT]
