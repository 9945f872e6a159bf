"""Step 4, what is withheld from labour remuneration, author's remuneration and royalties, by the payment or cumulatively."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from actions.calculators.amounts import by_bracket, cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount
from actions.calculators.income_rules import labour_base
from actions.calculators.progressive import bracket_of, tax_on
from actions.calculators.withholding import Pay, withhold

_NAMES: Final = {"labour": "劳务报酬", "authorship": "稿酬", "royalties": "特许权使用费"}
_CUMULATIVE: Final = {"platform": "iit-platform-expense-share", "student": "iit-student-expense-share"}
_SETTLED: Final = "这是预扣：年终并入综合所得汇算，多退少补。"


def _compute(answers: Answers, figures: Figures) -> Result:
    share = _CUMULATIVE.get(str(answers["worker"]))
    if answers["kind"] == "labour" and share:
        return _cumulative(answers, figures, figures.number(share))
    return _by_payment(answers, figures)


def _by_payment(answers: Answers, figures: Figures) -> Result:
    income, kind = amount(answers, "income"), str(answers["kind"])
    limit, share = figures.row("iit-labour-expense-limit"), figures.number("iit-labour-expense-share")
    small_cost = figures.number("iit-labour-expense")
    base = labour_base(income, small_up_to=limit.number, small_cost=small_cost, cost_share=share)
    cost = plain(small_cost) if limit.includes(income) else f"{plain(income)}×{percent(share)}"
    steps = [
        Step(
            "每次收入不超过4000元的减800元，超过4000元的减20%",
            f"{plain(income)}－{cost}＝{plain(base)}元（小于零按零）",
        )
    ]
    if kind == "authorship":
        counted = base * figures.number("iit-manuscript-share")
        steps.append(Step("稿酬按70%计算", f"{plain(base)}×70%＝{plain(counted)}元"))
        base = counted
    if kind == "labour":
        table = figures.table("iit-labour-withholding")
        tax = cents(tax_on(table, base))
        steps.append(Step("预扣率表", f"{by_bracket(base, bracket_of(table, base))}＝{yuan(tax)}"))
    else:
        rate = figures.number("iit-royalty-withholding")
        tax = cents(base * rate)
        steps.append(Step("预扣率20%", f"{plain(base)}×{percent(rate)}＝{yuan(tax)}"))
    return Result(
        f"{_NAMES[kind]}{yuan(income)}，应预扣个人所得税{yuan(tax)}，到手{yuan(income - tax)}。",
        tuple(steps),
        figures.citations(),
        (_SETTLED,),
    )


def _cumulative(answers: Answers, figures: Figures, cost_share: Decimal) -> Result:
    """The last of so many months of the same pay, each counted after the flat costs."""
    income, months = amount(answers, "income"), int(amount(answers, "months"))
    year = withhold(
        (Pay(month, income * (1 - cost_share)) for month in range(1, months + 1)),
        figures.table("iit-comprehensive"),
        basic=figures.number("iit-basic-deduction-month"),
        basic_from=1,
    )
    last = year[-1]
    before = sum((paid.tax for paid in year[:-1]), Decimal(0))
    return Result(
        f"第{months}个月劳务报酬{yuan(income)}，按累计预扣法应预扣个人所得税{yuan(last.tax)}。",
        (
            Step(
                "累计收入减20%费用，再减每月5000元",
                f"{plain(income)}×80%×{months}－{plain(last.basic)}＝{plain(last.taxable)}元（小于零按零）",
            ),
            Step("累计应预扣税额", f"{by_bracket(last.taxable, last.bracket)}＝{yuan(last.due)}"),
            Step("减去以前月份已预扣", f"{plain(last.due)}－{plain(before)}＝{yuan(last.tax)}"),
        ),
        figures.citations(),
        (_SETTLED,),
    )


def _is_labour(answers: Answers) -> bool:
    return answers.get("kind", "labour") == "labour"


LABOUR: Final = Calculator(
    "labour_withholding",
    "劳务报酬、稿酬、特许权使用费预扣",
    (
        Slot(
            "kind",
            "是劳务报酬、稿酬，还是特许权使用费？",
            "choice",
            "labour",
            choices=tuple(_NAMES.items()),
        ),
        Slot("income", "这一次（同一项目连续取得的，一个月合计）收入多少元，不含增值税？", "money"),
        Slot(
            "worker",
            "您是互联网平台内的从业人员（骑手、主播等）或实习的全日制学生吗？都不是就按一般情况算。",
            "choice",
            "ordinary",
            choices=(("ordinary", "都不是"), ("platform", "平台从业人员"), ("student", "实习学生")),
            asked=_is_labour,
        ),
        Slot(
            "months",
            "今年从这家连续取得收入是第几个月？",
            "month",
            1,
            asked=lambda answers: _is_labour(answers) and answers.get("worker", "ordinary") != "ordinary",
        ),
    ),
    _compute,
)
