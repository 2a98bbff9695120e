"""`make lock`: the newest versions that pyproject.toml and package.json allow, written into both lock files."""

import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.install import LOCK, ROOT, requirements

HEADER = (
    "# Made by `make lock`: the versions that `make setup` installs. Change pyproject.toml, not this file.\n"
)


def main() -> None:
    """Install everything in an environment of its own and write down what came."""
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        wanted = requirements("dev", "npm")
        subprocess.run([python, "-m", "pip", "install", "--no-compile", *wanted], check=True, cwd=ROOT)
        freeze = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True)
    # A package taken from a file or a folder shows as "name @ address"; only versions belong in the lock.
    pins = [line for line in freeze.stdout.splitlines() if "==" in line]
    LOCK.write_text(HEADER + "\n".join(sorted(pins, key=str.lower)) + "\n", encoding="utf-8")
    subprocess.run(["npm", "update", "--package-lock-only"], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
