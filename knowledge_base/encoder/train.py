"""Step 4, making the built-in encoder: `python -m knowledge_base.encoder.train` (docs/encoder.md).

A table of token vectors; a text is the mean of its tokens, brought to unit length. Texts that belong together are
drawn near each other and away from all others in the batch (InfoNCE). Equal input gives equal weights.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jieba
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import nn
from torch.nn import functional

from knowledge_base.encoder.encoder import builtin_path
from knowledge_base.encoder.material import Group, training_groups
from knowledge_base.encoder.pairs import (
    Draw,
    FixedPairs,
    GroupPairs,
    Pair,
    TermPairs,
    law_pairs,
    similar_sentences,
)
from knowledge_base.retrieval.normalise import search_form
from knowledge_base.retrieval.terms import load_terms

SEED: Final = 12366
DIMENSION: Final = 128
UNKNOWN: Final = "[UNK]"
LONGEST_TOKEN: Final = 4
RAREST_WORD: Final = 2
BATCH: Final = 384
TEMPERATURE: Final = 0.05
LEARNING_RATE: Final = 0.01
LOST: Final = 0.1
SPLIT: Final = 0.15


@dataclass(frozen=True)
class Recipe:
    """What to learn from, and for how long."""

    groups: Sequence[Group]
    laws: Sequence[Pair] = ()
    sentences: Sequence[Pair] = ()
    steps: int = 1500
    seed: int = SEED

    def texts(self) -> Iterable[str]:
        """All texts whose words make the vocabulary."""
        for group in self.groups:
            yield from (search_form(text) for text in (*group.texts, group.answer))
        for pair in (*self.laws, *self.sentences):
            yield from (pair.left, pair.right)
        yield from load_terms().concepts

    def draws(self) -> list[tuple[Draw, float]]:
        """The sources, each with its share of the batches."""
        found: list[tuple[Draw, float]] = [
            (GroupPairs(self.groups, self.seed).draw, 0.5),
            (TermPairs(self.seed).draw, 0.3),
        ]
        if self.laws:
            found.append((FixedPairs(self.laws, self.seed).draw, 0.12))
        if self.sentences:
            found.append((FixedPairs(self.sentences, self.seed).draw, 0.08))
        return found


def make_recipe(
    groups: Sequence[Group], *, laws: Path | None, sentences: Path | None, steps: int = Recipe.steps
) -> Recipe:
    """The groups, with the public texts that are there."""
    return Recipe(
        groups=groups,
        laws=law_pairs(laws) if laws else (),
        sentences=similar_sentences(sentences) if sentences else (),
        steps=steps,
    )


def make_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """The likeliest cut into characters and short words of the texts."""
    characters: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for text in texts:
        characters.update(text.replace(" ", ""))
        words.update(word for word in jieba.cut(text) if 1 < len(word) <= LONGEST_TOKEN or word.isascii())
    terms = [term for term in load_terms().concepts if 1 < len(term) <= LONGEST_TOKEN]
    kept = {word: count for word, count in words.items() if count >= RAREST_WORD and word.strip()}
    kept |= {term: max(words[term], RAREST_WORD) for term in terms if " " not in term}
    kept |= dict(characters)
    total = sum(kept.values())
    scores = [(token, float(np.log(count / total))) for token, count in sorted(kept.items())]
    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, 0.0), *scores], unk_id=0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=False)]
    )
    return tokenizer


class Bag:
    """Texts as rows of token numbers, some tokens lost and some words cut into characters, for learning."""

    def __init__(self, tokenizer: Tokenizer, seed: int) -> None:
        self._tokenizer = tokenizer
        self._random = np.random.default_rng(seed)
        vocabulary = tokenizer.get_vocab()
        self._characters = {
            number: [vocabulary[char] for char in token if char in vocabulary]
            for token, number in vocabulary.items()
            if len(token) > 1 and number
        }

    def __call__(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Token numbers of all texts, and where each text starts."""
        rows = [self._varied(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]
        offsets = np.cumsum([0] + [len(row) for row in rows[:-1]])
        return torch.tensor([number for row in rows for number in row]), torch.from_numpy(offsets)

    def _varied(self, ids: list[int]) -> list[int]:
        found: list[int] = []
        for number, chance in zip(ids, self._random.random(len(ids)), strict=True):
            if chance < SPLIT:
                found.extend(self._characters.get(number, [number]))
            elif chance > LOST + SPLIT or len(ids) < 3:
                found.append(number)
        return found or ids or [0]


def train(recipe: Recipe) -> tuple[Tokenizer, NDArray[np.float32]]:
    """Learn a tokenizer and its table of vectors."""
    torch.manual_seed(recipe.seed)
    tokenizer = make_tokenizer(recipe.texts())
    bag, chooser = Bag(tokenizer, recipe.seed), np.random.default_rng(recipe.seed)
    table = nn.EmbeddingBag(tokenizer.get_vocab_size(), DIMENSION, mode="mean")
    nn.init.normal_(table.weight, std=0.1)
    optimizer = torch.optim.Adam(table.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=LEARNING_RATE, total_steps=recipe.steps)
    draws = recipe.draws()
    shares = np.array([share for _, share in draws]) / sum(share for _, share in draws)
    for step in range(recipe.steps):
        pairs = draws[chooser.choice(len(draws), p=shares)][0](BATCH)
        loss = _loss(table, bag, pairs)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if step % 500 == 0:
            print(f"  step {step}/{recipe.steps}, loss {loss.item():.3f}", flush=True)  # noqa: T201
    return tokenizer, _settled(table.weight.detach().numpy(), tokenizer, recipe)


def _loss(table: nn.EmbeddingBag, bag: Bag, pairs: Sequence[Pair]) -> torch.Tensor:
    left = functional.normalize(table(*bag([pair.left for pair in pairs])))
    right = functional.normalize(table(*bag([pair.right for pair in pairs])))
    numbers = {key: number for number, key in enumerate(dict.fromkeys(pair.key for pair in pairs))}
    keys = torch.tensor([numbers[pair.key] for pair in pairs])
    same = (keys[:, None] == keys[None, :]) & ~torch.eye(len(pairs), dtype=torch.bool)
    likeness = (left @ right.T / TEMPERATURE).masked_fill(same, -1e4)
    target = torch.arange(len(pairs))
    return functional.cross_entropy(likeness, target) + functional.cross_entropy(likeness.T, target)


def _settled(table: NDArray[np.float32], tokenizer: Tokenizer, recipe: Recipe) -> NDArray[np.float32]:
    """The table with zeros for tokens that no text holds, so that they say nothing."""
    seen = {number for text in recipe.texts() for number in tokenizer.encode(text).ids}
    vocabulary = tokenizer.get_vocab()
    seen |= {vocabulary[char] for text in recipe.texts() for char in text if char in vocabulary}
    table[[number for number in range(len(table)) if number not in seen or number == 0]] = 0
    return table


def save(path: Path, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
    """Write a sentence-transformers model directory. The numbers are those of half precision, so that they compress."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules

    static: Any = modules.StaticEmbedding(
        tokenizer, embedding_weights=table.astype(np.float16).astype(np.float32)
    )
    model = SentenceTransformer(modules=[static, modules.Normalize()], device="cpu")
    model.save(str(path), create_model_card=False)
    (path / "model.safetensors").chmod(0o644)


def main() -> None:
    """Train on all training groups and write the model that ships."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--laws", type=Path, help="folder of laws, one article a paragraph")
    parser.add_argument(
        "--sentences", type=Path, help="file of graded sentence pairs (Apache-2.0: STS-B in Chinese)"
    )
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--output", type=Path, default=builtin_path())
    arguments = parser.parse_args()
    torch.use_deterministic_algorithms(mode=True)
    recipe = make_recipe(
        training_groups(), laws=arguments.laws, sentences=arguments.sentences, steps=arguments.steps
    )
    tokenizer, table = train(recipe)
    save(arguments.output, tokenizer, table)
    print(json.dumps({"tokens": len(table), "dimension": DIMENSION, "groups": len(recipe.groups)}))  # noqa: T201


if __name__ == "__main__":
    main()
