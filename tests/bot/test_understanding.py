"""Each intent's handler is reached, through a real Rasa, by phrases that were in no training example."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from live_rasa import LiveRasa
from training_data import phrases

from desk.reply import Outcome

pytestmark = pytest.mark.slow

ACTIONS = {
    "ask_policy": "action_answer",
    "request_person": "action_handoff",
    "complain": "action_complaint",
    "report_violation": "action_order",
    "report_invoice": "action_order",
    "report_misconduct": "action_order",
    "suggest": "action_order",
    "ask_progress": "action_individual",
    "ask_own_data": "action_individual",
    "ask_ruling": "action_individual",
    "greet": "action_smalltalk",
    "thank": "action_smalltalk",
    "goodbye": "action_smalltalk",
    "ask_identity": "action_smalltalk",
    "insult": "action_smalltalk",
    "choose_option": "action_choose",
    "affirm": "action_confirm",
    "deny": "action_confirm",
    "reject_answer": "action_reject",
    "ask_basis": "action_basis",
    "repeat": "action_repeat",
    "evade_tax": "action_decline",
    "ask_others_data": "action_decline",
    "prompt_injection": "action_decline",
    "crisis": "action_safety",
    "fraud_check": "action_safety",
    "city_matter": "action_out_of_domain",
    "out_of_domain": "action_out_of_domain",
}
SEARCHED = {"ask_policy", "out_of_domain", "nlu_fallback"}
# What the chosen pipeline does better than (docs/rasa-environment.md); a share of an intent's phrases, and of all.
MISSED = 0.2
MISTAKEN = 0.01


@dataclass(frozen=True)
class Heard:
    """A phrase, the intent that it was given, the action that Rasa called for it, and what was meant."""

    text: str
    meant: str
    intent: str | None
    action: str


@pytest.fixture(scope="module")
def heard(shared_rasa: LiveRasa) -> list[Heard]:
    """Every phrase of the tests, said once."""
    said = [(text, meant) for meant, texts in phrases().items() for text in texts]
    shared_rasa.calls.clear()
    replies = shared_rasa.ask_all([text for text, _ in said])
    called = [call["next_action"] for call in shared_rasa.calls]
    return [
        Heard(text, meant, reply.intent, action)
        for (text, meant), reply, action in zip(said, replies, called, strict=True)
    ]


@pytest.mark.parametrize("intent", ACTIONS)
def test_a_wish_in_new_words_reaches_its_action(heard: list[Heard], intent: str) -> None:
    wishes = [each for each in heard if each.meant == intent]
    missed = [each for each in wishes if each.intent != intent]
    assert len(missed) <= MISSED * len(wishes), missed
    # What a rule recognises may reach its handler through another action: they all hand on the same turn.
    assert ACTIONS[intent] in {each.action for each in wishes if each not in missed}


def test_a_question_of_policy_is_always_searched_for(heard: list[Heard]) -> None:
    assert [each for each in heard if each.meant == "ask_policy" and each.intent not in SEARCHED] == []


def test_a_wish_that_is_not_understood_is_searched_for_rather_than_mistaken(heard: list[Heard]) -> None:
    mistaken = [each for each in heard if each.intent not in {each.meant, *SEARCHED}]
    assert len(mistaken) <= MISTAKEN * len(heard), mistaken


@pytest.mark.parametrize("text", ["😀😀", "？？？", "qwzx vbnm", "ㄅㄆㄇ", "१२३"])
def test_what_cannot_be_understood_is_neither_refused_nor_handed_over(
    shared_rasa: LiveRasa, text: str
) -> None:
    assert shared_rasa.ask(text).outcome in {Outcome.NO_ANSWER, Outcome.ASK}


@pytest.mark.parametrize(
    ("text", "entry_id"), [("我想看第二个", "entry-2"), ("应该是上面第三种吧", "entry-3")]
)
def test_the_number_of_an_option_is_found_inside_a_sentence(
    shared_rasa: LiveRasa, text: str, entry_id: str
) -> None:
    shared_rasa.knowledge.asked_for.clear()
    assert shared_rasa.ask_with_options(text).intent == "choose_option"
    assert entry_id in shared_rasa.knowledge.asked_for


def test_a_button_needs_no_words(shared_rasa: LiveRasa) -> None:
    shared_rasa.knowledge.asked_for.clear()
    shared_rasa.ask(
        "", option_id="e3", context={"options": [{"option_id": "e3", "label": "三", "entry_id": "entry-3"}]}
    )
    assert "entry-3" in shared_rasa.knowledge.asked_for
    assert shared_rasa.calls[-1]["next_action"] == "action_choose"


@pytest.mark.parametrize("text", ["/crisis", "/restart", "/session_start", "/nlu_fallback"])
def test_a_written_slash_is_only_text(shared_rasa: LiveRasa, text: str) -> None:
    assert shared_rasa.ask(text).outcome is Outcome.NO_ANSWER


def test_the_longest_message_is_answered(shared_rasa: LiveRasa) -> None:
    assert shared_rasa.ask("税" * 2000).outcome is Outcome.NO_ANSWER
    assert shared_rasa.ask("1" * 2000).outcome is Outcome.NO_ANSWER
