"""The sentences that staff read and that have no French or English yet, as entries for `data/translations`.

    python -m scripts.texts fr [file or folder ...]

Only those of the files named; without a name, of the whole console. Paste them into the .po file of their room.
"""

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from data.translation import FOLDER
from handover.console.labels import TABLES
from scripts.install import ROOT

ROOMS = ("bot", "channels", "data", "dispatch", "handover")
LABELS = "handover/console/labels.py"
KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "_n": (1, 2), "forms": (1, 2)}

Id = str | tuple[str, ...]


def main() -> None:
    chosen, *names = sys.argv[1:] or ["fr"]
    known = {message for _, message, _ in translated(chosen)}
    for message, file in wanted().items():
        if message not in known and (not names or any(file.startswith(name) for name in names)):
            print(f"#: {file}")
            one, many = (message, "") if isinstance(message, str) else message
            print(f"msgid {quoted(one)}")
            print(f'msgid_plural {quoted(many)}\nmsgstr[0] ""\nmsgstr[1] ""\n' if many else 'msgstr ""\n')


def wanted() -> dict[Id, str]:
    """Every sentence for staff, and the first file it stands in, as a path from the root."""
    found: dict[Id, str] = {}
    for file in _files(ROOMS):
        method: Any = "python" if file.suffix == ".py" else partial(babel_extract, options={})
        with (ROOT / file).open("rb") as opened:
            for _line, message, _comments, _context in extract(method, opened, keywords=KEYWORDS):
                if message:
                    found.setdefault(message, str(file))
    for table in TABLES.values():
        for word in table.values():
            found.setdefault(word, LABELS)
    return found


def translated(language: str) -> Iterator[tuple[Path, Id, tuple[str, ...]]]:
    """Every entry of a language: its file, the Dutch, and what it is there."""
    for file in sorted((FOLDER / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language, abort_invalid=True):
                match message.id, message.string:
                    case str(one), str(string) if one:
                        yield file, one, (string,)
                    case (one, many), strings:
                        yield file, (one, many), tuple(strings or ())


def quoted(text: str) -> str:
    """A string as a .po file has it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _files(rooms: Iterable[str]) -> list[Path]:
    templates = (ROOT / "handover/console/templates").glob("*.html")
    code = (file for room in rooms for file in (ROOT / room).rglob("*.py"))
    return sorted(file.relative_to(ROOT) for file in (*code, *templates))


if __name__ == "__main__":
    main()
