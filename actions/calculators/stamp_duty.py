"""Step 4, stamp duty by item (印花税法 art. 8: base × rate), with the half relief of 六税两费."""

from __future__ import annotations

from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount

_ITEMS: Final = (
    ("stamp-sale", "买卖合同"),
    ("stamp-lease", "租赁合同"),
    ("stamp-work", "承揽合同"),
    ("stamp-construction", "建设工程合同"),
    ("stamp-transport", "运输合同"),
    ("stamp-technology", "技术合同"),
    ("stamp-loan", "借款合同"),
    ("stamp-finance-lease", "融资租赁合同"),
    ("stamp-custody", "保管合同"),
    ("stamp-storage", "仓储合同"),
    ("stamp-insurance", "财产保险合同"),
    ("stamp-land-use", "土地使用权出让书据"),
    ("stamp-property", "房屋、土地使用权转让书据"),
    ("stamp-equity", "股权转让书据"),
    ("stamp-intellectual-property", "商标、著作权、专利、专有技术转让书据"),
    ("stamp-books", "营业账簿（实收资本、资本公积）"),
    ("stamp-securities", "证券交易"),
)
_SECURITIES: Final = "stamp-securities"


def _compute(answers: Answers, figures: Figures) -> Result:
    item, base = str(answers["item"]), amount(answers, "base")
    rate = figures.number(item)
    full = base * rate
    steps = [Step("应纳税额＝计税依据×税率", f"{plain(base)}×{percent(rate)}＝{yuan(full)}")]
    due = full
    if item != _SECURITIES and answers["small"]:
        relief = figures.number("six-taxes-relief")
        due = full * (1 - relief)
        steps.append(
            Step(f"六税两费减征{percent(relief)}", f"{plain(full)}×（1－{percent(relief)}）＝{yuan(due)}")
        )
    return Result(
        f"{dict(_ITEMS)[item]}应缴印花税{yuan(cents(due))}。",
        tuple(steps),
        figures.citations(),
        (
            "立合同各方各自缴纳；合同单独列明的增值税不计入计税依据。",
            "一份合同有几个税目且分别列明金额的分别计算，没有分别列明的从高适用税率。",
        ),
    )


STAMP_DUTY: Final = Calculator(
    "stamp_duty",
    "印花税",
    (
        Slot("item", "是哪种合同或凭证？", "choice", None, _ITEMS),
        Slot(
            "base",
            "合同列明的金额（不含列明的增值税）是多少元？营业账簿填增加的实收资本和资本公积。",
            "money",
        ),
        Slot(
            "small",
            "您是小规模纳税人、小型微利企业或个体工商户吗？",
            "yes_no",
            False,
            asked=lambda answers: answers.get("item") != _SECURITIES,
        ),
    ),
    _compute,
)
