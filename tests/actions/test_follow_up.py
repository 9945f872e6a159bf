"""A fragment is understood beside the question before it, a message is cut into its questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.follow_up import about, corrected, in_context, questions_in

BEFORE = "小规模一个季度开多少票不用交税"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("那一般纳税人呢", "一般纳税人一个季度开多少票不用交税"),
        ("那个体户呢？", "个体户一个季度开多少票不用交税"),
        ("一般纳税人", "一般纳税人一个季度开多少票不用交税"),
        ("专票也一样吗", f"专票,{BEFORE}"),
        ("不对，我说的是去年", f"去年,{BEFORE}"),
        ("如果是2025年的呢", f"2025年,{BEFORE}"),
    ],
)
def test_a_fragment_takes_its_place_in_the_question(text: str, whole: str) -> None:
    assert in_context(text, BEFORE) == whole or in_context(text, BEFORE) == whole.replace("年,", "年的,")


def test_another_time_is_not_now() -> None:
    assert in_context("如果是2025年呢", "现在买新能源车怎么减") == "2025年,买新能源车怎么减"


@pytest.mark.parametrize(
    "text", ["那印花税怎么申报", "谢谢", "发票丢了怎么办", "转人工", "契税什么时候交，在哪里交"]
)
def test_what_stands_alone_is_left_alone(text: str) -> None:
    assert in_context(text, BEFORE) is None


def test_without_a_question_before_there_is_no_fragment() -> None:
    assert in_context("那一般纳税人呢", None) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("30万，哦不，是35万", "35万"),
        ("我这个月卖了8万，不对，是9万", "我这个月卖了9万"),
        ("契税怎么交", "契税怎么交"),
    ],
)
def test_a_slip_of_the_tongue_is_put_right(said: str, meant: str) -> None:
    assert corrected(said).endswith(meant[-3:])
    assert "8万" not in corrected(said)
    assert "30万" not in corrected(said)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("小规模升一般纳税人什么条件，升了能不能降回来，之前的票怎么办？", 3),
        ("印花税怎么算？没签合同只有订单呢？", 2),
        ("公司没业务，要不要报税", 1),
        ("老师您好，请问专票怎么开？", 1),
        ("我爸59我妈61能扣赡养老人吗", 1),
    ],
)
def test_a_message_is_cut_into_its_questions(text: str, count: int) -> None:
    assert len(questions_in(text)) == count


def test_a_later_question_keeps_the_subject() -> None:
    assert "印花税" in about("印花税怎么算？", "没签合同只有订单呢？")


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_that_is_written_breaks_it_or_grows(text: str, before: str) -> None:
    whole = in_context(corrected(text), before)
    assert whole is None or len(whole) <= 200
    assert 1 <= len(questions_in(text)) <= 4
