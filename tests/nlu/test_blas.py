"""While serving, matrices are multiplied on one thread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core has one thread anyway")
def test_one_thread_from_then_on() -> None:
    code = "import numpy; from nlu import blas; print(blas.threads()); blas.use_one_thread(); print(blas.threads())"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    before, after = done.stdout.split()
    assert int(before) > 1
    assert int(after) == 1
