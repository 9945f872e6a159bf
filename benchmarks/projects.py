"""The two Rasa projects that Tongda is measured beside, written from Tongda's own material.

*Bare*: Tongda's pipeline and training data; every intent is answered with one fixed response, so that a turn is what
Rasa itself costs. *Plain*: what a Rasa team would build for the same entries: Rasa's own suggested pipeline, the
other intents as they are, and each entry a response of a ResponseSelector with the entry's questions as examples.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from knowledge_base.content import EntryContent

FIXED: Final = "utter_fixed"
FIXED_TEXT: Final = "已收到您的问题。"
POLICY_INTENT: Final = "ask_policy"
FAQ: Final = "faq"
FALLBACK: Final = "nlu_fallback"

_SUGGESTED_PIPELINE: Final = (
    {"name": "JiebaTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
)


def write_bare(root: Path, folder: Path) -> None:
    """Tongda's model without actions. `root` is Tongda's source folder."""
    shutil.copytree(root / "bot" / "data" / "nlu", folder / "data" / "nlu")
    config = _read(root / "config.yml")
    for policy in config["policies"]:
        if "core_fallback_action_name" in policy:
            policy["core_fallback_action_name"] = FIXED
    _write(folder / "config.yml", config)
    domain = _read(root / "bot" / "domain.yml")
    intents = _intents(domain)
    domain.pop("actions", None)
    _write(folder / "domain.yml", {**domain, "responses": {FIXED: [{"text": FIXED_TEXT}]}})
    _write_rules(folder, dict.fromkeys((*intents, FALLBACK), FIXED))


def write_plain(root: Path, folder: Path, entries: Sequence[EntryContent], *, epochs: int) -> None:
    """The project that answers the entries with a ResponseSelector."""
    others = [block for block in _nlu_blocks(root) if block.get("intent") not in (None, POLICY_INTENT)]
    faq = [_examples(f"{FAQ}/{entry.id}", entry.questions) for entry in entries]
    _write(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": [*others, *faq]})
    _write(folder / "config.yml", _suggested_config(epochs))
    intents = sorted({block["intent"] for block in others})
    responses = {f"utter_{FAQ}/{entry.id}": [{"text": entry.answer}] for entry in entries}
    _write(
        folder / "domain.yml",
        {
            "version": "3.1",
            "intents": [*intents, FAQ],
            "responses": {FIXED: [{"text": FIXED_TEXT}], **responses},
        },
    )
    replies = dict.fromkeys((*intents, FALLBACK), FIXED)
    _write_rules(folder, {**replies, FAQ: f"utter_{FAQ}"})


def _suggested_config(epochs: int) -> dict[str, Any]:
    trained = {"epochs": epochs, "constrain_similarities": True}
    return {
        "recipe": "default.v1",
        "language": "zh",
        "pipeline": [
            *_SUGGESTED_PIPELINE,
            {"name": "DIETClassifier", **trained},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "retrieval_intent": FAQ, **trained},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [{"name": "RulePolicy"}],
    }


def _write_rules(folder: Path, replies: dict[str, str]) -> None:
    rules = [
        {"rule": f"{intent} is answered", "steps": [{"intent": intent}, {"action": action}]}
        for intent, action in replies.items()
    ]
    _write(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})


def _nlu_blocks(root: Path) -> list[dict[str, Any]]:
    files = sorted((root / "bot" / "data" / "nlu").glob("*.yml"))
    return [block for file in files for block in _read(file)["nlu"]]


def _examples(intent: str, texts: Iterable[str]) -> dict[str, Any]:
    return {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}


def _intents(domain: dict[str, Any]) -> list[str]:
    """Names of the domain's intents; one with options is a mapping with its name as the only key."""
    return [intent if isinstance(intent, str) else next(iter(intent)) for intent in domain["intents"]]


def _read(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
