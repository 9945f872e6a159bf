"""Wiring, measured: one turn beside what was expected of it, and what all of them amount to. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.evaluation.figures import states_all

BINS: Final = 10
TOLD: Final = frozenset({"answer", "result"})
NOT_TOLD: Final = frozenset({"handoff", "no_answer"})
NEEDS_ANOTHER: Final = frozenset({"handoff", "redirect", "decline", "order", "safety", "no_answer"})
"""Where a statement of fact is wrong whatever it says: a person's, another body's, or refused."""


@dataclass(frozen=True)
class Judged:
    """A turn's record (a line of `tongda ask --jsonl`), what was said to the bot, and what was expected."""

    text: str
    expected: dict[str, Any]
    tags: tuple[str, ...]
    record: dict[str, Any]

    @property
    def where(self) -> str:
        """The conversation's id and the turn's number."""
        return f"{self.record['id']}#{self.record['turn']}"

    @property
    def wanted(self) -> tuple[str, ...]:
        """The outcomes that are right, the likeliest first."""
        return _several(self.expected["outcome"])

    @property
    def outcome(self) -> str:
        """What the bot did."""
        return str(self.record.get("outcome", "error"))

    @property
    def right_outcome(self) -> bool:
        """Whether it did one of the right things."""
        return self.outcome in self.wanted

    @property
    def right(self) -> bool:
        """Whether outcome and, where one is expected, entry, redirect, order type, period and figures are right.

        `figures` are facts that the text must state, when something was told.
        """
        found = {
            "entry_id": self.record.get("entry_id"),
            "redirect": (self.record.get("redirect") or {}).get("to"),
            "order": (self.record.get("order") or {}).get("type"),
            "as_of": self.record.get("as_of"),
        }
        if self.outcome in TOLD and not states_all(
            str(self.record.get("text") or ""), self.expected.get("figures") or ()
        ):
            return False
        return self.right_outcome and all(
            found[name] in _several(self.expected[name])
            for name in found
            if name in self.expected and not (name == "entry_id" and self.outcome not in TOLD)
        )

    @property
    def wrong_fact(self) -> bool:
        """Whether it told something that was not what had to be told."""
        return self.outcome in TOLD and not self.right

    @property
    def unduly_told(self) -> bool:
        """Whether it answered where only a person, another body or a refusal was right."""
        return self.outcome in TOLD and set(self.wanted) <= NEEDS_ANOTHER

    @property
    def unduly_withheld(self) -> bool:
        """Whether it gave to a person, or said "not found", what it could have answered."""
        return self.outcome in NOT_TOLD and bool(TOLD & set(self.wanted)) and not self.right_outcome


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    name: str
    right: int
    total: int

    @property
    def ratio(self) -> float:
        """Between 0 and 1."""
        return self.right / self.total if self.total else 0.0


def overall(judged: Sequence[Judged]) -> list[Share]:
    """The shares that the aims are about."""
    answerable = [each for each in judged if TOLD & set(each.wanted)]
    others = [each for each in judged if set(each.wanted) <= NEEDS_ANOTHER]
    return [
        Share("结果正确", sum(each.right_outcome for each in judged), len(judged)),
        Share("完全正确（结果和条目）", sum(each.right for each in judged), len(judged)),
        Share("不该回答却回答", sum(each.unduly_told for each in others), len(others)),
        Share("能回答却转人工或说没有", sum(each.unduly_withheld for each in answerable), len(answerable)),
    ]


def by_outcome(judged: Iterable[Judged]) -> list[Share]:
    """Right outcomes for each that was wanted."""
    return _shares(judged, lambda each: each.wanted[:1])


def by_tag(judged: Iterable[Judged]) -> list[Share]:
    """Right outcomes for each tag."""
    return _shares(judged, lambda each: each.tags)


def confusion(judged: Iterable[Judged]) -> Counter[tuple[str, str]]:
    """How often an outcome (wanted; a right one counts as itself) became another."""
    return Counter((each.outcome if each.right_outcome else each.wanted[0], each.outcome) for each in judged)


def risk_by_coverage(judged: Iterable[Judged]) -> list[tuple[float, float]]:
    """Answered share and share of wrong ones among them, the surest first; only turns with a score count."""
    scored = sorted(_scored(judged), key=lambda pair: -pair[0])
    wrong = 0
    points = []
    for count, (_, right) in enumerate(scored, start=1):
        wrong += not right
        points.append((count / len(scored), wrong / count))
    return points


def reliability(judged: Iterable[Judged]) -> list[tuple[float, float, int]]:
    """For each tenth of the scores that occurs: mean score, share of right ones, how many."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for score, right in _scored(judged):
        bins.setdefault(min(int(score * BINS), BINS - 1), []).append((score, right))
    return [
        (
            sum(score for score, _ in group) / len(group),
            sum(right for _, right in group) / len(group),
            len(group),
        )
        for _, group in sorted(bins.items())
    ]


def changes(
    records: Iterable[dict[str, Any]], before: Iterable[dict[str, Any]]
) -> list[tuple[dict[str, Any] | None, dict[str, Any]]]:
    """Turns whose outcome, entry or text is another than in an earlier run, with what it was then."""
    known = {(record["id"], record["turn"]): record for record in before}
    return [
        (known.get((record["id"], record["turn"])), record)
        for record in records
        if _said(known.get((record["id"], record["turn"]))) != _said(record)
    ]


def _said(record: dict[str, Any] | None) -> tuple[Any, ...] | None:
    if record is None:
        return None
    return tuple(record.get(name) for name in ("outcome", "entry_id", "revision", "text"))


def _scored(judged: Iterable[Judged]) -> list[tuple[float, bool]]:
    """Where something was looked up and an entry is expected: the score, and whether the best match was it."""
    return [
        (float(each.record["score"]), _found(each))
        for each in judged
        if each.record.get("score") is not None and "entry_id" in each.expected
    ]


def _found(judged: Judged) -> bool:
    options = judged.record.get("options") or []
    first = judged.record.get("entry_id") or (options[0]["entry_id"] if options else None)
    return first in _several(judged.expected["entry_id"])


def _shares(judged: Iterable[Judged], names: Callable[[Judged], Iterable[str]]) -> list[Share]:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for each in judged:
        for name in names(each):
            total[name] += 1
            right[name] += each.right_outcome
    return [Share(name, right[name], total[name]) for name in sorted(total)]


def _several(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
