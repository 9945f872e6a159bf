"""Step 4, the late-payment surcharge (滞纳金): a share of the tax for each day after the deadline (征管法 art. 32)."""

from __future__ import annotations

from datetime import date
from typing import Final

from actions.calculators.amounts import cents, percent, plain, yuan
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount, never


def _compute(answers: Answers, figures: Figures) -> Result:
    tax, rate = amount(answers, "tax"), figures.number("late-payment-rate")
    steps: list[Step] = []
    if "days" in answers:
        days = int(amount(answers, "days"))
    else:
        due = answers["due"]
        paid = answers.get("paid", figures.day)
        if not (isinstance(due, date) and isinstance(paid, date)):
            raise TypeError("due and paid are days")
        days = max((paid - due).days, 0)
        steps.append(Step("从期限届满次日算到缴纳当日", f"{due}次日至{paid}，共{days}天"))
    surcharge = cents(tax * rate * days)
    steps.append(
        Step("滞纳金＝税款×每日加收率×天数", f"{plain(tax)}×{percent(rate)}×{days}＝{yuan(surcharge)}")
    )
    return Result(
        f"滞纳{days}天，滞纳金{yuan(surcharge)}，连同税款一共{yuan(tax + surcharge)}。"
        if days
        else "没有滞纳，不加收滞纳金。",
        tuple(steps),
        figures.citations(),
        ("申报期限遇节假日顺延的，从顺延后的期限次日起算。",),
    )


LATE_PAYMENT: Final = Calculator(
    "late_payment",
    "滞纳金",
    (
        Slot("tax", "滞纳的税款是多少元？", "money"),
        Slot("days", "滞纳了多少天？", "count", asked=never),
        Slot(
            "due",
            "应当在哪一天之前缴纳？请告诉我缴款期限。",
            "date",
            asked=lambda answers: "days" not in answers,
        ),
        Slot("paid", "哪一天缴纳？默认算到今天。", "date", asked=never),
    ),
    _compute,
)
