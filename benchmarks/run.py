"""The order of a run: train, start all, ask them by turns so that the machine's noise hits all alike, weigh, change."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from app.cli.output import step
from benchmarks import load, publishing, search
from benchmarks.chats import Bot, RasaBot
from benchmarks.contestants import (
    BARE,
    PLAIN,
    TONGDA,
    Project,
    Tongda,
    bare_project,
    install_tongda,
    plain_project,
)
from benchmarks.figures import spread
from benchmarks.options import Options
from benchmarks.questions import ask_each, labelled_questions, right_share
from benchmarks.report import Report, Retraining, Turns, this_machine
from benchmarks.servers import BenchmarkFailed, memory_mib

MIN_QUESTIONS: Final = 20
MARK: Final = "（改动）"


def measure(options: Options, folder: Path) -> Report:
    """Everything. Raises BenchmarkFailed when something does not run."""
    machine = this_machine()
    tongda = install_tongda(folder / "tongda")
    bare = bare_project(folder / "bare")
    plain = plain_project(folder / "plain", tongda.entries, epochs=options.epochs)
    with step("Training bare Rasa's model"):
        bare.train()
    with step(f"Training the plain project ({options.epochs} epochs)"):
        plain.train()
    with ExitStack() as running:
        with step("Starting Tongda and both Rasa projects"):
            tongda_bot, processes = running.enter_context(tongda.serving(folder))
            bare_bot, processes[BARE] = running.enter_context(bare.serving())
            plain_bot, processes[PLAIN] = running.enter_context(plain.serving())
        bots: list[Bot] = [bare_bot, tongda_bot, plain_bot]
        with step("Asking the evaluation's questions"):
            texts, right = _try_questions(tongda, bots)
        with step("Timing turns"):
            turns = _time_turns(bots, texts, right, options)
        memory = {name: memory_mib(process) for name, process in processes.items()}
        with step("Changing entries"):
            changed = tongda.entries[: options.changes]
            changes = publishing.measure(tongda_bot, tongda.editor, tongda.reviewer, changed)
        with step("Retraining the plain project"):
            retraining = _retrain(plain, plain_bot, tongda, options)
    with step("Searching alone"):
        searched = search.measure(entries=options.search_entries, queries=options.search_queries)
    return Report(
        machine=machine,
        options=options,
        entries=len(tongda.entries),
        questions=len(texts),
        turns=turns,
        memory_mib=memory,
        approval_acknowledged=spread([change.acknowledged for change in changes]),
        approval_served=spread([change.served for change in changes]),
        retraining=retraining,
        search=searched,
    )


def _try_questions(tongda: Tongda, bots: Sequence[Bot]) -> tuple[list[str], dict[str, float]]:
    """What can be asked over and over, and how much each bot that knows the entries got right.

    Asked over and over is what Tongda answers from an entry: a question that it hands to people ends the chat.
    """
    questions = labelled_questions()
    answers = {entry.id: entry.answer for entry in tongda.entries}
    replies = {bot.name: ask_each(bot, questions) for bot in bots}
    right = {name: right_share(questions, said, answers) for name, said in replies.items() if name != BARE}
    answered = [
        question.text
        for question, said in zip(questions, replies[TONGDA], strict=True)
        if said.outcome == "answer"
    ]
    if len(answered) < MIN_QUESTIONS:
        raise BenchmarkFailed(f"Tongda answered only {len(answered)} of {len(questions)} questions")
    return answered, right


def _time_turns(
    bots: Sequence[Bot], texts: Sequence[str], right: Mapping[str, float], options: Options
) -> dict[str, Turns]:
    alone: dict[str, list[float]] = defaultdict(list)
    at_once: dict[str, list[float]] = defaultdict(list)
    supply = itertools.cycle(texts)
    for _ in range(options.rounds):
        script = list(itertools.islice(supply, options.turns_alone))
        for bot in bots:
            alone[bot.name] += load.one_after_another(bot, script)
        for bot in bots:
            at_once[bot.name].append(load.many_at_once(bot, script, turns=options.turns_at_once))
    return {
        bot.name: Turns(spread(alone[bot.name]), median(at_once[bot.name]), right.get(bot.name))
        for bot in bots
    }


def _retrain(plain: Project, bot: RasaBot, tongda: Tongda, options: Options) -> Retraining:
    """Change one entry of the plain project, train it anew and load the model into the running server."""
    first, *others = tongda.entries
    changed = first.model_copy(update={"question": first.question + MARK, "answer": first.answer + MARK})
    plain_project(plain.folder, [changed, *others], epochs=options.epochs)
    training = plain.train()
    started = time.perf_counter()
    plain.load_into(bot)
    return Retraining(training, training + time.perf_counter() - started)
