"""HTTP under the stand-in Bot API: requests in the forms the real server takes, answers as it gives them."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

JsonObject = dict[str, Any]
Call = Callable[[str, str, JsonObject], object]
"""Takes the token, the method in lower case and the parameters; returns the result or raises Refused."""


class Refused(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


class HttpServer(ThreadingHTTPServer):
    """Listens on loopback and passes each request to `call`, in a thread of its own."""

    daemon_threads = False

    def __init__(self, address: tuple[str, int], call: Call) -> None:
        super().__init__(address, _Handler)
        self.call = call
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep alive, so that their threads end."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: HttpServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class named it
        """Say nothing: the path holds the token."""

    def _answer(self) -> None:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        match = re.fullmatch(r"/bot([^/]+)/(\w+)", address.path)
        if match is None:
            self._refuse(Refused(404, "Not Found"))
            return
        try:
            parameters = _parameters(address.query, body, self.headers.get("Content-Type", ""))
            result = self.server.call(match[1], match[2].lower(), parameters)
        except Refused as refused:
            self._refuse(refused)
        else:
            self._write(200, {"ok": True, "result": result})

    def _refuse(self, refused: Refused) -> None:
        if refused.code == 0:
            self.close_connection = True
            return
        answer: JsonObject = {"ok": False, "error_code": refused.code, "description": refused.description}
        if refused.retry_after is not None:
            answer["parameters"] = {"retry_after": refused.retry_after}
        self._write(refused.code, answer)

    def _write(self, code: int, answer: JsonObject) -> None:
        payload = json.dumps(answer).encode()
        # The client may be gone: a server that is restarted leaves its poll hanging.
        with suppress(ConnectionError):
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)


def _parameters(query: str, body: str, content_type: str) -> JsonObject:
    """Query string, form or JSON, as the real server takes them; what looks like JSON is read as such."""
    if content_type.startswith("application/json"):
        return {**dict(parse_qsl(query)), **json.loads(body or "{}")}
    found = dict([*parse_qsl(query, keep_blank_values=True), *parse_qsl(body, keep_blank_values=True)])
    nested = ("reply_markup", "allowed_updates", "commands", "link_preview_options")
    return {name: json.loads(value) if name in nested else value for name, value in found.items()}
