"""What is served: publications are appended, never changed, and say exactly which revisions are in force."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from databases import fresh_sqlite
from hypothesis import given, settings
from hypothesis import strategies as st
from office import REVIEWER, Office, content, person
from sqlalchemy import select

from common.errors import Conflict, NotFound
from knowledge_base import editing, publishing
from knowledge_base.tables import Publication, Revision

NEW_ANSWER = "按租金的千分之一。"


def test_a_text_for_the_same_days_takes_the_place_of_the_old_one(office: Office) -> None:
    office.publish(content())
    office.publish(content(answer=NEW_ANSWER))
    assert office.served() == [("stamp-lease", 2)]
    assert office.states() == ["replaced", "published"]


def test_a_text_from_a_later_day_on_leaves_the_old_one_its_days(office: Office) -> None:
    office.publish(content())
    office.publish(content(effective_from="2026-01-01"))
    assert office.served() == [("stamp-lease", 1), ("stamp-lease", 2)]
    assert office.states() == ["published", "published"]


def test_a_text_for_a_region_stands_beside_the_national_one(office: Office) -> None:
    office.publish(content())
    office.publish(content(region="宁波市"))
    office.publish(content(answer=NEW_ANSWER))
    assert office.served() == [("stamp-lease", 2), ("stamp-lease", 3)]


def test_withdrawing_stops_every_revision_of_the_entry_and_no_other(office: Office) -> None:
    office.publish(content())
    office.publish(content(effective_from="2026-01-01"))
    office.publish(content(id="other"))
    office.withdraw()
    assert office.served() == [("other", 1)]
    assert office.states() == ["withdrawn", "withdrawn"]
    assert office.audited("entry.withdrawn") == 1
    with pytest.raises(NotFound):
        office.withdraw()


def test_a_rollback_serves_again_what_was_served_before(office: Office) -> None:
    office.publish(content())
    office.publish(content(answer=NEW_ANSWER))
    office.roll_back()
    assert office.served() == [("stamp-lease", 1)]
    assert office.states() == ["published", "withdrawn"]
    assert office.audited("publication.rolled_back") == 1


def test_rolling_back_twice_goes_two_steps_back(office: Office) -> None:
    for number in range(3):
        office.publish(content(id=f"entry-{number}"))
    office.roll_back()
    office.roll_back()
    assert office.served() == [("entry-0", 1)]
    with pytest.raises(NotFound):
        office.roll_back()


def test_a_rollback_can_itself_be_rolled_back_by_number(office: Office) -> None:
    office.publish(content())
    office.publish(content(id="other"))
    office.roll_back()
    office.roll_back(to=2)
    assert office.served() == [("other", 1), ("stamp-lease", 1)]


def test_there_is_nothing_to_roll_back_to_before_the_first_publication(office: Office) -> None:
    with pytest.raises(NotFound):
        office.roll_back()
    office.publish(content())
    for missing in (None, 0, 7):
        with pytest.raises(NotFound):
            office.roll_back(to=missing)
    with pytest.raises(Conflict):
        office.roll_back(to=1)


def test_after_a_rollback_work_goes_on_with_the_next_number(office: Office) -> None:
    office.publish(content())
    office.publish(content(answer=NEW_ANSWER))
    office.roll_back()
    office.publish(content(answer="再改"))
    assert office.served() == [("stamp-lease", 3)]


def test_two_approvals_at_the_same_moment_are_both_served(office: Office) -> None:
    entries = [f"entry-{number}" for number in range(6)]
    for entry_id in entries:
        office.create(content(id=entry_id))
        office.submit(entry_id)
    together = threading.Barrier(len(entries))

    def approve(entry_id: str) -> None:
        together.wait()
        office.approve(entry_id)

    threads = [threading.Thread(target=approve, args=(entry_id,)) for entry_id in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry_id for entry_id, _ in office.served()] == entries
    assert [publication.version for publication in office.publications()] == [1, 2, 3, 4, 5, 6]


def test_of_many_who_save_the_same_draft_at_once_one_succeeds(office: Office) -> None:
    opened = office.create(content())
    together = threading.Barrier(6)
    outcomes: list[str] = []

    def save(name: str) -> None:
        together.wait()
        try:
            office.save(content(answer=name), base=opened.lock_version, by=name)
        except editing.StaleDraft:
            outcomes.append("stale")
        else:
            outcomes.append(name)

    threads = [threading.Thread(target=save, args=(f"editor-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [outcome for outcome in outcomes if outcome != "stale"]
    working = office.working()
    assert working is not None
    assert (working.content.answer, working.lock_version) == (winner, opened.lock_version + 1)


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("publish"),
            st.sampled_from(["a", "b"]),
            st.sampled_from([None, "2023-01-01", "2026-01-01"]),
            st.sampled_from([None, "2025-12-31", "2027-12-31"]),
            st.sampled_from([None, "浙江省", "宁波市"]),
        ),
        st.tuples(st.just("withdraw"), st.sampled_from(["a", "b"])),
        st.tuples(st.just("roll_back"), st.one_of(st.none(), st.integers(1, 8))),
    ),
    max_size=8,
)


@given(steps=STEPS)
@settings(max_examples=30)
def test_whatever_is_done_publications_are_only_appended_and_say_what_is_served(
    steps: list[tuple[Any, ...]],
) -> None:
    with TemporaryDirectory() as folder:
        database = fresh_sqlite(Path(folder))
        office = Office(database)
        before: list[tuple[Any, ...]] = []
        for step in steps:
            _do(office, *step)
            rows = [
                (row.version, tuple(row.revision_ids), row.reason, row.copy_of)
                for row in office.publications()
            ]
            assert rows[: len(before)] == before
            assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
            assert _published_by_state(office) == set(rows[-1][1] if rows else ())
            before = rows
        _assert_served_is_searched(office, Path(folder) / "index")
        database.dispose()


def _do(office: Office, step: str, *arguments: Any) -> None:
    try:
        if step == "publish":
            entry_id, start, end, region = arguments
            if start is None or end is None or start <= end:
                office.publish(content(id=entry_id, effective_from=start, effective_to=end, region=region))
        elif step == "withdraw":
            office.withdraw(*arguments)
        else:
            office.roll_back(*arguments)
    except (NotFound, Conflict):
        pass


def _published_by_state(office: Office) -> set[int]:
    with office.database.read() as session:
        return set(session.scalars(select(Revision.id).where(Revision.state == "published")))


def _assert_served_is_searched(office: Office, folder: Path) -> None:
    """Search and look-up agree with each other, and find nothing that is not published."""
    library = office.library(folder)
    library.refresh()
    served = set(office.served())
    for region in (None, "宁波市", "杭州市"):
        for day in (date(2022, 1, 1), date(2025, 6, 1), date(2026, 11, 24), date(2030, 1, 1)):
            found = {
                (match.entry_id, match.revision)
                for match in library.search(content().question, as_of=day, region=region, limit=20).matches
            }
            looked_up = {
                (entry_id, revision.number)
                for entry_id in ("a", "b")
                if (revision := library.revision_in_force(entry_id, as_of=day, region=region))
            }
            assert found == looked_up
            assert found <= served


def test_a_publication_made_halfway_leaves_nothing(office: Office) -> None:
    office.create(content())
    office.submit()
    with pytest.raises(RuntimeError):
        _publish_and_fail(office)
    assert office.publications() == []
    assert office.states() == ["in_review"]
    assert office.audited("revision.published") == 0


def _publish_and_fail(office: Office) -> None:
    with office.write() as session:
        draft = editing.working_revision(session, "stamp-lease")
        assert draft is not None
        publishing.publish(session, [draft], reviewer=REVIEWER, actor=person(REVIEWER), now=office.now)
        raise RuntimeError


def test_the_reason_of_a_publication_reads_well(office: Office) -> None:
    office.publish(content())
    office.publish(content(id="other"))
    office.withdraw()
    office.roll_back(to=1)
    reasons: list[Publication] = office.publications()
    assert [row.reason for row in reasons] == [
        "发布 stamp-lease",
        "发布 other",
        "下线 stamp-lease",
        "退回到发布版本 1",
    ]
