"""Steps 1 and 8: Telegram, through python-telegram-bot. Off unless a token is set.

Telegram keeps its data abroad, so this channel serves anonymous policy questions only (PIPL art. 36): it
passes on no names, says so before the first question, and asks people to send nothing that identifies them.
"""

from channels.telegram.api import WebhookSettings
from channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel", "WebhookSettings"]
