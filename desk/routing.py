"""Step 6: choose a seat for a conversation that waits. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from desk.kinds import Availability, Tier

SERVED_BY: Final[dict[Tier, tuple[Tier, ...]]] = {
    Tier.GENERAL: (Tier.GENERAL, Tier.EXPERT),
    Tier.EXPERT: (Tier.EXPERT,),
    Tier.HOTLINE_12345: (Tier.HOTLINE_12345,),
}
"""For each tier that a conversation may need, the tiers of the seats that may take it, best first."""


class Fit(StrEnum):
    """How well a seat suits a conversation, best first."""

    LAST_SEAT = "last_seat"
    SKILL = "skill"
    NO_SPECIALITY = "no_speciality"
    OTHER_SPECIALITY = "other_speciality"
    HIGHER_TIER = "higher_tier"


_FITS: Final = tuple(Fit)


@dataclass(frozen=True)
class Need:
    """What a conversation needs. The seat that helped last is preferred, one that gave it up passed over."""

    tier: Tier = Tier.GENERAL
    skill: str | None = None
    last_seat_id: str | None = None
    avoid_seat_id: str | None = None


@dataclass(frozen=True)
class SeatView:
    """What routing knows about a seat. `idle_since` is when its load last changed."""

    id: str
    tier: Tier
    skills: tuple[str, ...]
    capacity: int
    open_count: int
    availability: Availability
    idle_since: datetime

    @property
    def has_room(self) -> bool:
        """Whether it could take one more."""
        return self.availability is Availability.ONLINE and self.open_count < self.capacity


@dataclass(frozen=True)
class Choice:
    """The seat chosen, and why, kept with the assignment."""

    seat_id: str
    why: str


def may_serve(seat_tier: Tier, needed: Tier) -> bool:
    """Whether a seat of one tier may take a conversation that needs another."""
    return seat_tier in SERVED_BY[needed]


def anyone_online(need: Need, seats: Sequence[SeatView]) -> bool:
    """Whether some seat that may take the conversation is online, be it full."""
    return any(seat.availability is Availability.ONLINE and _may_take(need, seat) for seat in seats)


def choose_seat(need: Need, seats: Sequence[SeatView]) -> Choice | None:
    """The best seat with room: by fit, then the lowest load for its capacity, then the longest idle.

    The order of `seats` makes no difference. None when every seat that may take it is full or away.
    """
    eligible = [seat for seat in seats if seat.has_room and _may_take(need, seat)]
    if not eligible:
        return None
    best = min(eligible, key=lambda seat: _preference(need, seat))
    load = f"{best.open_count}/{best.capacity}"
    return Choice(seat_id=best.id, why=f"{_fit(need, best)} load={load} eligible={len(eligible)}")


def _may_take(need: Need, seat: SeatView) -> bool:
    return may_serve(seat.tier, need.tier) and seat.id != need.avoid_seat_id


def _preference(need: Need, seat: SeatView) -> tuple[int, int, float, datetime, str]:
    fit = _fit(need, seat)
    skill = _FITS.index(_skill_fit(need, seat))
    return _FITS.index(fit), skill, seat.open_count / seat.capacity, seat.idle_since, seat.id


def _fit(need: Need, seat: SeatView) -> Fit:
    if seat.id == need.last_seat_id:
        return Fit.LAST_SEAT
    if seat.tier is not need.tier:
        return Fit.HIGHER_TIER
    return _skill_fit(need, seat)


def _skill_fit(need: Need, seat: SeatView) -> Fit:
    if need.skill is not None and need.skill in seat.skills:
        return Fit.SKILL
    return Fit.OTHER_SPECIALITY if seat.skills else Fit.NO_SPECIALITY
