"""Step 8, HTTP: what the two live routes share: frames in and out, until one side is gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from fastapi import WebSocket, WebSocketDisconnect

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
    tell: Callable[[Outgoing], Coroutine[Any, Any, None]],
) -> None:
    """Run `tell`, and `hear` for each frame, until the page is gone, silent for long, or one of them fails."""

    async def listen() -> None:
        while True:
            frame = await asyncio.wait_for(read_frame(websocket), SILENCE_SECONDS)
            if frame is not None:
                await hear(frame, websocket.send_json)

    tasks = {asyncio.create_task(listen()), asyncio.create_task(tell(websocket.send_json))}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ends:
        if isinstance(error, TimeoutError):
            await websocket.close()
        # A page that went away while it was written to is a RuntimeError or a WebSocketDisconnect, by moment.
        elif isinstance(error, Exception) and not isinstance(error, WebSocketDisconnect | RuntimeError):
            raise error
