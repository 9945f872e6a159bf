"""Many entries at once: every row is judged, what is right is stored, and nothing is lost or done twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from office import ENTRY, Office, content
from sqlalchemy import func, select

from app.cli.kb import load_entries
from common.audit import AuditRecord
from common.errors import Invalid
from knowledge_base import editing, publishing
from knowledge_base.editing import StaleDraft
from knowledge_base.files import to_json_lines
from knowledge_base.importing import Change, ImportPlan, ImportReport
from knowledge_base.tables import Entry, Publication, Revision

OTHER = {
    **ENTRY,
    "id": "other",
    "question": "别的问题？",
    "similar_questions": [f"别的{n}" for n in range(5)],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def load(
    office: Office, folder: Path, *entries: dict[str, Any], publish: bool = False, dry_run: bool = False
) -> ImportReport:
    file = folder / "entries.jsonl"
    file.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries))
    return load_entries(office.database, file, dry_run=dry_run, publish=publish)


def findings(plan: ImportPlan) -> list[tuple[int, str, str]]:
    return [(found.line, found.severity.value, found.message) for found in plan.findings]


def changes(report: ImportReport) -> list[Change]:
    return [row.change for row in report.plan.rows]


def everything(office: Office) -> list[int]:
    with office.database.read() as session:
        tables = (Entry, Revision, Publication, AuditRecord)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_an_import_makes_drafts_for_the_editors(office: Office, folder: Path) -> None:
    report = load(office, folder, ENTRY, OTHER)
    assert changes(report) == [Change.NEW, Change.NEW]
    assert office.states() == office.states("other") == ["draft"]
    assert office.served() == []


def test_with_publish_it_is_served_at_once_and_audited(office: Office, folder: Path) -> None:
    report = load(office, folder, ENTRY, OTHER, publish=True)
    assert (report.published, report.let_through) == (2, 0)
    assert office.served() == [("other", 1), ("stamp-lease", 1)]
    assert office.audited("revision.published") == 2
    assert len(office.publications()) == 1


def test_what_publishing_would_refuse_is_let_through_and_counted(office: Office, folder: Path) -> None:
    bare = {"id": "bare", "question": "问？", "answer": "答。"}
    report = load(office, folder, ENTRY, bare, publish=True)
    assert (report.published, report.let_through) == (2, 1)
    assert (2, "warning", "缺少依据：至少引用一份文件") in findings(report.plan)


def test_a_dry_run_changes_nothing_and_says_what_would_happen(office: Office, folder: Path) -> None:
    office.publish(content())
    before = everything(office)
    report = load(office, folder, ENTRY, OTHER, {"id": "x"}, dry_run=True, publish=True)
    assert changes(report) == [Change.UNCHANGED, Change.NEW]
    assert findings(report.plan) == [(3, "error", "question：缺少"), (3, "error", "answer：缺少")]
    assert everything(office) == before


def test_wrong_rows_are_kept_out_and_the_others_stored(office: Office, folder: Path) -> None:
    report = load(office, folder, ENTRY, {**OTHER, "effective_from": "昨天"}, {"id": "third"})
    assert [line for line, severity, _ in findings(report.plan) if severity == "error"] == [2, 3, 3]
    assert report.plan.errors == 3
    assert (office.states(), office.states("other")) == (["draft"], [])


def test_the_same_entry_twice_is_an_error_of_the_second_row(office: Office, folder: Path) -> None:
    report = load(office, folder, ENTRY, OTHER, {**ENTRY, "answer": "别的。"}, publish=True)
    assert findings(report.plan) == [(3, "error", "编号与 entries.jsonl 第 1 行重复")]
    assert office.served() == [("other", 1), ("stamp-lease", 1)]


def test_importing_the_same_file_again_changes_nothing(office: Office, folder: Path) -> None:
    for publish in (False, True):
        load(office, folder, ENTRY, OTHER, publish=publish)
        before = everything(office)
        report = load(office, folder, ENTRY, OTHER, publish=publish)
        assert report.published == 0
        assert set(changes(report)) <= {Change.UNCHANGED, Change.DRAFTED}
        assert everything(office) == before


def test_a_changed_row_becomes_the_next_revision(office: Office, folder: Path) -> None:
    load(office, folder, ENTRY, OTHER, publish=True)
    report = load(office, folder, {**ENTRY, "answer": "按租金的千分之一。"}, OTHER, publish=True)
    assert changes(report) == [Change.CHANGED, Change.UNCHANGED]
    assert office.served() == [("other", 1), ("stamp-lease", 2)]


def test_a_wording_that_another_entry_answers_differently_is_a_conflict(office: Office, folder: Path) -> None:
    office.publish(content())
    rival = {
        **OTHER,
        "similar_questions": [*OTHER["similar_questions"], "租房合同要贴花吗？"],
        "answer": "要。",
    }
    third = {**OTHER, "id": "third", "answer": "不用。", "question": "别的问题"}
    report = load(office, folder, rival, third)
    assert findings(report.plan)[0] == (
        1,
        "conflict",
        "问法“租房合同要贴花吗？”已属于条目 stamp-lease，答案不同",
    )
    assert (2, "conflict", "问法“别的问题”已属于条目 other，答案不同") in findings(report.plan)
    assert report.plan.errors == 0


def test_a_field_that_nobody_knows_is_named(office: Office, folder: Path) -> None:
    report = load(office, folder, {**ENTRY, "similar_question": ["拼错了"]})
    assert findings(report.plan) == [(1, "warning", "不认识的字段已忽略：similar_question")]


def test_a_draft_that_somebody_is_writing_is_replaced_only_with_a_word_about_it(
    office: Office, folder: Path
) -> None:
    office.publish(content())
    draft = office.save(content(answer="正在写"), base=None, by="writer")
    report = load(office, folder, {**ENTRY, "answer": "文件里的。"}, publish=True)
    assert findings(report.plan) == [
        (1, "conflict", "取代 writer 未发布的草稿（第 2 版，仍可从历史版本恢复）")
    ]
    assert office.states() == ["replaced", "replaced", "published"]
    with pytest.raises(StaleDraft):
        office.save(content(answer="接着写"), base=draft.lock_version, by="writer")
    assert office.restore(2).content.answer == "正在写"


def test_a_row_that_says_what_is_served_leaves_the_open_draft_alone(office: Office, folder: Path) -> None:
    office.publish(content())
    office.save(content(answer="正在写"), base=None)
    report = load(office, folder, ENTRY, publish=True)
    assert findings(report.plan) == []
    assert office.states() == ["published", "draft"]


def test_a_row_that_says_what_the_draft_says_publishes_the_draft(office: Office, folder: Path) -> None:
    load(office, folder, ENTRY)
    report = load(office, folder, ENTRY, publish=True)
    assert (changes(report), report.published) == ([Change.DRAFTED], 1)
    assert office.served() == [("stamp-lease", 1)]


def test_a_withdrawn_entry_comes_back_with_a_new_revision(office: Office, folder: Path) -> None:
    office.publish(content())
    office.withdraw()
    load(office, folder, ENTRY, publish=True)
    assert office.states() == ["withdrawn", "published"]


def test_what_was_exported_is_imported_into_another_knowledge_base_as_it_was(
    office: Office, folder: Path
) -> None:
    office.publish(content())
    office.publish(content(effective_from="2026-01-01", answer="新的。"))
    office.publish(content(region="宁波市", answer="宁波的。"))
    office.publish(content(**{**OTHER, "effective_to": "2025-12-31"}))
    with office.database.read() as session:
        before = [revision.content for revision in publishing.served_revisions(session)]
    file = folder / "export.jsonl"
    file.write_text("\n".join(to_json_lines(before)))
    again = load_entries(office.database, file, dry_run=False, publish=True)
    assert set(changes(again)) == {Change.UNCHANGED}
    office.withdraw()
    office.withdraw("other")
    load_entries(office.database, file, dry_run=False, publish=True)
    with office.database.read() as session:
        assert [revision.content for revision in publishing.served_revisions(session)] == before


def test_several_revisions_of_one_entry_can_only_be_published_together(office: Office, folder: Path) -> None:
    later = {**ENTRY, "effective_from": "2026-01-01", "answer": "新的。"}
    refused = load(office, folder, ENTRY, later)
    assert refused.plan.errors == 1
    assert "--publish" in refused.plan.findings[0].message
    assert office.states() == ["draft"]
    load(office, folder, ENTRY, later, publish=True)
    assert [number for _, number in office.served()] == [2, 3]


@pytest.mark.parametrize("entry_id", ["\ud800", "a\x00b", "", None, 7, ["x"], "x" * 5000])
def test_an_id_of_any_kind_is_an_error_of_its_row_at_most(
    office: Office, folder: Path, entry_id: object
) -> None:
    file = folder / "entries.jsonl"
    file.write_text(json.dumps({**ENTRY, "id": entry_id}) + "\n" + json.dumps(ENTRY))
    report = load_entries(office.database, file, dry_run=False, publish=True)
    assert [(found.line, found.severity.value) for found in report.plan.findings] == [(1, "error")]
    assert office.served() == [("stamp-lease", 1)]


def test_findings_come_in_the_order_of_the_lines(office: Office, folder: Path) -> None:
    rival = {**OTHER, "question": "租房合同要贴花吗？", "answer": "要。"}
    report = load(
        office, folder, ENTRY, rival, {"id": "x", "question": "q"}, {**ENTRY, "id": "y", "matter": None}
    )
    lines = [found.line for found in report.plan.findings]
    assert lines == sorted(lines)
    assert set(lines) == {2, 3, 4}


def test_a_file_without_entries_is_refused(office: Office, folder: Path) -> None:
    with pytest.raises(Invalid):
        load(office, folder)


def test_a_thousand_entries_go_in_at_once(small_office: Office, folder: Path) -> None:
    entries = [
        {"id": f"entry-{number}", "question": f"第{number}个问题？", "answer": "答。"}
        for number in range(1200)
    ]
    report = load(small_office, folder, *entries, publish=True)
    assert report.published == 1200
    with small_office.database.read() as session:
        assert len(publishing.served_ids(session)) == 1200
        assert len(editing.existing_entries(session, [entry["id"] for entry in entries])) == 1200
