"""Step 4, the disabled persons' employment fund (残保金): the places that are missing × the average wage, with reliefs."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount, never


def _compute(answers: Answers, figures: Figures) -> Result:
    staff, employed, wage = (amount(answers, name) for name in ("staff", "employed", "wage"))
    small = figures.row("disabled-fund-exempt-staff")
    if answers["enterprise"] and small.includes(staff):
        return Result(
            f"在职职工{staff:f}人，不超过{small.number:f}人的企业免缴残保金。",
            (Step("小微企业免征", f"{staff:f}人≤{small.number:f}人"),),
            figures.citations(),
            (_NOTE,),
        )
    lowest = figures.number("disabled-fund-quota")
    quota = amount(answers, "quota") if "quota" in answers else lowest
    missing = max(staff * quota - employed, Decimal(0))
    full = missing * wage
    steps = [
        Step(
            "应缴费额＝（职工人数×规定比例－实际安排人数）×上年职工年平均工资",
            f"（{staff:f}×{percent(quota)}－{employed.normalize():f}）×{plain(wage)}＝{yuan(full)}（已达比例的为零）",
        )
    ]
    due = cents(full)
    if missing:
        bound = figures.number("disabled-fund-partial-ratio")
        reached = employed >= staff * bound
        share = figures.number("disabled-fund-partial-share" if reached else "disabled-fund-low-share")
        due = cents(full * share)
        steps.append(
            Step(
                f"安排比例{'达到' if reached else '不到'}{percent(bound)}，按{percent(share)}缴纳",
                f"{plain(full)}×{percent(share)}＝{yuan(due)}",
            )
        )
    return Result(
        f"应缴残保金{yuan(due)}（按规定比例{percent(quota)}{'' if 'quota' in answers else '，即全国下限'}计算）。"
        if due
        else "安排人数已达规定比例，不缴残保金。",
        tuple(steps),
        figures.citations(),
        (_NOTE,),
    )


_NOTE: Final = (
    "规定比例由各省、自治区、直辖市确定；申报期和计费工资上限也是地方规定，以主管税务机关答复为准。"
)

DISABLED_FUND: Final = Calculator(
    "disabled_fund",
    "残疾人就业保障金",
    (
        Slot("staff", "上年在职职工多少人？", "count"),
        Slot("employed", "其中安排残疾人就业多少人？没有填0。", "number", Decimal(0)),
        Slot("wage", "上年在职职工年平均工资多少元？", "money"),
        Slot("quota", "当地规定的比例是多少？", "number", asked=never),
        Slot("enterprise", "是企业吗？", "yes_no", True, asked=never),
    ),
    _compute,
)
