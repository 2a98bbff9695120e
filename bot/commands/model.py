"""train: make the model that understands messages; compare, promote, list and roll back."""

import argparse
import asyncio
import sys

from bot import learning
from bot.hub import open_database
from bot.learning import is_current
from bot.replies import BRUSSELS
from bot.settings import MODEL, Settings
from bot.taught import Lessons, read_lessons
from bot.understanding import TRAINING, encoder
from data.db import Database
from nlu.lint import lint
from nlu.model_versions import versions
from nlu.training_data import load_examples

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("train", help="train the model; check, compare, list or roll back")
    command.add_argument("--force", action="store_true", help="also when the model fits the training data")
    instead = command.add_mutually_exclusive_group()
    instead.add_argument("--check", action="store_true", help="only tell what is wrong with nlu/training")
    instead.add_argument(
        "--with-corrections", action="store_true",
        help="learn what staff corrected too, and use the result if nothing that matters gets worse",
    )  # fmt: skip
    instead.add_argument("--list", action="store_true", help="only list the models that are kept")
    instead.add_argument(
        "--roll-back", nargs="?", const="", metavar="VERSION",
        help="use an earlier model again: this one, or the one before the present",
    )  # fmt: skip
    command.set_defaults(run=run_train)


async def run_train(settings: Settings, arguments: argparse.Namespace) -> int:
    """Train, unless the model there is made from the same messages; or what the options ask."""
    if arguments.check:
        return check()
    if arguments.list:
        return list_versions(settings)
    if arguments.roll_back is not None:
        chosen = learning.go_back(settings, arguments.roll_back or None)
        print(f"Version {chosen.name} is in use again. Running servers take it up within seconds.")
        return 0
    if arguments.with_corrections:
        return await train_with_corrections(settings)
    path = settings.var_dir / MODEL
    if not arguments.force and await asyncio.to_thread(is_current, path, encoder(settings.nlu)):
        print("The model fits the training data; --force trains it anyway.")
        return 0
    forgotten = len(learning.taught(settings))
    report = await asyncio.to_thread(learning.train_base, settings, progress)
    print(file=sys.stderr)
    print(report)
    if forgotten:
        print(
            f"It did not learn the {forgotten} corrections of the model before: python -m bot train --with-corrections"
        )
    return 0


def check() -> int:
    """Print what is wrong with the training data, a sentence a problem; 1 when something is."""
    problems = lint(load_examples(TRAINING))
    print(*problems or ("fine",), sep="\n")
    return 1 if problems else 0


async def train_with_corrections(settings: Settings) -> int:
    """Print the comparison and the reason; 1 when the current model stays because something would get worse."""
    lessons = await _lessons(settings)
    print(*lessons.left_out, sep="\n", end="\n" if lessons.left_out else "")
    if await asyncio.to_thread(learning.is_taught, settings, lessons):
        print(f"The model learnt all {len(lessons.lessons)} corrections already.")
        return 0
    print(f"{len(lessons.lessons)} corrections to learn from.")
    trial = await asyncio.to_thread(learning.try_lessons, settings, lessons, progress)
    print(file=sys.stderr)
    if trial.checks:
        print(
            f"{'right, of messages that neither saw':40} {'of':>6} {'current':>8} {'candidate':>9} {'won':>5} {'lost':>5}"
        )
    for row in trial.checks:
        counts = f"{row.of:6} {row.current:8} {row.candidate:9} {row.won:5} {row.lost:5}"
        print(f"{row.what:40} {counts}{'  worse' if row.worse else ''}")
    print(trial.reason)
    if trial.report is not None:
        print(trial.report)
    return 0 if trial.report is not None else 1


def list_versions(settings: Settings) -> int:
    """Print what is kept, newest first."""
    kept = versions(settings.var_dir / MODEL)
    for version in kept:
        made = version.made.astimezone(BRUSSELS)
        if version.problem:
            told = version.problem
        else:
            taught = len(version.header.get(learning.CORRECTIONS) or {})
            accuracy = version.header.get("accuracy")
            told = f"{version.header['examples']} examples, {taught} of them corrections"
            told += f", {accuracy:.1%} right when unseen" if accuracy else ""
        print(f"{'in use' if version.active else '      '}  {version.name:24} {made:%Y-%m-%d %H:%M}  {told}")
    if not kept:
        print("No models are kept yet: the next training keeps the one in use.")
    return 0


def progress(step: str, done: float) -> None:
    """How far, on one line."""
    print(f"\r  {done:4.0%}  {step:60}", end="", file=sys.stderr, flush=True)


async def _lessons(settings: Settings) -> Lessons:
    async with open_database(settings) as url:
        database = Database(url)
        try:
            async with database.transaction() as session:
                return await read_lessons(session, load_examples(TRAINING))
        finally:
            await database.close()
