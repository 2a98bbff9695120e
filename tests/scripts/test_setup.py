"""Which Python the set-up takes, with small programs that answer as another Python would."""

import ast
import sys
from pathlib import Path

import pytest

from scripts import setup


def pretend(folder: Path, name: str, version: str) -> str:
    """A program that says it is Python `version`, like "3 9"."""
    program = folder / name
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return str(program)


@pytest.fixture(autouse=True)
def only_this_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_takes_the_python_that_runs_it() -> None:
    assert setup.suitable_python() == sys.executable


@pytest.mark.parametrize("running", ["3 9", "3 10", "2 7"])
def test_passes_over_an_old_python_for_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: str
) -> None:
    monkeypatch.setattr(sys, "executable", pretend(tmp_path, "python3", running))
    pretend(tmp_path, "python3.11", "3 11")
    assert setup.suitable_python() == "python3.11"


def test_says_what_to_do_without_a_new_enough_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", pretend(tmp_path, "python3", "3 9"))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    pretend(tmp_path, "python3.12", "3 8")  # a name is no proof
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer and found 3\.9: install"):
        setup.main()


def test_a_program_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    broken = tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert setup.version_of(str(broken)) is None
    assert setup.version_of(str(tmp_path / "absent")) is None


def test_reads_on_an_old_python() -> None:
    """Nothing in it that Python 3.6 could not read: that is the one that must get the sentence."""
    ast.parse(Path(setup.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))
