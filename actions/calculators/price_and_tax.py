"""Step 4, the price with and without VAT (增值税法 art. 17: sales are without the tax)."""

from __future__ import annotations

from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount

_RATES: Final = (
    ("vat-rate-goods", "13%（货物、加工修理修配、有形动产租赁）"),
    ("vat-rate-basic", "9%（运输、邮政、建筑、不动产、农产品等）"),
    ("vat-rate-services", "6%（其他服务、无形资产）"),
    ("vat-levy-rate", "3%（简易计税）"),
    ("vat-small-scale-levy-rate", "1%（小规模纳税人减按）"),
    ("vat-old-property-rate", "5%（不动产老项目简易计税）"),
    ("vat-home-rental-rate", "1.5%（个人出租住房减按）"),
)


def _compute(answers: Answers, figures: Figures) -> Result:
    price, rate = amount(answers, "price"), figures.number(str(answers["rate"]))
    if answers["tax_included"]:
        net = cents(price / (1 + rate))
        gross = price
        step = Step("不含税＝含税÷（1＋税率或征收率）", f"{plain(gross)}÷{1 + rate}＝{yuan(net)}")
    else:
        net = price
        gross = cents(price * (1 + rate))
        step = Step("含税＝不含税×（1＋税率或征收率）", f"{plain(net)}×{1 + rate}＝{yuan(gross)}")
    tax = gross - net
    return Result(
        f"含税{yuan(gross)}，不含税{yuan(net)}，税额{yuan(tax)}（{percent(rate)}）。",
        (step, Step("税额＝含税－不含税", f"{plain(gross)}－{plain(net)}＝{yuan(tax)}")),
        figures.citations(),
    )


PRICE_AND_TAX: Final = Calculator(
    "price_and_tax",
    "含税价与不含税价换算",
    (
        Slot("price", "金额是多少元？", "money"),
        Slot("tax_included", "这个金额含税吗？", "yes_no", True),
        Slot("rate", "适用哪个税率或征收率？", "choice", None, _RATES),
    ),
    _compute,
)
