"""A contact's side of each bot: one chat, one question after the other, each timed from sending to reading.

The clients are as light as the standard library allows, because they share the machine with what they measure.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Final, Protocol, Self
from uuid import uuid4

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.servers import BenchmarkFailed

HOST: Final = "127.0.0.1"
PATIENCE: Final = 60.0
JSON_HEADERS: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Said:
    """What came back to one question, and after how long. `over` when people hold the chat now."""

    text: str
    milliseconds: float
    outcome: str | None = None
    entry_id: str | None = None
    over: bool = False


class Chat(Protocol):
    """One conversation with a bot."""

    def ask(self, text: str) -> Said:
        """Send a question and wait for the reply to it."""

    def close(self) -> None:
        """Hang up."""


class Bot(Protocol):
    """A running bot that can be talked to."""

    @property
    def name(self) -> str:
        """What the tables call it."""

    def open(self) -> Chat:
        """A new conversation, connected and ready."""


class Http:
    """One connection to a server on loopback, kept open. JSON in, JSON out."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        self.headers = JSON_HEADERS | (headers or {})
        self.cookie: str | None = None

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """One request. Raises BenchmarkFailed for an error status."""
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, body=data, headers=self.headers)
        response = self._connection.getresponse()
        received = response.read()
        if response.status >= 400:
            raise BenchmarkFailed(f"{method} {path}: {response.status} {received[:500].decode()}")
        self.cookie = response.headers.get("Set-Cookie", self.cookie)
        return json.loads(received) if received else None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class RestChat:
    """Rasa's REST channel: the replies are the response."""

    def __init__(self, port: int) -> None:
        self._http = Http(port)
        self._sender = uuid4().hex

    def ask(self, text: str) -> Said:
        """Send a question; an empty list is no reply and fails the measurement."""
        started = time.perf_counter()
        replies = self._http.request(
            "POST", "/webhooks/rest/webhook", {"sender": self._sender, "message": text}
        )
        elapsed = (time.perf_counter() - started) * 1000
        if not replies:
            raise BenchmarkFailed(f"Rasa said nothing to {text!r}")
        return Said(replies[0]["text"], elapsed)

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@dataclass(frozen=True)
class RasaBot:
    """A bare Rasa server with its REST channel."""

    name: str
    port: int

    def open(self) -> Chat:
        """A new sender."""
        return RestChat(self.port)


class TongdaChat:
    """The web channel as a page uses it: messages are posted, replies are pushed over an open WebSocket."""

    def __init__(self, http: Http, socket: ClientConnection, path: str) -> None:
        self._http = http
        self._socket = socket
        self._path = path

    @classmethod
    def open(cls, port: int) -> Self:
        """A new conversation, its page open and up to date."""
        http = Http(port)
        opened = http.request("POST", "/api/v1/conversations", {"channel": "web"})
        path = f"/api/v1/conversations/{opened['conversation_id']}"
        http.headers["Authorization"] = f"Bearer {opened['token']}"
        socket = connect(
            f"ws://{HOST}:{port}{path}/live",
            subprotocols=[Subprotocol("tongda"), Subprotocol(opened["token"])],
        )
        socket.recv(PATIENCE)
        return cls(http, socket, path)

    def ask(self, text: str) -> Said:
        """Post a message and wait for the bot's push."""
        form = {"client_message_id": str(uuid4()), "text": text}
        started = time.perf_counter()
        sent = self._http.request("POST", f"{self._path}/messages", form)
        message = self._reply_after(sent["seq"])
        elapsed = (time.perf_counter() - started) * 1000
        return Said(
            text=message["text"],
            milliseconds=elapsed,
            outcome=message["outcome"],
            entry_id=message["entry_id"],
            over=message["outcome"] in ("handoff", "order", "safety"),
        )

    def _reply_after(self, seq: int) -> dict[str, Any]:
        while True:
            frame = json.loads(self._socket.recv(PATIENCE))
            message: dict[str, Any] = frame.get("message") or {}
            if message.get("sender") == "bot" and message["seq"] > seq:
                return message

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
        self._http.close()


@dataclass(frozen=True)
class TongdaBot:
    """A running Tongda."""

    name: str
    port: int

    def open(self) -> Chat:
        """A new conversation on the web channel."""
        return TongdaChat.open(self.port)
