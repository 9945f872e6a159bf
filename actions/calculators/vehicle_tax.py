"""Step 4, vehicle purchase tax: price without VAT × rate (车辆购置税法 art. 4–6), with the relief for new energy."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount

_VEHICLES: Final = (
    ("fuel", "燃油车（含普通混动）"),
    ("nev_car", "新能源乘用车（纯电、插电混动、增程、燃料电池）"),
    ("nev_other", "新能源商用车等非乘用车"),
    ("trailer", "挂车"),
)


def _compute(answers: Answers, figures: Figures) -> Result:
    vehicle, price = str(answers["vehicle"]), amount(answers, "price")
    steps: list[Step] = []
    base = price
    if answers["tax_included"]:
        vat = figures.number("vat-rate-goods")
        base = price / (1 + vat)
        steps.append(Step("计税价格＝含税价÷（1＋增值税税率）", f"{plain(price)}÷{1 + vat}＝{plain(base)}元"))
    rate = figures.number("vehicle-tax-rate")
    full = cents(base * rate)
    steps.append(Step("应纳税额＝计税价格×税率", f"{plain(base)}×{percent(rate)}＝{yuan(full)}"))
    relief = _relief(vehicle, full, figures, steps)
    due = full - relief
    saved = f"，已减免{yuan(relief)}" if relief else ""
    return Result(
        f"应缴车辆购置税{yuan(due)}{saved}。",
        tuple(steps),
        figures.citations(),
        ("购置日期以机动车销售统一发票等凭证的开具日期为准；新能源汽车须在减免税目录内。",)
        if vehicle.startswith("nev")
        else ("购置日期以机动车销售统一发票等凭证的开具日期为准。",),
    )


def _relief(vehicle: str, full: Decimal, figures: Figures, steps: list[Step]) -> Decimal:
    if vehicle == "fuel":
        return Decimal(0)
    share = figures.number("trailer-relief" if vehicle == "trailer" else "nev-relief")
    relief = cents(full * share)
    words = "免征" if share == 1 else f"减征{percent(share)}"
    if vehicle != "nev_car":
        steps.append(Step(words, f"减免{yuan(relief)}"))
        return relief
    cap = figures.number("nev-relief-cap")
    steps.append(Step(f"{words}，每辆减免不超过{plain(cap)}元", f"减免{yuan(min(relief, cap))}"))
    return min(relief, cap)


VEHICLE_TAX: Final = Calculator(
    "vehicle_tax",
    "车辆购置税",
    (
        Slot("vehicle", "买的是燃油车还是新能源车？", "choice", None, _VEHICLES),
        Slot("price", "车价多少元？", "money"),
        Slot("tax_included", "这个价格含增值税吗？发票上的价税合计是含税的。", "yes_no", True),
    ),
    _compute,
)
