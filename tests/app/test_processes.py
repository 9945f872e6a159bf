"""The whole product as processes: started, killed, stopped; nothing is lost and nothing is answered twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from installation import Installation, Visitor, wait_until

from app.rasa import current_model
from app.settings import load_settings

pytestmark = pytest.mark.slow

QUESTION = "小规模纳税人销售额多少以内免征增值税？"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    made.set_up()
    try:
        yield made
    finally:
        made.close()


def answers(installation: Installation, visitor: Visitor) -> list[str]:
    rows = installation.sql(
        "SELECT sender FROM messages WHERE conversation_id = :id ORDER BY seq", id=visitor.conversation_id
    )
    return [row[0] for row in rows]


def test_the_page_answers_while_rasa_loads_and_rasa_answers_later(installation: Installation) -> None:
    installation.start(wait_for_rasa=False)
    assert not installation.ready("rasa")
    assert httpx.get(f"{installation.url}/", trust_env=False).status_code == 200
    visitor = Visitor(installation.url)
    assert visitor.asks(QUESTION)["entry_id"] == "vat-small-scale-threshold"
    wait_until(lambda: installation.ready("rasa"), what="Rasa is ready")
    assert visitor.asks(QUESTION)["entry_id"] == "vat-small-scale-threshold"
    assert [row[0] for row in installation.sql("SELECT via FROM turns ORDER BY seq")] == ["retrieval", "rasa"]
    assert installation.stop() == 0


def test_a_second_set_up_makes_nothing_again(installation: Installation) -> None:
    again = installation.run("setup")
    assert again.returncode == 0
    assert (again.stdout, again.stderr.strip()) == ("", "")


def test_rasa_is_started_again_and_meanwhile_retrieval_answers(installation: Installation) -> None:
    installation.start()
    visitor = Visitor(installation.url)
    first = installation.process("rasa")
    first.send_signal(signal.SIGKILL)
    assert visitor.asks(QUESTION)["outcome"] == "answer"
    wait_until(lambda: installation.process("rasa").pid != first.pid, what="another Rasa process")
    wait_until(lambda: installation.ready("rasa"), what="Rasa is ready again")
    assert visitor.asks("谢谢")["outcome"] == "smalltalk"
    assert [row[0] for row in installation.sql("SELECT via FROM turns ORDER BY seq")] == ["retrieval", "rasa"]


def test_a_rasa_that_hangs_is_not_waited_for_longer_than_the_budget(installation: Installation) -> None:
    installation.start()
    rasa = installation.process("rasa")
    rasa.suspend()
    try:
        assert Visitor(installation.url).asks(QUESTION)["outcome"] == "answer"
    finally:
        rasa.resume()
    assert installation.sql("SELECT via FROM turns")[0][0] == "retrieval"


@pytest.mark.parametrize("moment", ["stored", "taken", "answered"])
def test_killed_at_any_point_the_message_is_there_and_answered_once(
    installation: Installation, moment: str
) -> None:
    installation.start()
    visitor = Visitor(installation.url)
    rasa, web = installation.process("rasa"), installation.process("web")
    rasa.suspend()
    seq = visitor.says(QUESTION)
    if moment != "stored":
        wait_until(
            lambda: installation.sql("SELECT attempts FROM turns")[0][0] == 1, what="the turn is taken"
        )
    if moment == "answered":
        rasa.resume()
        visitor.reply_to(seq)
    web.send_signal(signal.SIGKILL)
    rasa.resume()
    wait_until(lambda: installation.process("web").pid != web.pid, what="another web process")
    assert visitor.reply_to(seq)["entry_id"] == "vat-small-scale-threshold"
    assert visitor.asks("谢谢")["outcome"] == "smalltalk"
    assert answers(installation, visitor) == ["contact", "bot", "contact", "bot"]


def test_a_corrupt_index_is_built_again(installation: Installation, tmp_path: Path) -> None:
    files = [file for file in (tmp_path / "data" / "index").rglob("*") if file.is_file()]
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    installation.start(wait_for_rasa=False)
    assert Visitor(installation.url).asks(QUESTION)["outcome"] == "answer"
    assert "stored index is damaged" in installation.log.read_text()


def test_of_two_models_the_one_that_is_not_corrupt_is_served(
    installation: Installation, tmp_path: Path
) -> None:
    whole = current_model(load_settings(data_dir=tmp_path / "data"))
    assert whole is not None
    corrupt = tmp_path / "data" / "models" / whole.name
    corrupt.parent.mkdir(exist_ok=True)
    corrupt.write_bytes(whole.read_bytes()[:10_000])
    installation.start()
    assert Visitor(installation.url).asks("谢谢")["outcome"] == "smalltalk"
    assert "stored Rasa model is damaged" in installation.log.read_text()


def test_ctrl_c_stops_every_process_with_status_zero(installation: Installation) -> None:
    installation.start(wait_for_rasa=False)
    assert installation.stop() == 0
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{installation.url}/healthz", trust_env=False)
