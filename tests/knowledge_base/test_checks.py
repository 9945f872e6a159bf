"""`tongda kb check`: what is wrong with the entries that are served, and with one another."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from office import TODAY, content

from app.starting_state import CONTENT
from knowledge_base.checks import check_served, rival_claims
from knowledge_base.content import EntryContent
from knowledge_base.files import read_rows

OTHER: dict[str, Any] = {
    "id": "other",
    "question": "别的问题？",
    "similar_questions": [f"别的问法{n}" for n in range(5)],
    "answer": "别的答案。",
}


def check(*entries: EntryContent, today: date = TODAY) -> list[str]:
    return check_served(entries, today=today)


def test_entries_in_order_have_no_findings() -> None:
    assert check(content(related=["other"]), content(**OTHER, superseded_by="stamp-lease")) == []


def test_what_publishing_would_refuse_is_found() -> None:
    assert check(content(citations=[], effective_from=None)) == [
        "stamp-lease：缺少依据：至少引用一份文件",
        "stamp-lease：缺少生效日期",
    ]


def test_a_review_day_that_has_passed_is_found_the_day_after() -> None:
    entry = content(review_by="2026-11-24")
    assert check(entry) == []
    assert check(entry, today=date(2026, 11, 25)) == ["stamp-lease：已过复核日期 2026-11-24"]


def test_what_has_expired_needs_no_review() -> None:
    assert check(content(review_by="2026-01-31", effective_to="2025-12-31")) == []


def test_a_reference_that_leads_nowhere_is_found() -> None:
    assert check(content(related=["gone", "stamp-lease"], superseded_by="gone-too")) == [
        "stamp-lease：相关条目 gone 不存在或没有发布",
        "stamp-lease：相关条目是它自己",
        "stamp-lease：替代条目 gone-too 不存在或没有发布",
    ]


def test_a_wording_with_two_answers_is_found() -> None:
    rival = content(**{**OTHER, "similar_questions": [*OTHER["similar_questions"], "租房合同，要贴花吗？"]})
    assert check(content(), rival) == ["other：问法“租房合同，要贴花吗？”也属于条目 stamp-lease，答案不同"]


@pytest.mark.parametrize(
    "difference",
    [
        {"answer": content().answer},
        {"effective_to": "2022-06-30", "effective_from": "1988-10-01"},
    ],
)
def test_the_same_wording_is_no_conflict_when_the_answer_or_the_period_settles_it(
    difference: dict[str, Any],
) -> None:
    rival = content(**{**OTHER, "question": content().question, **difference})
    assert rival_claims([content(), rival]) == []


def test_rules_of_two_cities_do_not_conflict_but_a_national_one_does_with_either() -> None:
    rival = content(**{**OTHER, "question": content().question, "region": "杭州市"})
    assert rival_claims([content(region="宁波市"), rival]) == []
    [claim] = rival_claims([content(), rival])
    assert (claim.claimant.id, claim.owner.id) == ("other", "stamp-lease")


def test_a_wording_given_twice_in_one_entry_is_found() -> None:
    twice = content(similar_questions=[*content().similar_questions, "租房合同要贴花吗？"])
    assert check(twice) == ["stamp-lease：问法“租房合同要贴花吗”重复"]


def test_two_revisions_of_an_entry_whose_days_overlap_are_found() -> None:
    overlapping = check(content(), content(effective_from="2026-01-01"))
    assert overlapping == [
        "stamp-lease：两个已发布版本的有效期重叠（2022-07-01 至 长期；2026-01-01 至 长期），重叠的日子按较新的回答"
    ]
    assert check(content(effective_to="2025-12-31"), content(effective_from="2026-01-01")) == []
    assert check(content(), content(region="宁波市")) == []


def test_the_starting_knowledge_base_is_in_order() -> None:
    rows = list(read_rows(CONTENT))
    assert len(rows) >= 80
    assert [row for row in rows if row.values is None] == []
    entries = [EntryContent.model_validate(row.values) for row in rows]
    assert len({entry.id for entry in entries}) == len(entries)
    assert {name for row in rows for name in row.values or ()} <= set(EntryContent.model_fields)
    assert check(*entries) == []
