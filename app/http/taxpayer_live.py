"""Step 8, HTTP: the taxpayer's page is told what changes, as it happens, over a WebSocket.

A notice only says that something changed; what is sent is read from the database after the last number sent, so
nothing is lost and nothing is sent twice. The token comes as a subprotocol or in the first frame, never in the URL.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from app.http.services import Services, get_services
from app.http.sockets import Outgoing, read_frame, serve_socket
from app.http.taxpayer import MAX_SEQ, standing_body
from common.errors import NotFound, Unavailable
from common.secrets import token_hash
from desk import turns, views
from desk.intake import conversation_by_token
from desk.messages import messages_for_contact
from desk.state import State

router = APIRouter()

AUTH_SECONDS: Final = 10.0
POLL_SECONDS: Final = 5.0
"""Without Redis, what another web process stored is noticed this late."""
PROTOCOL: Final = "tongda"
UNKNOWN_TOKEN: Final = 4404


def typing_topic(conversation_id: str, *, who: str) -> str:
    """The notice that the contact or an agent is typing; nothing is stored of it."""
    return f"typing:{who}:{conversation_id}"


@router.websocket("/api/v1/conversations/{conversation_id}/live")
async def live(
    websocket: WebSocket, conversation_id: str, after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0
) -> None:
    """Push messages after a number, the state, and who is typing."""
    services = get_services(websocket)
    page = _Page(services, conversation_id, after)
    try:
        token = await _token(websocket)
        if token is None or not await asyncio.to_thread(page.opens_with, token):
            await websocket.close(UNKNOWN_TOKEN)
            return
        await serve_socket(websocket, hear=page.hear, tell=page.tell)
    except WebSocketDisconnect:
        return


async def _token(websocket: WebSocket) -> str | None:
    offered = websocket.scope.get("subprotocols") or []
    if offered:
        chosen = PROTOCOL if PROTOCOL in offered else offered[0]
        await websocket.accept(subprotocol=chosen)
        return next((each for each in offered if each != PROTOCOL), None)
    await websocket.accept()
    try:
        frame = await asyncio.wait_for(read_frame(websocket), AUTH_SECONDS)
    except TimeoutError:
        return None
    token = frame.get("token") if frame else None
    return token if isinstance(token, str) else None


class _Page:
    """One open page: what it was sent last."""

    def __init__(self, services: Services, conversation_id: str, after: int) -> None:
        self._services = services
        self._id = conversation_id
        self._after = after
        self._token_hash = ""
        self._standing: dict[str, Any] | None = None

    def opens_with(self, token: str) -> bool:
        """Whether this is the conversation's token."""
        self._token_hash = token_hash(token)
        try:
            with self._services.database.read() as session:
                conversation_by_token(session, self._id, token_hash=self._token_hash)
        except (NotFound, Unavailable):
            return False
        return True

    async def hear(self, frame: dict[str, Any], out: Outgoing) -> None:
        """A frame from the page."""
        if frame.get("type") == "ping":
            await out({"type": "pong"})
        elif frame.get("type") == "typing":
            self._services.hub.notify([typing_topic(self._id, who="contact")])

    async def tell(self, out: Outgoing) -> None:
        """Send what is new, each time something changes."""
        agent_typing = typing_topic(self._id, who="agent")
        own = f"conversation:{self._id}"
        with self._services.hub.subscribe([own, "queue", agent_typing]) as changes:
            topics = frozenset([own])
            while True:
                if agent_typing in topics:
                    await out({"type": "typing", "sender": "agent"})
                if topics != {agent_typing}:
                    for frame in await asyncio.to_thread(self._news):
                        await out(frame)
                topics = await changes.wait(POLL_SECONDS)

    def _news(self) -> list[dict[str, Any]]:
        try:
            with self._services.database.read() as session:
                conversation = conversation_by_token(session, self._id, token_hash=self._token_hash)
                standing = views.standing(session, conversation, now=self._services.clock())
                messages = messages_for_contact(session, conversation, after=self._after)
                thinking = conversation.state is State.BOT and turns.is_thinking(session, self._id)
        except Unavailable:
            return []
        frames: list[dict[str, Any]] = [
            {"type": "message", "message": message.model_dump(mode="json")} for message in messages
        ]
        self._after = max([self._after, *(message.seq for message in messages)])
        body = standing_body(standing).model_dump(mode="json")
        if body != self._standing:
            self._standing = body
            frames.append({"type": "state", **body})
        if thinking:
            frames.append({"type": "typing", "sender": "bot"})
        return frames
