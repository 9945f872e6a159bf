"""Step 4, what a person pays who lets a home: VAT above the monthly threshold, 房产税, income tax."""

from __future__ import annotations

from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import ZERO, Answers, Calculator, Figures, Result, Slot, Step, amount, never
from actions.calculators.surcharges import PLACES, surcharge_lines

_LOCAL: Final = (
    "各地多按综合征收率简化征收，修缮费和已缴税费的扣除也由当地执行，以主管税务机关答复为准。",
    "一次收取多个月租金的，增值税按租赁期平均到每月计算。",
)


def _compute(answers: Answers, figures: Figures) -> Result:
    rent = amount(answers, "rent")
    threshold, rate = figures.row("vat-threshold-month"), figures.number("vat-home-rental-rate")
    under = threshold.includes(rent)
    vat = ZERO if under else cents(rent * rate)
    met = "未达到" if threshold.bound == "exclusive" else "不超过"
    steps = [
        Step(
            "增值税",
            f"月租金{plain(rent)}元，{met}{plain(threshold.number)}元，免征"
            if under
            else f"{plain(rent)}×{percent(rate)}＝{yuan(vat)}（全额）",
        )
    ]
    surcharges = ZERO
    if vat:
        lines = list(
            surcharge_lines(
                vat, place=str(answers["place"]), halved=True, education_exempt=False, figures=figures
            )
        )
        steps += [step for step, _ in lines]
        surcharges = sum((due for _, due in lines), ZERO)
    house_rate, relief = figures.number("house-tax-home-rent"), figures.number("six-taxes-relief")
    house = cents(rent * house_rate * (1 - relief))
    steps.append(
        Step(
            "房产税（六税两费减半）",
            f"{plain(rent)}×{percent(house_rate)}×{percent(1 - relief)}＝{yuan(house)}",
        )
    )
    small = figures.row("iit-fixed-expense-limit").includes(rent)
    expense = (
        figures.number("iit-fixed-expense") if small else rent * figures.number("iit-proportional-expense")
    )
    income_rate = figures.number("iit-home-rental-rate")
    taxable = max(rent - expense, ZERO)
    income = cents(taxable * income_rate)
    steps.append(
        Step(
            "个人所得税（租金减除费用后，减按优惠税率）",
            f"（{plain(rent)}－{plain(expense)}）×{percent(income_rate)}＝{yuan(income)}",
        )
    )
    total = vat + surcharges + house + income
    return Result(
        f"按国家规定每月最多{yuan(total)}：增值税{yuan(vat)}，房产税{yuan(house)}，个人所得税{yuan(income)}。",
        tuple(steps),
        figures.citations(),
        _LOCAL,
    )


HOME_RENTAL: Final = Calculator(
    "home_rental",
    "个人出租住房税费",
    (
        Slot("rent", "每月租金（不含增值税）多少元？", "money"),
        Slot("place", "房子在市区、县城和镇，还是其他地区？", "choice", "urban", PLACES, asked=never),
    ),
    _compute,
)
