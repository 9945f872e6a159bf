"""Entries in files: YAML, JSON Lines, CSV and XLSX in, JSON Lines and YAML out; every row knows its line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from openpyxl import load_workbook

from common.errors import Invalid
from knowledge_base.content import EntryContent

LIST_FIELDS: Final = ("similar_questions", "audience", "related")


@dataclass(frozen=True)
class Row:
    """One entry as found in a file. `line` is 1-based; `values` is None when the line could not be read."""

    source: str
    line: int
    values: dict[str, Any] | None
    error: str | None = None


def read_rows(path: Path) -> Iterator[Row]:
    """Every row of a file, or of all such files of a folder. Raises Invalid for an unknown kind of file."""
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.suffix.lower() in _READERS:
                yield from read_rows(file)
        return
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise Invalid(f"不支持的文件类型 {path.suffix or path.name}；请使用 {'、'.join(sorted(_READERS))}。")
    yield from reader(path)


def _read_yaml(path: Path) -> Iterator[Row]:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        yield Row(path.name, mark.line + 1 if mark else 1, None, f"YAML 无法解析：{error}")
        return
    if root is None:
        return
    nodes = root.value if isinstance(root, yaml.SequenceNode) else [root]
    for node in nodes:
        yield _row(path, node.start_mark.line + 1, _plain(node))


def _plain(node: yaml.Node) -> Any:
    constructor = yaml.SafeLoader("")
    try:
        return constructor.construct_document(node)
    finally:
        constructor.dispose()


def _read_json_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield _row(path, number, json.loads(line))
            except json.JSONDecodeError as error:
                yield Row(path.name, number, None, f"JSON 无法解析：{error.msg}")


def _read_csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for values in reader:
            yield _table_row(path, reader.line_num, values)


def _read_xlsx(path: Path) -> Iterator[Row]:
    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        rows = workbook.worksheets[0].iter_rows(values_only=True)
        header = [str(name).strip() if name is not None else "" for name in next(rows, ())]
        for number, cells in enumerate(rows, start=2):
            if any(cell is not None for cell in cells):
                yield _table_row(path, number, dict(zip(header, cells, strict=False)))
    finally:
        workbook.close()


def _table_row(path: Path, line: int, cells: dict[Any, Any]) -> Row:
    """Cells hold lists one item a line (or between semicolons), citations as JSON."""
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        if not name or cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        values[name] = cell
    for name in LIST_FIELDS:
        if isinstance(values.get(name), str):
            values[name] = _items(values[name])
    for name in ("effective_from", "effective_to", "review_by"):
        if hasattr(values.get(name), "date"):
            values[name] = values[name].date()
    if isinstance(values.get("citations"), str):
        try:
            values["citations"] = json.loads(values["citations"])
        except json.JSONDecodeError as error:
            return Row(path.name, line, None, f"citations 列不是 JSON：{error.msg}")
    return _row(path, line, values)


def _items(cell: str) -> list[str]:
    if cell.lstrip().startswith("["):
        items = json.loads(cell)
        return [str(item) for item in items]
    return [
        item.strip()
        for item in cell.replace("；", "\n").replace(";", "\n").replace("|", "\n").splitlines()
        if item.strip()
    ]


def _row(path: Path, line: int, values: object) -> Row:
    if isinstance(values, dict):
        return Row(path.name, line, values)
    return Row(path.name, line, None, "这一行不是一个条目（应为字段和值）")


_READERS: Final[dict[str, Callable[[Path], Iterator[Row]]]] = {
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
        )
