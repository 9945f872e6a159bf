"""Step 4, what is withheld from labour remuneration, author's remuneration and royalties, by the payment or cumulatively."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Result, Slot, Step, amount
from actions.calculators.income_rules import labour_base
from actions.calculators.income_tables import brackets, by_line, citation
from actions.calculators.progressive import bracket_of, tax_on
from actions.calculators.withholding import Pay, withhold
from knowledge_base.rates.tables import Rate, rate

_NAMES: Final = {"labour": "劳务报酬", "authorship": "稿酬", "royalties": "特许权使用费"}
_CUMULATIVE: Final = {"platform": "platform-withholding", "student": "student-withholding"}
_SETTLED: Final = "这是预扣：年终并入综合所得汇算，多退少补。"


def _compute(answers: Answers, as_of: date) -> Result:
    cumulative = _CUMULATIVE.get(str(answers["worker"]))
    if answers["kind"] == "labour" and cumulative:
        return _cumulative(answers, rate(cumulative, as_of), rate("comprehensive-income", as_of))
    return _by_payment(answers, rate("labour-withholding", as_of))


def _by_payment(answers: Answers, rule: Rate) -> Result:
    income, kind, values = amount(answers, "income"), str(answers["kind"]), rule.values
    base = labour_base(
        income,
        small_up_to=values["small_up_to"],
        small_cost=values["small_cost"],
        cost_share=values["cost_share"],
    )
    cost = "800" if income <= values["small_up_to"] else f"{plain(income)}×20%"
    steps = [
        Step(
            "每次收入不超过4000元的减800元，超过4000元的减20%",
            f"{plain(income)}－{cost}＝{plain(base)}元（小于零按零）",
        )
    ]
    if kind == "authorship":
        counted = base * values["author_share"]
        steps.append(Step("稿酬按70%计算", f"{plain(base)}×70%＝{plain(counted)}元"))
        base = counted
    if kind == "labour":
        table = brackets(rule)
        tax = cents(tax_on(table, base))
        steps.append(Step("预扣率表", f"{by_line(plain(base), bracket_of(table, base))}＝{yuan(tax)}"))
    else:
        tax = cents(base * values["flat_rate"])
        steps.append(Step("预扣率20%", f"{plain(base)}×{percent(values['flat_rate'])}＝{yuan(tax)}"))
    return Result(
        f"{_NAMES[kind]}{yuan(income)}，应预扣个人所得税{yuan(tax)}，到手{yuan(income - tax)}。",
        tuple(steps),
        (citation(rule),),
        (_SETTLED,),
    )


def _cumulative(answers: Answers, rule: Rate, law: Rate) -> Result:
    """The last of so many months of the same pay, each counted after the flat costs of a fifth."""
    income, months = amount(answers, "income"), int(amount(answers, "months"))
    counted = income * (1 - law.values["cost_share"])
    year = withhold(
        (Pay(month, counted) for month in range(1, months + 1)),
        brackets(law),
        basic=law.values["basic_monthly"],
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
            Step("累计应预扣税额", f"{by_line(plain(last.taxable), last.bracket)}＝{yuan(last.due)}"),
            Step("减去以前月份已预扣", f"{plain(last.due)}－{plain(before)}＝{yuan(last.tax)}"),
        ),
        (citation(rule), citation(law)),
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
