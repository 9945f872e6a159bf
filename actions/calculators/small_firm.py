"""Step 4, enterprise income tax of a firm that may be 小型微利: 5 % up to 300万, all of it at 25 % above."""

from __future__ import annotations

from datetime import date
from typing import Final

from actions.calculators.amounts import percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Result, Slot, Step, amount
from actions.calculators.income_tables import citation
from actions.calculators.small_firm_rules import Firm, SmallFirmLimits, failed_conditions, firm_tax
from knowledge_base.rates.tables import rate


def _compute(answers: Answers, as_of: date) -> Result:
    rule, law = rate("small-firm", as_of), rate("enterprise-income", as_of)
    taxable, staff, assets = (amount(answers, name) for name in ("taxable", "staff", "assets"))
    firm = Firm(taxable, staff, assets, restricted=bool(answers["restricted"]))
    failed = failed_conditions(
        firm, SmallFirmLimits(*(rule.values[name] for name in ("taxable", "staff", "assets")))
    )
    counted, small_rate, full = rule.values["counted"], rule.values["rate"], law.values["rate"]
    tax = firm_tax(firm, small=not failed, counted=counted, small_rate=small_rate, rate=full)
    if failed:
        verdict = "不属于小型微利企业"
        working = Step(
            "；".join(failed), f"全额按{percent(full)}：{plain(firm.taxable)}×{percent(full)}＝{yuan(tax)}"
        )
    else:
        verdict = "属于小型微利企业"
        working = Step(
            "应纳税所得额不超过300万元、从业人数不超过300人、资产总额不超过5000万元，且不属限制禁止行业",
            f"{plain(firm.taxable)}×{percent(counted)}×{percent(small_rate)}＝{yuan(tax)}",
        )
    if firm.taxable <= 0:
        working = Step("应纳税所得额不大于零", "不缴企业所得税，亏损可按规定在以后年度弥补")
    return Result(
        f"{verdict}，{as_of.year}年度企业所得税{yuan(tax)}。",
        (working,),
        (citation(rule), citation(law)),
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
