"""The knowledge base as the bot sees it: what is published is found at once, and nothing else ever is."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from office import TODAY, Office, content
from structlog.testing import capture_logs

from common.errors import Unavailable
from knowledge_base.encoder import EncoderUnavailable, load_encoder
from knowledge_base.library import KEPT_INDEXES, Library, SearchUnavailable
from knowledge_base.rate_tables import shipped_tables
from knowledge_base.retrieval import storage
from knowledge_base.retrieval.decision import Thresholds

ASKED = "租房合同要贴花吗"
NEW_ANSWER = "按租金的千分之一。"


@pytest.fixture
def office(small_office: Office) -> Iterator[Office]:
    small_office.publish(content())
    return small_office


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def library(office: Office, index: Path) -> Library:
    return office.library(index)


def answer(library: Library, *, day: date = TODAY, region: str | None = None) -> str | None:
    """What the best match says, by search and by look-up alike."""
    matches = library.search(ASKED, as_of=day, region=region).matches
    served = library.revision_in_force("stamp-lease", as_of=day, region=region)
    assert [(match.entry_id, match.revision) for match in matches[:1]] == (
        [("stamp-lease", served.number)] if served else []
    )
    return served.content.answer if served else None


def indexes(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)


def test_what_is_published_is_served_at_the_next_refresh(office: Office, library: Library) -> None:
    assert not library.ready
    assert answer(library) == content().answer
    assert library.ready
    office.publish(content(answer=NEW_ANSWER))
    assert answer(library) == content().answer
    assert library.refresh()
    assert answer(library) == NEW_ANSWER
    assert not library.refresh()
    assert library.version == 2


def test_what_is_withdrawn_is_gone_on_every_path(office: Office, library: Library) -> None:
    assert answer(library) == content().answer
    office.withdraw()
    library.refresh()
    assert answer(library) is None


def test_what_is_rolled_back_is_served_again(office: Office, library: Library) -> None:
    first = library.search(ASKED, as_of=TODAY, region=None).index_version
    office.publish(content(answer=NEW_ANSWER))
    library.refresh()
    office.roll_back()
    library.refresh()
    assert answer(library) == content().answer
    again = library.search(ASKED, as_of=TODAY, region=None).index_version
    assert (first[:2], again[:2]) == ("1-", "3-")
    assert first[2:] == again[2:]


def test_an_expired_text_answers_for_its_own_days_only(office: Office, library: Library) -> None:
    office.withdraw()
    office.publish(content(effective_to="2025-12-31"))
    library.refresh()
    assert answer(library, day=date(2025, 12, 31)) == content().answer
    assert answer(library, day=date(2026, 1, 1)) is None


def test_each_period_gets_its_own_text(office: Office, library: Library) -> None:
    office.publish(content(effective_from="2026-01-01", answer=NEW_ANSWER))
    library.refresh()
    assert answer(library, day=date(2025, 12, 31)) == content().answer
    assert answer(library, day=date(2026, 1, 1)) == NEW_ANSWER


def test_a_text_that_is_not_in_force_yet_is_not_served(office: Office, library: Library) -> None:
    office.publish(content(effective_from="2027-01-01", answer=NEW_ANSWER))
    library.refresh()
    assert answer(library) == content().answer
    assert answer(library, day=date(2027, 1, 1)) == NEW_ANSWER


def test_each_place_gets_the_narrowest_text(office: Office, library: Library) -> None:
    office.publish(content(region="宁波市", answer="宁波的。"))
    office.publish(content(region="浙江省", answer="浙江的。"))
    library.refresh()
    assert answer(library, region="宁波市") == "宁波的。"
    assert answer(library, region="浙江省杭州市") == "浙江的。"
    assert answer(library, region="北京市") == answer(library, region=None) == content().answer


def test_only_new_revisions_are_read_at_a_refresh(
    office: Office, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        office.publish(content(id=f"entry-{number}"))
    library.refresh()
    office.publish(content(id="one-more"))
    read: list[int] = []
    whole = library._newest.__globals__["load_revisions"]
    monkeypatch.setattr(
        "knowledge_base.library.load_revisions",
        lambda session, ids: read.extend(ids) or whole(session, ids),
    )
    library.refresh()
    assert len(read) == 1


def test_the_index_is_stored_and_read_back_by_the_next_process(
    office: Office, library: Library, index: Path
) -> None:
    assert not library.stored()
    library.refresh()
    assert library.stored()
    [stored] = indexes(index)
    before = (stored / storage.MANIFEST).stat().st_mtime_ns
    after_restart = office.library(index)
    assert after_restart.stored()
    assert answer(after_restart) == content().answer
    assert (stored / storage.MANIFEST).stat().st_mtime_ns == before
    office.publish(content(answer=NEW_ANSWER))
    assert not office.library(index).stored()


@pytest.mark.parametrize("damage", ["truncated", "altered", "missing", "emptied", "a file"])
def test_a_damaged_index_is_built_again_with_a_word_about_it(
    office: Office, library: Library, index: Path, damage: str
) -> None:
    library.refresh()
    [stored] = indexes(index)
    part = max(stored.iterdir(), key=lambda path: path.stat().st_size)
    if damage == "truncated":
        part.write_bytes(part.read_bytes()[:100])
    elif damage == "altered":
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 0xFF
        part.write_bytes(data)
    elif damage == "missing":
        part.unlink()
    else:
        for file in stored.iterdir():
            file.unlink()
        if damage == "a file":
            stored.rmdir()
            stored.write_bytes(b"")
    after_restart = office.library(index)
    with capture_logs() as logs:
        assert not after_restart.stored()
        assert answer(after_restart) == content().answer
    assert "a stored index is damaged and is built again" in [line["event"] for line in logs]
    if damage != "a file":
        assert office.library(index).stored()


def test_an_index_that_cannot_be_stored_is_served_from_memory(office: Office, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_bytes(b"")
    library = office.library(tmp_path / "a-file" / "index")
    with capture_logs() as logs:
        assert answer(library) == content().answer
    assert [line["log_level"] for line in logs if "cannot be stored" in line["event"]] == ["warning"]


def test_a_full_disk_leaves_no_half_index_and_the_new_text_is_served(
    office: Office, library: Library, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.refresh()
    before = indexes(index)
    whole = storage._write

    def full(file: Path, data: bytes) -> None:
        if file.suffix == ".faiss":
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(file, data)

    monkeypatch.setattr(storage, "_write", full)
    office.publish(content(answer=NEW_ANSWER))
    with capture_logs() as logs:
        library.refresh()
    assert answer(library) == NEW_ANSWER
    assert any("No space left" in line.get("cause", "") for line in logs)
    assert indexes(index) == before


def test_old_indexes_are_forgotten_but_the_last_ones_kept(
    office: Office, library: Library, index: Path
) -> None:
    for number in range(KEPT_INDEXES + 3):
        office.publish(content(answer=f"第 {number} 次。"))
        library.refresh()
    assert len(indexes(index)) == KEPT_INDEXES


def test_while_an_index_is_built_the_old_one_answers(
    office: Office, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.refresh()
    building, go_on = threading.Event(), threading.Event()
    build = library._index

    def slow(revisions: object) -> object:
        building.set()
        assert go_on.wait(30)
        return build(revisions)  # type: ignore[arg-type]

    monkeypatch.setattr(library, "_index", slow)
    office.publish(content(answer=NEW_ANSWER))
    refreshing = threading.Thread(target=library.refresh)
    refreshing.start()
    try:
        assert building.wait(30)
        assert answer(library) == content().answer
    finally:
        go_on.set()
        refreshing.join()
    assert answer(library) == NEW_ANSWER


def test_when_the_new_state_cannot_be_read_the_old_one_stays(office: Office, library: Library) -> None:
    library.refresh()
    office.publish(content(answer=NEW_ANSWER))
    with office.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE revisions RENAME TO elsewhere")
    with pytest.raises(Unavailable):
        library.refresh()
    assert answer(library) == content().answer
    with office.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO revisions")
    library.refresh()
    assert answer(library) == NEW_ANSWER


def test_a_model_that_cannot_be_loaded_is_named_and_tried_again(office: Office, index: Path) -> None:
    broken = [True]

    def encoder() -> object:
        if broken:
            raise EncoderUnavailable("encoder 'nowhere' cannot be loaded")
        return load_encoder()

    library = Library(
        office.database,
        encoder=encoder,  # type: ignore[arg-type]
        index_dir=index,
        thresholds=Thresholds(answer=0.5, clarify=0.5),
        rates=shipped_tables(),
    )
    with pytest.raises(SearchUnavailable, match=r"nowhere.*TONGDA_ENCODER"):
        library.search(ASKED, as_of=TODAY, region=None)
    broken.clear()
    assert answer(library) == content().answer


def test_an_empty_knowledge_base_finds_nothing(small_office: Office, index: Path) -> None:
    library = small_office.library(index)
    found = library.search(ASKED, as_of=TODAY, region=None)
    assert (found.matches, found.decision, library.version) == ((), "no_answer", 0)


def test_two_knowledge_bases_can_share_a_folder(tmp_path: Path, office: Office, index: Path) -> None:
    from databases import fresh_sqlite

    (tmp_path / "second").mkdir()
    second = Office(fresh_sqlite(tmp_path / "second"))
    second.publish(content(answer=NEW_ANSWER))
    assert answer(office.library(index)) == content().answer
    assert answer(second.library(index)) == NEW_ANSWER
    assert len(indexes(index)) == 2
    second.database.dispose()
