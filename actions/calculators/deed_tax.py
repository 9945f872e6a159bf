"""Step 4, deed tax on a purchase: the national relief for a family's first and second home, else the legal range."""

from __future__ import annotations

from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount

_HOMES: Final = (
    ("first", "家庭唯一住房（首套）"),
    ("second", "家庭第二套住房"),
    ("more", "第三套及以上住房"),
    ("other", "商铺、写字楼、土地等非住房"),
)
_FAMILY: Final = "几套住房由购房所在地核定；家庭成员包括购房人、配偶和未成年子女。"


def _compute(answers: Answers, figures: Figures) -> Result:
    price, homes = amount(answers, "price"), str(answers["homes"])
    if homes in {"more", "other"}:
        return _legal_range(answers, figures)
    limit = figures.row("deed-area")
    area = amount(answers, "area")
    small = limit.includes(area)
    rate = figures.number(f"deed-{homes}-{'small' if small else 'large'}")
    tax = cents(price * rate)
    note = figures.row(f"deed-{homes}-{'small' if small else 'large'}").note
    return Result(
        f"应缴契税{yuan(tax)}（税率{percent(rate)}）。",
        (
            Step(
                f"{dict(_HOMES)[homes]}，面积{'不超过' if small else '超过'}{limit.number.normalize():f}平方米",
                f"{area.normalize():f}平方米，减按{percent(rate)}",
            ),
            Step("应纳税额＝成交价格（不含增值税）×税率", f"{plain(price)}×{percent(rate)}＝{yuan(tax)}"),
        ),
        figures.citations(),
        (_FAMILY, *(() if note is None else (note,))),
    )


def _legal_range(answers: Answers, figures: Figures) -> Result:
    price = amount(answers, "price")
    low, high = figures.number("deed-rate-min"), figures.number("deed-rate-max")
    least, most = cents(price * low), cents(price * high)
    return Result(
        f"没有全国统一的优惠，法定税率{percent(low)}至{percent(high)}，契税在{yuan(least)}至{yuan(most)}之间；"
        "具体税率由省级规定，以主管税务机关答复为准。",
        (Step("成交价格×法定税率幅度", f"{plain(price)}×{percent(low)}～{percent(high)}"),),
        figures.citations(),
    )


DEED_TAX: Final = Calculator(
    "deed_tax",
    "契税",
    (
        Slot("homes", "买的是家庭第几套住房，还是非住房？", "choice", None, _HOMES),
        Slot(
            "area",
            "建筑面积多少平方米？",
            "number",
            asked=lambda answers: answers.get("homes") not in {"more", "other"},
        ),
        Slot("price", "成交价格（不含增值税）多少元？", "money"),
    ),
    _compute,
)
