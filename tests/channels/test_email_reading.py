"""What is read in mails: a corpus of mails as programs write them, and bytes that no program should."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.base import Delivery, Inbound, Item, Reach
from channels.email.marks import Marks
from channels.email.quoting import own_words
from channels.email.reading import NOBODY, message_id_of, read
from tests.channels.mail import MARKS, filled

CORPUS = yaml.safe_load((Path(__file__).parent / "mails.yaml").read_text("utf-8"))


def reads(raw: bytes | str, kept: list[bytes] | None = None) -> list[Item]:
    def keep(mail: bytes) -> str:
        (kept if kept is not None else []).append(mail)
        return "kept"

    return read(raw.encode() if isinstance(raw, str) else raw, MARKS, keep)


def one(raw: bytes | str) -> Inbound:
    found = [item for item in reads(raw) if isinstance(item, Inbound)]
    assert len(found) == 1
    return found[0]


def told(item: Item) -> str:
    if isinstance(item, Delivery):
        assert item.external_id == MARKS.message_id(12)
        return f"{item.status} {item.reason}"
    assert isinstance(item, Reach)
    return f"{'open' if item.open else 'closed'} {item.path}"


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("case", CORPUS, ids=[case["name"] for case in CORPUS])
def test_corpus(case: dict[str, Any], ends: str) -> None:
    items = reads(filled(case["mail"]).replace("\n", ends))
    if case.get("nothing"):
        assert items == []
        return
    if "news" in case:
        assert [told(item) for item in items] == case["news"]
        return
    inbound = items[-1]
    assert isinstance(inbound, Inbound)
    assert inbound.text == case["own"].strip()
    assert inbound.path == case.get("path", "fatma@voorbeeld.be")
    assert inbound.automatic is case.get("automatic", False)
    assert inbound.answers == (MARKS.message_id(12) if case.get("answers") else None)
    assert len(items) == (2 if case.get("answers") else 1)  # who answers a message has it
    if "display" in case:
        assert inbound.display == case["display"]
    if "subject" in case:
        assert inbound.subject == case["subject"]
    files = [{"name": file.name, "media_type": file.media_type, "kind": file.kind} for file in inbound.media]
    assert files == case.get("files", [])


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(CORPUS) >= 50
    assert len({case["name"] for case in CORPUS}) == len(CORPUS)


MOJIBAKE = [
    pytest.param(
        b"text/plain; charset=utf-8", "Ik leer graag één taal".encode("cp1252"), id="says utf-8, is not"
    ),
    pytest.param(b"text/plain; charset=iso-8859-1", b"\x93Ik leer graag\x94 \x80 5", id="Windows in Latin-1"),
    pytest.param(b"text/plain; charset=us-ascii", "één".encode(), id="says ASCII, is not"),
    pytest.param(b"text/plain; charset=klingon", "één".encode(), id="a charset that is none"),
    pytest.param(b"text/plain; charset=unknown-8bit", "één".encode(), id="unknown-8bit"),
    pytest.param(b"text/plain; charset=rot13", b"een", id="a codec that is no charset"),
    pytest.param(b'text/plain; charset="utf-8\xff"', "één".encode(), id="bytes in the charset"),
    pytest.param(b"text/plain", "één".encode("cp1252"), id="no charset"),
    pytest.param(b"text/plain; charset=utf-16", "één".encode("utf-16"), id="UTF-16"),
]


@pytest.mark.parametrize(("kind", "body"), MOJIBAKE)
def test_broken_charsets_are_still_read(kind: bytes, body: bytes) -> None:
    words = one(
        b"From: a@b.be\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
    ).text
    assert any(known in words for known in ("één", "“Ik leer graag” € 5", "een")), words
    assert "\ufffd" not in words


def test_a_references_of_10_mb_neither_hangs_nor_hides_the_newest() -> None:
    chain = "".join(f"\r\n <{number}@voorbeeld.be>" for number in range(480_000))
    raw = f"From: a@b.be\r\nReferences:{chain} {MARKS.message_id(12)}\r\nSubject: x\r\n\r\nJa"
    assert len(raw) > 10_000_000
    inbound = one(raw)
    assert (inbound.answers, inbound.text, inbound.subject) == (MARKS.message_id(12), "Ja", "x")


HOSTILE = {
    "nested 3,000 deep": b"From: a@b.be\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3000)
    ) + b"\r\ndiep",
    "20,000 parts": b"From: a@b.be\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 20_000,
    "unclosed tags": b"From: a@b.be\r\nContent-Type: text/html\r\n\r\nhallo" + b"<!" * 60_000 + b"<a href='" * 20_000,
    "only <": b"From: a@b.be\r\nContent-Type: text/html\r\n\r\n" + b"<" * 300_000,
    "a name without end": b"From: " + b"(" * 100_000 + b" <a@b.be>\r\n\r\nhallo",
    "encoded words without end": b"From: a@b.be\r\nSubject: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\nhallo",
    "a filename in 10,000 pieces": b"From: a@b.be\r\nContent-Disposition: attachment;"
    + b"".join(b" filename*%d=a;" % n for n in range(10_000)) + b"\r\n\r\nhallo",
    "quotes that may be an announcement": b"From: a@b.be\r\n\r\n" + b"Op 24/11/2026 schreef schreef a@b.be\r\n" * 3_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_in_time(name: str) -> None:
    import time

    began = time.process_time()
    assert one(HOSTILE[name]).path == "a@b.be"
    assert time.process_time() - began < 5


XSS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "'; DROP TABLE message;--",
       "=HYPERLINK(\"x\")", "{{7*7}}", "\u202egnp.exe"]  # fmt: skip


@pytest.mark.parametrize("words", XSS)
def test_what_is_hostile_elsewhere_stays_text(words: str) -> None:
    """Faults 53 and 54: subject, name, file name and text go on as characters, and nothing else."""
    name = words.replace('"', "").replace("'", "").replace("<", "").replace(">", "")
    inbound = one(
        f'From: "{name}" <a@b.be>\r\nSubject: {words}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'
        f'--b\r\n\r\n{words}\r\n--b\r\nContent-Type: image/png; name="{name}.png"\r\n\r\nxx\r\n--b--\r\n'
    )
    safe = words.replace("\u202e", "")
    assert inbound.subject == safe
    assert inbound.text == safe
    assert "\u202e" not in (inbound.display or "") + (inbound.media[0].name or "")


def test_headers_cannot_be_smuggled_into_what_we_keep() -> None:
    inbound = one(
        "From: =?utf-8?q?Jan=0D=0ABcc:_x@y.be?= <a@b.be>\r\nSubject: =?utf-8?q?hoi=0D=0ABcc:_x@y.be=00?=\r\n"
        "Message-ID: <x\r\n y@z>\r\n\r\nDag\0"
    )
    for value in (inbound.subject, inbound.display, inbound.external_id, inbound.path, inbound.text):
        assert value is not None
        assert not set("\r\n\0") & set(value)


def test_one_message_id_with_two_contents_is_two_messages() -> None:
    first, second = (
        one(f"From: a@b.be\nMessage-ID: <1@b.be>\n\n{words}") for words in ("Dag", "Iets anders")
    )
    again = one("Received: by another way\nFrom: a@b.be\nMessage-ID: <1@b.be>\n\nDag")
    assert first.external_id != second.external_id
    assert first.external_id == again.external_id
    assert message_id_of(first.external_id) == "<1@b.be>"


def test_a_mail_without_an_id_is_known_by_its_content() -> None:
    first, same, other = (one(f"From: a@b.be\nDate: {date}\n\nDag") for date in ("1", "1", "2"))
    assert first.external_id == same.external_id != other.external_id
    assert message_id_of(first.external_id) is None


def test_only_marks_of_ours_count() -> None:
    others = Marks("leerlijn@leerlijn.example", b"another secret")
    forged = one(
        f"From: a@b.be\nIn-Reply-To: {others.message_id(12)}\nReferences: <m12.0000@leerlijn.example>\n"
        f"To: {others.reply_to(12)}, leerlijn+m12@leerlijn.example\n\nHallo"
    )
    assert forged.answers is None


def test_a_mail_that_cannot_be_read_is_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(raw: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr("channels.email.reading.parse", breaks)
    kept: list[bytes] = []
    (item,) = reads(b"From: Jan <Jan@b.be>\r\n\r\nhallo", kept)
    assert isinstance(item, Inbound)
    assert (item.path, item.media[0].ref, len(kept)) == ("jan@b.be", "kept/mail", 1)
    assert "lezen" in item.text


HEADERS = st.sampled_from(
    [b"From", b"To", b"Subject", b"Message-ID", b"References", b"In-Reply-To", b"Content-Type", b"Date", b"Reply-To",
     b"Content-Disposition", b"Content-Transfer-Encoding", b"Auto-Submitted", b"Return-Path", b"Content-ID"]
)  # fmt: skip
VALUES = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [b"a@b.be", b"multipart/mixed; boundary=b", b"multipart/report; report-type=delivery-status; boundary=b",
         b"message/rfc822", b"message/delivery-status", b"text/html; charset=utf-7", b"base64", b"x-uuencode", b"quoted-printable",
         b"=?utf-8?b?!!?=", b"attachment; filename*=utf-8''%ff%00", b"multipart/alternative; boundary=b", b"image/png; name*0=a"]
    ),
)  # fmt: skip
PARTS = st.lists(
    st.one_of(st.binary(max_size=120), st.sampled_from([b"\r\n--b\r\n", b"\r\n--b--\r\n", b"\n\n"])),
    max_size=8,
)


@given(
    headers=st.lists(st.tuples(HEADERS, VALUES), max_size=8), parts=PARTS,
    inner=st.lists(st.tuples(HEADERS, VALUES), max_size=3), junk=st.binary(max_size=200), as_mail=st.booleans(),
)  # fmt: skip
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read_without_an_error(
    headers: list[tuple[bytes, bytes]],
    parts: list[bytes],
    inner: list[tuple[bytes, bytes]],
    junk: bytes,
    as_mail: bool,
) -> None:
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    nested = b"\r\n--b\r\n" + b"".join(name + b": " + value + b"\r\n" for name, value in inner) + b"\r\n"
    raw = head + b"\r\n" + nested + b"".join(parts) if as_mail else junk
    for item in reads(raw):
        if isinstance(item, Inbound):
            assert item.path == NOBODY or "@" in item.path
            for value in (item.external_id, item.path, item.text, item.subject or "", item.display or ""):
                assert "\0" not in value
                value.encode("utf-8")  # no lone surrogates


@given(lines=st.lists(st.text(alphabet="abc >:-\n", max_size=30), max_size=30))
@settings(max_examples=200, deadline=None)
def test_cutting_quotes_never_leaves_nothing_of_something(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert bool(own_words(text)) == bool(text.strip())


def test_own_lines_are_never_lost_around_quotes() -> None:
    """Whatever stands between which quotes: lines with our word on them are still there."""
    chance = random.Random(38)
    pieces = [
        "> oud",
        ">> ouder",
        "",
        "Op 24/11/2026 om 10:12 schreef Jan <j@b.be>:",
        "EIGEN woorden",
        "EIGEN antwoord hier",
    ]
    for _ in range(500):
        lines = [chance.choice(pieces) for _ in range(chance.randint(1, 12))]
        wanted = [line for line in lines if line.startswith("EIGEN")]
        kept = own_words("\n".join(lines)).split("\n")
        if "> oud" not in lines and ">> ouder" not in lines:
            continue  # without marks, what follows "… schreef:" is the earlier mail
        lost = [line for line in wanted if line not in kept]
        assert not lost, lines
