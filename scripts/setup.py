"""First step of every `make` target: find a Python that can run Leerlijn and hand over to scripts/install.py.

Written for any Python 3, however old, so that an old one can say what is wrong instead of failing to read this.
"""

import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 14)  # the newest that the packages are known to have wheels for; a newer one is the last choice
OTHERS = ("python3.13", "python3.12", "python3.14", "python3.11")


def version_of(program: str) -> "tuple[int, int] | None":
    """The version of `program` as two numbers, or None if it does not run."""
    ask = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([program, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    numbers = answer.stdout.split()
    return (int(numbers[0]), int(numbers[1])) if answer.returncode == 0 and len(numbers) == 2 else None


def suitable_python() -> "str | None":
    """This Python if it is known to do, else one on the path that is, else this one if only too new, else None."""
    for program in (sys.executable, *OTHERS):
        version = version_of(program)
        if version is not None and OLDEST <= version <= NEWEST:
            return program
    return sys.executable if sys.version_info[:2] > NEWEST else None


def main() -> None:
    """Run scripts/install.py with the arguments given; its exit code is ours."""
    python = suitable_python()
    if python is None:
        found = f"{sys.version_info[0]}.{sys.version_info[1]}"
        sys.exit(
            f"Leerlijn needs Python 3.11 or newer and found {found}: install a newer one (on Debian or Ubuntu: "
            "apt install python3.12 python3.12-venv) and run the same command again."
        )
    os.chdir(str(Path(__file__).resolve().parent.parent))
    try:
        sys.exit(subprocess.call([python, str(Path("scripts") / "install.py"), *sys.argv[1:]]))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
