"""Step 8, HTTP: what the two live routes share: frames in and out, until one side is gone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import anyio
from fastapi import WebSocket, WebSocketDisconnect

from common.errors import TongdaError

SILENCE_SECONDS: Final = 90.0
"""Pages ping several times as often; one that is silent for longer is gone."""

Outgoing = Callable[[dict[str, Any]], Awaitable[None]]


async def read_frame(websocket: WebSocket) -> dict[str, Any] | None:
    """The next frame as a JSON object; None when it is none. Raises WebSocketDisconnect."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    try:
        frame = json.loads(message.get("text") or "")
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


async def serve_socket(
    websocket: WebSocket,
    *,
    hear: Callable[[dict[str, Any], Outgoing], Awaitable[None]],
    tell: Callable[[Outgoing], Awaitable[None]],
) -> None:
    """Run `tell`, and `hear` for each frame, until the page is gone or silent for long.

    Raises the TongdaError that one of them ends with.
    """
    refusals: list[TongdaError] = []

    async def listen() -> None:
        while True:
            with anyio.fail_after(SILENCE_SECONDS):
                frame = await read_frame(websocket)
            if frame is not None:
                await hear(frame, websocket.send_json)

    async def run(side: Awaitable[None]) -> None:
        refusals.extend(await _end_of(side, websocket))
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(run, listen())
        group.start_soon(run, tell(websocket.send_json))
    if refusals:
        raise refusals[0]


async def _end_of(side: Awaitable[None], websocket: WebSocket) -> list[TongdaError]:
    """What one side was refused, if that is how it ended."""
    try:
        await side
    except TimeoutError:
        await websocket.close()
    except TongdaError as refusal:
        return [refusal]
    except (WebSocketDisconnect, RuntimeError):
        # What a page that went away while it was written to is, by the moment.
        pass
    return []
