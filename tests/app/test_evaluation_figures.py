"""Labelled figures: a turn that told another amount than was worked out by hand is wrong."""

from __future__ import annotations

import pytest

from app.evaluation.figures import states_all
from app.evaluation.judgement import Judged


@pytest.mark.parametrize(
    ("text", "facts", "stated"),
    [
        ("应缴3,390.10元。", ["3390.1"], True),
        ("不超过3.6万元的", ["36000"], True),
        ("应缴13,390元", ["3390"], False),
        ("应缴3390.10元", ["3390"], False),
        ("单独900元，合并540元", ["540", "900"], True),
        ("单独900元", ["540", "900"], False),
        ("2028年的规定尚未公布", ["尚未公布"], True),
        ("", [], True),
    ],
)
def test_an_amount_is_found_by_its_value_and_not_by_its_digits(
    text: str, facts: list[str], stated: bool
) -> None:
    assert states_all(text, facts) is stated


def _judged(outcome: str, text: str) -> Judged:
    expected = {"outcome": ["ask", "result"], "figures": ["1080"]}
    return Judged("年终奖三万六交多少", expected, (), {"outcome": outcome, "text": text})


def test_a_wrong_figure_makes_a_told_turn_wrong_but_not_a_question() -> None:
    assert _judged("result", "个人所得税1,080元").right
    assert not _judged("result", "个人所得税3,390.10元").right
    assert _judged("result", "个人所得税3,390.10元").wrong_fact
    assert _judged("ask", "全年工资多少元？").right
