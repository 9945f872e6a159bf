"""Entries in files: four formats say the same, every error knows its line, and no file stops the import."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from office import ENTRY, content
from openpyxl import Workbook

from common.errors import Invalid
from knowledge_base.content import EntryContent
from knowledge_base.files import Row, read_rows, to_json_lines, to_yaml

SUFFIXES = [".yaml", ".yml", ".jsonl", ".csv", ".xlsx"]
COLUMNS = list(ENTRY)


def table(entries: list[dict[str, Any]]) -> list[list[Any]]:
    """Entries as cells below a header."""
    return [list(COLUMNS), *([cell(name, entry[name]) for name in COLUMNS] for entry in entries)]


def cell(column: str, value: Any) -> Any:
    if column == "citations":
        return json.dumps(value, ensure_ascii=False)
    return "\n".join(value) if isinstance(value, list) else value


def as_csv(rows: list[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[Any]]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def written(folder: Path, suffix: str, entries: list[dict[str, Any]]) -> Path:
    """A file of a kind with these entries."""
    as_lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    data = {
        ".csv": lambda: as_csv(table(entries)),
        ".xlsx": lambda: as_xlsx(table(entries)),
        ".jsonl": lambda: as_lines.encode(),
    }.get(suffix, lambda: yaml.safe_dump(entries, allow_unicode=True, sort_keys=False).encode())
    path = folder / f"entries{suffix}"
    path.write_bytes(data())
    return path


def raw(folder: Path, name: str, data: bytes | str) -> list[Row]:
    """What is read of a file with these bytes."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_rows(path))


def errors(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.error or "") for row in rows if row.values is None]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_says_the_same(tmp_path: Path, suffix: str) -> None:
    entries = [ENTRY, {**ENTRY, "id": "other", "region": "宁波市", "details": None}]
    rows = list(read_rows(written(tmp_path, suffix, entries)))
    assert [row.error for row in rows] == [None, None]
    read = [EntryContent.model_validate(row.values) for row in rows]
    assert read == [content(), content(id="other", region="宁波市", details=None)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_row_knows_the_line_it_begins_on(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, suffix, [ENTRY, {**ENTRY, "id": "other"}, {**ENTRY, "id": "third"}])
    lines = [row.line for row in read_rows(path)]
    if suffix == ".xlsx":
        assert lines == [2, 3, 4]
        return
    text = path.read_text(encoding="utf-8-sig").splitlines()
    for line, entry_id in zip(lines, ("stamp-lease", "other", "third"), strict=True):
        assert entry_id in text[line - 1]


@pytest.mark.parametrize("write", [to_json_lines, to_yaml])
def test_what_is_exported_reads_back_as_it_was(tmp_path: Path, write: Any) -> None:
    entries = [
        content(answer="第一行：“引号”\n第二行 # 不是注释", details="- a\n- b: c\n\n> 引用\t制表"),
        content(id="other", effective_to="2027-12-31", region="宁波市", risk_level="person", citations=[]),
    ]
    path = tmp_path / ("entries.jsonl" if write is to_json_lines else "entries.yaml")
    path.write_text("\n".join(write(entries)) + "\n", encoding="utf-8")
    assert [EntryContent.model_validate(row.values) for row in read_rows(path)] == entries


def test_a_folder_is_all_files_of_known_kinds_in_it(tmp_path: Path) -> None:
    written(tmp_path, ".jsonl", [ENTRY])
    written(tmp_path, ".csv", [{**ENTRY, "id": "other"}])
    (tmp_path / "README.md").write_text("not entries")
    found = [(row.source, row.values["id"]) for row in read_rows(tmp_path) if row.values]
    assert found == [("entries.csv", "other"), ("entries.jsonl", "stamp-lease")]


def test_a_file_of_an_unknown_kind_is_refused_with_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "entries.docx").write_bytes(b"")
    with pytest.raises(Invalid, match=r"\.csv、\.jsonl、\.xlsx、\.yaml、\.yml"):
        list(read_rows(tmp_path / "entries.docx"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_holds_nothing(tmp_path: Path, suffix: str) -> None:
    rows = raw(tmp_path, f"empty{suffix}", b"")
    assert errors(rows) == [(1, rows[0].error)] if suffix == ".xlsx" else rows == []


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "question": "q", "answer": "b"})
    for name, data in (
        ("a.jsonl", line),
        ("a.yaml", "- {id: a, question: q, answer: b}"),
        ("a.csv", "id,question,answer\na,q,b\n"),
    ):
        [row] = raw(tmp_path, name, b"\xef\xbb\xbf" + data.encode())
        assert row.values == {"id": "a", "question": "q", "answer": "b"}


@pytest.mark.parametrize("suffix", [".yaml", ".csv"])
def test_text_in_another_encoding_is_named_with_its_line(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, suffix, [ENTRY])
    lines = path.read_bytes().splitlines(keepends=True)
    rows = raw(tmp_path, f"gbk{suffix}", b"".join([lines[0], "小规模".encode("gbk"), *lines[1:]]))
    [(line, why)] = errors(rows)
    assert line == 2
    assert "UTF-8" in why


def test_one_broken_line_of_json_lines_costs_only_itself(tmp_path: Path) -> None:
    good = json.dumps({"id": "a", "question": "q", "answer": "b"}).encode()
    rows = raw(
        tmp_path,
        "mixed.jsonl",
        b"\n".join(
            [b"{nonsense", good, b"", b"\xff\xfe", b"[1, 2]", b'"text"', b"null", b"[" * 100_000, good]
        ),
    )
    assert [row.line for row in rows if row.values] == [2, 9]
    assert [line for line, _ in errors(rows)] == [1, 4, 5, 6, 7, 8]


def test_an_error_of_yaml_is_named_with_its_line_and_keeps_what_came_before(tmp_path: Path) -> None:
    good = "id: a\nquestion: q\nanswer: b\n"
    rows = raw(tmp_path, "bad.yaml", f"{good}---\nid: [unclosed\nquestion: q\n")
    assert rows[0].values == {"id": "a", "question": "q", "answer": "b"}
    [(line, why)] = errors(rows)
    assert line == 6
    assert "YAML" in why


@pytest.mark.parametrize(
    "text",
    [
        "- id: !!python/object/apply:os.system [true]\n",
        "- &a [*a]\n",
        "- {id: 2026-13-45}\n",
        "- {id: " + "9" * 5000 + "}\n",
        "- \x07\n",
        "\t- a\n",
        "[" * 3000,
        "- ~\n- 3\n- text\n",
    ],
)
def test_yaml_that_is_no_entry_is_an_error_of_its_row(tmp_path: Path, text: str) -> None:
    rows = raw(tmp_path, "odd.yaml", text)
    assert rows
    assert all(why for _, why in errors(rows))
    assert len(errors(rows)) == len(rows)


def test_aliases_that_multiply_do_not_blow_up(tmp_path: Path) -> None:
    levels = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    rows = raw(tmp_path, "bomb.yaml", "\n".join([*levels, "- {id: a, question: *a11, answer: b}"]))
    assert len(rows) == 13


def test_a_table_without_the_id_column_says_so_once(tmp_path: Path) -> None:
    rows = [["编号", "问题"], ["a", "q"], ["b", "q"]]
    for name, data in (("a.csv", as_csv(rows)), ("a.xlsx", as_xlsx(rows))):
        [(line, why)] = errors(raw(tmp_path, name, data))
        assert line == 1
        assert "id" in why


def test_a_comma_that_nobody_quoted_is_an_error_and_cuts_no_text_off(tmp_path: Path) -> None:
    rows = raw(tmp_path, "a.csv", "id,question,answer\na,q,要交,但可以少交\nb,q,b,,\n")
    assert errors(rows) == [(2, "这一行的列数多于表头：含逗号的文字要加引号")]
    assert rows[1].values == {"id": "b", "question": "q", "answer": "b"}


def test_a_cell_of_several_lines_does_not_shift_the_lines_after_it(tmp_path: Path) -> None:
    rows = raw(tmp_path, "a.csv", 'id,question,answer\na,q,"one\ntwo\nthree"\n\nb,q,b\n')
    assert [(row.line, row.values and row.values["id"]) for row in rows] == [(2, "a"), (6, "b")]


def test_a_cell_too_large_for_csv_is_an_error_of_its_line(tmp_path: Path) -> None:
    rows = raw(tmp_path, "a.csv", f"id,question,answer\na,q,b\nc,q,{'x' * 200_000}\n")
    assert [line for line, _ in errors(rows)] == [3]
    assert rows[0].values is not None


def test_spreadsheets_give_days_and_numbers_back_as_they_were_typed(tmp_path: Path) -> None:
    header = ["id", "question", "answer", "effective_from", "review_by", "tax_type"]
    cells = [1001, "q", 13.0, datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), date(2027, 6, 30), True]
    [row] = raw(tmp_path, "a.xlsx", as_xlsx([header, cells, [None] * 6, ["  "]]))
    read = EntryContent.model_validate(row.values)
    assert (read.id, read.answer) == ("1001", "13")
    assert (read.effective_from, read.review_by) == (date(2026, 1, 1), date(2027, 6, 30))


@pytest.mark.parametrize("typed", ["a；b;c|d", "a\nb\r\nc\n\nd", '["a", "b", "c", "d"]'])
def test_a_cell_holds_a_list_in_three_ways(tmp_path: Path, typed: str) -> None:
    [row] = raw(tmp_path, "a.xlsx", as_xlsx([["id", "similar_questions"], ["x", typed]]))
    assert row.values == {"id": "x", "similar_questions": ["a", "b", "c", "d"]}


@pytest.mark.parametrize("column", ["citations", "similar_questions"])
def test_json_in_a_cell_that_is_none_is_an_error_of_its_line(tmp_path: Path, column: str) -> None:
    rows = raw(tmp_path, "a.xlsx", as_xlsx([["id", column], ["x", "[oops"], ["y", "[" * 9999], ["z", None]]))
    assert [line for line, _ in errors(rows)] == [2, 3]
    assert rows[2].values == {"id": "z"}


def test_a_size_that_a_program_wrote_wrongly_cuts_nothing_off(tmp_path: Path) -> None:
    source = io.BytesIO(as_xlsx(table([ENTRY, {**ENTRY, "id": "other"}])))
    target = io.BytesIO()
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(target, "w") as changed:
        for name in whole.namelist():
            data = whole.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:P3"' in data
                data = data.replace(b'<dimension ref="A1:P3"', b'<dimension ref="A1"')
            changed.writestr(name, data)
    assert len(raw(tmp_path, "a.xlsx", target.getvalue())) == 2


def test_a_broken_workbook_is_one_error(tmp_path: Path) -> None:
    whole = as_xlsx(table([ENTRY]))
    for data in (b"not a workbook", whole[: len(whole) // 2], b"PK\x03\x04" + b"\x00" * 100):
        [(line, why)] = errors(raw(tmp_path, "a.xlsx", data))
        assert line == 1
        assert "工作簿" in why


@given(damage=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=60)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_bytes_never_end_in_anything_but_rows(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, damage: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    data = bytearray(written(folder, suffix, [ENTRY, {**ENTRY, "id": "other"}]).read_bytes())
    for place, value in damage:
        data[place % len(data)] = value
    for row in raw(folder, f"damaged{suffix}", bytes(data)):
        assert row.values is not None or row.error
