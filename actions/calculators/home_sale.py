"""Step 4, what a person pays who sells a home: VAT by the years held, surcharges, income tax on the gain."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import ZERO, Answers, Calculator, Figures, Result, Slot, Step, amount, never
from actions.calculators.surcharges import PLACES, surcharge_lines

_HELD: Final = (
    ("under_two", "不满2年"),
    ("two_to_five", "满2年不满5年"),
    ("five_or_more", "满5年"),
)
_LOCAL: Final = "持有年限从购房之日算起，以不动产权证、契税完税证明等为准；印花税、土地增值税和核定征收的比例以主管税务机关答复为准。"


def _compute(answers: Answers, figures: Figures) -> Result:
    price = amount(answers, "price")
    vat, net, steps = _vat(str(answers["held"]), price, figures)
    extra = ZERO
    if vat:
        lines = list(
            surcharge_lines(
                vat, place=str(answers["place"]), halved=True, education_exempt=False, figures=figures
            )
        )
        steps += [step for step, _ in lines]
        extra = sum((due for _, due in lines), ZERO)
    known = f"增值税{yuan(vat)}" + (f"，附加税费{yuan(extra)}" if vat else "（免征）")
    income_tax = _income_tax(answers, net - extra, figures, steps)
    if income_tax is None:
        conclusion = f"{known}；个人所得税要看房屋原值，没有完整凭证的由主管税务机关核定。"
    else:
        conclusion = f"卖房合计缴税{yuan(vat + extra + income_tax)}：{known}，个人所得税{yuan(income_tax)}。"
    return Result(conclusion, tuple(steps), figures.citations(), (_LOCAL,))


def _vat(held: str, price: Decimal, figures: Figures) -> tuple[Decimal, Decimal, list[Step]]:
    """The VAT, the price without it, and the working."""
    years = figures.row("vat-home-sale-years")
    if held != "under_two":
        return ZERO, price, [Step("增值税", f"购买满{years.number}年（含）的住房，免征")]
    rate = figures.number("vat-home-sale-rate")
    net = cents(price / (1 + rate))
    vat = cents(price / (1 + rate) * rate)
    working = f"{plain(price)}÷{1 + rate}×{percent(rate)}＝{yuan(vat)}"
    return vat, net, [Step(f"增值税：购买不满{years.number}年，全额按{percent(rate)}", working)]


def _income_tax(answers: Answers, proceeds: Decimal, figures: Figures, steps: list[Step]) -> Decimal | None:
    """20 % of the gain; None when the costs are not known (国税发〔2006〕108号)."""
    own = figures.row("home-sale-iit-years")
    if answers["held"] == "five_or_more" and answers["only_home"]:
        steps.append(Step("个人所得税", f"自用{own.number}年以上的家庭唯一生活用房，免征"))
        return ZERO
    rate = figures.number("home-sale-iit-rate")
    costs = amount(answers, "costs")
    if not costs:
        steps.append(Step("个人所得税", f"（收入－原值－税金和合理费用）×{percent(rate)}"))
        return None
    gain = max(proceeds - costs, ZERO)
    tax = cents(gain * rate)
    steps.append(
        Step(
            "个人所得税＝（不含税收入－附加税费－原值和合理费用）×税率",
            f"（{plain(proceeds)}－{plain(costs)}）×{percent(rate)}＝{yuan(tax)}（没有增值的为零）",
        )
    )
    return tax


HOME_SALE: Final = Calculator(
    "home_sale",
    "个人卖房税费",
    (
        Slot("price", "成交价（含税）多少元？", "money"),
        Slot("held", "房子买了多久？", "choice", None, _HELD),
        Slot(
            "only_home",
            "是家庭唯一的生活用房吗？",
            "yes_no",
            asked=lambda answers: answers.get("held") == "five_or_more",
        ),
        Slot(
            "costs",
            "有凭证的买入价和税费、装修等合理费用一共多少元？没有凭证填0。",
            "money",
            ZERO,
            asked=lambda answers: not (answers.get("held") == "five_or_more" and answers.get("only_home")),
        ),
        Slot("place", "房子在市区、县城和镇，还是其他地区？", "choice", "urban", PLACES, asked=never),
    ),
    _compute,
)
