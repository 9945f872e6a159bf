"""Step 4, VAT of a small-scale taxpayer: under the threshold only what 专票 was issued for, at the threshold all of it."""

from __future__ import annotations

from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import ZERO, Answers, Calculator, Figures, Result, Slot, Step, amount, never

_PERIODS: Final = (("quarter", "按季"), ("month", "按月"), ("once", "按次（日）"))
_IN_WORDS: Final = {"quarter": "季度", "month": "当月", "once": "每次（日）"}


def _compute(answers: Answers, figures: Figures) -> Result:
    period = str(answers["period"])
    threshold = figures.row(f"vat-threshold-{period}")
    rate = figures.number("vat-levy-rate" if answers["property"] else "vat-small-scale-levy-rate")
    stated, special = amount(answers, "sales"), amount(answers, "special_invoices")
    sales = stated / (1 + rate) if answers["tax_included"] else stated
    if answers["tax_included"]:
        special = special / (1 + rate)
    if special > sales:
        return Result(
            f"专用发票的销售额{yuan(special)}超过了全部销售额{yuan(sales)}，请核对后重新告诉我。", (), ()
        )
    steps = []
    if answers["tax_included"]:
        steps.append(
            Step("不含税销售额＝含税÷（1＋征收率）", f"{plain(stated)}÷{1 + rate}＝{plain(sales)}元")
        )
    under = threshold.includes(sales)
    bound = plain(threshold.number)
    if threshold.bound == "exclusive":
        rule, verdict = (
            "未达到起征点免征，达到的全额计税",
            f"{'未达到' if under else '达到'}起征点{bound}元",
        )
    else:
        rule, verdict = "不超过标准的免征，超过的全额计税", f"{'不超过' if under else '超过'}{bound}元"
    taxed = special if under else sales
    tax = cents(taxed * rate)
    steps += [
        Step(rule, f"{_IN_WORDS[period]}销售额{plain(sales)}元，{verdict}"),
        Step(
            "应纳税额＝计税销售额×征收率" + ("（免税范围内只有专用发票部分计税）" if under else ""),
            f"{plain(taxed)}×{percent(rate)}＝{yuan(tax)}",
        ),
    ]
    return Result(
        _conclusion(
            f"{_IN_WORDS[period]}销售额{yuan(sales)}{verdict}",
            under=under,
            tax=yuan(tax),
            special=special > 0,
        ),
        tuple(steps),
        figures.citations(),
        ("销售额包括开票和未开票的全部不含税收入；销售不动产、转让土地使用权的另行计算。",),
    )


def _conclusion(verdict: str, *, under: bool, tax: str, special: bool) -> str:
    if not under:
        return f"应缴增值税{tax}：{verdict}，全额计税。"
    if special:
        return f"应缴增值税{tax}：{verdict}，普通发票和未开票部分免征，专用发票部分计税。"
    return f"不用缴增值税：{verdict}，免征。"


VAT_SMALL_SCALE: Final = Calculator(
    "vat_small_scale",
    "小规模纳税人增值税",
    (
        Slot("period", "按月、按季还是按次申报？小规模纳税人一般按季。", "choice", "quarter", _PERIODS),
        Slot("sales", "这一期不含税销售额一共多少元？开票和未开票的都算。", "money"),
        Slot("special_invoices", "其中开增值税专用发票的销售额多少元？没有按0算。", "money", ZERO),
        Slot("tax_included", "金额含税吗？", "yes_no", False, asked=never),
        Slot("property", "是出租不动产的收入吗？", "yes_no", False, asked=never),
    ),
    _compute,
)
