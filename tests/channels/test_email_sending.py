"""What leaves as a mail, and what a mail server's answers mean. The server is a real one that follows a script."""

import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from channels.base import (
    Choice,
    Letter,
    Misconfigured,
    Outgoing,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Unreachable,
)
from channels.email import sending
from channels.email.channel import Email
from channels.email.sending import Server
from channels.email.writing import compose, reply_subject
from tests.channels.mail import ADDRESS, CLIENT, MARKS, SECRET
from tests.stubs import smtp
from tests.stubs.smtp import MailServer


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with smtp.running() as server:
        yield server


def channel(port: int, folder: Path, **more: Any) -> Email:
    server = Server(host="127.0.0.1", port=port, security=more.pop("security", "none"), **more)
    return Email(
        address=ADDRESS, secret=SECRET, folder=folder, server=server, sender_name="Leerlijn Oost-Vlaanderen é"
    )


def message(**more: Any) -> Outgoing:
    given = {"message_id": 41, "path": CLIENT, "text": "Dag Fatma", "language": "nl"}
    return Outgoing(**(given | more))


def composed(**more: Any) -> EmailMessage:
    return compose(message(**more), MARKS, name="Leerlijn")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
async def test_a_calendar_file_goes_along(server: MailServer, tmp_path: Path, method: str) -> None:
    file = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nVERSION:2.0\r\nX-NOTE:één\r\nEND:VCALENDAR\r\n"
    await channel(server.port, tmp_path).send(message(text="Afgesproken.", calendar=file))
    (mail,) = server.mails
    assert mail.get_content_type() == "multipart/mixed"
    words, calendar = mail.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert (calendar.get_content_type(), calendar.get_filename()) == ("text/calendar", "afspraak.ics")
    assert calendar["content-type"].params["method"] == method
    assert calendar.get_payload(decode=True) == file.encode()
    assert "Afgesproken." in str(mail.get_body(("plain",)))


async def test_a_mail_is_handed_over(server: MailServer, tmp_path: Path) -> None:
    sent = await channel(server.port, tmp_path).send(
        message(text="Dag Fatma,\n\n.\nÉén vraag: https://voorbeeld.be/a?b=1&c=2.")
    )
    assert sent.external_id == MARKS.message_id(41)
    (envelope,), (mail,) = server.taken, server.mails
    assert envelope.rcpt_tos == [CLIENT]
    assert envelope.mail_from == MARKS.bounces_to(41, CLIENT)
    assert mail["Message-ID"] == MARKS.message_id(41)
    assert mail["From"].addresses[0].display_name == "Leerlijn Oost-Vlaanderen é"
    assert mail["Reply-To"].addresses[0].addr_spec == MARKS.reply_to(41)
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert (
        plain.get_content().replace("\r\n", "\n")
        == "Dag Fatma,\n\n.\nÉén vraag: https://voorbeeld.be/a?b=1&c=2.\n"
    )
    assert (
        '<a href="https://voorbeeld.be/a?b=1&amp;c=2">https://voorbeeld.be/a?b=1&amp;c=2</a>.'
        in html.get_content()
    )


@pytest.mark.parametrize(
    ("human", "purpose", "says"),
    [
        (False, "reply", "auto-replied"),
        (False, "news", "auto-generated"),
        (True, "reply", None),
        (True, "follow_up", None),
    ],
)
def test_a_machine_says_that_it_is_one(human: bool, purpose: str, says: str | None) -> None:
    mail = composed(human=human, purpose=purpose)
    assert mail["Auto-Submitted"] == says
    assert (mail["X-Auto-Response-Suppress"] == "All") is (says is not None)
    unasked = purpose != "reply"
    assert (mail["List-Unsubscribe"] is not None) is unasked
    assert ("STOP" in mail.get_body(("plain",)).get_content()) is unasked


LONG = "<AM0PR04MB1234567890ABCDEF1234567890ABCDEF1234567890@AM0PR04MB6789.eurprd04.prod.outlook.com>"


def test_it_stands_in_the_thread() -> None:
    mail = composed(
        subject="AW: Re: Nederlands leren",
        answers=(f"{LONG}#aa", MARKS.message_id(40), "#no id", "<1@b.be>#bb"),
    )
    assert mail["Subject"] == "Re: Nederlands leren"
    raw = mail.as_bytes()
    assert f"In-Reply-To: {LONG}\r\n".encode() in raw  # Python would encode an id that is longer than a line
    assert f"References: <1@b.be>\r\n {MARKS.message_id(40)}\r\n {LONG}\r\n".encode() in raw


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("Vraag", "Re: Vraag"), ("RE: re : AW: Antw: Vraag", "Re: Vraag"), ("Re[2]: x", "Re: x"), ("Regen: x", "Re: Regen: x"),
     ("", ""), (None, ""), ("Re:", ""), ("x\r\nBcc: y@z.be", "Re: x Bcc: y@z.be")],
)  # fmt: skip
def test_subjects(given: str | None, wanted: str) -> None:
    assert reply_subject(given) == wanted


@pytest.mark.parametrize(
    ("language", "subject"),
    [("nl", "Bericht van"), ("fr", "Message de"), ("ti", "Message from"), (None, "Bericht van")],
)
def test_a_first_mail_has_a_subject_in_the_language(language: str | None, subject: str) -> None:
    assert str(composed(language=language)["Subject"]).startswith(subject)


def test_words_between_stars_are_stressed() -> None:
    html = composed(text="Typ *mens* of 2*3*4 of *<b>*").get_body(("html",)).get_content()
    assert "Typ <strong>mens</strong> of 2*3*4 of <strong>&lt;b&gt;</strong>" in html


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_html_is_accessible_and_says_the_same() -> None:
    mail = composed(
        language="ar", text="مرحبا\n\n1) هولندية\n2) لحام", subject="سؤال",
        choices=(Choice(label="هولندية", value="1"), Choice(label="نعم & لا", value="ja")),
    )  # fmt: skip
    html = mail.get_body(("html",)).get_content()
    seen = Seen(html)
    (root,) = seen.all("html")
    assert (root["lang"], root["dir"]) == ("ar", "rtl")
    assert seen.all("title")
    assert not seen.all("img")
    assert not seen.all("script")
    links = [str(link["href"]) for link in seen.all("a")]
    assert [link.partition("body=")[2] for link in links] == ["1", "ja"]
    assert all(link.startswith(f"mailto:{MARKS.reply_to(41)}?subject=Re%3A") for link in links)
    assert f'1) <a href="{escape(links[0])}">هولندية</a><br>' in html  # where it stands already
    assert len(seen.all("li")) == 1
    assert mail["Content-Language"] == "ar"
    plain = mail.get_body(("plain",)).get_content()
    assert "- نعم & لا" in plain
    assert "- هولندية" not in plain  # it stands there as 1) already


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', 'https://x.be/"onclick="alert(1)'],
)
def test_what_people_write_stays_text_in_the_html(words: str) -> None:
    """Fault 53: in the text, the subject and the choices."""
    mail = composed(text=words, subject=words, choices=(Choice(label=words, value=words),))
    seen = Seen(mail.get_body(("html",)).get_content())
    assert not seen.all("script")
    assert not seen.all("img")
    assert all("onclick" not in attrs for _, attrs in seen.tags)


INJECTED = "x@y.be\r\nBcc: z@z.be"


@pytest.mark.parametrize(
    "path", [INJECTED, "geen adres", "", "a@b@c.be", "a b@c.be", "jänner@voorbeeld.be", "<a@b.be>,c@d.be"]
)
async def test_an_address_that_cannot_be_one_is_refused_before_the_server_sees_it(
    path: str, server: MailServer, tmp_path: Path
) -> None:
    """Fault 54: nothing of a person's ends up in a command or a header of its own."""
    with pytest.raises(Rejected):
        await channel(server.port, tmp_path).send(message(path=path))
    assert not server.taken


async def test_headers_cannot_be_smuggled_out(server: MailServer, tmp_path: Path) -> None:
    await channel(server.port, tmp_path).send(
        message(
            subject="hoi\r\nBcc: z@z.be\r\n\r\nlijf",
            answers=("<a@b>\r\nBcc: z@z.be#x",),
            language='nl"\r\nX: y',
            text="\r\n.\r\nQUIT\r\n",
        )
    )
    (mail,) = server.mails
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert server.taken[0].rcpt_tos == [CLIENT]


ANSWERS: list[tuple[str, str, type[SendError]]] = [
    ("mail", "451 4.3.0 later", Unavailable),
    ("mail", "553 5.7.1 sender not allowed", Misconfigured),
    ("mail", "cut", Unavailable),
    ("rcpt", "450 4.2.0 greylisted", Unavailable),
    ("rcpt", "450 4.7.28 rate limit", Throttled),
    ("rcpt", "421 4.3.2 too many connections", Throttled),
    ("rcpt", "550 5.1.1 <fatma@voorbeeld.be> User unknown", Unreachable),
    ("rcpt", "550 no such user here", Unreachable),
    ("rcpt", "550 5.7.1 blocked", Rejected),
    ("rcpt", "552 5.2.2 mailbox full", Rejected),
    ("rcpt", "cut", Unavailable),
    ("data", "554 5.7.1 spam", Rejected),
    ("data", "452 4.3.1 no room", Unavailable),
    ("data", "cut", UnknownOutcome),
    ("data", "taken and cut", UnknownOutcome),
]


@pytest.mark.parametrize(
    ("step", "answer", "error"), ANSWERS, ids=[f"{step} {answer}" for step, answer, _ in ANSWERS]
)
async def test_answers_of_the_server(
    step: str, answer: str, error: type[SendError], server: MailServer, tmp_path: Path
) -> None:
    server.script[step] = [answer]
    with pytest.raises(SendError) as caught:
        await channel(server.port, tmp_path).send(message())
    assert type(caught.value) is error
    assert "fatma" not in caught.value.reason  # staff and log read it; servers repeat the address
    if isinstance(caught.value, UnknownOutcome):
        assert caught.value.external_id == MARKS.message_id(41)


@pytest.mark.parametrize(
    ("step", "error"), [("rcpt", Unavailable), ("data", UnknownOutcome), ("mail", Unavailable)]
)
async def test_a_server_that_falls_silent(
    step: str, error: type[SendError], server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BEFORE", 0.3)
    monkeypatch.setattr(sending, "DATA", 0.3)
    server.script[step] = ["silence"]
    with pytest.raises(error):
        await channel(server.port, tmp_path).send(message())


async def test_nobody_listens_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await channel(1, tmp_path).send(message())


async def test_a_server_without_starttls_gets_no_mail_in_the_open(server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="STARTTLS"):
        await channel(server.port, tmp_path, security="starttls").send(message())
    assert not server.taken


async def test_logging_in(tmp_path: Path) -> None:
    async with smtp.running(password="juist") as server:
        with pytest.raises(Misconfigured, match="wachtwoord"):
            await channel(server.port, tmp_path, user="leerlijn", password="fout").send(message())
        with pytest.raises(Misconfigured):
            await channel(server.port, tmp_path).send(message())
        await channel(server.port, tmp_path, user="leerlijn", password="juist").send(message())
        assert len(server.taken) == 1


async def test_the_same_message_has_the_same_id_however_often_it_is_tried(
    server: MailServer, tmp_path: Path
) -> None:
    for _ in range(2):
        await channel(server.port, tmp_path).send(message())
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_lines_are_short_enough_for_any_server() -> None:
    raw = composed(text="a" * 5000 + "\n" + "é " * 3000, subject="s" * 3000).as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()
    assert not re.search(rb"[^\r]\n", raw)


async def test_a_letter_stands_outside_every_thread(server: MailServer, tmp_path: Path) -> None:
    letter = Letter(
        path="An@OCMW.example",
        subject="Een vraag\r\nBcc: x@y.be",
        text="Dag An é",
        reply_to="gent@leerlijn.example",
    )
    await channel(server.port, tmp_path).write(letter)
    (mail,) = server.mails
    assert (mail["To"], mail["Reply-To"]) == ("an@ocmw.example", "gent@leerlijn.example")
    assert mail["Subject"] == "Een vraag Bcc: x@y.be"
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == "Dag An é"
    assert MARKS.ours(str(mail["Message-ID"])) is None, "no answer to it is taken for one to a message"
    assert server.taken[0].mail_from == ADDRESS


async def test_a_letter_to_no_address_is_refused(server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(Rejected):
        await channel(server.port, tmp_path).write(Letter(path="geen adres", subject="x", text="x"))
