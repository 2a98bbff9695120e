"""Taking a mail apart, whatever is wrong with it: headers, the text, the files.

Headers are read raw and decoded here, not by `email.policy.default`: its header parser raises on many broken headers
and takes minutes for a References of some megabytes. RFC 5322, 2045-2047, 2231, 3676 (format=flowed).
"""

import codecs
import re
from binascii import Error as BinasciiError
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses

from channels.base import clean_text
from channels.email.html import to_text

HEADER_LIMIT = 8_000  # bytes of one header that are looked at; its end, where the newest reference stands
HEADERS_LIMIT = 200_000  # bytes of all headers of the mail
TEXT_LIMIT = 100_000  # characters of one text part
PARTS_LIMIT = 500
LOGO = 10_000  # bytes; a picture in the text that is smaller is a logo or an icon
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\r\r")
_ADDRESS = re.compile(r"[^\s@<>\",;:()\[\]\\\x00-\x1f]{1,64}@[^\s@<>\",;:()\[\]\\\x00-\x1f]{1,255}")
_CHARSETS = {"unknown-8bit": "utf-8", "default": "utf-8", "utf8": "utf-8", "ansi": "cp1252", "x-unknown": "utf-8",
             "iso-8859-8-i": "iso-8859-8", "cp-850": "cp850", "iso-8859-1": "cp1252", "latin1": "cp1252",
             "us-ascii": "utf-8", "ascii": "utf-8"}  # fmt: skip
KINDS = {"image": "image", "audio": "audio", "video": "video"}


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment: the `number` of its part among all parts, from 0."""

    number: int
    name: str | None
    media_type: str
    content: bytes

    @property
    def kind(self) -> str:
        """As `channels.base.Attached` wants it."""
        return KINDS.get(self.media_type.partition("/")[0], "document")


def parse(raw: bytes) -> Message:
    """The mail as a tree of parts; headers that are too long are shortened first."""
    end = _END_OF_HEADERS.search(raw)
    head, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw, b"\r\n\r\n")
    return BytesParser(policy=policy.compat32).parsebytes(_shortened(head) + rest)


def _shortened(head: bytes) -> bytes:
    """Every header at most `HEADER_LIMIT` long."""
    if len(head) <= HEADER_LIMIT:
        return head
    fields = re.split(rb"\r?\n(?![ \t])", head)
    short = []
    for field in fields:
        if len(field) > HEADER_LIMIT:
            name, _, value = field[:200].partition(b":")
            field = name + b": " + field[-HEADER_LIMIT:].lstrip(b":") if value else field[:HEADER_LIMIT]
        short.append(field)
    return b"\r\n".join(short)[:HEADERS_LIMIT]


def raw_headers(message: Message, name: str) -> list[str]:
    """All values of a header, unfolded and not decoded; bytes over 127 as surrogates."""
    wanted = name.lower()
    return [
        re.sub(r"[\r\n]+[ \t]*", " ", str(value))[-HEADER_LIMIT:]
        for key, value in message.raw_items()
        if key.lower() == wanted
    ]


def raw_header(message: Message, name: str) -> str:
    """The first value of a header, or nothing."""
    return next(iter(raw_headers(message, name)), "").strip()


def header(message: Message, name: str, limit: int = 500) -> str:
    """A header as a person reads it, on one line."""
    return one_line(decoded(raw_header(message, name)), limit)


def one_line(text: str, limit: int) -> str:
    """Without line ends and control codes: what goes into a header, a list or a file name."""
    return " ".join(clean_text(text, limit * 4).split())[:limit]


def decoded(value: str) -> str:
    """RFC 2047 words decoded, and plain bytes read as UTF-8 or else Windows-1252."""
    value = _readable(value)
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, BinasciiError, ValueError):
        return value
    return "".join(
        piece if isinstance(piece, str) else decode_bytes(piece, charset) for piece, charset in pieces
    )


def _readable(value: str) -> str:
    if not any("\udc80" <= character <= "\udcff" for character in value):
        return value
    return decode_bytes(value.encode("utf-8", "surrogateescape"), None)


def decode_bytes(content: bytes, charset: str | None) -> str:
    """Text from bytes: in the charset they claim, else UTF-8, else Windows-1252; never raising."""
    claimed = _CHARSETS.get((charset or "").lower().strip("\"' "), (charset or "").strip("\"' "))
    for name in (claimed, "utf-8"):
        try:
            if name and codecs.lookup(name)._is_text_encoding:
                return content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def addresses(message: Message, *names: str) -> list[tuple[str, str]]:
    """(name, address) of everybody in these headers, the addresses in lower case with their domain as ASCII."""
    found = []
    for name in names:
        for value in raw_headers(message, name):
            try:
                pairs = getaddresses([_readable(value)])
            except (ValueError, IndexError, TypeError, RecursionError):
                pairs = []
            usable = [(one_line(decoded(who), 100), normal(path)) for who, path in pairs]
            if not any(
                path for _, path in usable
            ):  # something is broken in it: take what looks like an address
                usable = [("", normal(path)) for path in _ADDRESS.findall(decoded(value))]
            found += [(who, path) for who, path in usable if path]
    return found


def normal(path: str) -> str:
    """An address as it is kept: lower case, domain in ASCII (punycode); empty when it is none."""
    found = _ADDRESS.fullmatch(path.strip().strip("<>"))
    if found is None:
        return ""
    local, _, domain = found[0].lower().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return one_line(f"{local}@{domain}", 254) if local and domain else ""


def leaves(message: Message) -> Iterator[tuple[int, Message, str]]:
    """(number, part, multipart it is in) of every part that holds something; a forwarded mail is one part."""
    pending: list[tuple[Message, str]] = [(message, "")]
    number = -1
    while pending and number < PARTS_LIMIT:
        part, within = pending.pop()
        number += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            pending += [
                (child, part.get_content_subtype())
                for child in reversed(payload)
                if isinstance(child, Message)
            ]
        else:
            yield number, part, within


def content_of(part: Message) -> bytes:
    """The decoded bytes of a part; a forwarded mail as it stands."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"".join(child.as_bytes() for child in payload if isinstance(child, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def name_of(part: Message) -> str | None:
    """The file name somebody gave it, without folders."""
    try:
        given = part.get_filename()
    except (ValueError, LookupError, TypeError, UnicodeError):
        given = None
    name = one_line(decoded(str(given)), 200).replace("\\", "/").rpartition("/")[2] if given else ""
    return name.strip(" .") or None


def is_file(part: Message) -> bool:
    if part.get_content_maintype() == "text" and part.get_content_subtype() in ("plain", "html"):
        return disposition(part) == "attachment" or (
            name_of(part) is not None and disposition(part) != "inline"
        )
    return True


def disposition(part: Message) -> str:
    return str(part.get("content-disposition") or "").partition(";")[0].strip().lower()


def text_of(message: Message) -> str:
    """What there is to read: the plain text, or else the HTML as text; parts beside each other one after another."""
    plain, rich = [], []
    for _, part, _ in leaves(message):
        if is_file(part):
            continue
        text = decode_bytes(content_of(part), part.get_content_charset(failobj="") or None)
        if part.get_content_subtype() == "html":
            rich.append(to_text(text))
        elif part.get_content_maintype() == "text":
            flowed = str(part.get_param("format") or "").lower() == "flowed"
            plain.append(_unflowed(text, part) if flowed else text)
    words = "\n\n".join(text.strip("\n") for text in plain if text.strip())
    return (words or "\n\n".join(rich))[:TEXT_LIMIT]


def _unflowed(text: str, part: Message) -> str:
    """RFC 3676: a line that ends in a space goes on in the next one."""
    delsp = str(part.get_param("delsp") or "").lower() == "yes"
    lines: list[str] = []
    flowing = False
    for row in text.splitlines():
        line = row[1:] if row.startswith(" ") else row
        quoted = line.startswith(">")
        if flowing and not quoted and line != "-- ":
            lines[-1] += line
        else:
            lines.append(line)
        flowing = line.endswith(" ") and line != "-- " and not quoted
        if flowing and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def files_of(message: Message) -> list[File]:
    """The attachments, without the logos and counters that stand in the HTML."""
    files = []
    for number, part, within in leaves(message):
        if not is_file(part) or part.get_content_type() in ("message/delivery-status", "text/rfc822-headers"):
            continue
        content = content_of(part)
        media_type = one_line(part.get_content_type().lower(), 100)
        in_text = disposition(part) != "attachment" and (
            within == "related" or part.get("content-id") is not None
        )
        if not content or (in_text and media_type.startswith("image/") and len(content) < LOGO):
            continue
        if media_type in (
            "application/pgp-signature",
            "application/pkcs7-signature",
            "application/x-pkcs7-signature",
        ):
            continue
        files.append(File(number=number, name=name_of(part), media_type=media_type, content=content))
    return files
