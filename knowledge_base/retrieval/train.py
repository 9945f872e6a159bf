"""Step 4, learning to weigh the signals: `python -m knowledge_base.retrieval.train` (docs/retrieval.md).

Practice knowledge bases of many sizes are made from the training groups, and one model over the candidates and
"none of them" is fitted to which entry was right. The signal of the encoder is taken from encoders that never saw
the topic that is asked about, as it will be with a new knowledge base. The thresholds come from the held-out topics.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from knowledge_base.encoder import Encoder, load_encoder
from knowledge_base.encoder import train as encoder_training
from knowledge_base.encoder.material import Group, training_groups, utterances
from knowledge_base.retrieval.fusion import Fusion, candidate_features, none_features, read_fusion
from knowledge_base.retrieval.index import EmbeddingCache
from knowledge_base.retrieval.measures import Outcome, choose_thresholds
from knowledge_base.retrieval.practice import (
    KNOWN,
    REMOVED,
    Evidence,
    content_practices,
    current_content,
    gather,
    make_practice,
    outcome_of,
    unseen_topics,
)

SEED: Final = 12345
FOLDS: Final = 2
PRACTICES_PER_FOLD: Final = 10
FOLD_STEPS: Final = 800
HIDDEN: Final = 16
EPOCHS: Final = 20
BATCH: Final = 256
LEARNING_RATE: Final = 0.01
CANDIDATE_DECAY: Final = 1.0
NONE_DECAY: Final = 0.3
ELSEWHERE_SHARE: Final = 0.8
WRONG_ANSWERS: Final = 0.05
TURNED_AWAY: Final = 0.05


def weights_path(name: str) -> Path:
    """A weight file that ships with the program."""
    return Path(str(files("knowledge_base.retrieval").joinpath("weights", name)))


def main() -> None:
    """Learn and write both weight files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--laws", type=Path, help="as for the encoder")
    parser.add_argument("--sentences", type=Path, help="as for the encoder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    evidence = training_evidence(arguments.laws, arguments.sentences)
    weights = json.dumps(fit(evidence), separators=(",", ":"))
    thresholds = choose_thresholds(
        _measured(read_fusion(weights)), wrong=WRONG_ANSWERS, turned_away=TURNED_AWAY
    )
    weights_path("fusion.json").write_text(weights + "\n", encoding="utf-8")
    weights_path("thresholds.json").write_text(json.dumps(asdict(thresholds)) + "\n", encoding="utf-8")
    print(f"{len(evidence)} questions learnt from; {thresholds}")  # noqa: T201


def _measured(fusion: Fusion) -> list[Outcome]:
    """Questions that nothing was learnt from: of the held-out topics and of the starting content; not those whose entry was
    left out and that only its neighbours are like.
    """
    encoder, cache = load_encoder(), EmbeddingCache()
    practices = [unseen_topics(given=given, seed=SEED + given) for given in (0, 2, 5)]
    practices += content_practices(current_content(), seed=SEED)
    return [
        outcome_of(one, fusion)
        for practice in practices
        for one in gather(practice, encoder, cache)
        if one.asked.kind not in {REMOVED, KNOWN}
    ]


def training_evidence(laws: Path | None, sentences: Path | None) -> list[Evidence]:
    """Questions to practice knowledge bases, each seen by an encoder that does not know its topic."""
    groups = training_groups()
    elsewhere = utterances("elsewhere")
    topics = sorted({group.topic for group in groups})
    Random(SEED).shuffle(topics)  # noqa: S311 - reproducible, no secret
    found: list[Evidence] = []
    for fold in range(FOLDS):
        hidden = set(topics[fold::FOLDS])
        known = [group for group in groups if group.topic not in hidden]
        encoder = _encoder_of(known, laws, sentences)
        found += _practise(
            [group for group in groups if group.topic in hidden], known, encoder, elsewhere, seed=SEED + fold
        )
    return found


def _encoder_of(groups: Sequence[Group], laws: Path | None, sentences: Path | None) -> Encoder:
    recipe = encoder_training.make_recipe(groups, laws=laws, sentences=sentences, steps=FOLD_STEPS)
    with tempfile.TemporaryDirectory() as folder:
        encoder_training.save(Path(folder), *encoder_training.train(recipe))
        return load_encoder(folder)


def _practise(
    unknown: Sequence[Group], known: Sequence[Group], encoder: Encoder, elsewhere: Sequence[str], *, seed: int
) -> list[Evidence]:
    """Knowledge bases of many sizes; only groups that the encoder does not know are asked about."""
    random = Random(seed)  # noqa: S311 - reproducible, no secret
    cache = EmbeddingCache()
    found: list[Evidence] = []
    for number in range(PRACTICES_PER_FOLD):
        asked = random.sample(unknown, random.randint(len(unknown) // 3, len(unknown)))
        practice = make_practice(
            asked,
            seed=seed * 1000 + number,
            given=random.choice((0, 0, 1, 2, 3, 5, 6)),
            with_answers=random.random() < 0.7,
            removed_share=random.choice((0.1, 0.2, 0.4)),
            elsewhere=random.sample(elsewhere, min(len(elsewhere), int(len(asked) * ELSEWHERE_SHARE))),
            distractors=random.sample(known, random.randint(0, len(known))),
        )
        found += gather(practice, encoder, cache)
    return found


@dataclass(frozen=True)
class Batch:
    """Padded features: of candidates, of "none of them", which are padding, and the place of what is right."""

    candidates: torch.Tensor
    none: torch.Tensor
    absent: torch.Tensor
    target: torch.Tensor


class Net(nn.Module):
    """`fusion.Scorer` for learning."""

    def __init__(self, features: NDArray[np.float64]) -> None:
        super().__init__()
        self.mean = torch.tensor(features.mean(axis=0), dtype=torch.float32)
        self.scale = torch.tensor(features.std(axis=0) + 1e-3, dtype=torch.float32)
        self.linear = nn.Linear(features.shape[1], 1)
        self.hidden = nn.Linear(features.shape[1], HIDDEN)
        self.output = nn.Linear(HIDDEN, 1, bias=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """One score a row."""
        standard = (features - self.mean) / self.scale
        score: torch.Tensor = self.linear(standard) + self.output(torch.tanh(self.hidden(standard)))
        return score.squeeze(-1)

    def to_json(self) -> dict[str, Any]:
        """The form that `fusion.Scorer.from_json` reads."""
        return {
            "mean": _rounded(self.mean),
            "scale": _rounded(self.scale),
            "linear": _rounded(self.linear.weight[0]),
            "bias": _rounded(self.linear.bias[0]),
            "hidden": _rounded(self.hidden.weight.T),
            "hidden_bias": _rounded(self.hidden.bias),
            "output": _rounded(self.output.weight[0]),
        }


def fit(evidence: Sequence[Evidence]) -> dict[str, Any]:
    """The weights that make what was right likeliest. The form that `fusion.read_fusion` reads."""
    torch.manual_seed(SEED)
    everything = _batch(evidence)
    rows = everything.candidates[~everything.absent].numpy().astype(np.float64)
    candidate, none = Net(rows), Net(everything.none.numpy().astype(np.float64))
    optimizer = torch.optim.AdamW(
        [
            {"params": list(candidate.parameters()), "weight_decay": CANDIDATE_DECAY},
            {"params": list(none.parameters()), "weight_decay": NONE_DECAY},
        ],
        lr=LEARNING_RATE,
    )
    steps = EPOCHS * (len(evidence) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(evidence))
        for start in range(0, len(evidence), BATCH):
            chosen = order[start : start + BATCH]
            scores = candidate(everything.candidates[chosen]).masked_fill(everything.absent[chosen], -1e4)
            scores = torch.cat((scores, none(everything.none[chosen])[:, None]), dim=1)
            loss = functional.cross_entropy(scores, everything.target[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        schedule.step()
    return {"candidate": candidate.to_json(), "none": none.to_json()}


def _batch(evidence: Sequence[Evidence]) -> Batch:
    most = max(len(one.table) for one in evidence)
    width = candidate_features(evidence[0].table).shape[1]
    candidates = np.zeros((len(evidence), most, width), np.float32)
    absent = np.ones((len(evidence), most), np.bool_)
    for place, one in enumerate(evidence):
        candidates[place, : len(one.table)] = candidate_features(one.table)
        absent[place, : len(one.table)] = False
    none = np.array([none_features(one.table, one.query) for one in evidence], np.float32)
    target = np.array([most if one.target is None else one.target for one in evidence])
    return Batch(*map(torch.from_numpy, (candidates, none, absent, target)))


def _rounded(values: torch.Tensor) -> Any:
    return np.round(values.detach().numpy().astype(np.float64), 5).tolist()


if __name__ == "__main__":
    main()
