"""Wiring, measured: two small pictures as SVG, the risk-coverage curve and the reliability diagram. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SIZE: Final = 320
MARGIN: Final = 44


def risk_coverage_chart(points: Sequence[tuple[float, float]]) -> str:
    """The share of wrong answers (up) over the share of answered questions (right)."""
    highest = max([risk for _, risk in points], default=0.0) or 1.0
    line = " ".join(f"{_x(coverage):.1f},{_y(risk / highest):.1f}" for coverage, risk in points)
    drawn = f'<polyline points="{line}" fill="none" stroke="#1668dc" stroke-width="2"/>'
    return _frame("风险—覆盖曲线", "覆盖率", f"错误率（上沿 {highest:.0%}）", drawn)


def reliability_chart(bins: Sequence[tuple[float, float, int]]) -> str:
    """How often matches of a score were right (up) over the score (right); the diagonal is a calibrated score."""
    diagonal = (
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4"/>'
    )
    most = max([count for _, _, count in bins], default=1)
    dots = "".join(
        f'<circle cx="{_x(score):.1f}" cy="{_y(right):.1f}" r="{3 + 6 * (count / most) ** 0.5:.1f}" fill="#1668dc">'
        f"<title>{score:.2f}: {right:.0%} ({count})</title></circle>"
        for score, right, count in bins
    )
    return _frame("可靠性图", "得分", "正确率", diagonal + dots)


def _frame(title: str, across: str, up: str, drawn: str) -> str:
    middle = SIZE / 2
    return (
        f'<svg viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}" role="img" aria-label="{title}" font-size="12">'
        f'<text x="{middle}" y="18" text-anchor="middle" font-weight="bold">{title}</text>'
        f'<rect x="{_x(0)}" y="{_y(1)}" width="{_x(1) - _x(0)}" height="{_y(0) - _y(1)}" fill="none" stroke="#333"/>'
        f'<text x="{middle}" y="{SIZE - 8}" text-anchor="middle">{across}（0–100%）</text>'
        f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">{up}</text>{drawn}</svg>'
    )


def _x(share: float) -> float:
    return MARGIN + share * (SIZE - 2 * MARGIN)


def _y(share: float) -> float:
    return SIZE - MARGIN - share * (SIZE - 2 * MARGIN)
