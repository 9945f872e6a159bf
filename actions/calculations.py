"""Step 4, which calculation is wanted, and what the words already say for it: each calculator with its signs. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from actions.calculators.bonus import BONUS
from actions.calculators.business import BUSINESS
from actions.calculators.frame import Answer, Calculator
from actions.calculators.incentives import INCENTIVES
from actions.calculators.labour import LABOUR
from actions.calculators.settlement import SETTLEMENT
from actions.calculators.small_firm import SMALL_FIRM
from actions.calculators.wages import WAGES
from actions.reading import amounts, month, yes_or_no

Said = dict[str, Answer]
_NOTHING: Final = re.compile(r"没有|没|无")
# What would change the result and cannot be read off the words: better a question than a wrong figure.
_DEDUCTIONS: Final = re.compile(
    r"娃|孩子|子女|小孩|父母|爸|妈|老人|赡养|房贷|月供|房租|租房|租着|继续教育|大病|婴"
)
_NO_DEDUCTIONS: Final = re.compile(
    r"(?:没有?|无).{0,3}(?:别的|其他|专项|附加)?(?:附加)?扣除|没(?:有)?别的|别的.{0,3}没"
)
_TOO_INTRICATE: Final = re.compile(
    r"列支|税前(?:扣|列)|招待|请客|捐|广告费|折旧|涨到|降到|调到|变成|起涨|各扣|分别|\d到\d{1,2}月|上半年|下半年|又|另外还有"
)
MONTHS: Final = 12
_COMPARED: Final = re.compile(r"差多少|差几|相差|还是|哪个|比")
_OF_A_YEAR: Final = re.compile(
    r"年薪|年入|一年|全年(?!一次性)(?!个税|个人所得税|合计|交|共)|年收入|(?:去|今)年(?:工资|收入)"
)
_OF_A_MONTH: Final = re.compile(r"月薪|月入|每月|每个月|一个月")


@dataclass(frozen=True)
class Calculation:
    """A calculator, the words that call for it, and the words beside a figure that say which slot it fills.

    `main` takes a figure that stands beside none of them.
    """

    calculator: Calculator
    topic: re.Pattern[str]
    main: str
    beside: Mapping[str, re.Pattern[str]]
    others: Callable[[str], Said] = field(default=lambda _: {})
    scaled: Callable[[str, Mapping[str, Decimal]], Said] = field(default=lambda _, __: {})

    def said(self, text: str) -> Said:
        """What a plain text says for the slots."""
        figures = {slot: sum(values, Decimal(0)) for slot, values in self.figures(text).items()}
        return figures | self.others(text) | self.scaled(text, figures)

    def figures(self, text: str) -> dict[str, list[Decimal]]:
        """The amounts of a plain text by the slot they stand beside."""
        found: dict[str, list[Decimal]] = {}
        last = 0
        for each in amounts(text):
            slot = self._slot(text[last : each.start], text[each.end : each.end + 4])
            last = each.end
            found.setdefault(slot, []).append(each.value)
        return found

    def rivals(self, text: str) -> list[Decimal]:
        """Two figures for the main slot that are to be compared, and nothing else said; else none."""
        figures = self.figures(text)
        values = figures.get(self.main, [])
        return values if len(values) == 2 and len(figures) == 1 and _COMPARED.search(text) else []

    def clear(self, text: str) -> bool:
        """Whether each figure has a slot of its own, and all are of a month or all of a year."""
        doubled = [slot for slot, values in self.figures(text).items() if len(values) > 1]
        mixed = _OF_A_YEAR.search(text) is not None and _OF_A_MONTH.search(text) is not None
        return not set(doubled) - {"prepaid"} and not mixed

    def _slot(self, before: str, after: str) -> str:
        places = {slot: _last(words, before) for slot, words in self.beside.items()}
        nearest = max(places, key=lambda slot: places[slot])
        if places[nearest] >= 0:
            return nearest
        return next((slot for slot, words in self.beside.items() if words.match(after)), self.main)


def _last(words: re.Pattern[str], text: str) -> int:
    return max((found.end() for found in words.finditer(text)), default=-1)


_INSURANCE: Final = re.compile(r"社保|公积金|五险一金|三险一金|五险|险金|保险")
_ADDITIONAL: Final = re.compile(r"专项附加|附加扣除|专项扣除")
_PREPAID: Final = re.compile(r"预扣|已扣|扣了|预缴|已经?交|交过|已缴")


def _by_month(text: str, figures: Mapping[str, Decimal]) -> Said:
    """Figures of a year, for one month."""
    return {slot: value / MONTHS for slot, value in figures.items()} if _OF_A_YEAR.search(text) else {}


def _by_year(text: str, figures: Mapping[str, Decimal]) -> Said:
    """Figures of a month, for the year; a bonus comes once."""
    if not _OF_A_MONTH.search(text):
        return {}
    return {slot: value * MONTHS for slot, value in figures.items() if slot != "bonus"}


def _wages(text: str) -> Said:
    said: Said = {}
    joined = re.search(r"(\d{1,2})月(?:份)?(?:才)?(?:入职|跳槽|毕业|进|来|到)", text)
    if joined:
        said["joined"] = int(joined.group(1))
        if re.search(r"毕业|头一[回份次]|第一[次份].{0,3}(?:上班|工作|工资)", text):
            said["first_wage"] = True
    elif asked := re.search(r"(\d{1,2})月(?:份)?(?:那个月|工资|个税|扣|发|要|应|的|会)", text):
        said["month"] = int(asked.group(1))
    return said


def _labour(text: str) -> Said:
    kind = "authorship" if re.search(r"稿", text) else "royalties" if "特许权" in text else "labour"
    worker = "platform" if re.search(r"骑手|主播|外卖|网约车|平台", text) else None
    student = "student" if re.search(r"实习|学生", text) else None
    found: Said = {"kind": kind}
    if worker or student:
        found["worker"] = worker or student or ""
    return found


def _business(text: str) -> Said:
    found: Said = {}
    if re.search(r"个人独资|个独|合伙", text):
        found["kind"] = "partnership"
    elif "个体" in text:
        found["kind"] = "self_employed"
    if re.search(r"没有?(?:别的)?工资|无工资", text):
        found["has_wages"] = False
    return found


def _interview(text: str) -> Said:
    found: Said = _small_firm(text)
    if re.search(r"公司|企业", text):
        found["audience"] = "enterprise"
    elif "个体" in text:
        found["audience"] = "self_employed"
    elif re.search(r"个人|自然人|上班", text):
        found["audience"] = "person"
    if "小规模" in text:
        found["vat_status"] = "small_scale"
    elif "一般纳税人" in text:
        found["vat_status"] = "general"
    return found


def _small_firm(text: str) -> Said:
    found: Said = {}
    if staff := re.search(
        r"(\d+)(?:个|名|来个|多个)?(?:人|员工|职工)|(?:员工|职工|从业人数)\D{0,4}(\d+)", text
    ):
        found["staff"] = int(staff.group(1) or staff.group(2))
    if re.search(r"(?:不属于|不是|非).{0,4}(?:限制|禁止)", text):
        found["restricted"] = False
    return found


INTERVIEW: Final = Calculation(
    INCENTIVES,
    re.compile(
        r"(?:能|可以|符合).{0,6}享受.{0,8}(?:优惠|政策|减免)|有(?:哪些|什么|啥).{0,6}(?:优惠|减免).{0,8}(?:享受|适合我)|适合我.{0,6}优惠"
    ),
    "taxable",
    {"taxable": re.compile(r"利润|所得"), "assets": re.compile(r"资产")},
    _interview,
)
"""Needs no figure to begin with."""

CALCULATIONS: Final = (
    Calculation(
        BONUS,
        re.compile(r"年终奖|年底奖|全年一次性奖|年终奖金|十三薪|年奖"),
        "bonus",
        {
            "bonus": re.compile(r"年终奖金?|年底奖金?|一次性奖金?|奖金"),
            "wages": re.compile(r"全年工资|工资|年薪"),
            "social_insurance": _INSURANCE,
            "additional": _ADDITIONAL,
        },
        scaled=_by_year,
    ),
    Calculation(
        SETTLEMENT,
        re.compile(
            r"(?:工资|收入|年薪|薪|稿|劳务).*(?:汇算|补还是退|退多少|能退|要补)|汇算.*(?:工资|收入|年薪)"
        ),
        "wages",
        {
            "labour": re.compile(r"(?:劳务|讲课|兼职)(?:报酬|费|收入)*"),
            "authorship": re.compile(r"稿[费酬]?(?:收入)?"),
            "wages": re.compile(r"工资|年薪|综合所得收入|收入|薪"),
            "social_insurance": _INSURANCE,
            "additional": _ADDITIONAL,
            "prepaid": _PREPAID,
        },
    ),
    Calculation(
        LABOUR,
        re.compile(r"劳务|稿[费酬]|讲课(?!.{0,20}增值税)|特许权使用费|兼职.{0,8}(?:收入|报酬)|外快"),
        "income",
        {"income": re.compile(r"劳务|稿[费酬]|讲课费?|收入|使用费|给")},
        _labour,
    ),
    Calculation(
        BUSINESS,
        re.compile(
            r"经营所得|个体.{0,16}(?:个税|个人所得税|利润|应纳税所得额)|(?:个人独资|合伙).{0,16}(?:个税|税)"
        ),
        "profit",
        {
            "profit": re.compile(r"利润|赚|净挣|挣"),
            "taxable": re.compile(r"应纳税所得额"),
            "social_insurance": _INSURANCE,
            "additional": _ADDITIONAL,
            "prepaid": _PREPAID,
        },
        _business,
    ),
    Calculation(
        SMALL_FIRM,
        re.compile(
            r"企业所得税|(?:公司|企业|小微|小型微利).{0,14}(?:利润|所得额|盈利|赚).{0,14}税|利润.{0,14}所得税"
            r"|(?<!综合)所得额?.{0,40}(?:公司|员工|\d人|资产|企业)"
        ),
        "taxable",
        {
            "taxable": re.compile(r"利润|应纳税所得额|所得额|盈利|赚|所得"),
            "assets": re.compile(r"资产总?额?|总资产"),
        },
        _small_firm,
    ),
    Calculation(
        WAGES,
        re.compile(
            r"^(?!.*(?:个体|经营|成本|利润|补助|补贴|津贴|福利|高温|通讯)).*(?:月薪|工资|税前|年薪|月入|一个月挣).{0,40}(?:税|扣)"
        ),
        "wage",
        {
            "wage": re.compile(r"月薪|工资|税前|月入|每月|挣|薪"),
            "social_insurance": _INSURANCE,
            "additional": _ADDITIONAL,
        },
        _wages,
        _by_month,
    ),
    INTERVIEW,
)
_ONE_TAX: Final = re.compile(
    r"契税|购置税|车船税|印花税|房产税|社保|残保金|研发|退税|新能源|增值税|怎么享受|如何享受|多久|什么时候"
)
_WANTED: Final = re.compile(
    r"划算|扣多少|扣税|交不|怎么扣|减半|并入还是|扣个税|正好|刚好|要扣|多少|几块|几个钱|怎么算|咋算|算一?下|合计|各扣|差多少|扣不扣|补还是退|要补|能退|还用|要交|咋报|怎么报|呢|个税$"
)
BY_NAME: Final = {each.calculator.name: each for each in CALCULATIONS}


def wanted(text: str) -> Calculation | None:
    """The calculation that a plain text asks for; a question without a figure is one of policy."""
    if INTERVIEW.topic.search(text) and not _ONE_TAX.search(text):
        return INTERVIEW
    if (
        _TOO_INTRICATE.search(text)
        or not any(each.value >= 100 for each in amounts(text))
        or not _WANTED.search(text)
    ):
        return None
    found = next((each for each in CALCULATIONS if each.topic.search(text)), None)
    return found if found and (found.clear(text) or found.rivals(text)) else None


def to_be_asked(calculation: Calculation, text: str, said: Said) -> str | None:
    """A slot with a default that the words are about without giving its value."""
    slots = {slot.name for slot in calculation.calculator.slots}
    speaks = _DEDUCTIONS.search(text) and not _NO_DEDUCTIONS.search(text)
    return "additional" if speaks and "additional" in slots and "additional" not in said else None


def reply_to_slot(calculation: Calculation, name: str, text: str) -> Answer | None:
    """What a plain text answers to the question for a slot; None when it is no answer to it."""
    slot = next(slot for slot in calculation.calculator.slots if slot.name == name)
    if slot.kind == "money":
        found = amounts(text)
        return found[0].value if found else Decimal(0) if _NOTHING.match(text) else None
    if slot.kind == "count":
        digits = re.search(r"\d+", text)
        return int(digits.group()) if digits else 0 if _NOTHING.match(text) else None
    if slot.kind == "month":
        return month(text)
    if slot.kind == "yes_no":
        return yes_or_no(text)
    return _choice(slot.choices, text) if slot.kind == "choice" else None


def _choice(choices: tuple[tuple[str, str], ...], text: str) -> str | None:
    """The choice whose number or label is said."""
    digit = re.fullmatch(r"(?:第|选)?(\d)(?:个|项)?", text)
    if digit:
        number = int(digit.group(1))
        return choices[number - 1][0] if 1 <= number <= len(choices) else None
    return next(
        (value for value, label in choices if text in label or label in text or label[:2] in text), None
    )
