"""Step 4, when to file at the latest: the published calendar for monthly and quarterly taxes, the law's days for the rest."""

from __future__ import annotations

from datetime import date
from typing import Final

from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, never
from desk.reply import Citation
from knowledge_base.tax_calendar import CalendarYear, published_years

_TAXES: Final = (
    ("monthly", "增值税、消费税、附加税费、个税扣缴、企业所得税预缴等按月或按季申报的税"),
    ("enterprise_annual", "企业所得税年度汇算"),
    ("personal_annual", "个人综合所得年度汇算"),
    ("business_annual", "经营所得年度汇算"),
)
_ANNUAL: Final = {
    "enterprise_annual": (5, 31, "中华人民共和国企业所得税法", "第五十四条", "年度终了之日起五个月内"),
    "personal_annual": (6, 30, "中华人民共和国个人所得税法", "第十一条", "次年3月1日至6月30日"),
    "business_annual": (3, 31, "中华人民共和国个人所得税法", "第十二条", "次年3月31日前"),
}
_DECEMBER: Final = 12
_LOCAL: Final = "如遇特殊情况，各地可能公布延期，以主管税务机关通知为准。"


def _compute(answers: Answers, figures: Figures) -> Result:
    tax, asked = str(answers["tax"]), answers.get("month")
    if tax != "monthly":
        return _annual(tax, asked if isinstance(asked, date) else figures.day, figures.day)
    if isinstance(asked, date):
        return _monthly(asked.year, asked.month, None)
    year, month = figures.day.year, figures.day.month
    known = published_years().get(year)
    if known is None or figures.day <= known.deadline(month):
        return _monthly(year, month, None)
    passed = f"{month}月的申报期已于{month}月{known.deadline(month).day}日结束，尚未申报的请尽快补办。"
    return _monthly(year + month // _DECEMBER, month % _DECEMBER + 1, passed)


def _monthly(year: int, month: int, passed: str | None) -> Result:
    known = published_years().get(year)
    if known is None:
        return _unpublished(f"{year}年{month}月的申报纳税期限", passed)
    day = known.deadline(month)
    return Result(
        f"{passed or ''}{year}年{month}月的申报纳税期限截至{month}月{day.day}日。",
        (Step("按月、按季申报的税款：期满之日起15日内，遇节假日顺延", f"{year}年{month}月：{day}"),),
        (_notice(known),),
        (_LOCAL,),
    )


def _annual(tax: str, near: date, today: date) -> Result:
    month, day, title, article, rule = _ANNUAL[tax]
    year = near.year if near.year != today.year or today <= date(near.year, month, day) else near.year + 1
    name = dict(_TAXES)[tax]
    law = Citation(title=title, article=article)
    known = published_years().get(year)
    if known is None:
        return Result(
            f"{year - 1}年度的{name}：{rule}，即{year}年{month}月{day}日前；如遇节假日顺延，具体日期尚未公布。",
            (Step(rule, f"{year}-{month:02}-{day:02}"),),
            (law,),
            (_LOCAL,),
        )
    last = known.working_day_from(date(year, month, day))
    return Result(
        f"{year - 1}年度的{name}截至{year}年{last.month}月{last.day}日。",
        (Step(rule + "，最后一日是休假日的顺延", f"{year}-{month:02}-{day:02}→{last}"),),
        (law, Citation(title="中华人民共和国税收征收管理法实施细则", article="第一百零九条")),
        (_LOCAL,),
    )


def _unpublished(what: str, passed: str | None) -> Result:
    return Result(
        f"{passed or ''}{what}尚未公布，以国家税务总局的年度通知为准。",
        (Step("按月、按季申报的税款：期满之日起15日内，遇节假日顺延", "节假日安排尚未公布，不推算具体日期"),),
        (Citation(title="中华人民共和国税收征收管理法实施细则", article="第一百零九条"),),
        (_LOCAL,),
    )


def _notice(known: CalendarYear) -> Citation:
    return Citation(
        title=known.title,
        document_number=known.document_number,
        effective_from=date(known.year, 1, 1),
        effective_to=date(known.year, 12, 31),
    )


FILING_DEADLINE: Final = Calculator(
    "filing_deadline",
    "申报纳税期限",
    (
        Slot("tax", "要申报什么税？", "choice", "monthly", _TAXES),
        Slot("month", "要查哪一个月的申报期？", "date", asked=never),
    ),
    _compute,
)
