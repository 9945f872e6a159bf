"""Step 4, annual bonus: taxed by itself or together with the year's other income, and which is cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from actions.calculators.amounts import by_bracket, cents, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount
from actions.calculators.income_rules import MONTHS, bonus_better_below, bonus_tax
from actions.calculators.progressive import bracket_of, tax_on
from knowledge_base.rate_tables import Bracket


def _compute(answers: Answers, figures: Figures) -> Result:
    bonus, monthly = amount(answers, "bonus"), figures.table("iit-monthly")
    apart = cents(bonus_tax(bonus, monthly))
    steps = [
        Step(
            "单独计税：奖金÷12找月度税率，全额×税率－速算扣除数",
            f"{plain(bonus)}÷12＝{plain(bonus / MONTHS)}；"
            f"{by_bracket(bonus, bracket_of(monthly, bonus / MONTHS))}＝{yuan(apart)}",
        )
    ]
    conclusion = f"年终奖{yuan(bonus)}单独计税，个人所得税{yuan(apart)}。"
    notes = [*_warnings(bonus, monthly), "单独计税一个纳税年度内只能用一次。"]
    if amount(answers, "wages") > 0:
        compared, cheaper = _compare(answers, figures, bonus, apart)
        steps += compared
        conclusion = f"{cheaper}{conclusion}"
    else:
        notes.append("也可以并入综合所得，可能更省；告诉我全年税前工资合计，就比较两种算法。")
    return Result(
        conclusion,
        tuple(steps),
        figures.citations(),
        tuple(notes),
    )


def _compare(answers: Answers, figures: Figures, bonus: Decimal, apart: Decimal) -> tuple[list[Step], str]:
    table = figures.table("iit-comprehensive")
    deducted = (amount(answers, name) for name in ("social_insurance", "additional"))
    rest = amount(answers, "wages") - figures.number("iit-basic-deduction-year") - sum(deducted)
    without, merged = cents(tax_on(table, rest)), cents(tax_on(table, rest + bonus))
    two_ways = without + apart
    steps = [
        Step("工资部分全年应纳税所得额", f"{plain(rest)}元（小于零的不缴税），税额{yuan(without)}"),
        Step("单独计税的全年合计", f"{plain(without)}＋{plain(apart)}＝{yuan(two_ways)}"),
        Step("并入综合所得的全年合计", _merged_working(rest + bonus, table, merged)),
    ]
    if two_ways == merged:
        return steps, f"两种算法一样，全年合计都是{yuan(merged)}。"
    better = "单独计税" if two_ways < merged else "并入综合所得"
    return steps, (
        f"{better}划算，少缴{yuan(abs(two_ways - merged))}："
        f"单独计税全年合计{yuan(two_ways)}，并入合计{yuan(merged)}。"
    )


def _merged_working(taxable: Decimal, table: Sequence[Bracket], tax: Decimal) -> str:
    if taxable <= 0:
        return "应纳税所得额不超过零，0元"
    return f"{by_bracket(taxable, bracket_of(table, taxable))}＝{yuan(tax)}"


def _warnings(bonus: Decimal, monthly: Sequence[Bracket]) -> tuple[str, ...]:
    better = bonus_better_below(bonus, monthly)
    if better is None:
        return ()
    kept, other = bonus - bonus_tax(bonus, monthly), better - bonus_tax(better, monthly)
    warning = (
        f"提醒：刚过税率档次。单独计税时，奖金{yuan(better)}缴税{yuan(bonus_tax(better, monthly))}，"
        f"到手比{yuan(bonus)}还多{yuan(other - kept)}。"
    )
    return (warning,)


BONUS: Final = Calculator(
    "annual_bonus",
    "全年一次性奖金个人所得税",
    (
        Slot("bonus", "年终奖一共多少元？", "money"),
        Slot("wages", "除年终奖外，全年税前工资合计多少元？只想算单独计税的话可按0算。", "money", Decimal(0)),
        Slot(
            "social_insurance",
            "全年个人缴纳的社保和公积金合计多少元？没有可按0算。",
            "money",
            Decimal(0),
            asked=lambda answers: amount(answers, "wages") > 0,
        ),
        Slot(
            "additional",
            "全年专项附加扣除合计多少元？没有可按0算。",
            "money",
            Decimal(0),
            asked=lambda answers: amount(answers, "wages") > 0,
        ),
    ),
    _compute,
)
