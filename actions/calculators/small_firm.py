"""Step 4, enterprise income tax of a firm that may be 小型微利: 5 % up to 300万, all of it at 25 % above."""

from __future__ import annotations

from typing import Final

from actions.calculators.amounts import percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount
from actions.calculators.small_firm_rules import Firm, SmallFirmLimits, failed_conditions, firm_tax


def _compute(answers: Answers, figures: Figures) -> Result:
    taxable, staff, assets = (amount(answers, name) for name in ("taxable", "staff", "assets"))
    firm = Firm(taxable, staff, assets, restricted=bool(answers["restricted"]))
    limits = SmallFirmLimits(*(figures.number(f"cit-small-{name}") for name in ("income", "staff", "assets")))
    failed = failed_conditions(firm, limits)
    counted, small_rate = figures.number("cit-small-inclusion"), figures.number("cit-small-rate")
    full = figures.number("cit-rate")
    tax = firm_tax(firm, small=not failed, counted=counted, small_rate=small_rate, rate=full)
    if firm.taxable <= 0:
        step = Step("应纳税所得额不大于零", "不缴企业所得税，亏损可按规定在以后年度弥补")
    elif failed:
        step = Step(
            "；".join(failed), f"全额按{percent(full)}：{plain(taxable)}×{percent(full)}＝{yuan(tax)}"
        )
    else:
        step = Step(
            "应纳税所得额不超过300万元、从业人数不超过300人、资产总额不超过5000万元，且不属限制禁止行业",
            f"{plain(taxable)}×{percent(counted)}×{percent(small_rate)}＝{yuan(tax)}",
        )
    verdict = "不属于小型微利企业" if failed else "属于小型微利企业"
    return Result(
        f"{verdict}，{figures.day.year}年度企业所得税{yuan(tax)}。",
        (step,),
        figures.citations(),
        (
            "从业人数、资产总额按全年季度平均值；预缴时按截至本期末的情况判断，以汇算清缴为准。",
            "个体工商户、个人独资企业和合伙企业不缴企业所得税。",
        ),
    )


SMALL_FIRM: Final = Calculator(
    "small_firm_income_tax",
    "小型微利企业所得税",
    (
        Slot("taxable", "全年应纳税所得额（不是营业收入）是多少元？", "money"),
        Slot("staff", "全年平均从业人数是多少？包括劳务派遣用工。", "count"),
        Slot("assets", "全年平均资产总额是多少元？", "money"),
        Slot("restricted", "属于国家限制或禁止的行业吗？一般行业不属于。", "yes_no", False),
    ),
    _compute,
)
