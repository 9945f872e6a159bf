"""Step 8, HTTP: the staff console is told what changes in the conversations its user may see.

The open console is the seat's heartbeat: each ping says that somebody is there. One that stops is noticed by
`desk.seats.sweep`, from the database.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.orm import Session

from app.accounts import Unauthorized, find_session
from app.http.services import SESSION_COOKIE, Services, get_services
from app.http.sockets import Outgoing, serve_socket
from app.http.taxpayer_live import typing_topic
from app.live import EVERYTHING
from common.errors import Unavailable
from desk import seats, views
from desk.access import Staff, may_see, staff_of
from desk.messages import messages_for_staff
from desk.tables import Conversation, Seat
from desk.views import Row

router = APIRouter()

SIGNED_OUT: Final = 4401
FOREIGN_PAGE: Final = 4403
POLL_SECONDS: Final = 5.0
TOPIC: Final = "conversation:"
CONTACT_TYPING: Final = typing_topic("", who="contact")


@router.websocket("/api/v1/staff/live")
async def live(websocket: WebSocket) -> None:
    """Push rows, messages, the own seat, and who is typing."""
    services = get_services(websocket)
    await websocket.accept()
    if not _from_our_page(websocket):
        await websocket.close(FOREIGN_PAGE)
        return
    console = _Console(services, websocket.cookies.get(SESSION_COOKIE, ""))
    try:
        if not await asyncio.to_thread(console.begin):
            await websocket.close(SIGNED_OUT)
            return
        await serve_socket(websocket, hear=console.hear, tell=console.tell)
    except WebSocketDisconnect:
        return
    except Unauthorized:
        await websocket.close(SIGNED_OUT)


def _from_our_page(websocket: WebSocket) -> bool:
    """Browsers send cookies along from any page, so the page's origin must be this server."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")


class _Console:
    """One open console: who sits at it, and what it was sent last."""

    def __init__(self, services: Services, cookie: str) -> None:
        self._services = services
        self._cookie = cookie
        self._sent_up_to: dict[str, int] = {}
        self._shown: dict[str, Row] = {}
        self._seat: dict[str, Any] | None = None

    def begin(self) -> bool:
        """Note what the lists show now; False when nobody is signed in."""
        try:
            with self._services.database.read() as session:
                staff = self._staff(session)
                for view in ("mine", "queue"):
                    self._shown |= {row.id: row for row in views.rows(session, staff=staff, view=view)}
        except (Unauthorized, Unavailable):
            return False
        return True

    async def hear(self, frame: dict[str, Any], out: Outgoing) -> None:
        """A frame from the console. Raises Unauthorized once the session has ended."""
        if frame.get("type") == "ping":
            await asyncio.to_thread(self._beat)
            await out({"type": "pong"})
        elif frame.get("type") == "typing" and isinstance(frame.get("conversation_id"), str):
            conversation_id = frame["conversation_id"]
            if await asyncio.to_thread(self._holds, conversation_id):
                self._services.hub.notify([typing_topic(conversation_id, who="agent")])

    async def tell(self, out: Outgoing) -> None:
        """Send what is new, each time something changes."""
        with self._services.hub.subscribe([EVERYTHING]) as changes:
            while True:
                topics = await changes.wait(POLL_SECONDS)
                for frame in await asyncio.to_thread(self._news, topics or frozenset({"queue"})):
                    await out(frame)

    def _staff(self, session: Session) -> Staff:
        user, _ = find_session(session, self._cookie, now=self._services.clock())
        return staff_of(session, user)

    def _beat(self) -> None:
        with self._services.database.read() as session:
            staff = self._staff(session)
        if staff.seat_id is not None:
            with self._services.database.write() as session:
                seats.heartbeat(session, staff.seat_id, now=self._services.clock())

    def _holds(self, conversation_id: str) -> bool:
        with self._services.database.read() as session:
            conversation = session.get(Conversation, conversation_id)
            staff = self._staff(session)
            return conversation is not None and conversation.seat_id == staff.seat_id is not None

    def _news(self, topics: frozenset[str]) -> list[dict[str, Any]]:
        try:
            with self._services.database.read() as session:
                staff = self._staff(session)
                frames = self._seat_news(session, staff)
                for topic in sorted(topics):
                    if topic.startswith(TOPIC):
                        frames += self._conversation_news(session, staff, topic.removeprefix(TOPIC))
                    elif topic.startswith(CONTACT_TYPING):
                        frames += self._typing_news(topic.removeprefix(CONTACT_TYPING))
                if "queue" in topics:
                    frames += self._queue_news(session, staff)
                return frames
        except Unavailable:
            return []

    def _conversation_news(
        self, session: Session, staff: Staff, conversation_id: str
    ) -> list[dict[str, Any]]:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            return []
        if not may_see(staff, conversation):
            return self._gone(session, conversation)
        frames = self._row_news(views.row(session, conversation))
        after = self._sent_up_to.get(conversation_id, conversation.last_seq - 1)
        said = messages_for_staff(session, conversation, after=after)
        self._sent_up_to[conversation_id] = conversation.last_seq
        return frames + [
            {
                "type": "message",
                "conversation_id": conversation_id,
                "message": message.model_dump(mode="json"),
            }
            for message in said
        ]

    def _gone(self, session: Session, conversation: Conversation) -> list[dict[str, Any]]:
        """It went where this user cannot see it; nothing of what was said since is told."""
        self._sent_up_to.pop(conversation.id, None)
        if self._shown.pop(conversation.id, None) is None:
            return []
        row = views.row(session, conversation).model_copy(update={"last_text": ""})
        return [{"type": "conversation", "conversation": row.model_dump(mode="json"), "removed": True}]

    def _queue_news(self, session: Session, staff: Staff) -> list[dict[str, Any]]:
        rows = views.rows(session, staff=staff, view="queue")
        return [frame for row in rows for frame in self._row_news(row)]

    def _row_news(self, row: Row) -> list[dict[str, Any]]:
        if self._shown.get(row.id) == row:
            return []
        self._shown[row.id] = row
        return [{"type": "conversation", "conversation": row.model_dump(mode="json"), "removed": False}]

    def _seat_news(self, session: Session, staff: Staff) -> list[dict[str, Any]]:
        seat = session.get(Seat, staff.seat_id) if staff.seat_id else None
        body = views.seat_view(seat).model_dump(mode="json") if seat else None
        if body is None or body == self._seat:
            return []
        self._seat = body
        return [{"type": "seat", "seat": body}]

    def _typing_news(self, conversation_id: str) -> list[dict[str, Any]]:
        if conversation_id not in self._shown:
            return []
        return [{"type": "typing", "conversation_id": conversation_id}]
