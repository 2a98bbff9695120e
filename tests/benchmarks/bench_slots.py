"""Slots of the labelled messages: as their makers labelled them, and as somebody else did who read only the messages.

    python -m tests.benchmarks.bench_slots [FILE]

FILE is `utterances.dev.jsonl`; its labels of second hand are in second_reading.jsonl (by id; a language model that saw
neither the first labels nor what we find). How well both agree is how well anybody can do on either. Counted by exact
value, for the names that issue and intents ask for (`NAMES`): who reads, the labels, precision, recall, F1.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.commands.evaluate import as_told, in_our_words
from bot.evaluation.cases import read_cases
from bot.settings import Settings
from bot.understanding import Understanders
from nlu.evaluate import Case, ask

HERE = Path(__file__).resolve()
GIVEN = HERE.parents[3] / "shared" / "domain" / "utterances.dev.jsonl"
NAMES = frozenset(
    (
        "place", "postcode", "subject", "weekday", "date", "time", "time_of_day", "diploma", "nt2_level", "age", "status",
        "occupation", "price_max", "mode", "phone", "email", "language", "origin",
    )
)  # fmt: skip

Labels = set[tuple[str, str, bool]]


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else GIVEN
    if not file.exists():
        raise SystemExit(f"{file} is not there: give the file with labelled messages")
    settings = Settings()
    understanders = Understanders(settings)
    understanders.load()
    try:
        understander = understanders.current()
        answers = ask(understander, read_cases(file))
        found = [_labels(as_told(answer).found.slots) for answer in answers]

        def labelled(cases: Iterable[Case]) -> list[Labels]:
            return [_labels(in_our_words(understander, case).slots or ()) for case in cases]

        first = labelled(read_cases(file))
        second = labelled(_second_reading(file))
    finally:
        understanders.close()
    both = [one & other for one, other in zip(first, second, strict=True)]
    either = [one | other for one, other in zip(first, second, strict=True)]
    print(_line("first labels, read by the second", first, second))
    print(_line("first labels, read by us", first, found))
    print(_line("second labels, read by us", second, found))
    precision, recall = _share(found, either), _share(both, found)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{'what both say, and either allows, by us':<42}{precision:.3f}  {recall:.3f}  F1 {f1:.3f}")


def _second_reading(file: Path) -> list[Case]:
    """The cases of `file` with the labels of second hand."""
    slots = {row["id"]: row["slots"] for row in _rows(HERE.with_name("second_reading.jsonl"))}
    with TemporaryDirectory() as folder:
        written = Path(folder) / "second.jsonl"
        written.write_text(
            "\n".join(json.dumps(row | {"slots": slots[row["id"]]}) for row in _rows(file)), encoding="utf-8"
        )
        return read_cases(written)


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _labels(slots: Iterable[Any]) -> Labels:
    return {(slot.name, slot.value.lower(), slot.negated) for slot in slots if slot.name in NAMES}


def _line(what: str, wanted: Sequence[Labels], given: Sequence[Labels]) -> str:
    precision, recall = _share(given, wanted), _share(wanted, given)
    return f"{what:<42}{precision:.3f}  {recall:.3f}  F1 {2 * precision * recall / (precision + recall):.3f}"


def _share(of: Sequence[Labels], among: Sequence[Labels]) -> float:
    """How many labels of the first stand in the second too."""
    return sum(len(one & other) for one, other in zip(of, among, strict=True)) / sum(map(len, of))


if __name__ == "__main__":
    main()
