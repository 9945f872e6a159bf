"""What Rasa learns from fits what the actions can do, and the tests' own phrases are kept from it."""

from __future__ import annotations

from collections import Counter

import pytest
from training_data import examples, phrases, read

from actions.handlers import HANDLERS
from actions.rasa_actions import NAMES

FEWEST_EXAMPLES = 40
INTENTS = {"ask_policy", *HANDLERS}


def test_the_domain_names_every_intent_and_every_action_and_no_others() -> None:
    domain = read("domain.yml")
    assert set(domain["intents"]) == INTENTS
    assert set(domain["actions"]) == set(NAMES)


def test_every_intent_has_one_rule_and_so_has_the_fallback() -> None:
    steps = [rule["steps"] for rule in read("data/rules.yml")["rules"]]
    assert Counter(first["intent"] for first, _ in steps) == Counter({*INTENTS, "nlu_fallback"})
    assert {second["action"] for _, second in steps} == set(NAMES)


def test_every_intent_has_examples_enough() -> None:
    counts = Counter(intent for _, intent in examples())
    assert set(counts) == INTENTS
    assert min(counts.values()) >= FEWEST_EXAMPLES
    assert counts["ask_policy"] > 800


def test_no_example_is_given_twice() -> None:
    counts = Counter(text.lower() for text, _ in examples())
    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_the_phrases_of_the_tests_are_in_no_example(intent: str) -> None:
    known = {text for text, _ in examples()}
    assert phrases()[intent]
    assert not known.intersection(phrases()[intent])
