"""A tiny real server on loopback that answers as a test wants, and notes what it was asked."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any, Final

from bot.client import WEBHOOK

Answer = Callable[[Any], tuple[int, bytes]]
"""Status and body for a message."""

PATIENCE_SECONDS: Final = 30.0


def saying(body: object, *, status: int = 200) -> Answer:
    """Answers every message with this JSON."""
    return lambda _: (status, json.dumps(body).encode())


@contextmanager
def silent() -> Iterator[Answer]:
    """Answers nothing while the block lasts."""
    over = Event()

    def wait(_: Any) -> tuple[int, bytes]:
        over.wait(PATIENCE_SECONDS)
        return 200, b"[]"

    yield wait
    over.set()


class Loopback(ThreadingHTTPServer):
    """The running server. Keeps connections, as Rasa does, and cuts them when it is stopped."""

    request_queue_size = 128

    def __init__(self, answer: Answer, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.asked: list[Any] = []
        self.open: set[socket.socket] = set()
        self.port = self.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """As if the process were killed."""
        self.shutdown()
        self._thread.join()
        self.socket.close()
        for connection in list(self.open):
            connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """Says nothing of what a test makes it do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Loopback

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._send(200, b'{"status":"ok"}')

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == WEBHOOK
        self.server.asked.append(body)
        self._send(*self.server.answer(body))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(answer: Answer, *, port: int = 0) -> Iterator[Loopback]:
    """A server for as long as the block lasts."""
    server = Loopback(answer, port)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def blurting(said: bytes) -> Iterator[str]:
    """The address of a server that says the same to everybody and hangs up."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(said)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
