"""Tongda and the two Rasa projects, set up in a temporary folder and kept running while they are measured."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from app import rasa
from app.accounts import NewUser, add_user
from app.bootstrap import open_database
from app.passwords import generate_password
from app.settings import ROOT, Settings, load_settings
from app.starting_state import load_starting_content
from benchmarks import projects, servers
from benchmarks.chats import Http, RasaBot, TongdaBot
from benchmarks.publishing import Login
from benchmarks.servers import BenchmarkFailed
from common.clock import system_clock
from common.ids import new_id
from desk.kinds import Role
from knowledge_base import publishing
from knowledge_base.content import EntryContent

NO_LIMIT: Final = 1_000_000
BARE: Final = "bare rasa run"
TONGDA: Final = "Tongda"
PLAIN: Final = "plain Rasa project"

_TONGDA_PROGRAM: Final = Path(sys.executable).with_name("tongda")
_RASA_PROGRAM: Final = rasa.PYTHON.with_name("rasa")
QUIET: Final = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
MODEL: Final = "model"


@dataclass(frozen=True)
class Tongda:
    """An installation of its own, with the starting knowledge base, an editor and a reviewer."""

    settings: Settings
    entries: tuple[EntryContent, ...]
    editor: Login
    reviewer: Login

    @contextmanager
    def serving(self, folder: Path) -> Iterator[tuple[TongdaBot, dict[str, psutil.Process]]]:
        """`tongda serve`, ready with Rasa; its bot and its two processes by name."""
        port, log = self.settings.port, folder / "tongda.log"
        environment = {
            "TONGDA_DATA_DIR": str(self.settings.data_dir),
            "TONGDA_RASA_PORT": str(self.settings.rasa_port),
            "TONGDA_MESSAGES_PER_MINUTE": str(NO_LIMIT),
            "TONGDA_CONVERSATIONS_PER_MINUTE": str(NO_LIMIT),
        }
        command = [_TONGDA_PROGRAM, "serve", "--port", str(port)]
        with servers.running(command, folder=folder, log=log, environment=environment) as process:
            servers.wait_until(lambda: _all_ready(port), process, log=log)
            yield TongdaBot(TONGDA, port), _processes_of(process)


@dataclass(frozen=True)
class Project:
    """A Rasa project in a folder."""

    name: str
    folder: Path

    def train(self) -> float:
        """`rasa train`, and the seconds it took."""
        command = [_RASA_PROGRAM, "train", "--fixed-model-name", MODEL, "--quiet"]
        return servers.run(command, folder=self.folder, log=self.folder / "train.log", environment=QUIET)

    @property
    def model(self) -> Path:
        """What `train` writes."""
        return self.folder / "models" / f"{MODEL}.tar.gz"

    @contextmanager
    def serving(self) -> Iterator[tuple[RasaBot, psutil.Process]]:
        """`rasa run` on the trained model; its bot and its process."""
        port, log = rasa.free_port(), self.folder / "run.log"
        command = [
            _RASA_PROGRAM,
            "run",
            "--model",
            self.model,
            "--port",
            str(port),
            "-i",
            "127.0.0.1",
            "--enable-api",
        ]
        with servers.running(command, folder=self.folder, log=log, environment=QUIET) as process:
            servers.wait_until(lambda: _answers(port), process, log=log)
            yield RasaBot(self.name, port), process

    def load_into(self, bot: RasaBot) -> None:
        """Have the running server load the newly trained model."""
        with closing(Http(bot.port)) as http:
            http.request("PUT", "/model", {"model_file": str(self.model)})


def install_tongda(folder: Path) -> Tongda:
    """A new installation under `folder`, with the model that `make setup` trained, or one trained now."""
    settings = load_settings(data_dir=folder, port=rasa.free_port(), rasa_port=rasa.free_port())
    if rasa.current_model(settings) is None:
        asyncio.run(rasa.train(settings))
    database = open_database(settings)
    load_starting_content(database)
    logins = [Login(name, generate_password()) for name in ("bench-editor", "bench-reviewer")]
    with database.write() as session:
        for login in logins:
            user = NewUser(login.username, login.username, login.password, (Role.CONTENT,))
            add_user(session, user, now=system_clock(), ids=new_id)
    with database.read() as session:
        entries = tuple(revision.content for revision in publishing.served_revisions(session))
    database.dispose()
    return Tongda(settings, entries, *logins)


def bare_project(folder: Path) -> Project:
    """Tongda's model without actions."""
    projects.write_bare(ROOT, folder)
    return Project(BARE, folder)


def plain_project(folder: Path, entries: Sequence[EntryContent], *, epochs: int) -> Project:
    """The ResponseSelector project for the same entries, written anew over an earlier one."""
    projects.write_plain(ROOT, folder, entries, epochs=epochs)
    return Project(PLAIN, folder)


def _all_ready(port: int) -> bool:
    with closing(Http(port)) as http:
        return all(http.request("GET", "/readyz")["ready"].values())


def _answers(port: int) -> bool:
    with closing(Http(port)) as http:
        return bool(http.request("GET", "/status"))


def _processes_of(supervisor: psutil.Process) -> dict[str, psutil.Process]:
    """The two processes that `tongda serve` keeps alive."""
    named = {"rasa" if "bot.server" in child.cmdline() else "web": child for child in supervisor.children()}
    if set(named) != {"web", "rasa"}:
        raise BenchmarkFailed(f"tongda serve runs {sorted(named)}, expected the web and the Rasa process")
    return named
