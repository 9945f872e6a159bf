"""Step 4, wage income tax: what is withheld this month, and month by month over the year (累计预扣法)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, cast

from actions.calculators.amounts import by_bracket, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount, never
from actions.calculators.withholding import Pay, Withheld, withhold

DECEMBER: Final = 12


def _compute(answers: Answers, figures: Figures) -> Result:
    joined = int(amount(answers, "joined"))
    month = max(int(amount(answers, "month")) or figures.day.month, joined)
    from_january = bool(answers["first_wage"]) and joined > 1
    basic = "iit-withholding-basic-first-wage" if from_january else "iit-withholding-basic"
    year = withhold(
        _pays(answers, joined),
        figures.table("iit-comprehensive"),
        basic=figures.number(basic),
        basic_from=1 if from_january else joined,
    )
    now = next(paid for paid in year if paid.month == month)
    total = sum((paid.tax for paid in year), Decimal(0))
    return Result(
        f"{month}月应预扣个人所得税{yuan(now.tax)}；{figures.day.year}年度按此合计预扣{yuan(total)}。",
        (
            *_steps(now, year),
            Step("全年逐月预扣", "；".join(f"{paid.month}月{plain(paid.tax)}" for paid in year)),
        ),
        figures.citations(),
        ("全年多退少补以次年3月1日至6月30日的年度汇算为准。",),
    )


def _pays(answers: Answers, joined: int) -> list[Pay]:
    """The year from the first month with this employer, with each change of wage from its month on."""
    wage_from = dict(cast("tuple[tuple[int, Decimal], ...]", answers["changes"]))
    pays: list[Pay] = []
    wage = amount(answers, "wage")
    for month in range(joined, DECEMBER + 1):
        wage = wage_from.get(month, wage)
        pays.append(
            Pay(
                month,
                wage,
                amount(answers, "social_insurance"),
                amount(answers, "additional"),
                amount(answers, "other"),
            )
        )
    return pays


def _steps(now: Withheld, year: tuple[Withheld, ...]) -> tuple[Step, ...]:
    before = sum((paid.tax for paid in year if paid.month < now.month), Decimal(0))
    return (
        Step(
            "累计预扣预缴应纳税所得额＝累计收入－累计减除费用－累计专项扣除、专项附加扣除和其他扣除",
            f"{plain(now.income)}－{plain(now.basic)}－{plain(now.deductions)}＝{plain(now.taxable)}元（小于零按零）",
        ),
        Step("累计应预扣税额", f"{by_bracket(now.taxable, now.bracket)}＝{yuan(now.due)}"),
        Step("减去以前月份已预扣", f"{plain(now.due)}－{plain(before)}，本月{yuan(now.tax)}"),
    )


WAGES: Final = Calculator(
    "wage_withholding",
    "工资薪金个人所得税（累计预扣）",
    (
        Slot("wage", "每月税前工资是多少元？", "money"),
        Slot(
            "social_insurance",
            "每月个人缴纳的社保和公积金合计多少元？没有或不清楚可按0算。",
            "money",
            Decimal(0),
        ),
        Slot("additional", "每月专项附加扣除合计多少元？没有可按0算。", "money", Decimal(0)),
        Slot("joined", "今年几月开始在现在的单位领工资？一直都在的按1月算。", "month", 1),
        Slot(
            "first_wage",
            "这是您今年第一次取得工资吗？不是的话从入职月份算减除费用。",
            "yes_no",
            False,
            asked=lambda answers: amount(answers, "joined") > 1,
        ),
        Slot("month", "要算哪个月？", "month", asked=never),
        Slot("other", "每月其他依法扣除多少元？", "money", Decimal(0), asked=never),
        Slot("changes", "工资从几月起变为多少？", "changes", (), asked=never),
    ),
    _compute,
)
