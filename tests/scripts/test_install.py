"""The set-up's decisions and sentences; the set-up itself is run for real by every `make` target."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import install


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project in a folder with a space, with an environment that pretends to be set up."""
    root = tmp_path / "a folder"
    venv = root / ".venv"
    venv.mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[project]\ndependencies = ["alpha>=1"]\n[dependency-groups]\ndev = ["beta"]\nnpm = ["gamma"]\n'
    )
    (root / "requirements.lock").write_text("alpha==1.5\n")
    (root / "package-lock.json").write_text("{}")
    (root / "package.json").write_text(
        json.dumps({"dependencies": {"one": "1"}, "devDependencies": {"two": "2"}})
    )
    for name, path in {
        "ROOT": root,
        "VENV": venv,
        "PYTHON": Path(sys.executable),
        "STAMP": venv / install.STAMP.name,
        "UNFINISHED": venv / install.UNFINISHED.name,
        "LOCK": root / "requirements.lock",
        "LOG": venv / install.LOG.name,
    }.items():
        monkeypatch.setattr(install, name, path)
    return root


def stamp(level: str) -> None:
    version = install.environment_version()
    install.STAMP.write_text(json.dumps({level: install.fingerprint(level, version)}))


def test_levels_differ_by_their_groups(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "machine_npm", lambda: "npm")
    assert install.requirements_of("run") == ["alpha>=1"]
    assert install.requirements_of("develop") == ["alpha>=1", "beta"]
    monkeypatch.setattr(install, "machine_npm", lambda: None)
    assert install.requirements_of("run") == ["alpha>=1", "gamma"], "without npm, the wheel brings one"
    assert install.browser_packages("run") == ["one"]
    assert install.browser_packages("develop") == ["one", "two"]


def test_ready_only_with_stamp_and_browser_files(project: Path) -> None:
    assert not install.is_ready("run"), "nothing was installed"
    stamp("run")
    assert not install.is_ready("run"), "the browser files are missing"
    (project / "node_modules" / "one").mkdir(parents=True)
    assert install.is_ready("run")
    assert not install.is_ready("develop")


@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements.lock", "package-lock.json"])
def test_a_changed_list_is_installed_again(project: Path, changed: str) -> None:
    (project / "node_modules" / "one").mkdir(parents=True)
    stamp("run")
    path = project / changed
    path.write_text(path.read_text().replace("alpha", "delta").replace("{}", '{"name": "x"}'))
    assert not install.is_ready("run")


def test_a_set_up_that_was_broken_off_is_not_ready(project: Path) -> None:
    (project / "node_modules" / "one").mkdir(parents=True)
    stamp("run")
    install.UNFINISHED.touch()
    assert not install.is_ready("run")


def test_a_broken_environment_has_no_version(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "PYTHON", project / ".venv" / "bin" / "python")
    assert install.environment_version() == ""


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("[Errno -3] Temporary failure in name resolution", "No network"),
        ("npm error code EAI_AGAIN\nnpm error network request failed", "No network"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "The disk is full"),
        ("Collecting alpha\nERROR: wheel is broken\n", "failed: ERROR: wheel is broken. All of it is in"),
        ("", "failed: it said nothing."),
    ],
)
def test_a_failure_is_one_sentence_that_says_what_to_do(project: Path, output: str, sentence: str) -> None:
    told = install.explain("the Python packages", output.splitlines())
    assert sentence in told
    assert "\n" not in told


def test_a_failing_step_is_told_and_logged(project: Path) -> None:
    with pytest.raises(install.SetupError, match="no such thing"):
        install.run([sys.executable, "-c", "import sys; sys.exit('error: no such thing')"], "a step")
    assert "error: no such thing" in install.LOG.read_text()


def test_progress_names_what_pip_is_busy_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    progress = install.pip_progress()
    assert progress("Collecting python-multipart>=0.0.27") == "found 1: python-multipart"
    assert progress("  Downloading python_multipart-0.0.34.whl") is None
    assert progress("Installing collected packages: a, b, c") == "unpacking 3 packages, half a minute or so"


def test_refuses_a_level_it_does_not_know() -> None:
    done = subprocess.run([sys.executable, install.__file__, "everything"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "usage:" in done.stderr
