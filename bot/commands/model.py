"""train: make the model that understands messages."""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.settings import MODEL, Settings
from bot.understanding import TRAINING, encoder
from nlu import ModelError, train
from nlu.encoders import E5, Encoder
from nlu.engine import Learnt
from nlu.lint import lint
from nlu.model_file import read
from nlu.training_data import fingerprint, load_examples

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("train", help="train the model from nlu/training")
    command.add_argument("--force", action="store_true", help="also when the model fits the training data")
    command.add_argument("--check", action="store_true", help="only tell what is wrong with nlu/training")
    command.set_defaults(run=run_train)


async def run_train(settings: Settings, arguments: argparse.Namespace) -> int:
    """Train, unless the model there is made from the same messages; or what the options ask."""
    if arguments.check:
        return check()
    path = settings.var_dir / MODEL
    chosen = encoder(settings.nlu)
    if not arguments.force and await asyncio.to_thread(is_current, path, chosen):
        print("The model fits the training data; --force trains it anyway.")
        return 0
    settings.var_dir.mkdir(parents=True, exist_ok=True)

    def progress(step: str, done: float) -> None:
        print(f"\r  {done:4.0%}  {step:60}", end="", file=sys.stderr, flush=True)

    report = await asyncio.to_thread(train, TRAINING, path, progress=progress, encoder=chosen)
    print(file=sys.stderr)
    print(report)
    return 0


def check() -> int:
    """Print what is wrong with the training data, a sentence a problem; 1 when something is."""
    problems = lint(load_examples(TRAINING))
    print(*problems or ("fine",), sep="\n")
    return 1 if problems else 0


def is_current(path: Path, chosen: Encoder = E5) -> bool:
    """Whether this program can use the model at `path` with that encoder, and its messages are those in nlu/training."""
    try:
        content = read(path)
        Learnt.from_file(content)
    except ModelError:
        return False
    if content.header.get("encoder") not in (chosen.fingerprint(), ""):  # "": there was none to train with
        return False
    return bool(content.header["fingerprint"] == fingerprint(load_examples(TRAINING)))
