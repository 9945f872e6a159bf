"""Step 3, measured: how well a pipeline tells the intents apart, on what it was not trained on.

Trains five times on four fifths of bot/data and asks for the rest, then trains on all of it and asks the phrases of the
tests. What is told is what people feel: a question of policy that is not searched for, a wish that is not followed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import yaml

from bot.server import lean

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDS = 5
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6)
POLICY = "ask_policy"
# Whatever is taken for one of these is searched for in the knowledge base.
SEARCHED = (POLICY, "out_of_domain")
ANNOTATION = re.compile(r"\[([^\]]+)\]\{[^}]+\}")

Example = tuple[str, str]


@dataclass(frozen=True)
class Parsed:
    """What a text was, what the pipeline took it for, and how sure it was before any fallback."""

    intent: str
    found: str
    confidence: float


def main() -> None:
    """Print the figures of one pipeline."""
    parser = argparse.ArgumentParser(prog="bot.server.evaluate", description="Measure an intent pipeline.")
    parser.add_argument("--config", type=Path, default=ROOT / "config.yml", help="pipeline to measure")
    parser.add_argument("--phrases", type=Path, default=ROOT / "tests" / "bot" / "phrases.yml")
    parser.add_argument("--whole-rasa", action="store_true", help="for pipelines that need TensorFlow")
    parser.add_argument("--load", type=Path, help="only load this model and answer once (what a start costs)")
    options = parser.parse_args()
    if options.whole_rasa:
        lean.log_errors_only()
    else:
        lean.prepare()
    if options.load:
        _load_and_answer(options.load)
        return
    examples = list(_training_examples())
    held_back = []
    for fold in range(FOLDS):
        rest = [example for number, example in enumerate(examples) if number % FOLDS != fold]
        held_back += _train_and_ask(options.config, rest, examples[fold::FOLDS])[0]
    _tell("held back from bot/data", held_back)
    unseen, cost = _train_and_ask(options.config, examples, list(_phrases(options.phrases)))
    _tell("phrases of the tests", unseen)
    sys.stdout.write(f"{cost}\n{_cost_of_a_start(options.config, examples, whole=options.whole_rasa)}\n")


def _cost_of_a_start(config: Path, examples: Sequence[Example], *, whole: bool) -> str:
    """What a fresh process needs until it has answered once."""
    with tempfile.TemporaryDirectory() as folder:
        model = _train(config, examples, folder)
        program = [sys.executable, "-m", "bot.server.evaluate", "--load", model]
        started = time.monotonic()
        said = subprocess.run(
            [*program, "--whole-rasa"] if whole else program,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        taken = time.monotonic() - started
    return f"start {taken:.1f} s, {said.strip()}"


def _load_and_answer(model: Path) -> None:
    from rasa.core.agent import Agent

    asyncio.run(Agent.load(str(model)).parse_message("契税怎么交"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"peak memory {peak} MB\n")


def _training_examples() -> Iterator[Example]:
    for file in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines() if "intent" in block else ():
                yield ANNOTATION.sub(r"\1", line.removeprefix("- ")), block["intent"]


def _phrases(file: Path) -> Iterator[Example]:
    for intent, phrases in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        yield from ((phrase, intent) for phrase in phrases)


def _train_and_ask(
    config: Path, examples: Sequence[Example], asked: Sequence[Example]
) -> tuple[list[Parsed], str]:
    from rasa.core.agent import Agent

    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        model = _train(config, examples, folder)
        trained = time.process_time() - started
        agent = Agent.load(model)
        started = time.process_time()
        parsed = asyncio.run(_ask(agent, asked))
        each = (time.process_time() - started) / len(asked)
    return parsed, f"training {trained:.1f} s and parsing {each * 1000:.2f} ms of processor time"


def _train(config: Path, examples: Sequence[Example], folder: str) -> str:
    from rasa.model_training import train_nlu

    data = Path(folder, "nlu.yml")
    data.write_text(_as_training_data(examples), encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        model = train_nlu(str(config), str(data), folder, fixed_model_name="model")
    if model is None:
        raise ValueError(f"{config} cannot be trained")
    return str(model)


def _as_training_data(examples: Sequence[Example]) -> str:
    intents = sorted({intent for _, intent in examples})
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text, of in examples if of == intent)}
        for intent in intents
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True)


async def _ask(agent: object, asked: Sequence[Example]) -> list[Parsed]:
    parsed = []
    for text, intent in asked:
        ranking = (await agent.parse_message(text))["intent_ranking"]
        best = next(each for each in ranking if each["name"] != "nlu_fallback")
        parsed.append(Parsed(intent, best["name"], float(best["confidence"])))
    return parsed


def _tell(title: str, parsed: Sequence[Parsed]) -> None:
    accuracy = mean(each.found == each.intent for each in parsed)
    sys.stdout.write(f"{title}: {len(parsed)}, accuracy {accuracy:.3f}, macro F1 {_macro_f1(parsed):.3f}\n")
    policy = [each for each in parsed if each.intent == POLICY]
    others = [each for each in parsed if each.intent != POLICY]
    for threshold in THRESHOLDS:
        lost = mean(each.found not in SEARCHED and each.confidence >= threshold for each in policy)
        followed = mean(each.found == each.intent and each.confidence >= threshold for each in others)
        wrong = mean(
            each.found not in (each.intent, *SEARCHED) and each.confidence >= threshold for each in others
        )
        sys.stdout.write(
            f"  threshold {threshold}: policy not searched {lost:.3f};"
            f" other wishes followed {followed:.3f}, mistaken {wrong:.3f}\n"
        )


def _macro_f1(parsed: Sequence[Parsed]) -> float:
    scores = []
    for intent in {each.intent for each in parsed}:
        right = sum(each.found == each.intent == intent for each in parsed)
        either = sum((each.found == intent) + (each.intent == intent) for each in parsed)
        scores.append(2 * right / either)
    return mean(scores)


if __name__ == "__main__":
    main()
