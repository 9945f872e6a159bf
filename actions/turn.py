"""Step 4, one turn while it is being answered: what was asked, when and where, and how a fixed text is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from actions import dated, knowledge
from actions.knowledge import Knowledge
from actions.period import read_period
from common.clock import CHINA
from desk.reply import BotReply, HandoffProposal, OrderProposal, Outcome, TurnRequest
from knowledge_base.library import ServedRevision


@dataclass(frozen=True)
class Understanding:
    """What the intent model made of an utterance; `ordinal` is the 1-based number of a chosen option."""

    intent: str | None = None
    confidence: float | None = None
    ordinal: int | None = None


@dataclass(frozen=True)
class Turn:
    """The request (its region is the effective one) with the knowledge it is answered from."""

    source: Knowledge
    request: TurnRequest
    understanding: Understanding

    @property
    def today(self) -> date:
        """The turn's day, in China."""
        return self.request.now.astimezone(CHINA).date()

    def asking(self, text: str) -> Turn:
        """The same turn with another question in it."""
        return replace(self, request=self.request.model_copy(update={"text": text}))

    def without_form(self) -> Turn:
        """The same turn with no calculation open."""
        context = self.request.context.model_copy(update={"form": None})
        return replace(self, request=self.request.model_copy(update={"context": context}))

    def search(self) -> BotReply:
        """What the knowledge base says on the question, for the period that it names."""
        period = read_period(self.request.text, today=self.today)
        if period is None:
            return knowledge.answer(self.source, self.request, as_of=self.today)
        return dated.answer(self.source, self.request, period, today=self.today)

    def last_served(self) -> ServedRevision | None:
        """The revision that the conversation's last answer came from, if it still holds in the asked period."""
        context = self.request.context
        if context.last_entry_id is None:
            return None
        period = read_period(context.last_text or "", today=self.today)
        day = period.day if period else self.today
        return self.source.revision_in_force(context.last_entry_id, as_of=day, region=self.request.region)

    def say(
        self,
        outcome: Outcome,
        text: str,
        *,
        handoff: HandoffProposal | None = None,
        order: OrderProposal | None = None,
        awaiting: str | None = None,
    ) -> BotReply:
        """A reply of fixed text; what was on offer is forgotten."""
        context = self.request.context.model_copy(update={"options": (), "awaiting": awaiting})
        return BotReply(
            outcome=outcome, text=text, handoff=handoff, order=order, as_of=self.today, context=context
        )
