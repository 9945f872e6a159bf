"""Step 4, what goes on top of VAT: 城市维护建设税, 教育费附加, 地方教育附加, halved by 六税两费."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount

PLACES: Final = (("urban", "市区"), ("town", "县城、镇"), ("other", "其他地区"))
_EDUCATION: Final = ("education-surcharge", "local-education-surcharge")
_NAMES: Final = {
    "education-surcharge": "教育费附加",
    "local-education-surcharge": "地方教育附加",
}


def surcharge_lines(
    vat: Decimal, *, place: str, halved: bool, education_exempt: bool, figures: Figures
) -> Iterator[tuple[Step, Decimal]]:
    """Each surcharge on VAT that was really paid, with its working and its amount to the cent."""
    kept = 1 - figures.number("six-taxes-relief") if halved else Decimal(1)
    half = f"×{percent(kept)}（六税两费减半）" if halved else ""
    for rate_id in (f"city-tax-{place}", *_EDUCATION):
        name = _NAMES.get(rate_id, "城市维护建设税")
        if education_exempt and rate_id in _EDUCATION:
            month, quarter = (
                plain(figures.number(f"education-surcharge-exempt-{period}"))
                for period in ("month", "quarter")
            )
            yield Step(name, f"月销售额不超过{month}元（按季不超过{quarter}元）的，免征"), Decimal(0)
            continue
        rate = figures.number(rate_id)
        due = cents(vat * rate * kept)
        yield Step(name, f"{plain(vat)}×{percent(rate)}{half}＝{yuan(due)}"), due


def _compute(answers: Answers, figures: Figures) -> Result:
    lines = list(
        surcharge_lines(
            amount(answers, "vat"),
            place=str(answers["place"]),
            halved=bool(answers["small"]),
            education_exempt=bool(answers["low_sales"]),
            figures=figures,
        )
    )
    return Result(
        f"附加税费合计{yuan(sum((due for _, due in lines), Decimal(0)))}。",
        tuple(step for step, _ in lines),
        figures.citations(),
        ("以实际缴纳的增值税、消费税为依据，与增值税同时申报。",),
    )


SURCHARGES: Final = Calculator(
    "surcharges",
    "附加税费",
    (
        Slot("vat", "实际缴纳的增值税（加消费税）是多少元？", "money"),
        Slot("place", "所在地是市区、县城和镇，还是其他地区？", "choice", "urban", PLACES),
        Slot("small", "您是小规模纳税人、小型微利企业或个体工商户吗？", "yes_no", True),
        Slot("low_sales", "月销售额不超过10万元（按季不超过30万元）吗？", "yes_no", False),
    ),
    _compute,
)
