"""Step 4, the door for Rasa: rasa-sdk actions that hand the turn to `actions.dialogue` and utter its reply."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from typing_extensions import override

from actions.dialogue import Understanding, respond
from actions.knowledge import Knowledge
from desk.reply import TurnRequest

NAMES: Final = (
    "action_answer",
    "action_handoff",
    "action_complaint",
    "action_order",
    "action_individual",
    "action_reject",
    "action_smalltalk",
    "action_choose",
    "action_confirm",
    "action_basis",
    "action_repeat",
    "action_decline",
    "action_safety",
    "action_out_of_domain",
)


class RespondAction(Action):
    """One name in Rasa's domain. What is said depends on the intent, the context and the knowledge alone."""

    def __init__(self, name: str, knowledge: Knowledge) -> None:
        self._name = name
        self._knowledge = knowledge

    @override
    def name(self) -> str:
        return self._name

    @override
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        # Searching is a few milliseconds of work outside the interpreter's lock; the event loop stays free.
        reply = await asyncio.to_thread(
            respond, self._knowledge, turn_request(tracker), understanding(tracker)
        )
        dispatcher.utter_message(json_message=reply.model_dump(mode="json"))
        return []


def turn_request(tracker: Tracker) -> TurnRequest:
    """The turn as the web process sent it along with the message."""
    return TurnRequest.model_validate(tracker.latest_message["metadata"]["turn"])


def understanding(tracker: Tracker) -> Understanding:
    """What Rasa made of the latest message."""
    message = tracker.latest_message
    intent = message.get("intent") or {}
    ordinals = [entity["value"] for entity in message.get("entities") or () if entity["entity"] == "ordinal"]
    ordinal = int(ordinals[0]) if ordinals and str(ordinals[0]).isdecimal() else None
    return Understanding(intent=intent.get("name"), confidence=intent.get("confidence"), ordinal=ordinal)


def make_executor(knowledge: Knowledge) -> ActionExecutor:
    """rasa-sdk's executor with exactly the actions of `NAMES`."""
    executor = ActionExecutor()
    for name in NAMES:
        executor.register_action(RespondAction(name, knowledge))
    return executor
