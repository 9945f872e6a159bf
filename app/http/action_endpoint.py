"""Step 4, wiring: the route that Rasa calls to run an action, inside the web process: one copy of the index."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Header, Request
from rasa_sdk.executor import ActionExecutor

from app.settings import ACTION_PATH
from common.errors import Forbidden, Invalid

TOKEN_HEADER = "X-Tongda-Action-Token"  # noqa: S105 - a header's name


def make_router(executor: ActionExecutor, *, token: str) -> APIRouter:
    """The action endpoint of rasa-sdk's protocol, for whoever knows the token."""
    router = APIRouter()

    @router.post(ACTION_PATH, include_in_schema=False)
    async def run_action(request: Request, presented: str = Header("", alias=TOKEN_HEADER)) -> dict[str, Any]:
        if not secrets.compare_digest(presented.encode(), token.encode()):
            raise Forbidden
        call = await request.json()
        if not isinstance(call, dict):
            raise Invalid
        result = await executor.run(call)
        return result.model_dump() if result else {"events": [], "responses": []}

    return router
