"""Practice knowledge bases: what is asked is not what was given, and what was left out has no answer."""

from __future__ import annotations

import pytest

from knowledge_base.encoder.material import Group, held_out_groups
from knowledge_base.retrieval.baselines import Bm25, CharacterTfidf, EntryRanking
from knowledge_base.retrieval.practice import (
    ELSEWHERE,
    KNOWN,
    NOISY,
    PLAIN,
    REMOVED,
    Practice,
    content_practices,
    current_content,
    make_practice,
)
from knowledge_base.retrieval.types import IndexedRevision


def practice(*, seed: int = 1, given: int = 2) -> Practice:
    return make_practice(
        held_out_groups(),
        seed=seed,
        given=given,
        with_answers=True,
        removed_share=0.3,
        elsewhere=["今天天气"],
        distractors=[Group("别的", "房产税谁缴纳？", "产权人。", ("房产税谁交",))],
    )


def test_what_is_asked_is_not_what_the_entry_holds() -> None:
    made = practice()
    held = {text for one in made.revisions for text in (one.question, *one.similar_questions)}
    assert [one for one in made.asked if one.kind in {PLAIN, REMOVED, ELSEWHERE} and one.text in held] == []
    assert [one for one in made.asked if one.kind == KNOWN and one.text not in held] == []


def test_what_was_left_out_has_no_entry_and_no_answer() -> None:
    made = practice()
    held = {one.entry_id for one in made.revisions}
    for asked in made.asked:
        if asked.kind in {PLAIN, NOISY, KNOWN}:
            assert asked.entry_id in held
        else:
            assert asked.entry_id is None
    assert len(held) == len(held_out_groups()) - int(len(held_out_groups()) * 0.3) + 1


def test_the_same_seed_makes_the_same_practice() -> None:
    assert practice(seed=3) == practice(seed=3)
    assert practice(seed=3) != practice(seed=4)


def test_each_similar_question_of_the_starting_content_is_asked_once() -> None:
    contents = current_content()
    asked = [
        one.text
        for made in content_practices(contents, seed=1)
        for one in made.asked
        if one.kind != ELSEWHERE
    ]
    assert sorted(asked) == sorted(text for one in contents for text in one.similar_questions)


# jieba's sources have escapes that Python warns of when it compiles them.
@pytest.mark.filterwarnings(
    "ignore:invalid escape sequence", "ignore::UserWarning:jieba", "ignore:pkg_resources"
)
@pytest.mark.parametrize("kind", [Bm25, CharacterTfidf])
def test_a_baseline_ranks_an_entry_by_its_best_wording(kind: type[Bm25] | type[CharacterTfidf]) -> None:
    stamp = IndexedRevision("stamp", 1, "印花税如何计算", ("合同 贴花",))
    vehicle = IndexedRevision("vehicle", 1, "车辆购置税如何计算", ("买车 交税",))
    ranked, score = EntryRanking(kind, [vehicle, stamp]).ranked("合同 贴花")
    assert ranked == ["stamp", "vehicle"]
    assert score > 0
