"""Step 4, from retrieval to a reply: an entry becomes a cited, dated answer; doubt becomes options or an honest no."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from actions import wording
from desk.reply import (
    BotReply,
    Citation,
    ConversationContext,
    Evidence,
    HandoffProposal,
    Option,
    Outcome,
    ScoredMatch,
    TurnRequest,
    Validity,
)
from knowledge_base.library import SearchResult, ServedRevision
from knowledge_base.retrieval.decision import Decision
from knowledge_base.retrieval.types import Match

MAX_OPTIONS: Final = 3
NONE_OPTION: Final = "none"
KEPT_MATCHES: Final = 5


class Knowledge(Protocol):
    """What the actions need of the knowledge base."""

    def search(
        self, text: str, *, as_of: date, region: str | None, limit: int = KEPT_MATCHES
    ) -> SearchResult:
        """Ranked entries in force on `as_of`, and the decision."""

    def revision_in_force(self, entry_id: str, *, as_of: date, region: str | None) -> ServedRevision | None:
        """What an entry says on a day, or None when it says nothing then."""


def answer(knowledge: Knowledge, request: TurnRequest, *, as_of: date) -> BotReply:
    """Search for the utterance and reply with an answer, a choice, or an honest no."""
    result = knowledge.search(request.text, as_of=as_of, region=request.region)
    evidence = _evidence(result)
    if result.decision is Decision.ANSWER:
        served = knowledge.revision_in_force(result.matches[0].entry_id, as_of=as_of, region=request.region)
        if served is not None:
            return from_revision(
                knowledge, request, served, as_of=as_of, score=result.probability, evidence=evidence
            )
    if result.decision is Decision.CLARIFY:
        return _clarify(
            request, result, result.matches, as_of=as_of, text=wording.CLARIFY, misses=request.context.misses
        )
    return no_answer(request, as_of=as_of, text=wording.NO_ANSWER, evidence=evidence)


def from_revision(
    knowledge: Knowledge,
    request: TurnRequest,
    served: ServedRevision,
    *,
    as_of: date,
    score: float | None = None,
    evidence: Evidence | None = None,
) -> BotReply:
    """The reply that says what one published revision says, with its basis and its validity."""
    content = served.content
    person_only = content.risk_level == "person"
    notes = {"caution": wording.CAUTION, "person": wording.PERSON_ONLY}
    note = notes.get(content.risk_level)
    related = _related(knowledge, served, request, as_of=as_of)
    return BotReply(
        outcome=Outcome.HANDOFF if person_only else Outcome.ANSWER,
        text=f"{content.answer}\n{note}" if note else content.answer,
        details=content.details,
        entry_id=content.id,
        revision=served.number,
        citations=citations_of(served),
        validity=Validity(
            effective_from=content.effective_from, effective_to=content.effective_to, region=content.region
        ),
        options=related,
        handoff=HandoffProposal(reason="policy", skill=content.tax_type) if person_only else None,
        score=score,
        as_of=as_of,
        evidence=evidence or Evidence(),
        context=ConversationContext(
            last_entry_id=content.id,
            last_revision=served.number,
            last_text=request.text,
            options=related,
            region=request.context.region,
        ),
    )


def citations_of(served: ServedRevision) -> tuple[Citation, ...]:
    """The revision's citations, each with the validity of the rule that it carries."""
    content = served.content
    return tuple(
        Citation(
            title=source.title,
            document_number=source.document_number,
            article=source.article,
            issuer=source.issuer,
            issued_on=source.issued_on,
            url=source.url,
            effective_from=content.effective_from,
            effective_to=content.effective_to,
        )
        for source in content.citations
    )


def no_answer(request: TurnRequest, *, as_of: date, text: str, evidence: Evidence | None = None) -> BotReply:
    """Nothing reliable was found: say so and offer a person."""
    context = request.context
    return BotReply(
        outcome=Outcome.NO_ANSWER,
        text=text,
        as_of=as_of,
        evidence=evidence or Evidence(),
        context=context.model_copy(
            update={"options": (), "awaiting": "handoff_confirmation", "misses": context.misses + 1}
        ),
    )


def alternatives(
    request: TurnRequest, result: SearchResult, others: Sequence[Match], *, as_of: date
) -> BotReply:
    """What else may have been meant by a question whose answer was not it."""
    return _clarify(
        request,
        result,
        others,
        as_of=as_of,
        text=wording.ALTERNATIVES if others else wording.ASK_AGAIN,
        misses=request.context.misses + 1,
    )


def _clarify(
    request: TurnRequest,
    result: SearchResult,
    matches: Sequence[Match],
    *,
    as_of: date,
    text: str,
    misses: int,
) -> BotReply:
    options = (
        *(_option(match.entry_id, match.question) for match in matches[:MAX_OPTIONS]),
        Option(option_id=NONE_OPTION, label=wording.NONE_OF_THESE),
    )
    asked = request.context.last_text if misses > request.context.misses else request.text
    return BotReply(
        outcome=Outcome.CLARIFY if matches else Outcome.ASK,
        text=text,
        options=options if matches else (),
        score=result.probability,
        as_of=as_of,
        evidence=_evidence(result),
        context=request.context.model_copy(
            update={
                "options": options if matches else (),
                "awaiting": "option" if matches else None,
                "last_text": asked,
                "misses": misses,
            }
        ),
    )


def _related(
    knowledge: Knowledge, served: ServedRevision, request: TurnRequest, *, as_of: date
) -> tuple[Option, ...]:
    found: Sequence[ServedRevision | None] = [
        knowledge.revision_in_force(entry_id, as_of=as_of, region=request.region)
        for entry_id in served.content.related
    ]
    return tuple(_option(other.content.id, other.content.question) for other in found if other)[:MAX_OPTIONS]


def _option(entry_id: str, question: str) -> Option:
    return Option(option_id=option_id_of(entry_id), label=question, entry_id=entry_id)


def option_id_of(entry_id: str) -> str:
    """A short stable id for an entry's button."""
    return f"e{zlib.crc32(entry_id.encode()):08x}"


def _evidence(result: SearchResult) -> Evidence:
    return Evidence(
        index_version=result.index_version,
        answer_threshold=result.thresholds.answer,
        clarify_threshold=result.thresholds.clarify,
        matches=tuple(
            ScoredMatch(entry_id=match.entry_id, question=match.question, score=round(match.score, 4))
            for match in result.matches[:KEPT_MATCHES]
        ),
    )
