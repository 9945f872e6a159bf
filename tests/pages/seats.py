"""Other taxpayers, so that a page is not alone."""

from __future__ import annotations

import httpx


def queue_up(url: str) -> None:
    """Another taxpayer asks for a person."""
    with httpx.Client(base_url=f"{url}/api/v1", trust_env=False) as http:
        opened = http.post("/conversations", json={"channel": "web"}).raise_for_status().json()
        path = f"/conversations/{opened['conversation_id']}/handoff"
        http.post(path, headers={"Authorization": f"Bearer {opened['token']}"}).raise_for_status()
