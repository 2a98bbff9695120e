"""evaluate: how well messages are understood, as a table and as a page of plots."""

import argparse
import asyncio
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.evaluation.cases import read_cases
from bot.evaluation.material import material_of
from bot.evaluation.report import Measured, page, table
from bot.evaluation.slot_names import read_by
from bot.evaluation.tiers import score_tiers
from bot.replies import BRUSSELS
from bot.settings import Settings
from bot.understanding import TRAINING, Understanders
from nlu.evaluate import Answer, Case, Understands, ask, measure
from nlu.held_out import read_unseen
from nlu.relevance import relevant
from nlu.training_data import load_examples

Subparsers = argparse._SubParsersAction
REPORTS = "reports"


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "evaluate", help="how well messages are understood: a table and a page of plots"
    )
    command.add_argument(
        "file", nargs="?", type=Path,
        help='JSON lines with "text" and "intent"; without it our own messages, each read by a model that did not see it',
    )  # fmt: skip
    command.set_defaults(run=run_evaluate)


async def run_evaluate(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the table and say where the page is."""
    measured = await asyncio.to_thread(_measure, settings, arguments.file)
    print(table(measured))
    folder = settings.var_dir / REPORTS
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"evaluate-{measured.made:%Y-%m-%d}.html"
    report.write_text(page(measured), encoding="utf-8")
    print(f"\n{report}")
    return 0


def _measure(settings: Settings, file: Path | None) -> Measured:
    if file is None:
        source = "De voorbeelden waarvan de bot leert, elk gelezen door een model dat het niet kende"
        answers, model = _own(settings)
    else:
        source = f"De berichten in {file.name}"
        answers, model = _of_file(settings, file)
    return Measured(
        source=source, model=model, made=datetime.now(BRUSSELS), answers=answers, found=measure(answers),
        tiers=score_tiers(answers),
    )  # fmt: skip


def _own(settings: Settings) -> tuple[tuple[Answer, ...], str]:
    material, version = material_of(settings, load_examples(TRAINING))
    return read_unseen(material, tell=progress), f"{version}, in delen opnieuw geleerd"


def _of_file(settings: Settings, file: Path) -> tuple[tuple[Answer, ...], str]:
    cases = read_cases(file)
    understanders = Understanders(settings)
    understanders.load()
    try:
        understander = understanders.current()
        answers = ask(understander, [in_our_words(understander, case) for case in cases])
        return tuple(map(as_told, answers)), understander.model_version
    finally:
        understanders.close()


def as_told(answer: Answer) -> Answer:
    """With the slots that `bot understand` gives, which is what others label."""
    return replace(answer, found=replace(answer.found, slots=relevant(answer.found)))


def in_our_words(understander: Understands, case: Case) -> Case:
    """Labels of others may name a place or subject in any language."""
    if case.slots is None:
        return case
    return replace(case, slots=tuple(read_by(understander, slot) for slot in case.slots))


def progress(done: float) -> None:
    """How far, on a line of its own."""
    print(
        f"\r  {done:4.0%}  reading unseen messages",
        end="\n" if done >= 1 else "",
        file=sys.stderr,
        flush=True,
    )
