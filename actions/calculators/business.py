"""Step 4, tax on business income (经营所得): the year's or a prepayment's, with the half relief for 个体工商户."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from actions.calculators.amounts import by_bracket, cents, percent, plain, yuan
from actions.calculators.frame import ZERO, Answers, Calculator, Figures, Result, Slot, Step, amount, never
from actions.calculators.income_rules import half_relief
from actions.calculators.progressive import bracket_of, tax_on

YEAR: Final = 12


def _compute(answers: Answers, figures: Figures) -> Result:
    months, table = int(amount(answers, "months")), figures.table("iit-business")
    taxable, step = _taxable(answers, figures, months)
    tax = cents(tax_on(table, taxable))
    steps = [step, Step("应纳税额", f"{by_bracket(taxable, bracket_of(table, taxable))}＝{yuan(tax)}")]
    if answers["kind"] == "self_employed":
        limit, share = figures.number("iit-business-relief-limit"), figures.number("iit-business-relief")
        relief = cents(half_relief(taxable, table, limit=limit, share=share, other=ZERO))
        part = min(taxable, limit)
        working = f"（{by_bracket(part, bracket_of(table, part))}）×{percent(share)}，减{yuan(relief)}"
        steps.append(Step("个体工商户不超过200万元部分减半", working))
        tax -= relief
    paid = amount(answers, "prepaid")
    if paid:
        steps.append(Step("减去已预缴", f"{plain(tax)}－{plain(paid)}＝{plain(tax - paid)}元"))
    return Result(
        _conclusion(tax, paid, months, figures.day.year),
        tuple(steps),
        figures.citations(),
        (
            "月度或季度终了15日内预缴，次年3月31日前汇算；多处经营的合并计算。核定征收的，以税务机关核定为准。",
        ),
    )


def _conclusion(owed: Decimal, paid: Decimal, months: int, year: int) -> str:
    period = f"{year}年度" if months == YEAR else f"{year}年1—{months}月累计"
    conclusion = f"{period}经营所得个人所得税应缴{yuan(owed)}。"
    if not paid:
        return conclusion
    if owed >= paid:
        return f"{conclusion}减去已预缴{yuan(paid)}，还要缴{yuan(owed - paid)}。"
    return f"{conclusion}已预缴{yuan(paid)}，多缴{yuan(paid - owed)}，年度汇算时可以申请退税。"


def _taxable(answers: Answers, figures: Figures, months: int) -> tuple[Decimal, Step]:
    """What is taxed: as it was said, or the profit less the personal deductions of somebody without wages."""
    if "taxable" in answers:
        taxable = max(amount(answers, "taxable"), ZERO)
        return taxable, Step("应纳税所得额", yuan(taxable))
    profit = amount(answers, "profit")
    if answers["has_wages"]:
        taxable = max(profit, ZERO)
        return taxable, Step("有综合所得的，减除费用等在综合所得里扣", f"应纳税所得额{yuan(taxable)}")
    basic = figures.number("iit-business-basic") / YEAR * months
    insurance = amount(answers, "social_insurance")
    additional = amount(answers, "additional") if months == YEAR else ZERO
    taxable = max(profit - basic - insurance - additional, ZERO)
    return taxable, Step(
        "没有综合所得：利润－减除费用（每月5000元）－专项扣除－专项附加扣除（汇算时减除）",
        f"{plain(profit)}－{plain(basic)}－{plain(insurance)}－{plain(additional)}＝{plain(taxable)}元（小于零按零）",
    )


def _profit_matters(answers: Answers) -> bool:
    return "taxable" not in answers


def _own_deductions_matter(answers: Answers) -> bool:
    return "taxable" not in answers and not answers.get("has_wages", True)


BUSINESS: Final = Calculator(
    "business_income",
    "经营所得个人所得税",
    (
        Slot(
            "kind",
            "经营主体是个体工商户，还是个人独资企业、合伙企业？",
            "choice",
            choices=(("self_employed", "个体工商户"), ("partnership", "个人独资企业、合伙企业（我的份额）")),
        ),
        Slot("taxable", "应纳税所得额是多少元？", "money", asked=never),
        Slot("profit", "收入减去成本、费用和损失后，利润是多少元？", "money", asked=_profit_matters),
        Slot("has_wages", "同一年您另有工资等综合所得吗？", "yes_no", asked=_profit_matters),
        Slot(
            "social_insurance",
            "本人缴纳的社保和公积金合计多少元？没有可按0算。",
            "money",
            Decimal(0),
            asked=_own_deductions_matter,
        ),
        Slot(
            "additional",
            "全年专项附加扣除合计多少元？没有可按0算。",
            "money",
            Decimal(0),
            asked=_own_deductions_matter,
        ),
        Slot("months", "算到几月为止？", "month", YEAR, asked=never),
        Slot("prepaid", "已经预缴了多少元？", "money", Decimal(0), asked=never),
    ),
    _compute,
)
