"""Step 4, validity: which revision of an entry holds on a day in a place. The one rule for every path. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from knowledge_base.retrieval.regions import region_rank


class Dated(Protocol):
    """What has a period (both days included; an open end is None) and a region (None: national)."""

    @property
    def effective_from(self) -> date | None:
        """Its first day."""

    @property
    def effective_to(self) -> date | None:
        """Its last day."""

    @property
    def region(self) -> str | None:
        """Where it holds."""


Rule = TypeVar("Rule", bound=Dated)


def in_force(revisions: Sequence[Rule], *, as_of: date, region: str | None) -> Rule | None:
    """Of one entry's revisions, oldest first: the one that holds on a day for somebody in `region`.

    The narrowest region wins (city, then province, then national), then the newest. None when none holds; without a
    region only what is national does.
    """
    best: Rule | None = None
    best_rank = 0
    for revision in revisions:
        rank = region_rank(revision.region, asked=region)
        if rank is not None and rank >= best_rank and holds_on(revision, as_of):
            best, best_rank = revision, rank
    return best


def holds_on(revision: Dated, day: date) -> bool:
    """Whether it holds on this day, somewhere."""
    started = revision.effective_from is None or revision.effective_from <= day
    return started and (revision.effective_to is None or day <= revision.effective_to)


def covers(new: Dated, old: Dated) -> bool:
    """Whether `new` holds on every day on which `old` does, in the same place, so that it takes its place."""
    starts = new.effective_from is None or (
        old.effective_from is not None and new.effective_from <= old.effective_from
    )
    ends = new.effective_to is None or (old.effective_to is not None and new.effective_to >= old.effective_to)
    return starts and ends and same_place(new, old)


def same_place(one: Dated, other: Dated) -> bool:
    """Whether they hold for the same people: 宁波市 is 浙江省宁波市."""
    return _reaches(one, other) and _reaches(other, one)


def overlap(one: Dated, other: Dated) -> bool:
    """Whether there is a day and a place in which both hold."""
    return _share_days(one, other) and (_reaches(one, other) or _reaches(other, one))


def _share_days(one: Dated, other: Dated) -> bool:
    early = (
        one.effective_from is None or other.effective_to is None or one.effective_from <= other.effective_to
    )
    late = (
        one.effective_to is None or other.effective_from is None or one.effective_to >= other.effective_from
    )
    return early and late


def _reaches(one: Dated, other: Dated) -> bool:
    return region_rank(one.region, asked=other.region) is not None
