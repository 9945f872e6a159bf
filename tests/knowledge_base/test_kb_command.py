"""`tongda kb …` as an operator types it: what it prints, what it changes, and how it ends."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from office import ENTRY, START

from app.cli import kb
from app.cli.main import main
from app.settings import Settings

OTHER = {
    **ENTRY,
    "id": "vehicle-purchase",
    "question": "买新车什么时候交车辆购置税？",
    "similar_questions": [
        "买车多久内要交购置税",
        "新车提车后几天内报购置税",
        "购置税晚交会怎样",
        "买了新车去哪交购置税",
        "上牌前要不要先交购置税",
    ],
    "answer": "自纳税义务发生之日起六十日内申报缴纳。",
    "tax_type": "车辆购置税",
}


@dataclass(frozen=True)
class Done:
    """How a command ended, and its results and remarks."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Tongda = Callable[..., Done]


@pytest.fixture
def _logs_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command's log settings, forgotten after the test: loggers that kept them would outlive it."""
    configure, root = structlog.configure, logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def forgettable(**given: Any) -> None:
        configure(**{**given, "cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", forgettable)
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def tongda(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    _logs_of_its_own: None,
) -> Tongda:
    """Runs `tongda kb` beside a knowledge base of its own, from another folder than the project's."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TONGDA_{name.upper()}", raising=False)
    monkeypatch.setenv("TONGDA_DATABASE", f"sqlite:///{tmp_path / 'second.db'}")
    monkeypatch.setenv("TONGDA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kb, "system_clock", lambda: START)

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["tongda", "kb", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Done(int(ended.value.code or 0), printed.out, printed.err)

    return run


def file_of(folder: Path, *entries: Any, name: str = "entries.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries))
    return path


def asked(**line: Any) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def test_what_is_imported_and_published_is_found_and_exported(tongda: Tongda, tmp_path: Path) -> None:
    imported = tongda("import", "--publish", file_of(tmp_path, ENTRY, OTHER))
    assert (imported.status, imported.out) == (0, "")
    assert "新增 2，修改 0，未变 0" in imported.err
    assert "已发布 2 条" in imported.err
    exported = tongda("export", "--format", "jsonl")
    assert exported.status == 0
    assert exported.lines == [ENTRY, OTHER]
    assert list(exported.lines[0]) == list(ENTRY)
    found = tongda("search", "--jsonl", stdin=asked(id="q1", text="租房合同要贴花吗"))
    [line] = found.lines
    assert (line["id"], line["matches"][0]["entry_id"]) == ("q1", "stamp-lease")
    assert set(line["matches"][0]) == {"entry_id", "question", "score"}
    assert line["matches"][0]["question"] == ENTRY["question"]
    assert 0 <= line["matches"][-1]["score"] <= line["matches"][0]["score"] <= 1


def test_the_rates_are_printed_as_of_a_day(tongda: Tongda) -> None:
    then, today = tongda("rates", "--on", "2025-12-31"), tongda("rates")
    assert (then.status, today.status) == (0, 0)
    assert "within 14 months of 2025-12-31" in then.out
    assert f"within 14 months of {START:%Y-%m-%d}" in today.out
    assert tongda("rates", "--on", "someday").status == 2


@pytest.mark.parametrize("form", ["jsonl", "yaml"])
def test_an_export_is_imported_again_as_it_was(tongda: Tongda, tmp_path: Path, form: str) -> None:
    tongda("import", "--publish", file_of(tmp_path, ENTRY, OTHER))
    exported = tongda("export", "--format", form).out
    again = tmp_path / f"again.{form}"
    again.write_text(exported)
    done = tongda("import", "--publish", again)
    assert (done.status, done.out) == (0, "")
    assert "新增 0，修改 0，未变 2" in done.err
    assert tongda("export", "--format", form).out == exported


def test_a_dry_run_names_every_row_and_changes_nothing(tongda: Tongda, tmp_path: Path) -> None:
    tongda("import", "--publish", file_of(tmp_path, ENTRY))
    rival = {**OTHER, "question": "租房合同要贴花吗？"}
    file = file_of(tmp_path, ENTRY, {"id": "x"}, rival, rival, {**OTHER, "id": "y", "citations": []})
    with file.open("ab") as more:
        more.write(b"{broken\n\xff\n")
    done = tongda("import", "--dry-run", "--publish", file)
    assert done.status == 1
    lines = done.out.splitlines()
    assert "entries.jsonl:2 [x] error: question：缺少" in lines
    assert "entries.jsonl:4 [vehicle-purchase] error: 编号与 entries.jsonl 第 3 行重复" in lines
    assert (
        "entries.jsonl:3 [vehicle-purchase] conflict: 问法“租房合同要贴花吗？”已属于条目 stamp-lease，答案不同"
        in lines
    )
    assert "entries.jsonl:5 [y] warning: 缺少依据：至少引用一份文件" in lines
    assert any(line.startswith("entries.jsonl:6 error: JSON") for line in lines)
    assert any(line.startswith("entries.jsonl:7 error: 不是 UTF-8") for line in lines)
    assert "没有改动任何内容" in done.err
    assert tongda("export").lines == [ENTRY]


def test_a_name_or_id_that_cannot_be_written_stops_nothing(tongda: Tongda, tmp_path: Path) -> None:
    file = tmp_path / "odd.jsonl"
    file.write_text(
        json.dumps({**ENTRY, "\ud800": 1}) + "\n" + json.dumps({"id": "\ud800", "question": "\udfff"})
    )
    done = tongda("import", "--publish", file)
    assert done.status == 1
    assert "odd.jsonl:1 [stamp-lease] warning: 不认识的字段已忽略：?" in done.out.splitlines()
    assert tongda("export").lines == [ENTRY]


def test_an_import_with_a_wrong_row_stores_the_others_and_fails(tongda: Tongda, tmp_path: Path) -> None:
    done = tongda("import", "--publish", file_of(tmp_path, ENTRY, {"id": "x"}))
    assert done.status == 1
    assert "x" in done.out
    assert tongda("export").lines == [ENTRY]


def test_publishing_at_once_says_what_it_let_through(tongda: Tongda, tmp_path: Path) -> None:
    bare = {"id": "bare", "question": "问？", "answer": "答。"}
    done = tongda("import", "--publish", file_of(tmp_path, ENTRY, bare))
    assert done.status == 0
    assert "entries.jsonl:2 [bare] warning: 缺少生效日期" in done.out
    assert "其中 1 条带有上面列出的提示或冲突，按 --publish 放行" in done.err


def test_drafts_are_served_once_they_are_published(tongda: Tongda, tmp_path: Path) -> None:
    tongda("import", file_of(tmp_path, ENTRY, {**OTHER, "review_by": None}))
    assert tongda("export").out == ""
    refused = tongda("publish", "stamp-lease", "nowhere")
    assert refused.status == 1
    assert "nowhere" in refused.err
    assert tongda("export").out == ""
    done = tongda("publish", "stamp-lease", "vehicle-purchase", "stamp-lease")
    assert done.status == 0
    assert "vehicle-purchase 第 1 版；放行：缺少复核日期" in done.err
    assert [line["id"] for line in tongda("export").lines] == ["stamp-lease", "vehicle-purchase"]


def test_a_rollback_goes_back_and_back_again(tongda: Tongda, tmp_path: Path) -> None:
    assert tongda("rollback").status == 1
    for number in range(3):
        tongda("import", "--publish", file_of(tmp_path, {**ENTRY, "answer": f"第 {number} 次。"}))
    assert tongda("rollback").status == 0
    assert [line["answer"] for line in tongda("export").lines] == ["第 1 次。"]
    done = tongda("rollback")
    assert "已退回到发布版本 1" in done.err
    assert [line["answer"] for line in tongda("export").lines] == ["第 0 次。"]
    assert tongda("rollback").status == 1
    assert tongda("rollback", "--to", "3").status == 0
    assert [line["answer"] for line in tongda("export").lines] == ["第 2 次。"]
    assert tongda("rollback", "--to", "99").status == 1


def test_a_search_minds_the_day_and_the_place(tongda: Tongda, tmp_path: Path) -> None:
    ended = {**ENTRY, "effective_to": "2025-12-31"}
    local = {**OTHER, "region": "宁波市"}
    tongda("import", "--publish", file_of(tmp_path, ended, local))
    lines = b"".join(
        [
            asked(id=1, text=ENTRY["question"]),
            asked(id=2, text=ENTRY["question"], now="2025-12-31T23:59:00+08:00"),
            asked(id=3, text=ENTRY["question"], now="2025-12-31T16:00:00Z"),
            asked(id=4, text=ENTRY["question"], now="2025-12-31T23:59:00"),
            asked(id=5, text=OTHER["question"]),
            asked(id=6, text=OTHER["question"], region="浙江省宁波市"),
            asked(id=7, text=OTHER["question"], region="杭州市"),
        ]
    )
    found = {
        line["id"]: [match["entry_id"] for match in line["matches"]]
        for line in tongda("search", "--jsonl", stdin=lines).lines
    }
    assert found[2] == found[4] == ["stamp-lease"]
    assert found[6] == ["vehicle-purchase"]
    assert found[1] == found[3] == found[5] == found[7] == []


def test_a_search_returns_as_many_as_were_asked_for(tongda: Tongda, tmp_path: Path) -> None:
    tongda("import", "--publish", file_of(tmp_path, ENTRY, OTHER))
    lines = asked(text=ENTRY["question"], limit=1) + asked(text=ENTRY["question"])
    first, second = tongda("search", "--jsonl", stdin=lines).lines
    assert (len(first["matches"]), len(second["matches"])) == (1, 2)
    assert first["id"] is None


def test_lines_that_cannot_be_searched_get_an_error_each_and_the_rest_goes_on(
    tongda: Tongda, tmp_path: Path
) -> None:
    tongda("import", "--publish", file_of(tmp_path, ENTRY))
    lines = b"\n".join(
        [
            b"{broken",
            b"\xff\xfe",
            b"[1]",
            b'{"id": "no-text"}',
            b'{"id": "wrong", "text": 3, "limit": 0, "now": "yesterday"}',
            b"",
            b"[" * 100_000,
            b'{"id": "empty", "text": ""}',
            b'{"id": "\\ud800", "limit": "x"}',
            b'{"id": "emoji", "text": "\xf0\x9f\x98\x80"}',
            b'{"id": "ones", "text": "' + b"1" * 10_000 + b'"}',
            asked(id="good", text=ENTRY["question"], more="ignored"),
        ]
    )
    done = tongda("search", "--jsonl", stdin=lines)
    assert done.status == 0
    answers = done.lines
    assert [line.get("id") for line in answers] == [
        None,
        None,
        None,
        "no-text",
        "wrong",
        None,
        "empty",
        "\ud800",
        "emoji",
        "ones",
        "good",
    ]
    assert ["error" in line for line in answers] == [True] * 6 + [False, True] + [False] * 3
    assert answers[4]["error"] == "字段缺少或有误：limit、now、text"
    assert answers[-1]["matches"][0]["entry_id"] == "stamp-lease"


def test_a_single_question_is_answered_for_reading(tongda: Tongda, tmp_path: Path) -> None:
    tongda("import", "--publish", file_of(tmp_path, ENTRY))
    done = tongda("search", "租房合同要贴花吗")
    [score, entry_id, question] = done.out.split()
    assert (entry_id, question) == ("stamp-lease", ENTRY["question"])
    assert 0 <= float(score) <= 1
    assert tongda("search").status == 1


def test_a_check_names_what_is_wrong_and_fails(tongda: Tongda, tmp_path: Path) -> None:
    tongda("import", "--publish", file_of(tmp_path, ENTRY))
    clean = tongda("check")
    assert (clean.status, clean.out) == (0, "")
    tongda(
        "import", "--publish", file_of(tmp_path, {**OTHER, "related": ["gone"], "review_by": "2026-01-01"})
    )
    done = tongda("check")
    assert done.status == 1
    assert done.out.splitlines() == [
        "vehicle-purchase：已过复核日期 2026-01-01",
        "vehicle-purchase：相关条目 gone 不存在或没有发布",
    ]


def test_the_check_follows_the_clock(tongda: Tongda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tongda("import", "--publish", file_of(tmp_path, ENTRY))
    later = datetime.fromisoformat("2027-06-30T17:00:00+00:00")
    monkeypatch.setattr(kb, "system_clock", lambda: later)
    assert tongda("check").out == "stamp-lease：已过复核日期 2027-06-30\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.jsonl", b""),
        ("empty.csv", b"id,question,answer\n"),
        ("entries.pdf", b"%PDF"),
    ],
)
def test_a_file_that_holds_no_entries_is_an_error_in_words(
    tongda: Tongda, tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    done = tongda("import", tmp_path / name)
    assert done.status == 1
    assert name.rpartition(".")[2] in done.err
    assert "Traceback" not in done.err


def test_a_file_that_is_not_there_is_an_error_in_words(tongda: Tongda) -> None:
    assert tongda("import", "nowhere.yaml").status == 2


def test_an_encoder_that_cannot_be_loaded_is_named(
    tongda: Tongda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tongda("import", file_of(tmp_path, ENTRY))
    (tmp_path / "no-model").mkdir()
    (tmp_path / "no-model" / "modules.json").write_text("{broken")
    monkeypatch.setenv("TONGDA_ENCODER", str(tmp_path / "no-model"))
    done = tongda("search", "租房合同要贴花吗")
    assert done.status == 1
    assert "no-model" in done.err
    assert "TONGDA_ENCODER" in done.err
