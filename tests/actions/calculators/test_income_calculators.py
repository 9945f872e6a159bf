"""The income calculators through their one door: answers and a day in, conclusion, steps and sources out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from actions.calculators.bonus import BONUS
from actions.calculators.business import BUSINESS
from actions.calculators.frame import Answer, Calculator, MissingAnswer, Result
from actions.calculators.incentives import INCENTIVES
from actions.calculators.labour import LABOUR
from actions.calculators.settlement import SETTLEMENT
from actions.calculators.small_firm import SMALL_FIRM
from actions.calculators.special_deductions import SPECIAL_DEDUCTIONS
from actions.calculators.wages import WAGES
from knowledge_base.rate_tables import shipped_tables

TODAY = date(2026, 11, 23)
ALL = [WAGES, SETTLEMENT, BONUS, BUSINESS, LABOUR, SMALL_FIRM, SPECIAL_DEDUCTIONS, INCENTIVES]


def _run(calculator: Calculator, as_of: date = TODAY, **answers: Answer) -> Result:
    figures = {name: Decimal(str(value)) if type(value) is int else value for name, value in answers.items()}
    return calculator.run(figures, shipped_tables(), as_of)


@pytest.mark.parametrize(
    ("answers", "conclusion"),
    [
        (
            {"wage": 15000, "social_insurance": 2200},
            "11月应预扣个人所得税780元；2026年度按此合计预扣6,840元。",
        ),
        (
            {"wage": 20000, "social_insurance": 3000, "additional": 4000, "month": 12},
            "12月应预扣个人所得税800元；2026年度按此合计预扣7,080元。",
        ),
        (
            {"wage": 12000, "social_insurance": 1200, "joined": 7, "first_wage": True, "month": 7},
            "7月应预扣个人所得税0元；2026年度按此合计预扣144元。",
        ),
        (
            {"wage": 30000, "social_insurance": 4500, "joined": 3, "month": 12},
            "12月应预扣个人所得税4,100元；2026年度按此合计预扣24,080元。",
        ),
        (
            {"wage": 10000, "social_insurance": 1000, "changes": ((6, Decimal(20000)),), "month": 1},
            "1月应预扣个人所得税120元；2026年度按此合计预扣9,280元。",
        ),
        (
            {"wage": 15000, "social_insurance": 2200, "joined": 12},
            "12月应预扣个人所得税234元；2026年度按此合计预扣234元。",
        ),
        (
            {"wage": 5000},
            "11月应预扣个人所得税0元；2026年度按此合计预扣0元。",
        ),
    ],
)
def test_a_wage(answers: dict[str, Answer], conclusion: str) -> None:
    assert _run(WAGES, **answers).conclusion == conclusion


def test_the_rule_for_a_first_wage_is_cited_only_where_it_is_used() -> None:
    used = _run(WAGES, wage=12000, joined=7, first_wage=True)
    unused = _run(WAGES, wage=12000, joined=7, first_wage=False)
    numbers = [[cited.document_number for cited in result.citations] for result in (used, unused)]
    assert "国家税务总局公告2020年第13号" in numbers[0]
    assert "国家税务总局公告2020年第13号" not in numbers[1]


LAST_YEAR = date(2025, 12, 31)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"wages": 100000, "social_insurance": 15000, "prepaid": 800}, "可以申请退税50元"),
        (
            {"wages": 118000, "social_insurance": 10000, "prepaid": 1680},
            "差额600元，但综合所得收入不超过12万元",
        ),
        (
            {"wages": 120000, "social_insurance": 10000, "prepaid": 1480},
            "差额1,000元，但综合所得收入不超过12万元",
        ),
        ({"wages": 120001, "social_insurance": 10000, "prepaid": 1480}, "应补税1,000.10元（"),
        ({"wages": 130000, "prepaid": 4080}, "差额400元，但补税不超过400元"),
        ({"wages": 130000, "prepaid": Decimal("4079.99")}, "应补税400.01元（"),
        (
            {"wages": 118000, "social_insurance": 10000, "prepaid": 1680, "withheld_properly": False},
            "应补税600元；取得收入时没有依法预扣预缴的，不能免予补税",
        ),
        ({"wages": 130000, "prepaid": 4480}, "无需办理汇算"),
        (
            {"wages": 150000, "labour": 20000, "social_insurance": 20000, "prepaid": 7680},
            "可以申请退税1,600元",
        ),
        ({"wages": 0, "authorship": 50000, "prepaid": 5600}, "可以申请退税5,600元"),
    ],
)
def test_a_settlement(answers: dict[str, Answer], says: str) -> None:
    assert says in _run(SETTLEMENT, LAST_YEAR, **answers).conclusion


@pytest.mark.parametrize(
    ("answers", "conclusion"),
    [
        ({"bonus": 36000}, "年终奖36,000元单独计税，个人所得税1,080元。"),
        ({"bonus": 36001}, "年终奖36,001元单独计税，个人所得税3,390.10元。"),
        (
            {"bonus": 30000, "wages": 54000, "social_insurance": 6000},
            (
                "并入综合所得划算，少缴360元：单独计税全年合计900元，并入合计540元。"
                "年终奖30,000元单独计税，个人所得税900元。"
            ),
        ),
        (
            {"bonus": 60000, "wages": 300000, "social_insurance": 40000, "additional": 24000},
            (
                "单独计税划算，少缴6,210元：单独计税全年合计24,070元，并入合计30,280元。"
                "年终奖60,000元单独计税，个人所得税5,790元。"
            ),
        ),
        (
            {"bonus": 30000, "wages": 72000, "social_insurance": 7200},
            "两种算法一样，全年合计都是1,044元。年终奖30,000元单独计税，个人所得税900元。",
        ),
    ],
)
def test_a_bonus_both_ways(answers: dict[str, Answer], conclusion: str) -> None:
    assert _run(BONUS, **answers).conclusion == conclusion


@pytest.mark.parametrize(
    ("bonus", "warned"), [(36000, False), (36500, True), (144000, False), (144500, True)]
)
def test_a_bonus_just_above_a_line_is_warned_of(bonus: int, warned: bool) -> None:
    assert ("刚过税率档次" in _run(BONUS, bonus=bonus).text) is warned


@pytest.mark.parametrize(
    ("answers", "owed"),
    [
        ({"kind": "self_employed", "taxable": 350000}, "应缴32,250元"),
        ({"kind": "self_employed", "taxable": 2000000}, "应缴317,250元"),
        ({"kind": "self_employed", "taxable": 2600000}, "应缴527,250元"),
        ({"kind": "partnership", "taxable": 350000}, "应缴64,500元"),
        ({"kind": "self_employed", "taxable": -30000}, "应缴0元"),
        ({"kind": "self_employed", "profit": 180000, "has_wages": True}, "应缴12,750元"),
        (
            {"kind": "self_employed", "profit": 180000, "has_wages": False, "social_insurance": 10000},
            "应缴5,750元",
        ),
        (
            {"kind": "self_employed", "profit": 90000, "has_wages": False, "months": 9, "prepaid": 600},
            "应缴1,500元。减去已预缴600元，还要缴900元",
        ),
        # 专项附加扣除 are for the settlement: 90,000 − 45,000 in September, 90,000 − 60,000 − 12,000 for the year.
        (
            {"kind": "partnership", "profit": 90000, "has_wages": False, "months": 9, "additional": 12000},
            "应缴3,000元",
        ),
        (
            {"kind": "partnership", "profit": 90000, "has_wages": False, "additional": 12000},
            "应缴900元",
        ),
        (
            {"kind": "self_employed", "taxable": 0, "prepaid": 600},
            "已预缴600元，多缴600元，年度汇算时可以申请退税",
        ),
    ],
)
def test_a_business(answers: dict[str, Answer], owed: str) -> None:
    assert owed in _run(BUSINESS, **answers).conclusion


@pytest.mark.parametrize(
    ("answers", "tax"),
    [
        ({"income": 3500}, "540元"),
        ({"income": 4000}, "640元"),
        ({"income": 26000}, "4,240元"),
        ({"income": 80000}, "18,600元"),
        ({"income": 800}, "0元"),
        ({"kind": "authorship", "income": 6000}, "672元"),
        ({"kind": "authorship", "income": 3000}, "308元"),
        ({"kind": "royalties", "income": 3000}, "440元"),
        ({"income": 7000, "worker": "platform", "months": 3}, "18元"),
        ({"income": 4000, "worker": "student"}, "0元"),
    ],
)
def test_what_a_payer_withholds(answers: dict[str, Answer], tax: str) -> None:
    assert f"应预扣个人所得税{tax}" in _run(LABOUR, **answers).conclusion


def test_platforms_withhold_cumulatively_only_since_october_2025() -> None:
    assert "没有收录" in _run(LABOUR, date(2025, 9, 30), income=7000, worker="platform").text
    assert "应预扣" in _run(LABOUR, date(2025, 10, 1), income=7000, worker="platform").text


@pytest.mark.parametrize(
    ("taxable", "says"),
    [
        (3000000, "属于小型微利企业，2026年度企业所得税150,000元。"),
        (3000001, "不属于小型微利企业，2026年度企业所得税750,000.25元。"),
        (-1, "属于小型微利企业，2026年度企业所得税0元。"),
    ],
)
def test_a_small_firm(taxable: int, says: str) -> None:
    assert _run(SMALL_FIRM, taxable=taxable, staff=300, assets=50_000_000).conclusion == says


@pytest.mark.parametrize(
    ("as_of", "answers", "monthly"),
    [
        (TODAY, {"children": 2, "infants": 1}, "6,000元"),
        (
            TODAY,
            {"children": 1, "shared_children": True, "elderly": "only_child", "housing": "loan"},
            "5,000元",
        ),
        (TODAY, {"elderly": "shared"}, "1,500元"),
        (TODAY, {"elderly": "shared", "siblings": 3}, "1,000元"),
        (TODAY, {"elderly": "shared", "siblings": 1}, "1,500元"),
        (TODAY, {"elderly": "shared", "siblings": 3, "elderly_part": 1200}, "1,200元"),
        (TODAY, {"elderly": "shared", "elderly_part": 1501}, "1,500元"),
        (TODAY, {"housing": "rent", "city": "small"}, "800元"),
        (TODAY, {"housing": "both", "city": "large"}, "1,500元"),
        (date(2022, 12, 31), {"children": 1, "infants": 1, "elderly": "only_child"}, "4,000元"),
        (date(2023, 1, 1), {"children": 1, "infants": 1, "elderly": "only_child"}, "7,000元"),
        (date(2021, 12, 31), {"children": 1, "infants": 1, "elderly": "only_child"}, "3,000元"),
        (date(2022, 1, 1), {"infants": 1}, "1,000元"),
    ],
)
def test_special_deductions_of_a_period(as_of: date, answers: dict[str, Answer], monthly: str) -> None:
    assert f"每月合计{monthly}" in _run(SPECIAL_DEDUCTIONS, as_of, **answers).conclusion


def test_education_and_illness_count_by_the_year() -> None:
    result = _run(SPECIAL_DEDUCTIONS, education=frozenset({"degree", "certificate"}), illness=63000)
    assert "每月合计400元（按12个月算），全年合计56,400元" in result.conclusion
    assert "年度汇算时扣除" in result.text


def test_what_counts_only_by_the_year_is_not_given_by_the_month() -> None:
    assert _run(SPECIAL_DEDUCTIONS, illness=120000).conclusion == "2026年专项附加扣除全年合计80,000元。"


def test_the_amendment_of_2023_is_cited_since_2023() -> None:
    def numbers(as_of: date) -> set[str | None]:
        return {cited.document_number for cited in _run(SPECIAL_DEDUCTIONS, as_of, children=1).citations}

    assert "国发〔2023〕13号" in numbers(TODAY)
    assert "国发〔2023〕13号" not in numbers(date(2022, 12, 31))


def test_the_checklist_gives_reasons_and_sources() -> None:
    result = _run(
        INCENTIVES, audience="enterprise", vat_status="general", taxable=500000, staff=31, assets=1000000
    )
    titles = [step.rule for step in result.steps]
    assert "小型微利企业所得税减免" in titles
    assert "“六税两费”减半（小型微利企业）" in titles
    assert "不适用：残疾人就业保障金免征（在职职工超过30人）" in result.text
    assert len(result.citations) == len(titles)


IN_2028 = date(2028, 1, 1)


@pytest.mark.parametrize(
    ("calculator", "answers"),
    [
        (BONUS, {"bonus": 36000}),
        (BUSINESS, {"kind": "self_employed", "taxable": 1}),
        (SMALL_FIRM, {"taxable": 1, "staff": 1, "assets": 1}),
        (SETTLEMENT, {"wages": 130000, "prepaid": 0}),
    ],
)
def test_after_2027_what_ends_then_is_not_guessed(calculator: Calculator, answers: dict[str, Answer]) -> None:
    said = _run(calculator, IN_2028, **answers).text
    assert "尚未公布" in said
    assert "2027-12-31" in said
    assert "尚未公布" not in _run(calculator, date(2027, 12, 31), **answers).text


def test_before_the_first_rule_there_is_an_honest_no() -> None:
    assert "没有收录" in _run(BUSINESS, date(2022, 12, 31), kind="self_employed", taxable=1).text


@pytest.mark.parametrize("calculator", ALL, ids=lambda calculator: calculator.name)
def test_questions_are_asked_in_order_until_enough_is_known(calculator: Calculator) -> None:
    answers: dict[str, Answer] = {}
    asked: list[str] = []
    while (slot := calculator.next_slot(answers)) is not None:
        asked.append(slot.name)
        first: Answer = slot.choices[0][0] if slot.choices else Decimal(1)
        if slot.kind == "choices":
            first = frozenset({slot.choices[0][0]})
        answers[slot.name] = first if slot.default is None or slot.kind == "choices" else slot.default
    assert 1 <= len(asked) <= 10
    result = calculator.run(answers, shipped_tables(), TODAY)
    assert result.text.startswith(result.conclusion)
    assert result.citations
    assert all(cited.document_number or cited.article for cited in result.citations)
    assert all(cited.effective_from for cited in result.citations)


def test_what_has_no_default_must_be_said() -> None:
    with pytest.raises(MissingAnswer, match="income"):
        _run(LABOUR)
