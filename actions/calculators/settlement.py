"""Step 4, annual settlement of the comprehensive income: refund or payment, and the exemption from paying."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from actions.calculators.amounts import by_bracket, cents, plain, yuan
from actions.calculators.frame import ZERO, Answers, Calculator, Figures, Result, Slot, Step, amount, never
from actions.calculators.income_rules import ComprehensiveIncome
from actions.calculators.progressive import bracket_of, tax_on


def _compute(answers: Answers, figures: Figures) -> Result:
    year = figures.day.year
    table, basic = figures.table("iit-comprehensive"), figures.number("iit-basic-deduction-year")
    income = ComprehensiveIncome(
        *(amount(answers, kind) for kind in ("wages", "labour", "authorship", "royalties"))
    )
    counted = income.counted(
        cost_share=figures.number("iit-proportional-expense"),
        author_share=figures.number("iit-manuscript-share"),
    )
    deducted = [amount(answers, name) for name in ("social_insurance", "additional", "other")]
    taxable = max(counted - basic - sum(deducted), ZERO)
    due, paid = cents(tax_on(table, taxable)), amount(answers, "prepaid")
    steps = (
        Step(
            "收入额：工资全额，劳务报酬和特许权使用费按80%，稿酬按80%再按70%",
            f"{plain(income.wages)}＋{plain(income.labour)}×80%＋{plain(income.royalties)}×80%"
            f"＋{plain(income.authorship)}×80%×70%＝{plain(counted)}元",
        ),
        Step(
            "应纳税所得额＝收入额－6万元－专项扣除－专项附加扣除－其他扣除",
            f"{plain(counted)}－{plain(basic)}－{'－'.join(map(plain, deducted))}"
            f"＝{plain(taxable)}元（小于零按零）",
        ),
        Step("全年应纳税额", f"{by_bracket(taxable, bracket_of(table, taxable))}＝{yuan(due)}"),
        Step("与已预缴税额比较", f"{plain(due)}－{plain(paid)}＝{plain(due - paid)}元"),
    )
    conclusion = _conclusion(answers, income.received, due - paid, figures)
    return Result(
        f"{year}年度{conclusion}",
        steps,
        figures.citations(),
        (f"办理时间：{year + 1}年3月1日至6月30日。",),
    )


def _conclusion(answers: Answers, received: Decimal, owed: Decimal, figures: Figures) -> str:
    """What the difference means; `owed` is negative for a refund."""
    if owed < 0:
        return f"汇算可以申请退税{yuan(-owed)}。"
    if owed == 0:
        return "应纳税额与已预缴税额一致，不用补税，也没有退税，无需办理汇算。"
    little, low = figures.row("iit-settlement-tax"), figures.row("iit-settlement-income")
    if not (little.includes(owed) or low.includes(received)):
        return f"汇算应补税{yuan(owed)}（收入超过12万元且补税超过400元，不能免）。"
    if not answers["withheld_properly"]:
        return f"汇算应补税{yuan(owed)}；取得收入时没有依法预扣预缴的，不能免予补税。"
    why = "补税不超过400元" if little.includes(owed) else "综合所得收入不超过12万元"
    return f"汇算差额{yuan(owed)}，但{why}，可以免予补税、不用办理汇算。"


SETTLEMENT: Final = Calculator(
    "annual_settlement",
    "综合所得年度汇算",
    (
        Slot("wages", "全年税前工资薪金合计多少元？没有工资的填0。", "money"),
        Slot("labour", "全年劳务报酬合计多少元（不含增值税）？没有可按0算。", "money", Decimal(0)),
        Slot("authorship", "全年稿酬合计多少元？没有可按0算。", "money", Decimal(0)),
        Slot("royalties", "全年特许权使用费合计多少元？", "money", Decimal(0), asked=never),
        Slot("social_insurance", "全年个人缴纳的社保和公积金合计多少元？没有可按0算。", "money", Decimal(0)),
        Slot("additional", "全年专项附加扣除合计多少元？没有可按0算。", "money", Decimal(0)),
        Slot("other", "全年其他依法扣除多少元？", "money", Decimal(0), asked=never),
        Slot("prepaid", "全年已预扣预缴的税款合计多少元？可在个税App“收入纳税明细”里查。", "money"),
        Slot("withheld_properly", "取得的收入都依法预扣预缴了吗？", "yes_no", True, asked=never),
    ),
    _compute,
)
