"""train: make the model that understands messages."""

import argparse
import asyncio
import sys

from bot.settings import MODEL, Settings
from bot.understanding import TRAINING
from nlu import train

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("train", help="train the model from nlu/training")
    command.add_argument("--force", action="store_true", help="also when the model fits the training data")
    command.set_defaults(run=run_train)


async def run_train(settings: Settings, arguments: argparse.Namespace) -> int:
    settings.var_dir.mkdir(parents=True, exist_ok=True)

    def progress(step: str, done: float) -> None:
        print(f"\r  {done:4.0%}  {step:60}", end="", file=sys.stderr, flush=True)

    report = await asyncio.to_thread(train, TRAINING, settings.var_dir / MODEL, progress=progress)
    print(file=sys.stderr)
    print(report)
    return 0
