"""Damaged files: whatever is wrong with them, the importers answer with sentences."""

import random
from datetime import date

import pytest

from data.catalog.checking import Checker, Row
from data.catalog.importers import importer_for
from data.catalog.importers.base import Found, Problem, Unreadable
from data.catalog.importing import examine
from tests.data.importing import SAMPLES, document

TIMES = 60
NASTY = (
    b"", b"\x00", b"\xff", b'"', b"<", b"{", b"}", b"]", b"null", b"[]", b"{}", b"7", b"true", b"-1", b"9" * 400, b";",
    b"\n", b"&lt;", b"\xc3\xa9", b"<x/>", b"1e999", b"NaN", b"\\u0000", b"\\ud800", "’".encode(), b"\x0b", b"  ",
)  # fmt: skip


def damaged(content: bytes, rng: random.Random) -> bytes:
    """A few bytes gone, doubled, or replaced by something nasty."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(content))
        end = start + rng.choice((0, 1, 3, 20))
        content = content[:start] + rng.choice((*NASTY, content[start:end] * 2)) + content[end:]
    return content


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir() if path.suffix != ".md"))
def test_a_damaged_file_gives_records_or_sentences(name: str) -> None:
    whole = (SAMPLES / name).read_bytes()
    rng = random.Random(11)
    for _ in range(TIMES):
        given = document(damaged(whole, rng))
        checker = Checker([], date(2026, 11, 27))
        told = []
        try:
            examine(given)
            for item in importer_for(given).read(given):
                assert isinstance(item, Found | Problem)
                if isinstance(item, Found):
                    checked = checker.check(item)
                    told += [] if isinstance(checked, Row) else checked
        except Unreadable as error:
            told.append(str(error))
        assert all(len(sentence) > 10 for sentence in told)
