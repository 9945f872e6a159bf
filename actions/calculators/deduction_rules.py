"""Step 4, arithmetic of 专项附加扣除: what a family deducts in a year, line by line. Pure.

Rules: 国发〔2018〕41号, 国发〔2022〕8号, 国发〔2023〕13号. The amounts of a period are an argument. Amounts in 元.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from actions.calculators.progressive import ZERO

CityClass = Literal["large", "middle", "small"]


@dataclass(frozen=True)
class Standards:
    """The amounts in force: by the month, but for `certificate` and the two of illness, which are by the year.

    `infant` is None before the deduction existed. `elderly_share` is the most that one of several children may take.
    """

    child: Decimal
    infant: Decimal | None
    elderly: Decimal
    elderly_share: Decimal
    degree: Decimal
    certificate: Decimal
    illness_floor: Decimal
    illness_cap: Decimal
    loan: Decimal
    rent: dict[CityClass, Decimal]


@dataclass(frozen=True)
class Family:
    """What one taxpayer claims. A share is the part of a deduction that this parent or spouse takes.

    `elderly` is None when no parent has reached 60; `elderly_part` is what one of several children was allotted.
    """

    children: int = 0
    infants: int = 0
    child_share: Decimal = Decimal(1)
    elderly: Literal["only_child", "shared"] | None = None
    elderly_part: Decimal = ZERO
    loan: bool = False
    loan_share: Decimal = Decimal(1)
    rent: CityClass | None = None
    degree: bool = False
    certificate: bool = False
    illness: Sequence[Decimal] = ()
    months: int = 12


@dataclass(frozen=True)
class Line:
    """One deduction: by the month where it is given so (else 0), and for the year."""

    item: str
    monthly: Decimal
    yearly: Decimal


ILLNESS: Final = "大病医疗"
LOAN: Final = "住房贷款利息"
RENT: Final = "住房租金"


def deductions_of(family: Family, standards: Standards) -> tuple[Line, ...]:
    """The lines that are above zero. Of a loan and a rent only the higher: both in one year is not allowed."""
    lines = [*_persons(family, standards), *_housing(family, standards), *_own(family, standards)]
    return tuple(line for line in lines if line.yearly > ZERO)


def _persons(family: Family, standards: Standards) -> Iterator[Line]:
    yield _by_month("子女教育", family.children * standards.child * family.child_share, family)
    if standards.infant is not None:
        yield _by_month("3岁以下婴幼儿照护", family.infants * standards.infant * family.child_share, family)
    if family.elderly == "only_child":
        yield _by_month("赡养老人", standards.elderly, family)
    if family.elderly == "shared":
        yield _by_month("赡养老人", min(family.elderly_part, standards.elderly_share), family)


def _housing(family: Family, standards: Standards) -> Iterator[Line]:
    loan = standards.loan * family.loan_share if family.loan else ZERO
    rent = standards.rent[family.rent] if family.rent else ZERO
    yield _by_month(RENT, rent, family) if rent > loan else _by_month(LOAN, loan, family)


def _own(family: Family, standards: Standards) -> Iterator[Line]:
    if family.degree:
        yield _by_month("学历继续教育", standards.degree, family)
    if family.certificate:
        yield Line("职业资格继续教育", ZERO, standards.certificate)
    for paid in family.illness:
        yield Line(ILLNESS, ZERO, min(max(paid - standards.illness_floor, ZERO), standards.illness_cap))


def _by_month(item: str, monthly: Decimal, family: Family) -> Line:
    return Line(item, monthly, monthly * family.months)
