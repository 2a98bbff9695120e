"""How much danger the trained model sees in messages that neither rules nor training were written for.

    python -m tests.benchmarks.bench_crisis [--all]

Reads unseen_danger.txt, unseen_harmless.txt and their blind_ likes in tests/nlu part by part; with --all danger.txt and
harmless.txt too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.settings import Settings
from bot.understanding import Understanders

FOLDER = Path(__file__).resolve().parents[1] / "nlu"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--all", action="store_true", help="the messages that the rules were written for, too")
    everything = given.parse_args().all
    understanders = Understanders(Settings())
    understanders.load()
    try:
        understander = understanders.current()
        for kinds in [
            ("unseen_danger", "unseen_harmless"),
            ("blind_danger", "blind_harmless"),
            *([("danger", "harmless")] if everything else []),
        ]:
            for kind in kinds:
                for title, messages in parts(FOLDER / f"{kind}.txt"):
                    alarms = [text for text in messages if understander.understand(text).crisis]
                    print(f"{kind}, {title}: {len(alarms)} of {len(messages)} taken for danger")
                    wrong = set(messages) - set(alarms) if kind.endswith("danger") else alarms
                    print("\n".join(f"    {text}" for text in messages if text in wrong))
    finally:
        understanders.close()


def parts(file: Path) -> Iterator[tuple[str, list[str]]]:
    """The title and messages of every part of a file; a part begins with a line that starts with #."""
    title, messages = "all", list[str]()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            if messages:
                yield title, messages
            title, messages = line.removeprefix("#").strip(), []
        elif line:
            messages.append(line)
    if messages:
        yield title, messages


if __name__ == "__main__":
    main()
