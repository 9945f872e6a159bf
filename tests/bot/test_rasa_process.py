"""Rasa's process: what it listens on, what it keeps, how it ends, and what the client makes of its troubles."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from threading import Event

import psutil
import pytest
from live_rasa import PATIENCE_SECONDS, LiveRasa, live_rasa, start, wait_until

from app.rasa import PYTHON, free_port, server_program
from app.settings import ROOT
from bot.client import BotUnavailable

pytestmark = pytest.mark.slow


def test_it_listens_on_loopback_alone(shared_rasa: LiveRasa) -> None:
    process = psutil.Process(shared_rasa.process.pid)
    listening = [each.laddr.ip for each in process.net_connections() if each.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]


def test_it_offers_nothing_but_its_channel(shared_rasa: LiveRasa) -> None:
    import httpx

    for path in ("/", "/status", "/model/parse", "/conversations/c1/tracker", "/domain", "/version"):
        assert httpx.get(shared_rasa.url + path, trust_env=False).status_code == 404


def test_it_runs_without_tensorflow(shared_rasa: LiveRasa) -> None:
    maps = [each.path for each in psutil.Process(shared_rasa.process.pid).memory_maps()]
    assert any("sklearn" in path for path in maps)
    assert not [path for path in maps if "tensorflow" in path]


def test_the_hundredth_turn_of_a_conversation_carries_no_more_than_the_first(shared_rasa: LiveRasa) -> None:
    shared_rasa.calls.clear()
    for _ in range(100):
        shared_rasa.ask("你好")
    sizes = {len(call["tracker"]["events"]) for call in shared_rasa.calls}
    assert len(shared_rasa.calls) == 100
    assert len(sizes) == 1


def test_a_slow_action_is_not_waited_for_and_the_conversation_goes_on(shared_rasa: LiveRasa) -> None:
    over = Event()
    shared_rasa.knowledge.before_search = lambda: over.wait(PATIENCE_SECONDS)
    try:
        with pytest.raises(BotUnavailable, match="no reply within"):
            shared_rasa.ask("印花税怎么算", budget=0.3)
        assert shared_rasa.ask("谢谢").intent == "thank"
    finally:
        shared_rasa.knowledge.before_search = lambda: None
        over.set()


def test_an_action_that_fails_makes_the_turn_unavailable_and_only_this_one(shared_rasa: LiveRasa) -> None:
    def fail() -> None:
        raise RuntimeError("the index is gone")

    shared_rasa.knowledge.before_search = fail
    try:
        with pytest.raises(BotUnavailable):
            shared_rasa.ask("印花税怎么算")
    finally:
        shared_rasa.knowledge.before_search = lambda: None
    assert shared_rasa.ask("谢谢").intent == "thank"


def test_rasa_with_a_wrong_token_gets_nothing_from_the_action_endpoint(rasa_model: Path) -> None:
    with live_rasa(rasa_model, token="guessed") as stranger:
        with pytest.raises(BotUnavailable):
            stranger.ask("你好")
        assert stranger.calls == []


def test_killed_it_is_unavailable_at_once(own_rasa: LiveRasa) -> None:
    assert own_rasa.ask("你好").intent == "greet"
    own_rasa.process.kill()
    own_rasa.process.wait()
    with pytest.raises(BotUnavailable):
        own_rasa.ask("你好")
    assert not own_rasa.is_ready()


def test_it_ends_when_it_is_asked_to(own_rasa: LiveRasa) -> None:
    own_rasa.process.send_signal(signal.SIGTERM)
    assert own_rasa.process.wait(PATIENCE_SECONDS) == 0


def test_it_ends_with_its_supervisor_even_when_that_is_killed(rasa_model: Path) -> None:
    program = server_program(rasa_model, port=free_port(), action_url="http://127.0.0.1:9/", action_token="t")
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, *program.command],
        cwd=ROOT,
        env={**os.environ, **program.environment},
        stdout=subprocess.PIPE,
    )
    assert supervisor.stdout is not None
    with supervisor.stdout as said:
        rasa = psutil.Process(int(said.readline()))
        supervisor.kill()
        supervisor.wait()
    wait_until(lambda: not rasa.is_running() or rasa.status() == psutil.STATUS_ZOMBIE, what="Rasa has ended")


SUPERVISOR = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from app.supervisor import Program, start

    async def main():
        process = await start(Program(name="rasa", command=sys.argv[1:], working_dir=Path.cwd()))
        print(process.pid, flush=True)
        await process.wait()

    asyncio.run(main())
""")


def test_a_model_that_cannot_be_loaded_ends_the_process_with_an_error(tmp_path: Path) -> None:
    damaged = tmp_path / "rasa-damaged.tar.gz"
    damaged.write_bytes(gzip.compress(b"no archive"))
    program = server_program(damaged, port=free_port(), action_url="http://127.0.0.1:9/", action_token="t")
    assert start(program).wait(PATIENCE_SECONDS) != 0


def rasa_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}


def test_rasa_finds_no_fault_in_the_training_data() -> None:
    files = ("--domain", "bot/domain.yml", "--data", "bot/data", "--config", "config.yml")
    done = subprocess.run(
        [PYTHON, "-m", "rasa", "data", "validate", "--fail-on-warnings", *files],
        cwd=ROOT,
        env=rasa_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("faulty", [None, "config.yml"])
def test_training_writes_a_whole_model_or_none(tmp_path: Path, faulty: str | None) -> None:
    for name in ("bot", "config.yml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    if faulty:
        (tmp_path / faulty).write_text(
            "recipe: default.v1\nlanguage: zh\npipeline: [{name: DIETClassifier}]\n"
        )
    models = tmp_path / "models"
    models.mkdir()
    done = subprocess.run(
        [PYTHON, "-m", "bot.server.train", "--out", models / "rasa-new.tar.gz"],
        cwd=tmp_path,
        env={**rasa_environment(), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if faulty:
        assert done.returncode != 0
        assert "DIETClassifier" in done.stderr
        assert list(models.iterdir()) == []
    else:
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert [file.name for file in models.iterdir()] == ["rasa-new.tar.gz"]
