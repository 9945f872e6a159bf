"""Wiring, measured: one HTML page with the tables, the pictures and every turn that went wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from app.evaluation import charts, judgement
from app.evaluation.judgement import Judged, Share

STYLE: Final = (
    "body{font:14px/1.6 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{border:1px solid #ccc;padding:.2rem .6rem;text-align:left;vertical-align:top}"
    "td.n{text-align:right}.charts{display:flex;gap:2rem;flex-wrap:wrap}"
)
Changed = tuple[dict[str, Any] | None, dict[str, Any]]


def as_html(judged: Sequence[Judged], changed: Sequence[Changed] | None) -> str:
    """The whole report; `changed` is None when nothing was compared."""
    parts = [
        "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>评估报告</title>",
        f"<style>{STYLE}</style><h1>评估报告</h1><p>共 {len(judged)} 轮。</p>",
        _shares("总体", judgement.overall(judged)),
        _shares("按应有结果", judgement.by_outcome(judged)),
        _shares("按标签", judgement.by_tag(judged)),
        _confusion(judged),
        "<div class='charts'>",
        charts.risk_coverage_chart(judgement.risk_by_coverage(judged)),
        charts.reliability_chart(judgement.reliability(judged)),
        "</div>",
        _wrong("说错的（给出了不该给的内容）", [each for each in judged if each.wrong_fact]),
        _wrong("不该转人工、不该说没有的", [each for each in judged if each.unduly_withheld]),
        _wrong(
            "其他结果不对的",
            [each for each in judged if not (each.right or each.wrong_fact or each.unduly_withheld)],
        ),
    ]
    if changed is not None:
        parts.append(_changes(changed))
    return "".join(parts)


def _shares(title: str, shares: Iterable[Share]) -> str:
    rows = [[share.name, f"{share.right}/{share.total}", f"{share.ratio:.1%}"] for share in shares]
    return _table(title, ["", "数量", "比例"], rows)


def _confusion(judged: Sequence[Judged]) -> str:
    counts = judgement.confusion(judged)
    names = sorted({name for pair in counts for name in pair})
    rows = [[wanted, *(str(counts[wanted, found] or "") for found in names)] for wanted in names]
    return _table("混淆表（行：应有，列：实际）", ["", *names], rows)


def _wrong(title: str, judged: Sequence[Judged]) -> str:
    rows = [
        [
            each.where,
            each.text,
            "|".join(each.wanted),
            str(each.expected.get("entry_id", "")),
            each.outcome,
            str(each.record.get("entry_id") or ""),
            str(each.record.get("text", each.record.get("error", "")))[:120],
        ]
        for each in judged
    ]
    return _table(
        f"{title}：{len(rows)}", ["轮次", "说的话", "应有", "应有条目", "实际", "实际条目", "回答"], rows
    )


def _changes(changed: Sequence[Changed]) -> str:
    rows = [
        [
            f"{after['id']}#{after['turn']}",
            "（新）" if before is None else f"{before.get('outcome')} {before.get('entry_id') or ''}",
            f"{after.get('outcome')} {after.get('entry_id') or ''}",
            "" if before is None else str(before.get("text", ""))[:120],
            str(after.get("text", ""))[:120],
        ]
        for before, after in changed
    ]
    return _table(f"与上次不同的回答：{len(rows)}", ["轮次", "上次", "这次", "上次回答", "这次回答"], rows)


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{escape(title)}</h2><table><tr>{head}</tr>{body}</table>"
