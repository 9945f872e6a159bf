"""Step 4, which incentives fit me: a short interview, then a checklist with the reasons, sources and validity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from actions.calculators.frame import Answers, Calculator, Figures, Result, Slot, Step
from actions.calculators.incentive_rules import Answer as Given
from actions.calculators.incentive_rules import Fit, fits
from desk.reply import Citation
from knowledge_base.incentives import Audience, Incentive, incentives

_AUDIENCES: Final = {"person": "个人", "self_employed": "个体工商户", "enterprise": "企业"}


def _compute(answers: Answers, figures: Figures) -> Result:
    as_of = figures.day
    audience = cast("Audience", answers["audience"])
    given = {name: _given(value) for name, value in answers.items() if name != "audience"}
    found = fits(incentives(), audience, given, as_of=as_of)
    fitting = [fit for fit in found if fit.verdict == "fits"]
    open_ones = [fit for fit in found if fit.verdict == "open"]
    if not fitting and not open_ones:
        conclusion = f"按{as_of.year}年{as_of.month}月的规定和您所说的情况，没有找到能直接享受的优惠。"
    else:
        conclusion = f"按您所说的情况，{_AUDIENCES[audience]}可以享受{len(fitting)}项优惠" + (
            f"，另有{len(open_ones)}项要看补充情况。" if open_ones else "。"
        )
    return Result(
        conclusion,
        tuple(_step(fit) for fit in (*fitting, *open_ones)),
        tuple(_citation(fit.incentive) for fit in (*fitting, *open_ones)),
        (
            *(
                f"不适用：{fit.incentive.title}（{'；'.join(fit.reasons)}）"
                for fit in found
                if fit.verdict == "misses"
            ),
            "清单只列全国性规定，各省另有规定的以主管税务机关为准。",
        ),
    )


def _given(value: object) -> Given:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return cast("Given", value)


def _citation(rule: Incentive) -> Citation:
    return Citation(
        **rule.citation.model_dump(), effective_from=rule.effective_from, effective_to=rule.effective_to
    )


def _step(fit: Fit) -> Step:
    rule = fit.incentive
    until = f"至{rule.effective_to.isoformat()}" if rule.effective_to else "长期有效"
    parts = [rule.benefit, *([rule.watch] if rule.watch else []), until]
    return Step(rule.title + ("（待确认）" if fit.verdict == "open" else ""), "；".join(parts))


def _of(*audiences: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get("audience") in audiences


INCENTIVES: Final = Calculator(
    "incentives",
    "我能享受哪些优惠",
    (
        Slot(
            "audience", "您是为个人、个体工商户，还是企业问的？", "choice", choices=tuple(_AUDIENCES.items())
        ),
        Slot(
            "vat_status",
            "是增值税小规模纳税人还是一般纳税人？",
            "choice",
            "small_scale",
            choices=(("small_scale", "小规模纳税人"), ("general", "一般纳税人")),
            asked=_of("self_employed", "enterprise"),
        ),
        Slot("taxable", "全年应纳税所得额大约多少元？", "money", asked=_of("enterprise")),
        Slot("staff", "从业人数大约多少？", "count", asked=_of("enterprise")),
        Slot("assets", "资产总额大约多少元？", "money", asked=_of("enterprise")),
        Slot(
            "restricted",
            "属于国家限制或禁止的行业吗？一般行业不属于。",
            "yes_no",
            False,
            asked=_of("enterprise"),
        ),
        Slot(
            "activities",
            "有下面的情况吗？可以选几项，没有就跳过。",
            "choices",
            frozenset(),
            choices=(
                ("research", "研发活动"),
                ("veterans", "招用自主就业退役士兵"),
                ("key_groups", "招用脱贫人口、登记失业半年以上人员"),
                ("disabled", "安置残疾人就业"),
                ("technology_transfer", "技术转让"),
                ("community_care", "社区养老、托育、家政服务"),
                ("own_farm_products", "销售自产农产品"),
                ("new_energy_car", "购买新能源汽车"),
            ),
            asked=_of("self_employed", "enterprise"),
        ),
        Slot(
            "family",
            "家里有下面的情况吗？可以选几项，没有就跳过。",
            "choices",
            frozenset(),
            choices=(
                ("children", "年满3岁的子女"),
                ("infants", "3岁以下婴幼儿"),
                ("elderly", "父母有人年满60岁"),
                ("loan", "首套房贷"),
                ("rent", "工作地没房而租房"),
                ("education", "在读学历教育或今年取得职业资格证书"),
                ("illness", "医保目录内自付超过15000元"),
            ),
            asked=_of("person"),
        ),
        Slot(
            "events",
            "今年有下面的事吗？可以选几项，没有就跳过。",
            "choices",
            frozenset(),
            choices=(
                ("bonus", "有年终奖"),
                ("home_exchange", "卖房后一年内再买房"),
                ("new_energy_car", "购买新能源汽车"),
                ("childcare_allowance", "领取育儿补贴"),
                ("pension", "领取基本养老金"),
            ),
            asked=_of("person"),
        ),
    ),
    _compute,
)
