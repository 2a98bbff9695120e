"""A message of ours as a mail: plain text with simple HTML beside it, in the thread, and marked as what it is.

RFC 5322 (threads: In-Reply-To and References), 3834 (what a machine writes says so), 8058 and 2369 (List-Unsubscribe).
"""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formatdate, make_msgid
from html import escape
from urllib.parse import quote

from channels.base import Choice, Letter, Misconfigured, Outgoing, Rejected
from channels.email.marks import Marks
from channels.email.parts import normal, one_line
from channels.email.reading import message_id_of
from data.translation import N_

REFERENCES = 20  # ids; more help no program
ASKED_FOR = {"reply", "notice"}  # of what was not asked for one can say: no more of this
RIGHT_TO_LEFT = {"ar", "fa", "ps", "ur", "he"}
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'»]")
_NUMBERED = re.compile(r"(\d{1,2}\) )(.+)")
_STRESS = re.compile(r"(?<![\w*])\*([^*\n]{1,60})\*(?![\w*])")
_RE = re.compile(r"\s*(?:(?:re|antw|aw|odp|ynt|sv|vs|ref)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)

# subject without one · before the choices · how to stop
_WORDS = {
    "nl": ("Bericht van {name}", "Kies door te antwoorden:", "Geen berichten meer? Antwoord STOP."),
    "fr": ("Message de {name}", "Choisissez en répondant :", "Plus de messages ? Répondez STOP."),
    "en": ("Message from {name}", "Choose by replying:", "No more messages? Reply STOP."),
    "de": ("Nachricht von {name}", "Antworten Sie mit Ihrer Wahl:", "Keine Nachrichten mehr? Antworten Sie STOP."),
    "es": ("Mensaje de {name}", "Elija respondiendo:", "¿No quiere más mensajes? Responda STOP."),
    "tr": ("{name} mesajı", "Yanıtlayarak seçin:", "Artık mesaj istemiyor musunuz? STOP yazın."),
    "pl": ("Wiadomość od {name}", "Wybierz, odpowiadając:", "Bez dalszych wiadomości? Odpowiedz STOP."),
    "uk": ("Повідомлення від {name}", "Виберіть, відповівши:", "Не хочете повідомлень? Напишіть STOP."),
    "ar": ("رسالة من {name}", "اختر بالرد:", "لا تريد رسائل أخرى؟ أجب بكلمة STOP."),
}  # fmt: skip

_STYLE = (
    "body{margin:0;padding:1rem;font:16px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;color:#1b1f24;"
    "background:#fff}main{max-width:38rem;margin:0 auto}p{margin:0 0 1rem}ul{padding-inline-start:1.2rem}"
    "li{margin:0 0 .6rem}a{color:#0b4f8a}small{color:#4a5058}"
    "@media(prefers-color-scheme:dark){body{color:#eceff3;background:#15181c}a{color:#8ec5ff}small{color:#b8c0c9}}"
)


class _Policy(EmailPolicy):
    """Python encodes ids that are longer than a line (RFC 2047), which no mail program then recognises."""

    def fold(self, name: str, value: str) -> str:
        return _folded(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        ids = _folded(name, value)
        return ids.encode("ascii", "replace") if ids else super().fold_binary(name, value)


def _folded(name: str, value: str) -> str:
    """A header of ids, one on each line."""
    if name.lower() not in ("in-reply-to", "references"):
        return ""
    return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"


_POLICY = _Policy(linesep="\r\n")


def compose(message: Outgoing, marks: Marks, *, name: str) -> EmailMessage:
    """The mail for one message. Raises Rejected for an address that cannot be one, Misconfigured for ours."""
    to = normal(message.path)
    if not to or not to.isascii():
        raise Rejected(N_("dit is geen e-mailadres dat we kunnen bereiken"))
    language = message.language or "nl"
    subject_words, choose, stop = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    mail = EmailMessage(policy=_POLICY)
    try:
        mail["From"] = Address(name, addr_spec=marks.address)
    except ValueError as error:
        raise Misconfigured(N_("LEERLIJN_EMAIL__ADDRESS is geen e-mailadres")) from error
    mail["To"] = Address(addr_spec=to)
    mail["Reply-To"] = Address(name, addr_spec=marks.reply_to(message.message_id))
    mail["Subject"] = reply_subject(message.subject) or subject_words.format(name=name)
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = marks.message_id(message.message_id)
    before = [found for given in message.answers if (found := message_id_of(given))][:REFERENCES]
    if before:
        mail["In-Reply-To"] = before[0]
        mail["References"] = " ".join(reversed(before))
    unasked = message.purpose not in ASKED_FOR
    if not message.human:
        mail["Auto-Submitted"] = "auto-generated" if unasked else "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    if unasked:
        mail["List-Unsubscribe"] = f"<mailto:{marks.reply_to(message.message_id)}?subject=STOP>"
    text = message.text.strip()
    unsaid = [choice for choice in message.choices if choice.label not in text]
    lines = [text]
    if unsaid:
        lines.append("\n".join([choose, *(f"- {choice.label}" for choice in unsaid)]))
    if unasked and "STOP" not in text:
        lines.append(stop)
    mail.set_content("\n\n".join(lines) + "\n", cte=_encoding("".join(lines)))
    subject = f"Re: {_RE.sub('', str(mail['Subject']), count=1)}"
    html = _html(
        message, marks, language, subject=subject, choose=choose, stop=stop if len(lines) > 1 else ""
    )
    mail.add_alternative(html, subtype="html", cte=_encoding(html))
    if message.calendar is not None:
        _add_calendar(mail, message.calendar)
    mail["Content-Language"] = language if re.fullmatch(r"[A-Za-z-]{2,12}", language) else "nl"
    return mail


def _add_calendar(mail: EmailMessage, file: str) -> None:
    """RFC 6047: mail programs read what it asks for in the type of the part, and offer to put it in the calendar."""
    method = re.search(r"^METHOD:([A-Z]+)", file, re.MULTILINE)
    params = {"charset": "utf-8"} | ({"method": method[1]} if method else {})
    mail.add_attachment(
        file.encode(), maintype="text", subtype="calendar", filename="afspraak.ics", params=params
    )


def letter_of(letter: Letter, marks: Marks, *, name: str) -> EmailMessage:
    """The mail of a letter: plain text, marked as made by a machine. Raises Rejected and Misconfigured as `compose`."""
    to = normal(letter.path)
    if not to or not to.isascii():
        raise Rejected(N_("dit is geen e-mailadres dat we kunnen bereiken"))
    mail = EmailMessage(policy=_POLICY)
    try:
        mail["From"] = Address(name, addr_spec=marks.address)
    except ValueError as error:
        raise Misconfigured(N_("LEERLIJN_EMAIL__ADDRESS is geen e-mailadres")) from error
    mail["To"] = Address(addr_spec=to)
    reply_to = normal(letter.reply_to) if letter.reply_to else ""
    if reply_to and reply_to.isascii():
        mail["Reply-To"] = Address(addr_spec=reply_to)
    mail["Subject"] = one_line(letter.subject, 200)
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = make_msgid(domain=marks.address.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = letter.language
    mail.set_content(letter.text.strip() + "\n", cte=_encoding(letter.text))
    return mail


def reply_subject(subject: str | None) -> str:
    """ "Re: …" once, whatever languages it was answered in before."""
    bare = _RE.sub("", one_line(subject or "", 200), count=1).strip()
    return f"Re: {bare}" if bare else ""


def _encoding(text: str) -> str:
    """Short lines of ASCII go as they are; the rest encoded, because a server may break or refuse it otherwise."""
    plain = text.isascii() and all(len(line) < 900 for line in text.split("\n"))
    return "7bit" if plain else "quoted-printable"


def _html(message: Outgoing, marks: Marks, language: str, *, subject: str, choose: str, stop: str) -> str:
    direction = "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    answer = marks.reply_to(message.message_id)
    links = {choice.label: _choice(choice, answer, subject) for choice in message.choices}
    said = set[str]()

    def line_of(line: str) -> str:
        numbered = _NUMBERED.fullmatch(line)
        if numbered is None or numbered[2] not in links:
            return _linked(line)
        said.add(numbered[2])
        return numbered[1] + links[numbered[2]]

    paragraphs = [
        "<p>" + "<br>\n".join(line_of(line) for line in block.split("\n")) + "</p>"
        for block in re.split(r"\n\s*\n", message.text.strip())
    ]
    if unsaid := [link for label, link in links.items() if label not in said]:
        items = "\n".join(f"<li>{link}</li>" for link in unsaid)
        paragraphs.append(f"<p>{escape(choose)}</p>\n<ul>\n{items}\n</ul>")
    if message.purpose not in ASKED_FOR and stop:
        paragraphs.append(f"<p><small>{escape(stop)}</small></p>")
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(subject)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f'<body dir="{direction}">\n<main lang="{escape(language)}" dir="{direction}">\n'
        + "\n".join(paragraphs)
        + "\n</main>\n</body>\n</html>\n"
    )


def _choice(choice: Choice, answer: str, subject: str) -> str:
    """A link that opens an answer with the choice in it; who has no mail program there types the same."""
    href = f"mailto:{quote(answer, safe='@+.')}?subject={quote(subject)}&body={quote(choice.value)}"
    return f'<a href="{escape(href)}">{escape(choice.label)}</a>'


def _linked(line: str) -> str:
    """One line as HTML; addresses of pages become links, *words* are stressed, everything else stays text."""
    html, since = [], 0
    for found in _LINK.finditer(line):
        html.append(_stressed(line[since : found.start()]))
        html.append(f'<a href="{escape(found[0])}">{escape(found[0])}</a>')
        since = found.end()
    return "".join([*html, _stressed(line[since:])])


def _stressed(words: str) -> str:
    return _STRESS.sub(r"<strong>\1</strong>", escape(words))
