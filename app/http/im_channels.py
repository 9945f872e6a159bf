"""Step 1, HTTP: where IM platforms post their updates. The channel verifies them; 200 means stored."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from channels.telegram import TelegramChannel

TELEGRAM_PATH: Final = "/channels/telegram/webhook"

router = APIRouter(include_in_schema=False)


@router.post(TELEGRAM_PATH)
async def telegram_webhook(request: Request) -> Response:
    """An update from Telegram."""
    channel = request.app.state.channels.get(TelegramChannel.name)
    if channel is None:
        return Response(status_code=404)
    try:
        body = await request.body()
    except ClientDisconnect:
        return Response(status_code=400)
    secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
    return Response(status_code=await channel.handle_webhook(secret, body))
