"""Steps 1 and 2, wiring: stores what an IM channel received, before the channel acknowledges it."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from app.http.services import Limits, Services
from channels.intake_text import prepare
from channels.protocol import InboundMessage
from desk import feedback, intake
from desk.intake import Incoming
from desk.kinds import Feedback
from desk.tables import Conversation
from desk.turns import TurnJob


class ImIntake:
    """`channels.protocol.Receive` on the desk. Raises what the desk raises; then nothing was stored."""

    def __init__(self, services: Services, limits: Limits) -> None:
        self._services = services
        self._limits = limits

    async def receive(self, inbound: InboundMessage) -> None:
        """Store one update; a second one with the same id changes nothing."""
        await asyncio.to_thread(self._receive, inbound)

    def _receive(self, inbound: InboundMessage) -> None:
        services = self._services
        key_hash = services.keyring.digest("contact", f"{inbound.channel}:{inbound.contact_key}")
        self._limits.messages.take(key_hash)
        with services.database.write() as session:
            conversation = intake.conversation_for_contact(
                session,
                channel=inbound.channel,
                key_hash=key_hash,
                reply_address=inbound.reply_address,
                name=inbound.contact_name,
                now=inbound.received_at,
                ids=services.ids,
            )
            job = self._store(session, conversation, inbound)
        if job is not None:
            services.turns.take(job)

    def _store(self, session: Session, conversation: Conversation, inbound: InboundMessage) -> TurnJob | None:
        now, ids = inbound.received_at, self._services.ids
        if inbound.feedback is not None and inbound.feedback_seq is not None:
            value = Feedback(inbound.feedback)
            feedback.give_feedback(
                session, conversation.id, seq=inbound.feedback_seq, value=value, now=now, ids=ids
            )
        elif inbound.rating is not None:
            feedback.rate(session, conversation.id, grade=inbound.rating, now=now, ids=ids)
        else:
            incoming = Incoming(
                conversation_id=conversation.id,
                text="" if inbound.option_id else prepare(inbound.text).text,
                option_id=inbound.option_id,
                external_id=inbound.external_id,
            )
            lease = self._services.turns.spare_lease()
            return intake.receive(session, incoming, now=now, ids=ids, lease=lease).job
        return None
