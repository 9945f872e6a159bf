"""The product as an operator runs it: `tongda setup` and `tongda serve` as processes, in a folder of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import psutil
from sqlalchemy import create_engine, text

from app.rasa import free_port

TONGDA: Final = Path(sys.executable).parent / "tongda"
PATIENCE_SECONDS: Final = 150.0
ACCOUNT: Final = re.compile(r"^账号（密码只显示这一次）：(\S+)\s+(\S+)", re.MULTILINE)


def wait_until(condition: Callable[[], Any], *, what: str) -> Any:
    """What `condition` returns once it is true; fails with `what` when it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError(f"never happened: {what}")


class Installation:
    """One installation in a folder; started and stopped as often as a test likes."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.log = folder / "serve.log"
        self.passwords: dict[str, str] = {}
        self._settings = {
            "DATA_DIR": folder / "data",
            "PORT": free_port(),
            "RASA_PORT": free_port(),
            "DEVELOPMENT": "true",
            "MESSAGES_PER_MINUTE": 10_000,
            "CONVERSATIONS_PER_MINUTE": 10_000,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._settings['PORT']}"

    @property
    def environment(self) -> dict[str, str]:
        given = {f"TONGDA_{name}": str(value) for name, value in self._settings.items()}
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TONGDA_")}
        return {**plain, **given}

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of `tongda` here, from another folder than the project's."""
        return subprocess.run(
            [TONGDA, *arguments],
            input=stdin,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def set_up(self) -> None:
        """`tongda setup`; notes the passwords that it prints once."""
        done = self.run("setup")
        assert done.returncode == 0, done.stderr
        self.passwords.update(dict(ACCOUNT.findall(done.stdout + done.stderr)))

    def start(self, *, wait_for_rasa: bool = True) -> None:
        """`tongda serve`; returns once the page answers, and Rasa too."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [TONGDA, "serve"], cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        wait_until(lambda: self.ready("index"), what=f"the knowledge base is served, see {self.log}")
        if wait_for_rasa:
            wait_until(lambda: self.ready("rasa"), what=f"Rasa is ready, see {self.log}")

    def ready(self, part: str) -> bool:
        """What /readyz says of a part; False while nothing answers."""
        try:
            return bool(httpx.get(f"{self.url}/readyz", trust_env=False).json()["ready"][part])
        except httpx.TransportError:
            return False

    def process(self, name: str) -> psutil.Process:
        """The running process "web" or "rasa", waiting for it."""
        marks = {"web": "--only", "rasa": "bot.server"}

        def find() -> psutil.Process | None:
            assert self._process is not None
            for child in psutil.Process(self._process.pid).children():
                # One that was killed has no command line any more.
                with suppress(psutil.NoSuchProcess):
                    if marks[name] in child.cmdline():
                        return child
            return None

        found: psutil.Process = wait_until(find, what=f"process {name} runs")
        return found

    def stop(self) -> int:
        """Ctrl-C; returns the exit status once every process has gone."""
        assert self._process is not None
        children = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(PATIENCE_SECONDS)
        self._process = None
        assert not [child for child in children if child.is_running() and child.status() != "zombie"]
        return status

    def close(self) -> None:
        """Stop if it still runs; for the end of a test."""
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Rows of the database, read past the product."""
        url = self.environment.get("TONGDA_DATABASE", f"sqlite:///{self._settings['DATA_DIR']}/tongda.db")
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement), values))
        finally:
            engine.dispose()


class Visitor:
    """A taxpayer's conversation over real HTTP."""

    def __init__(self, url: str) -> None:
        self._conversations = f"{url}/api/v1/conversations"
        self._headers: dict[str, str] = {}
        opened = self._request("POST", self._conversations, {"channel": "web"}).json()
        self.conversation_id = opened["conversation_id"]
        self._headers = {"Authorization": f"Bearer {opened['token']}"}

    @property
    def _messages(self) -> str:
        return f"{self._conversations}/{self.conversation_id}/messages"

    def _request(self, method: str, url: str, body: dict[str, str] | None = None) -> httpx.Response:
        # No connection is kept, so there is none to close.
        return httpx.request(method, url, json=body, headers=self._headers, trust_env=False, timeout=30)

    def says(self, words: str) -> int:
        """Say something; returns its number once it is stored."""
        form = {"client_message_id": str(uuid4()), "text": words}
        answer = self._request("POST", self._messages, form)
        assert answer.status_code == 202, answer.text
        seq: int = answer.json()["seq"]
        return seq

    def messages(self, *, after: int = 0) -> list[dict[str, Any]]:
        """What was said after a number."""
        page: list[dict[str, Any]] = self._request("GET", f"{self._messages}?after={after}").json()[
            "messages"
        ]
        return page

    def reply_to(self, seq: int) -> dict[str, Any]:
        """The bot's first message after a number, waiting for it."""

        def find() -> dict[str, Any] | None:
            try:
                said = self.messages(after=seq)
            except (httpx.TransportError, KeyError):
                return None
            return next((message for message in said if message["sender"] == "bot"), None)

        found: dict[str, Any] = wait_until(find, what=f"a reply to message {seq}")
        return found

    def asks(self, words: str) -> dict[str, Any]:
        """Say something and wait for the bot's reply."""
        return self.reply_to(self.says(words))


class SeatedAgent:
    """An agent who works by the staff API: what a contact sees does not depend on the console."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1/staff", trust_env=False, timeout=30)
        session = self._post("/session", {"username": username, "password": password})
        self._http.headers["X-CSRF-Token"] = session["csrf_token"]
        self.seat: dict[str, Any] = session["user"]["seat"]

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def set_availability(self, availability: str) -> None:
        """Come online or go."""
        self._http.put("/seat/availability", json={"availability": availability}).raise_for_status()

    def conversations(self, view: str = "mine") -> list[dict[str, Any]]:
        """The rows of one list."""
        answer = self._http.get("/conversations", params={"view": view}).raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["conversations"]
        return rows

    def gets(self, conversation_id: str | None = None) -> dict[str, Any]:
        """Waits until the seat holds a conversation (this one); returns its row."""

        def find() -> dict[str, Any] | None:
            rows = self.conversations()
            return next((row for row in rows if conversation_id in (None, row["id"])), None)

        row: dict[str, Any] = wait_until(find, what="the agent gets it")
        return row

    def accept(self, conversation_id: str) -> None:
        """Say that somebody is there."""
        self._post(f"/conversations/{conversation_id}/accept")

    def reply(self, conversation_id: str, text: str) -> None:
        """Write to the contact."""
        form = {"client_message_id": str(uuid4()), "text": text}
        self._post(f"/conversations/{conversation_id}/messages", form)

    def resolve(self, conversation_id: str) -> None:
        """Finish a conversation."""
        self._post(f"/conversations/{conversation_id}/resolve", {"classification": "其他"})

    def finish_everything(self) -> None:
        """Resolve what the seat holds, and what it is given instead, until nobody waits."""
        while held := self.conversations():
            for row in held:
                self.resolve(row["id"])

    def _post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self._http.post(path, json=body or {}).raise_for_status()
        content: dict[str, Any] = answer.json()
        return content
