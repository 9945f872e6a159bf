"""The tables of the law's annexes, typed from the law, as the arithmetic's tests need them."""

from __future__ import annotations

from decimal import Decimal

from knowledge_base.rate_tables import Bracket


def _table(*lines: tuple[str | None, str, str]) -> tuple[Bracket, ...]:
    return tuple(
        Bracket(up_to=Decimal(up) if up else None, rate=Decimal(rate), deduction=Decimal(quick))
        for up, rate, quick in lines
    )


YEARLY = _table(
    ("36000", "0.03", "0"),
    ("144000", "0.10", "2520"),
    ("300000", "0.20", "16920"),
    ("420000", "0.25", "31920"),
    ("660000", "0.30", "52920"),
    ("960000", "0.35", "85920"),
    (None, "0.45", "181920"),
)
MONTHLY = _table(
    ("3000", "0.03", "0"),
    ("12000", "0.10", "210"),
    ("25000", "0.20", "1410"),
    ("35000", "0.25", "2660"),
    ("55000", "0.30", "4410"),
    ("80000", "0.35", "7160"),
    (None, "0.45", "15160"),
)
BUSINESS = _table(
    ("30000", "0.05", "0"),
    ("90000", "0.10", "1500"),
    ("300000", "0.20", "10500"),
    ("500000", "0.30", "40500"),
    (None, "0.35", "65500"),
)
LABOUR = _table(("20000", "0.20", "0"), ("50000", "0.30", "2000"), (None, "0.40", "7000"))
