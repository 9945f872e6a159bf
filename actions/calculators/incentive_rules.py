"""Step 4, which incentives fit: each one of the period for this audience, with the reasons for and against. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from knowledge_base.incentives import Audience, Condition, Incentive

Answer = str | Decimal | frozenset[str]


@dataclass(frozen=True)
class Fit:
    """Whether one incentive fits. `reasons` say why not; `missing` names the answers it still depends on.

    It is irrelevant when it is about something that the contact did not name among several choices.
    """

    incentive: Incentive
    verdict: Literal["fits", "open", "misses", "irrelevant"]
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def fits(
    rules: Iterable[Incentive], audience: Audience, answers: Mapping[str, Answer], *, as_of: date
) -> tuple[Fit, ...]:
    """The incentives in force for an audience, in the order of `rules`."""
    return tuple(_fit(rule, answers) for rule in rules if audience in rule.audience and rule.holds_on(as_of))


def _fit(rule: Incentive, answers: Mapping[str, Answer]) -> Fit:
    said = [
        (condition, answers[condition.slot]) for condition in rule.conditions if condition.slot in answers
    ]
    failed = [condition for condition, answer in said if not _met(condition, answer)]
    if any(condition.unmet is None for condition in failed):
        return Fit(rule, "irrelevant")
    if failed:
        return Fit(rule, "misses", reasons=tuple(condition.unmet for condition in failed if condition.unmet))
    missing = tuple(condition.slot for condition in rule.conditions if condition.slot not in answers)
    return Fit(rule, "open" if missing else "fits", missing=missing)


def _met(condition: Condition, answer: Answer) -> bool:
    if condition.at_most is not None:
        return isinstance(answer, Decimal) and answer <= condition.at_most
    chosen = answer if isinstance(answer, frozenset) else frozenset({str(answer)})
    return bool(chosen & condition.values)
