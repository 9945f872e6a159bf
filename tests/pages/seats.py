"""An agent who works by the staff API: what the taxpayer's page sees does not depend on the console."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
from installation import wait_until


class SeatedAgent:
    """A signed-in agent with a seat."""

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

    def gets(self, conversation_id: str) -> str:
        """Waits until the seat holds a conversation; returns its id."""
        wait_until(
            lambda: conversation_id in [row["id"] for row in self.conversations()], what="the agent gets it"
        )
        return conversation_id

    def accept(self, conversation_id: str) -> None:
        """Say that somebody is there."""
        self._post(f"/conversations/{conversation_id}/accept")

    def reply(self, conversation_id: str, text: str) -> None:
        """Write to the contact."""
        self._post(
            f"/conversations/{conversation_id}/messages", {"client_message_id": str(uuid4()), "text": text}
        )

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


def queue_up(url: str) -> None:
    """Another taxpayer asks for a person."""
    with httpx.Client(base_url=f"{url}/api/v1", trust_env=False) as http:
        opened = http.post("/conversations", json={"channel": "web"}).raise_for_status().json()
        path = f"/conversations/{opened['conversation_id']}/handoff"
        http.post(path, headers={"Authorization": f"Bearer {opened['token']}"}).raise_for_status()
