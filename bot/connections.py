"""Step 3, asking: the little HTTP that a turn needs, to one server on this machine, over connections that are kept.

A general HTTP client spends more time on one request than Rasa on understanding it (docs/performance.md).
"""

from __future__ import annotations

import asyncio
from typing import Final

import httptools

CHUNK: Final = 65_536
MAX_KEPT: Final = 16


class _Response:
    """Collects what the parser finds."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.body = bytearray()
        self.complete = False
        self.keep = False

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.complete = True
        # Afterwards the parser has forgotten it.
        self.keep = self.parser.should_keep_alive()


class Connections:
    """Requests to `host`:`port`. Raises OSError, or ValueError for an answer that is not HTTP."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer."""
        reader, writer = await self._take()
        try:
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            response = await _read(reader)
        except BaseException:
            writer.close()
            raise
        if response.keep and len(self._idle) < MAX_KEPT:
            self._idle.append((reader, writer))
        else:
            writer.close()
        return response.parser.get_status_code(), bytes(response.body)

    async def close(self) -> None:
        """Close what is kept."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _take(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)


async def _read(reader: asyncio.StreamReader) -> _Response:
    response = _Response()
    while not response.complete:
        data = await reader.read(CHUNK)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        try:
            response.parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise ValueError("not HTTP") from error
    return response
