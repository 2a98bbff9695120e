"""The public sets that understanding is measured on: Banking77, HWU64 and CLINC150, never trained on by the product.

Each is a JSON file of `[text, label]` pairs by split. The splits drawn here are the same in every run.
"""

from __future__ import annotations

import json
import os
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"banking77": "Banking77", "hwu64": "HWU64", "clinc150": "CLINC150"}
FEW = 10
SEEDS = (0, 1, 2)
LEAST_LETTERS = 3

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What one model is trained and measured on. `foreign` are messages that fit no label; `seed` is None in full."""

    name: str
    seed: int | None
    train: Sequence[Pair]
    test: Sequence[Pair]
    typos: Sequence[Pair]
    foreign: Sequence[str]

    @property
    def key(self) -> str:
        """A name for files and logs."""
        return f"{self.name}-full" if self.seed is None else f"{self.name}-{FEW}-{self.seed}"


def folder() -> Path | None:
    """Where the sets lie: LEERLIJN_NLU_DATA, else beside the project; None when they are not on this machine."""
    given = os.environ.get("LEERLIJN_NLU_DATA")
    found = Path(given) if given else ROOT.parent / "shared" / "nlu" / "data"
    return found if all((found / f"{name}.json").exists() for name in NAMES) else None


def splits(source: Path, name: str, *, full: bool, seeds: Sequence[int]) -> list[Split]:
    """The whole training set, and ten examples an intent for every seed."""
    content = json.loads((source / f"{name}.json").read_text(encoding="utf-8"))
    train, test = _pairs(content["train"]), _pairs(content["test"])
    foreign = [text for text, _ in content.get("oos_test", [])]
    found = []
    if full:
        typed = [(with_typos(text, random.Random(row)), label) for row, (text, label) in enumerate(test)]
        typos = typed if name == "banking77" else []
        found.append(Split(name=name, seed=None, train=train, test=test, typos=typos, foreign=foreign))
    for seed in seeds:
        few = draw(train, seed)
        found.append(Split(name=name, seed=seed, train=few, test=test, typos=[], foreign=foreign))
    return found


def draw(train: Sequence[Pair], seed: int, each: int = FEW) -> list[Pair]:
    """`each` examples of every label, or all there are; every label drawn by its own `random.Random(seed)`."""
    by_label: dict[str, list[str]] = {}
    for text, label in train:
        by_label.setdefault(label, []).append(text)
    return [
        (text, label)
        for label, texts in sorted(by_label.items())
        for text in random.Random(seed).sample(texts, min(each, len(texts)))
    ]


def with_typos(text: str, chance: random.Random) -> str:
    """`text` with one or two slips in words of three letters or more: a letter lost, added, changed or swapped.

    Not the slips that training makes (`nlu.noise`): any letter can stand in for any other.
    """
    for _ in range(chance.choice((1, 2))):
        words = text.split(" ")
        long = [index for index, word in enumerate(words) if len(word) >= LEAST_LETTERS]
        if long:
            index = chance.choice(long)
            words[index] = _slip(words[index], chance)
        text = " ".join(words)
    return text


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    stray = chance.choice(string.ascii_lowercase)
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + stray + word[at:],
            word[:at] + stray + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


def _pairs(rows: list[list[str]]) -> list[Pair]:
    return [(text, label) for text, label in rows]
