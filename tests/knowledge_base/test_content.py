"""What an entry may say, and what publishing demands beyond that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office import ENTRY, content
from pydantic import ValidationError

from knowledge_base.content import EntryContent, in_words, publishing_problems


def refusal(**values: Any) -> list[str]:
    """What is wrong with the entry, changed like this."""
    with pytest.raises(ValidationError) as refused:
        content(**values)
    return in_words(refused.value)


def test_an_entry_needs_an_id_a_question_and_an_answer_only() -> None:
    entry = EntryContent.model_validate({"id": "a", "question": "q", "answer": "b"})
    assert (entry.effective_from, entry.effective_to, entry.region, entry.risk_level) == (
        None,
        None,
        None,
        "direct",
    )
    with pytest.raises(ValidationError) as refused:
        EntryContent.model_validate({})
    assert in_words(refused.value) == ["id：缺少", "question：缺少", "answer：缺少"]


@pytest.mark.parametrize("written", ["2026-01-31", "2026/1/31", "2026年1月31日", "2026.1.31", " 2026-1-31 "])
def test_a_day_may_be_written_as_people_write_it(written: str) -> None:
    assert content(effective_to=written).effective_to == date(2026, 1, 31)


@pytest.mark.parametrize(
    "written", [20260131, "20260131", "31/01/2026", "2026-02-30", "2026-13-01", "长期", 46053.0, True, ["x"]]
)
def test_what_is_no_day_is_refused(written: object) -> None:
    [problem] = refusal(effective_to=written)
    assert problem.startswith("effective_to：")


def test_an_end_before_the_beginning_is_refused() -> None:
    assert refusal(effective_from="2026-02-01", effective_to="2026-01-31") == ["失效日期早于生效日期"]


def test_empty_words_are_none_at_all() -> None:
    entry = content(
        details=" ", tax_type="", matter=None, region="  ", effective_to="", similar_questions=None
    )
    assert (entry.details, entry.tax_type, entry.region, entry.effective_to) == (None, None, None, None)
    assert entry.similar_questions == ()


def test_a_question_is_one_line_and_an_answer_may_have_several() -> None:
    entry = content(question=" 要不要\r\n 交税？ ", answer="不用。\r\n要申报。")
    assert (entry.question, entry.answer) == ("要不要 交税？", "不用。\n要申报。")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "../etc"),
        ("id", ".."),
        ("id", "a/b"),
        ("id", "x" * 121),
        ("question", "\ud800"),
        ("question", "a\x00b"),
        ("question", "长" * 301),
        ("question", 30),
        ("answer", "a\x1bb"),
        ("answer", "长" * 4001),
        ("similar_questions", "不是列表"),
        ("similar_questions", ["好", ""]),
        ("similar_questions", ["好"] * 201),
        ("citations", [{"article": "第一条"}]),
        ("citations", ["印花税法"]),
        ("risk_level", "high"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_chinese_and_named(field: str, value: object) -> None:
    [problem] = refusal(**{field: value})
    where, _, what = problem.partition("：")
    assert where.split(".")[0] == field
    assert any("\u4e00" <= letter <= "\u9fff" for letter in what)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    field=st.sampled_from(sorted(ENTRY)),
)
def test_no_value_of_any_type_gets_past_as_anything_but_an_entry_or_words(value: object, field: str) -> None:
    try:
        entry = EntryContent.model_validate({**ENTRY, field: value})
    except ValidationError as refused:
        words = in_words(refused)
    else:
        words = [entry.id]
        assert EntryContent.model_validate(entry.model_dump(mode="json")) == entry
    assert all(words)


def test_the_example_entry_can_be_published() -> None:
    assert publishing_problems(content()) == []


@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        ({"citations": []}, "缺少依据：至少引用一份文件"),
        ({"citations": [{"title": "印花税法"}]}, "依据缺少文号或条款"),
        ({"effective_from": None}, "缺少生效日期"),
        ({"review_by": None}, "缺少复核日期"),
        ({"similar_questions": ["只有一条"]}, "相似问法少于 5 条"),
        ({"answer": "长" * 121}, "简答超过 120 字"),
        ({"answer": "这样做一定不会被罚。"}, "简答含有承诺性用语（保证、一定不会、绝对）"),
        ({"tax_type": None}, "缺少税费种"),
        ({"matter": None}, "缺少事项"),
    ],
)
def test_publishing_demands_more_than_storing(missing: dict[str, Any], problem: str) -> None:
    assert publishing_problems(content(**missing)) == [problem]


def test_a_deposit_and_a_guarantor_are_no_promise() -> None:
    assert publishing_problems(content(answer="纳税保证金由纳税保证人缴纳。")) == []
