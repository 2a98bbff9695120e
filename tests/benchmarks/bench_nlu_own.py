"""Training on our own data, and then reading our own messages: seconds, milliseconds and megabytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from bot.settings import MODEL
from bot.understanding import TRAINING
from nlu import train
from tests.benchmarks.bench_nlu_sets import ROOT

MESSAGES = 600

_SAID = {
    "load_seconds": r"loaded in ([\d.]+) s",
    "p50_ms": r"ours: one at a time p50 ([\d.]+) ms",
    "p95_ms": r"ours: one at a time p50 [\d.]+ ms, p95 ([\d.]+) ms",
    "a_second": r"ours: 8 at once ([\d.]+) messages",
    "megabytes": r"memory: .*= ([\d.]+) MB",
}
SPEED = frozenset({"training_seconds", "load_seconds", "p50_ms", "p95_ms", "a_second"})
"""The figures that other work beside this changes."""


def measure(folder: Path) -> dict[str, float]:
    """Train into an empty `folder`, nothing embedded before; then let a program of its own load and read."""
    report = train(TRAINING, folder / MODEL)
    figures = {
        "examples": float(report.examples),
        "accuracy_held_out": report.accuracy,
        "ece_held_out": report.calibration_error,
        "training_seconds": report.seconds,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_understand", "--messages", str(MESSAGES)],
        cwd=ROOT,
        env=os.environ | {"LEERLIJN_VAR_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    for name, pattern in _SAID.items():
        said = re.search(pattern, done.stdout)
        if said is None:
            raise RuntimeError(f"bench_understand did not say {name}:\n{done.stdout}")
        figures[name] = float(said.group(1))
    return figures
