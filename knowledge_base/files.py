"""Step 4, entries in files: YAML, JSON Lines, CSV and XLSX in, JSON Lines and YAML out; every row knows its line.

Nothing in a file stops the reading of the rest that can be read: what is wrong becomes a row with an error.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import yaml
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from common.errors import Invalid
from knowledge_base.content import EntryContent

LIST_COLUMNS: Final = frozenset({"similar_questions", "audience", "related"})
DAY_COLUMNS: Final = frozenset({"effective_from", "effective_to", "review_by"})
ITEM_SEPARATORS: Final = str.maketrans(dict.fromkeys("；;|", "\n"))
NOT_UTF_8: Final = "不是 UTF-8 编码：请另存为 UTF-8（表格软件里选“CSV UTF-8”）"
NOT_AN_ENTRY: Final = "这一行不是一个条目（应为字段和值）"
# What openpyxl lets through from the archive, the XML and its own parsers when a workbook is damaged or locked.
BROKEN_WORKBOOK: Final = (
    BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
    SyntaxError, RuntimeError, OSError, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One entry as found in a file. `line` is 1-based; `values` is None when the row could not be read."""

    source: str
    line: int
    values: dict[str, Any] | None
    error: str | None = None


def read_rows(path: Path) -> Iterator[Row]:
    """Every row of a file, or of all such files of a folder.

    Raises Invalid for a kind of file that is not known, and for one that cannot be opened.
    """
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.suffix.lower() in _READERS:
                yield from read_rows(file)
        return
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise Invalid(f"不支持的文件类型 {path.suffix or path.name}；请使用 {'、'.join(sorted(_READERS))}。")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Invalid(f"无法读取 {path}：{error.strerror}。") from error
    yield from (_row(path.name, line, values) for line, values in reader(data))


def _row(source: str, line: int, values: object) -> Row:
    if isinstance(values, dict):
        # A name may be anything that the format allows; it must be fit to be shown.
        shown = {str(name).encode(errors="replace").decode(): value for name, value in values.items()}
        return Row(source, line, shown)
    return Row(source, line, None, values.why if isinstance(values, Unreadable) else NOT_AN_ENTRY)


@dataclass(frozen=True)
class Unreadable:
    """Stands for a row that could not be read."""

    why: str


Found = Iterator[tuple[int, object]]


def _read_yaml(data: bytes) -> Found:
    text = _decoded(data)
    if isinstance(text, tuple):
        yield text
        return
    try:
        for root in yaml.compose_all(text, Loader=yaml.SafeLoader):
            for node in root.value if isinstance(root, yaml.SequenceNode) else [root]:
                yield node.start_mark.line + 1, _plain(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield (mark.line + 1 if mark else 1), Unreadable(f"YAML 无法解析：{error.problem or error.context}")
    except yaml.reader.ReaderError as error:
        yield text.count("\n", 0, error.position) + 1, Unreadable(f"YAML 含有不允许的字符：{error.reason}")
    except RecursionError:
        yield 1, Unreadable("YAML 嵌套太深")


def _plain(node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
        return Unreadable(NOT_AN_ENTRY)
    constructor = yaml.SafeLoader("")
    try:
        return constructor.construct_document(node)
    except yaml.MarkedYAMLError as error:
        return Unreadable(f"YAML 无法解析：{error.problem}")
    except ValueError as error:
        return Unreadable(f"YAML 的值有误：{error}")
    finally:
        constructor.dispose()


def _read_json_lines(data: bytes) -> Found:
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line.decode())
        except UnicodeDecodeError:
            yield number, Unreadable(NOT_UTF_8)
        except json.JSONDecodeError as error:
            yield number, Unreadable(f"JSON 无法解析：{error.msg}（第 {error.colno} 列）")
        except (ValueError, RecursionError) as error:
            yield number, Unreadable(f"JSON 无法解析：{error}")


def _read_csv(data: bytes) -> Found:
    text = _decoded(data)
    if isinstance(text, tuple):
        yield text
        return
    yield from _table(_csv_rows(text))


def _csv_rows(text: str) -> Iterator[tuple[int, Sequence[object] | Unreadable]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Unreadable(f"CSV 无法解析：{error}")
            return
        yield line, cells


def _read_xlsx(data: bytes) -> Found:
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        # Some programs write a wrong size, which would cut the table off.
        sheet.reset_dimensions()
        # Read as a whole, so that an error of the table's own is not taken for one of the file.
        rows = list(enumerate(sheet.iter_rows(values_only=True), start=1))
        workbook.close()
    except BROKEN_WORKBOOK as error:
        yield 1, Unreadable(f"无法读取这个工作簿（损坏、加密或不是 XLSX）：{error}")
        return
    yield from _table(iter(rows))


def _table(rows: Iterator[tuple[int, Sequence[object] | Unreadable]]) -> Found:
    """The rows below a header of field names."""
    first = next(rows, None)
    if first is None:
        return
    line, cells = first
    if isinstance(cells, Unreadable):
        yield line, cells
        return
    header = ["" if cell is None else str(cell).strip() for cell in cells]
    if "id" not in header:
        yield line, Unreadable("第一行应为列名（id、question、answer 等），没有找到 id 列")
        return
    for line, cells in rows:
        if isinstance(cells, Unreadable):
            yield line, cells
        elif not all(map(_is_empty, cells)):
            yield line, _entry_of(header, cells)


def _entry_of(header: Sequence[str], cells: Sequence[object]) -> object:
    """Cells hold lists one item a line (or between semicolons, or as JSON), citations as JSON."""
    if not all(map(_is_empty, cells[len(header) :])):
        return Unreadable("这一行的列数多于表头：含逗号的文字要加引号")
    try:
        return {
            name: _value_of(name, cell)
            for name, cell in zip(header, cells, strict=False)
            if name and not _is_empty(cell)
        }
    except (json.JSONDecodeError, RecursionError) as error:
        return Unreadable(f"单元格里的 JSON 无法解析：{error}")


def _value_of(column: str, cell: object) -> object:
    if column in DAY_COLUMNS and isinstance(cell, datetime | date):
        return cell
    text = _text_of(cell)
    if column == "citations" or (column in LIST_COLUMNS and text.lstrip().startswith("[")):
        return json.loads(text)
    if column in LIST_COLUMNS:
        return [item.strip() for item in text.translate(ITEM_SEPARATORS).splitlines() if item.strip()]
    return text


def _text_of(cell: object) -> str:
    """A number that a spreadsheet made of an id or a document number, as it was typed."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _decoded(data: bytes) -> str | tuple[int, Unreadable]:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.object.count(b"\n", 0, error.start) + 1, Unreadable(NOT_UTF_8)


_READERS: Final[dict[str, Callable[[bytes], Found]]] = {
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
    ".jsonl": _read_json_lines,
    ".csv": _read_csv,
    ".xlsx": _read_xlsx,
}


def to_json_lines(contents: Iterable[EntryContent]) -> Iterator[str]:
    """One line of JSON an entry, in the form that import takes."""
    for content in contents:
        yield json.dumps(content.model_dump(mode="json"), ensure_ascii=False)


def to_yaml(contents: Iterable[EntryContent]) -> Iterator[str]:
    """One YAML list item an entry."""
    for content in contents:
        yield yaml.safe_dump(
            [content.model_dump(mode="json")], allow_unicode=True, sort_keys=False, width=110
        ).rstrip("\n")
