"""Which seat is chosen, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.kinds import Availability, Tier
from desk.routing import Need, SeatView, anyone_online, choose_seat

NINE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def seat(name: str, **changes: object) -> SeatView:
    facts: dict[str, object] = {
        "tier": Tier.GENERAL,
        "skills": (),
        "capacity": 4,
        "open_count": 0,
        "availability": Availability.ONLINE,
        "idle_since": NINE,
    }
    return SeatView(id=name, **{**facts, **changes})  # type: ignore[arg-type]


def chosen(need: Need, *seats: SeatView) -> str | None:
    choice = choose_seat(need, seats)
    return choice.seat_id if choice else None


VAT = ("增值税",)
INCOME = ("个人所得税",)
EXPERT = Tier.EXPERT
HOTLINE = Tier.HOTLINE_12345


@pytest.mark.parametrize(
    ("need", "seats", "expected"),
    [
        pytest.param(Need(), [], None, id="no seat at all"),
        pytest.param(
            Need(), [seat("a", availability=Availability.OFFLINE)], None, id="offline is never chosen"
        ),
        pytest.param(Need(), [seat("a", availability=Availability.AWAY)], None, id="away is never chosen"),
        pytest.param(Need(), [seat("a", open_count=4)], None, id="full is never chosen"),
        pytest.param(Need(), [seat("a", capacity=0)], None, id="a seat for nobody is never chosen"),
        pytest.param(
            Need(skill="增值税"),
            [seat("plain"), seat("vat", skills=VAT, open_count=3)],
            "vat",
            id="the skill comes before the load",
        ),
        pytest.param(
            Need(skill="增值税"),
            [seat("other", skills=INCOME), seat("plain", open_count=3)],
            "plain",
            id="without the skill, a seat without speciality",
        ),
        pytest.param(
            Need(skill="增值税"),
            [seat("other", skills=INCOME), seat("expert", tier=EXPERT, skills=VAT)],
            "other",
            id="any general seat comes before an expert",
        ),
        pytest.param(
            Need(skill="增值税"),
            [seat("full", open_count=4), seat("expert", tier=EXPERT)],
            "expert",
            id="an expert when every general seat is full",
        ),
        pytest.param(
            Need(skill="增值税"),
            [seat("e1", tier=EXPERT), seat("e2", tier=EXPERT, skills=VAT, open_count=1)],
            "e2",
            id="among experts the skill counts too",
        ),
        pytest.param(Need(tier=EXPERT), [seat("general")], None, id="a general seat is no expert"),
        pytest.param(
            Need(tier=HOTLINE), [seat("g"), seat("e", tier=EXPERT)], None, id="12345 is served by 12345"
        ),
        pytest.param(Need(), [seat("h", tier=HOTLINE)], None, id="12345 seats serve nobody else"),
        pytest.param(
            Need(),
            [seat("busy", open_count=2), seat("free", capacity=10, open_count=4)],
            "free",
            id="load is measured against capacity",
        ),
        pytest.param(
            Need(),
            [seat("just", idle_since=NINE + timedelta(minutes=5)), seat("long", idle_since=NINE)],
            "long",
            id="equal load: the one idle longest",
        ),
        pytest.param(
            Need(skill="增值税", last_seat_id="mine"),
            [seat("vat", skills=VAT), seat("mine", open_count=3)],
            "mine",
            id="the seat that helped last is preferred",
        ),
        pytest.param(
            Need(last_seat_id="mine"),
            [seat("mine", open_count=4), seat("other")],
            "other",
            id="but not when it is full",
        ),
        pytest.param(Need(avoid_seat_id="a"), [seat("a")], None, id="who gave it up does not get it back"),
        pytest.param(
            Need(last_seat_id="a", avoid_seat_id="a"),
            [seat("a"), seat("b", open_count=3)],
            "b",
            id="giving up counts more than having helped",
        ),
    ],
)
def test_the_seat_that_fits_best_is_chosen(need: Need, seats: list[SeatView], expected: str | None) -> None:
    assert chosen(need, *seats) == expected


@pytest.mark.parametrize(
    ("need", "seats", "expected"),
    [
        (Need(), [seat("a", open_count=4)], True),
        (Need(), [seat("a", availability=Availability.AWAY)], False),
        (Need(tier=EXPERT), [seat("a")], False),
        (Need(avoid_seat_id="a"), [seat("a")], False),
    ],
)
def test_a_full_seat_is_somebody_online_and_an_unfit_one_is_not(
    need: Need, seats: list[SeatView], expected: bool
) -> None:
    assert anyone_online(need, seats) is expected


def test_the_choice_says_why() -> None:
    choice = choose_seat(Need(skill="增值税"), [seat("a"), seat("b", skills=VAT, open_count=1)])
    assert choice is not None
    assert choice.why == "skill load=1/4 eligible=2"


seat_facts = st.builds(
    seat,
    st.sampled_from("abcdef"),
    tier=st.sampled_from(Tier),
    skills=st.sampled_from([(), VAT, INCOME, VAT + INCOME]),
    capacity=st.integers(1, 3),
    open_count=st.integers(0, 3),
    availability=st.sampled_from(Availability),
    idle_since=st.sampled_from([NINE, NINE + timedelta(hours=1)]),
)
needs = st.builds(
    Need,
    tier=st.sampled_from(Tier),
    skill=st.sampled_from([None, "增值税", "契税"]),
    last_seat_id=st.sampled_from([None, "a", "b"]),
    avoid_seat_id=st.sampled_from([None, "a", "c"]),
)


@given(needs, st.lists(seat_facts, max_size=4, unique_by=lambda one: one.id))
def test_the_order_of_the_seats_makes_no_difference(need: Need, seats: list[SeatView]) -> None:
    assert len({chosen(need, *order) for order in permutations(seats)}) == 1


@given(needs, st.lists(seat_facts, max_size=6, unique_by=lambda one: one.id))
def test_whoever_is_chosen_is_online_and_has_room(need: Need, seats: list[SeatView]) -> None:
    choice = choose_seat(need, seats)
    able = [one for one in seats if one.availability == "online" and one.open_count < one.capacity]
    if choice is not None:
        assert choice.seat_id in {one.id for one in able} - {need.avoid_seat_id}
