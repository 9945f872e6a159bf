"""A place is found in the words, and ordinary words are not taken for places."""

from __future__ import annotations

import pytest

from actions.places import region_named


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("我在杭州，家在绍兴", "绍兴市"),
        ("宁波市残保金怎么算", "宁波市"),
        ("上海的社保基数", "上海市"),
        ("江苏省", "江苏省"),
        ("广东这边", "广东省"),
        ("广西", "广西"),
        ("中山市个体户", "中山市"),
    ],
)
def test_a_place_is_found(text: str, region: str) -> None:
    assert region_named(text) == region


@pytest.mark.parametrize("text", ["买了套中山装", "小规模怎么交税", "安康保险", ""])
def test_a_word_is_no_place(text: str) -> None:
    assert region_named(text) is None
