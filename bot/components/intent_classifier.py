"""Step 3, the intent: character n-grams, weighted, and one small linear model per intent.

No words are cut out first: runs of one or two characters stand up to typos, dialect and dictation, and cost nothing
to find. Why this and not Rasa's own classifiers is measured in docs/rasa-environment.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

FILE = "intents.skops"
# What a fitted TfidfVectorizer holds besides the types that skops trusts by itself. A model file runs no code of its own.
TRUSTED = ["scipy.sparse._csr.csr_matrix"]
RUN_OF_WORD_CHARACTERS = re.compile(r"\w+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharacterIntentClassifier(IntentClassifier, GraphComponent):
    """Gives each message an intent with its confidence, and the ranking of the others."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The longest n-gram, the inverse of the regularisation's strength, and how many intents are ranked."""
        return {"max_ngram": 2, "C": 30.0, "ranking_length": 5}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Pipeline | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> CharacterIntentClassifier:
        """A classifier that knows nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
        **kwargs: Any,  # noqa: ARG003 - Rasa's signature
    ) -> CharacterIntentClassifier:
        """A trained classifier. Raises ValueError when the model holds none."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, skops.io.load(folder / FILE, trusted=TRUSTED))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has an intent, and store what was learnt."""
        examples = training_data.intent_examples
        # Intents have very different numbers of examples; `balanced` gives each the same say.
        self._model = make_pipeline(
            TfidfVectorizer(
                analyzer="char_wb",
                ngram_range=(1, self._config["max_ngram"]),
                lowercase=False,
                sublinear_tf=True,
            ),
            LogisticRegression(
                solver="liblinear", class_weight="balanced", C=self._config["C"], random_state=1
            ),
        )
        self._model.fit(
            [plain(example.get(TEXT)) for example in examples], [example.get(INTENT) for example in examples]
        )
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._model, folder / FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking on each message."""
        for message in messages:
            ranking = self._rank(plain(message.get(TEXT) or ""))
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def _rank(self, text: str) -> list[dict[str, Any]]:
        # The model only sees the characters that it knows. What is said in others must not be taken for sure.
        known = self._known_share(text)
        scores = self._model.predict_proba([text])[0]
        ranking = [
            {"name": str(name), "confidence": float(score) * known}
            for name, score in zip(self._model.classes_, scores, strict=True)
        ]
        return sorted(ranking, key=lambda intent: -intent["confidence"])

    def _known_share(self, text: str) -> float:
        vocabulary = self._model[0].vocabulary_
        characters = text.replace(" ", "")
        return sum(each in vocabulary for each in characters) / len(characters) if characters else 0.0


def plain(text: str) -> str:
    """The text without punctuation and emoji, full-width forms and capitals made ordinary."""
    return " ".join(RUN_OF_WORD_CHARACTERS.findall(unicodedata.normalize("NFKC", text).lower()))
