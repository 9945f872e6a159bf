"""Step 4, how good retrieval is: `python -m knowledge_base.retrieval.evaluate` prints the tables of docs/retrieval.md.

Measured on topics that no shipped weight has seen, and on the starting content with each similar question left out
in turn. What needs the data that is not part of the program is measured only where it lies (`--data`).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import fields, replace
from io import StringIO
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from knowledge_base.encoder import Encoder, load_encoder
from knowledge_base.retrieval.baselines import Bm25, CharacterTfidf, EntryRanking
from knowledge_base.retrieval.decision import load_thresholds
from knowledge_base.retrieval.fusion import Fusion, load_fusion
from knowledge_base.retrieval.index import EmbeddingCache, SearchIndex
from knowledge_base.retrieval.measures import Outcome, auroc, decisions, ranking, reliability, risk_coverage
from knowledge_base.retrieval.normalise import search_form
from knowledge_base.retrieval.practice import (
    ANY_DAY,
    ELSEWHERE,
    KNOWN,
    NOISY,
    PLAIN,
    REMOVED,
    Asked,
    Evidence,
    Practice,
    content_practices,
    current_content,
    gather,
    indexed,
    outcome_of,
    starting_content,
    unseen_content,
    unseen_topics,
)
from knowledge_base.retrieval.types import Signals

SEED: Final = 20261123
CURVE: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
OTHER_DOMAINS: Final = 400
BEGIN: Final = "<!-- measured -->"
END: Final = "<!-- /measured -->"


def main() -> None:
    """Print every table, or write them into a document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("..") / "shared" / "data", help="evaluation data")
    parser.add_argument("--document", type=Path, help="Markdown file whose measured part is replaced")
    arguments = parser.parse_args()
    if arguments.document is None:
        report(arguments.data)
        return
    with redirect_stdout(StringIO()) as tables:
        report(arguments.data)
    text = arguments.document.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    measured = f"{before}{BEGIN}\n{tables.getvalue()}\n{END}{after}"
    arguments.document.write_text(measured, encoding="utf-8")


def report(data: Path) -> None:
    """Print every table."""
    encoder, fusion = load_encoder(), load_fusion()
    for make, title in (
        (unseen_topics, "Topics that nothing was learnt from, among entries of other topics"),
        (unseen_content, "The starting content, which nothing was learnt from"),
    ):
        for given in (0, 3):
            practice = make(given=given, seed=SEED)
            evidence = gather(practice, encoder, EmbeddingCache())
            outcomes = [outcome_of(one, fusion) for one in evidence]
            _title(f"{title}; {given} similar questions an entry")
            _compare(practice, outcomes)
            _ablation(evidence, fusion)
            _confidence(outcomes)
    _title("The starting content, each similar question left out in turn")
    _starting_content(encoder, fusion)
    _title("Data that is not part of the program")
    if data.is_dir():
        _shared(data, encoder)
    else:
        _say(f"not measured: {data} is not there")


def _starting_content(encoder: Encoder, fusion: Fusion) -> None:
    outcomes: list[Outcome] = []
    baseline: dict[str, list[Outcome]] = {"BM25": [], "TF-IDF": []}
    cache = EmbeddingCache()
    contents = current_content()
    for practice in content_practices(contents, seed=SEED):
        outcomes += [outcome_of(one, fusion) for one in gather(practice, encoder, cache)]
        for name, placed in _baselines(practice).items():
            baseline[name] += placed
    _say(f"{len(contents)} entries")
    _ranking_table({**baseline, "Tongda": outcomes}, kinds=(PLAIN,))
    _confidence(outcomes)


def _compare(practice: Practice, outcomes: list[Outcome]) -> None:
    answered = [one for one in practice.asked if one.entry_id is not None]
    _say(f"{len(practice.revisions)} entries, {len(answered)} questions with an answer there, "
         f"{len(practice.asked) - len(answered)} without")  # fmt: skip
    systems = _baselines(practice) | {"Tongda": outcomes}
    _ranking_table(systems, kinds=(PLAIN, NOISY, KNOWN))


def _baselines(practice: Practice) -> dict[str, list[Outcome]]:
    systems = {
        "BM25": EntryRanking(Bm25, practice.revisions),
        "TF-IDF": EntryRanking(CharacterTfidf, practice.revisions),
    }
    return {
        name: [_baseline_outcome(system, one) for one in practice.asked] for name, system in systems.items()
    }


def _baseline_outcome(system: EntryRanking, asked: Asked) -> Outcome:
    ranked, score = system.ranked(asked.text)
    right = asked.entry_id
    place = ranked.index(right) if right in ranked else None
    return Outcome(asked.kind, place, right is not None, (score,))


def _ranking_table(systems: dict[str, list[Outcome]], *, kinds: Sequence[str]) -> None:
    _say("| system | questions | n | hit@1 | hit@3 | MRR | AUROC | removed | elsewhere |")
    _say("|---|---|---|---|---|---|---|---|---|")
    for name, outcomes in systems.items():
        for kind in kinds:
            found = ranking([one for one in outcomes if one.kind == kind])
            told = [
                auroc([one for one in outcomes if one.kind in {kind, *others}])
                for others in ((REMOVED, ELSEWHERE), (REMOVED,), (ELSEWHERE,))
            ]
            _say(f"| {name} | {kind} | {found.questions} | {found.hit_1:.3f} | {found.hit_3:.3f} "
                 f"| {found.reciprocal_rank:.3f} | " + " | ".join(f"{one:.3f}" for one in told) + " |")  # fmt: skip


def _confidence(outcomes: Sequence[Outcome]) -> None:
    thresholds = load_thresholds()
    _say("\n| threshold | answered | of these wrong |\n|---|---|---|")
    for point in risk_coverage(outcomes, (*CURVE, thresholds.answer)):
        _say(f"| {point.threshold:.2f} | {point.coverage:.3f} | {point.risk:.3f} |")
    _say("\n| n | mean score | best match right |\n|---|---|---|")
    for one in reliability(outcomes):
        _say(f"| {one.questions} | {one.score:.3f} | {one.right:.3f} |")
    _say(f"\nanswer at {thresholds.answer}, clarify at {thresholds.clarify}:")
    _say(
        "\n| questions | n | right | wrong | offered | offered without the right one | refused |\n|---|---|---|---|---|---|---|"
    )
    for kind in dict.fromkeys(one.kind for one in outcomes):
        chosen = [one for one in outcomes if one.kind == kind]
        shares = decisions(chosen, thresholds)
        _say(f"| {kind} | {len(chosen)} | {shares.right:.3f} | {shares.wrong:.3f} | {shares.offered:.3f} "
             f"| {shares.missed:.3f} | {shares.refused:.3f} |")  # fmt: skip


def _ablation(evidence: Sequence[Evidence], fusion: Fusion) -> None:
    _say("\n| without | hit@1 written | hit@1 noisy | AUROC |\n|---|---|---|---|")
    for name in (None, *(field.name for field in fields(Signals))):
        outcomes = [outcome_of(one, fusion, without=name) for one in evidence]
        hits = [ranking([one for one in outcomes if one.kind == kind]).hit_1 for kind in (PLAIN, NOISY)]
        told = auroc([one for one in outcomes if one.kind != KNOWN])
        _say(f"| {name or 'nothing'} | {hits[0]:.3f} | {hits[1]:.3f} | {told:.3f} |")


def _shared(data: Path, encoder: Encoder) -> None:
    contents = starting_content()
    index = SearchIndex.build(
        [replace(indexed(content, content.similar_questions), effective_from=content.effective_from,
                 effective_to=content.effective_to, region=content.region) for content in contents],
        encoder, EmbeddingCache(),
    )  # fmt: skip
    _say(
        "What the starting content makes of texts (shares):\n\n| texts | n | answer | clarify | no answer |\n|---|---|---|---|---|"
    )
    for name, texts in _texts(data):
        _say(
            f"| {name} | {len(texts)} | "
            + " | ".join(f"{share:.3f}" for share in _shares(index, texts))
            + " |"
        )
    _say(
        "\nEncoder on sentence pairs (AUROC of the likeness for pairs that mean the same; STS-B: grade 4 or 5):\n"
    )
    _say("| pairs | n | encoder | character TF-IDF |\n|---|---|---|---|")
    for name in ("LCQMC_test", "BQ_test", "STSB_test"):
        _pairs_row(name, data / "sentence-pairs" / f"eval_{name}.tsv", encoder)


def _texts(data: Path) -> Iterable[tuple[str, list[str]]]:
    real = _lines(data / "real-questions.jsonl")
    for kind in sorted({line["type"] for line in real}):
        yield f"real questions: {kind}", [line["question"] for line in real if line["type"] == kind]
    others = [line["text"] for line in _lines(data / "other-domain-utterances.jsonl")]
    yield "other domains", Random(SEED).sample(others, min(OTHER_DOMAINS, len(others)))  # noqa: S311 - reproducible
    posts = _lines(data / "government-posts.jsonl")
    yield "government posts", [str(line.get("title") or line.get("text")) for line in posts]


def _shares(index: SearchIndex, texts: Sequence[str]) -> list[float]:
    thresholds = load_thresholds()
    scores = [
        tuple(match.score for match in index.search(text, as_of=ANY_DAY, region=None)) for text in texts
    ]
    shares = decisions([Outcome("", None, False, score) for score in scores], thresholds)
    return [shares.wrong, shares.missed, shares.refused]


def _pairs_row(name: str, file: Path, encoder: Encoder) -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) == 3]
    left, right = ([search_form(row[side]) for row in rows] for side in (0, 1))
    same = [float(row[2]) >= (4 if name.startswith("STSB") else 1) for row in rows]
    vectors = (encoder.encode(left) * encoder.encode(right)).sum(axis=1)
    from sklearn.feature_extraction.text import TfidfVectorizer

    tfidf = TfidfVectorizer(analyzer="char", ngram_range=(1, 3)).fit([*left, *right])
    plain = np.asarray(tfidf.transform(left).multiply(tfidf.transform(right)).sum(axis=1)).ravel()
    values = [
        auroc([Outcome("", 0, is_same, (float(score),)) for is_same, score in zip(same, scores, strict=True)])
        for scores in (vectors, plain)
    ]
    _say(f"| {name} | {len(rows)} | {values[0]:.3f} | {values[1]:.3f} |")


def _lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _title(text: str) -> None:
    _say(f"\n## {text}\n")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
