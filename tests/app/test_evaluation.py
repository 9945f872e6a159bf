"""`tongda evaluate` counts what it says it counts, and its report holds every fault."""

from __future__ import annotations

from typing import Any

import pytest

from app.evaluation import judgement
from app.evaluation.judgement import Judged
from app.evaluation.report import as_html


def turn(number: int, expected: dict[str, Any], tag: str = "t", **record: Any) -> Judged:
    return Judged(f"问题{number}", expected, (tag,), {"id": f"c{number}", "turn": 0, "text": "答", **record})


ANSWERED = turn(1, {"outcome": "answer", "entry_id": "a"}, outcome="answer", entry_id="a", score=0.9)
OTHER_ENTRY = turn(2, {"outcome": "answer", "entry_id": "a"}, outcome="answer", entry_id="b", score=0.6)
TOLD = turn(3, {"outcome": ["handoff", "redirect"]}, "p", outcome="answer", entry_id="<b>", score=0.8)
WITHHELD = turn(4, {"outcome": "answer", "entry_id": "a"}, outcome="no_answer", score=0.1)
ORDERED = turn(5, {"outcome": "order", "order": "complaint"}, outcome="order", order={"type": "suggestion"})
ALL = [ANSWERED, OTHER_ENTRY, TOLD, WITHHELD, ORDERED]


def test_each_fault_is_of_its_own_kind() -> None:
    assert [each.right for each in ALL] == [True, False, False, False, False]
    assert [each.right_outcome for each in ALL] == [True, True, False, False, True]
    assert [each for each in ALL if each.wrong_fact] == [OTHER_ENTRY, TOLD]
    assert [each for each in ALL if each.unduly_told] == [TOLD]
    assert [each for each in ALL if each.unduly_withheld] == [WITHHELD]


def test_the_shares_are_of_what_they_are_about() -> None:
    shares = {share.name: (share.right, share.total) for share in judgement.overall(ALL)}
    assert list(shares.values()) == [(3, 5), (1, 5), (1, 2), (1, 3)]
    assert {share.name: share.total for share in judgement.by_tag(ALL)} == {"t": 4, "p": 1}


def test_confusion_counts_a_right_one_as_itself() -> None:
    counts = judgement.confusion(ALL)
    assert counts["answer", "answer"] == 2
    assert counts["handoff", "answer"] == 1
    assert counts["answer", "no_answer"] == 1


def test_the_curve_goes_from_the_surest_to_all() -> None:
    assert judgement.risk_by_coverage(ALL) == [
        (pytest.approx(1 / 3), 0.0),
        (pytest.approx(2 / 3), 0.5),
        (1.0, pytest.approx(2 / 3)),
    ]
    assert [count for _, _, count in judgement.reliability(ALL)] == [1, 1, 1]


def test_a_change_of_any_answer_is_listed() -> None:
    before = [each.record for each in ALL[:4]]
    after = [{**before[0], "text": "另一个答复"}, *before[1:], ORDERED.record]
    assert judgement.changes(after, before) == [(before[0], after[0]), (None, ORDERED.record)]


def test_the_report_holds_pictures_and_faults_and_no_markup_of_others() -> None:
    page = as_html(ALL, judgement.changes([ORDERED.record], []))
    assert page.count("<svg") == 2
    assert "问题3" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
