"""A person, a digit and distress are recognised without a model, and nothing else is."""

from __future__ import annotations

import pytest

from actions.recognition import recognise


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "人工",
        "人工客服",
        "0",
        "０",
        "找个活人",
        "我要人工服务",
        "请帮我转接人工客服，谢谢",
        "转专家坐席",
        "找真人！",
        "能不能转人工",
    ],
)
def test_a_person_is_one_step_away_whatever_the_words(text: str) -> None:
    assert recognise(text, option_count=3) == ("request_person", None)


@pytest.mark.parametrize(
    "text", ["人工成本怎么扣除", "人工智能企业有优惠吗", "劳务外包人工费开什么票", "客服工资个税"]
)
def test_a_question_that_contains_the_word_is_not_a_request(text: str) -> None:
    assert recognise(text, option_count=0) == (None, None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("１", 1),
        ("①", 1),
        ("1.", 1),
        ("第一个", 1),
        ("选一", 1),
        ("二", 2),
        ("第2个", 2),
        ("选3", 3),
        ("第三项吧", 3),
    ],
)
def test_an_option_can_be_typed_in_every_form(text: str, number: int) -> None:
    assert recognise(text, option_count=3) == ("choose_option", number)


def test_a_lone_number_is_meant_as_a_choice_even_while_nothing_is_offered() -> None:
    assert recognise("1", option_count=0) == ("choose_option", 1)


@pytest.mark.parametrize("text", ["再不解决我就去跳楼", "我不想活了"])
def test_distress_comes_before_everything_else(text: str) -> None:
    assert recognise(text, option_count=3) == ("crisis", None)


def test_none_of_the_options_is_an_answer_to_them() -> None:
    assert recognise("都不是", option_count=3) == ("deny", None)
    assert recognise("都不是", option_count=0) == (None, None)
