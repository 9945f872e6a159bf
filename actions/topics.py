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


_FILING: Final = Topic("申报期限", "这个月报税最后一天是哪天")
_SETTLEMENT: Final = Topic("个税年度汇算", "个税年度汇算什么时候办，哪些人要办？")
_CORPORATE_SETTLEMENT: Final = Topic("企业所得税汇算", "企业所得税汇算清缴什么时候做？")
_DEDUCTIONS: Final = Topic("专项附加扣除", "专项附加扣除有哪些，各扣多少？")
_STANDING: Final = (
    Topic("小规模免税额", "小规模纳税人销售额多少以内免征增值税？"),
    Topic("数电票", "数电票是什么，和纸质发票效力一样吗？"),
    Topic("逾期申报", "忘记报税、逾期申报会怎么处罚？"),
    Topic("车辆购置税", "现在买新能源车，车辆购置税怎么减？"),
    Topic("契税", "买住房的契税税率是多少？"),
    Topic("忘记密码", "个人所得税App密码忘了怎么办？"),
)


TOPICS: Final = (_FILING, _SETTLEMENT, _CORPORATE_SETTLEMENT, _DEDUCTIONS, *_STANDING)


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
