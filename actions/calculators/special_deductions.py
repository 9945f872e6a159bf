"""Step 4, total of the special additional deductions (专项附加扣除) of one taxpayer, by the month and by the year."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, cast

from actions.calculators.amounts import cents, yuan
from actions.calculators.deduction_rules import LOAN, CityClass, Family, Line, Standards, deductions_of
from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step, amount, never

HALF: Final = Decimal("0.5")


def _compute(answers: Answers, figures: Figures) -> Result:
    standards = _standards(figures)
    family = _family(answers, standards)
    lines = deductions_of(family, standards)
    monthly = sum((line.monthly for line in lines), Decimal(0))
    yearly = sum((line.yearly for line in lines), Decimal(0))
    return Result(
        f"{figures.day.year}年专项附加扣除"
        + (f"每月合计{yuan(monthly)}（按{family.months}个月算），" if monthly else "")
        + f"全年合计{yuan(yearly)}。",
        tuple(Step(line.item, _working(line)) for line in lines) or (Step("没有符合条件的项目", "0元"),),
        figures.citations(),
        _notes(family, lines),
    )


def _working(line: Line) -> str:
    return (
        f"每月{yuan(line.monthly)}，全年{yuan(line.yearly)}" if line.monthly else f"全年{yuan(line.yearly)}"
    )


def _family(answers: Answers, standards: Standards) -> Family:
    elderly, housing = str(answers["elderly"]), str(answers["housing"])
    education = cast("frozenset[str]", answers["education"])
    illness = amount(answers, "illness")
    return Family(
        children=int(amount(answers, "children")),
        infants=int(amount(answers, "infants")),
        child_share=HALF if answers["shared_children"] else Decimal(1),
        elderly=None if elderly == "none" else "only_child" if elderly == "only_child" else "shared",
        elderly_part=_part(answers, standards),
        loan=housing in ("loan", "both"),
        loan_share=HALF if answers["shared_loan"] else Decimal(1),
        rent=cast("CityClass", answers["city"]) if housing in ("rent", "both") else None,
        degree="degree" in education,
        certificate="certificate" in education,
        illness=(illness,) if illness else (),
        months=int(amount(answers, "months")),
    )


def _part(answers: Answers, standards: Standards) -> Decimal:
    """What one of several children was allotted: as agreed, else an equal part, to the cent."""
    if "elderly_part" in answers:
        return amount(answers, "elderly_part")
    return cents(standards.elderly / max(amount(answers, "siblings"), Decimal(1)))


def _standards(figures: Figures) -> Standards:
    """The amounts of the day; infant care did not exist before 2022."""
    return Standards(
        child=figures.number("iit-child-education"),
        infant=figures.number("iit-infant-care") if figures.known("iit-infant-care") else None,
        elderly=figures.number("iit-elderly-care"),
        elderly_share=figures.number("iit-elderly-care-share"),
        degree=figures.number("iit-continuing-education"),
        certificate=figures.number("iit-certificate"),
        illness_floor=figures.number("iit-serious-illness-floor"),
        illness_cap=figures.number("iit-serious-illness-cap"),
        loan=figures.number("iit-mortgage-interest"),
        rent={
            "large": figures.number("iit-rent-capital"),
            "middle": figures.number("iit-rent-large"),
            "small": figures.number("iit-rent-small"),
        },
    )


def _notes(family: Family, lines: tuple[Line, ...]) -> tuple[str, ...]:
    notes = []
    if family.loan and family.rent:
        taken = next(line.item for line in lines if line.item.startswith("住房"))
        other = "住房租金" if taken == LOAN else LOAN
        notes.append(f"住房贷款利息和住房租金同一年度不能同时扣，这里取高的“{taken}”，不计{other}。")
    if family.illness:
        notes.append("大病医疗在次年年度汇算时扣除，不在每月工资里扣。")
    if family.elderly == "shared":
        notes.append("分摊方式由兄弟姐妹约定或父母指定，一个纳税年度内不能变更。")
    return tuple(notes)


def _has_children(answers: Answers) -> bool:
    return amount(answers, "children") + amount(answers, "infants") > 0


SPECIAL_DEDUCTIONS: Final = Calculator(
    "special_deductions",
    "专项附加扣除合计",
    (
        Slot("children", "年满3岁（学前或全日制在读）的子女有几个？没有可填0。", "count", 0),
        Slot("infants", "3岁以下的婴幼儿有几个？没有可填0。", "count", 0),
        Slot(
            "shared_children",
            "子女的扣除是和配偶各扣一半吗？不是就按您一人全扣。",
            "yes_no",
            False,
            asked=_has_children,
        ),
        Slot(
            "elderly",
            "父母有一位年满60岁吗？您是独生子女吗？",
            "choice",
            "none",
            choices=(("none", "都未满60岁"), ("only_child", "有，独生子女"), ("shared", "有，非独生子女")),
        ),
        Slot(
            "siblings",
            "赡养老人由兄弟姐妹连您一共几人分摊？不清楚可按2人平摊算。",
            "count",
            2,
            asked=lambda answers: answers.get("elderly") == "shared" and "elderly_part" not in answers,
        ),
        Slot("elderly_part", "约定由您扣除的每月多少元？", "money", asked=never),
        Slot(
            "housing",
            "住房情况：首套房贷在还、租房，还是都没有？",
            "choice",
            "none",
            choices=(("none", "都没有"), ("loan", "首套房贷"), ("rent", "租房"), ("both", "两样都有")),
        ),
        Slot(
            "shared_loan",
            "房贷扣除是婚前各自购房、婚后夫妻各扣一半吗？不是就按您一人全扣。",
            "yes_no",
            False,
            asked=never,
        ),
        Slot(
            "city",
            "在哪类城市租房？",
            "choice",
            choices=(
                ("large", "直辖市、省会、计划单列市等"),
                ("middle", "市辖区户籍人口超过100万的城市"),
                ("small", "市辖区户籍人口不超过100万的城市"),
            ),
            asked=lambda answers: answers.get("housing") in ("rent", "both"),
        ),
        Slot(
            "education",
            "您本人在读学历教育，或今年取得了职业资格证书吗？没有就跳过。",
            "choices",
            frozenset(),
            choices=(("degree", "学历教育在读"), ("certificate", "今年取得职业资格证书")),
        ),
        Slot("illness", "今年医保目录内个人自付的医药费合计多少元？没有可按0算。", "money", Decimal(0)),
        Slot("months", "今年符合条件的有几个月？", "month", 12, asked=never),
    ),
    _compute,
)
