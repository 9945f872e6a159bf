"""The product in one process, without Rasa: the doors that taxpayers and staff use, as short words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

QUESTION = "小规模纳税人销售额多少以内免征增值税？"
"""An entry's own question: what it gets does not depend on how well retrieval generalises."""


def documented_routes() -> set[tuple[str, str]]:
    """Method and path of every route that belongs into the OpenAPI document."""
    from app.http import (
        health,
        hotline_12345,
        staff_desk,
        staff_knowledge,
        staff_orders,
        staff_session,
        taxpayer,
        taxpayer_orders,
    )

    modules = (
        health,
        hotline_12345,
        staff_desk,
        staff_knowledge,
        staff_orders,
        staff_session,
        taxpayer,
        taxpayer_orders,
    )
    return {
        (method, route.path)
        for module in modules
        for route in module.router.routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in route.methods
    }


@dataclass
class Taxpayer:
    """A visitor's page with one conversation."""

    client: TestClient
    conversation_id: str
    token: str

    @property
    def address(self) -> str:
        return f"/api/v1/conversations/{self.conversation_id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(self.address + path, json=body, headers=self.headers)

    def says(self, text: str, *, client_message_id: str | None = None) -> Any:
        body = {"client_message_id": client_message_id or str(uuid4()), "text": text}
        return self.post("/messages", body)

    def chooses(self, option_id: str) -> Any:
        return self.post("/messages", {"client_message_id": str(uuid4()), "option_id": option_id})

    def page(self, *, after: int = 0) -> dict[str, Any]:
        answer = self.client.get(f"{self.address}/messages?after={after}", headers=self.headers)
        assert answer.status_code == 200
        return dict(answer.json())

    @contextmanager
    def live(self, *, after: int = 0) -> Iterator[WebSocketTestSession]:
        with self.client.websocket_connect(f"{self.address}/live?after={after}") as socket:
            socket.send_json({"type": "auth", "token": self.token})
            yield socket

    def hears(self, sender: str, *, after: int) -> dict[str, Any]:
        """The first message of `sender` after a number, waiting for it."""
        with self.live(after=after) as socket:
            return next(
                frame["message"]
                for frame in frames(socket)
                if frame["type"] == "message" and frame["message"]["sender"] == sender
            )

    def asks(self, text: str) -> dict[str, Any]:
        """Say something and wait for the bot's reply."""
        answer = self.says(text)
        assert answer.status_code == 202, answer.text
        return self.hears("bot", after=answer.json()["seq"])


def frames(socket: WebSocketTestSession) -> Iterator[dict[str, Any]]:
    """Everything the server pushes, as it comes."""
    while True:
        yield socket.receive_json()


@dataclass
class Worker:
    """A staff member's browser, signed in."""

    client: TestClient
    csrf_token: str
    user: dict[str, Any]

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/staff{path}")

    def post(self, path: str, body: Any = None) -> Any:
        return self._send("POST", path, {} if body is None else body)

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/staff{path}", headers={"X-CSRF-Token": self.csrf_token})

    def _send(self, method: str, path: str, body: Any) -> Any:
        headers = {"X-CSRF-Token": self.csrf_token}
        return self.client.request(method, f"/api/v1/staff{path}", json=body, headers=headers)

    def comes_online(self) -> dict[str, Any]:
        answer = self.put("/seat/availability", {"availability": "online"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def list(self, view: str) -> list[dict[str, Any]]:
        return list(self.get(f"/conversations?view={view}").json()["conversations"])

    def writes(self, conversation_id: str, text: str, *, kind: str = "text") -> Any:
        body = {"client_message_id": str(uuid4()), "text": text, "kind": kind, "citations": []}
        return self.post(f"/conversations/{conversation_id}/messages", body)


@dataclass
class Product:
    """The running application and its first accounts' passwords."""

    client: TestClient
    passwords: dict[str, str]

    def visitor(self, **body: Any) -> Taxpayer:
        answer = self.client.post("/api/v1/conversations", json={"channel": "web", **body})
        assert answer.status_code == 201, answer.text
        return Taxpayer(self.client, answer.json()["conversation_id"], answer.json()["token"])

    def signs_in(self, username: str) -> Worker:
        # Each member of staff has a browser, and so cookies, of their own; the application is the same.
        browser = TestClient(self.client.app, raise_server_exceptions=False)
        browser.portal = self.client.portal
        form = {"username": username, "password": self.passwords[username]}
        answer = browser.post("/api/v1/staff/session", json=form)
        assert answer.status_code == 200, answer.text
        return Worker(browser, answer.json()["csrf_token"], answer.json()["user"])

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Rows of the database, read past the product."""
        from sqlalchemy import text

        database: Any = self.client.app.state.database  # type: ignore[attr-defined]
        with database.engine.connect() as connection:
            return list(connection.execute(text(statement), values))
