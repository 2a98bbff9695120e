"""The contract of a channel, and the values that travel through it.

A channel is one file: limits and links to the vendor's pages, `verify`, `parse`, `send`. It knows no web server
and no database; `verify` and `parse` are pure, so their tests are tables. What a channel can do for people (buttons,
length, window) stands in `channels.abilities`. What only some can do is a protocol of its own: `Handshakes`,
`Types`, `Fetches`, `Listens`.

Item             what a provider tells
├── Inbound      a person wrote
├── Echo         somebody of ours wrote in the provider's own app
├── Delivery     news about one message we sent
├── ReadUpTo     news about all we sent to an address until then
├── Edited       a person changed what they wrote
├── Deleted      a person took back what they wrote
└── Reach        an address can, or can no longer, be written to

SendError
├── Rejected        the provider refuses this message; final
│   └── Unreachable the address does not exist; remembered
├── OptedOut        the person stopped this channel at the provider; final, and remembered
├── Blocked         the person blocked us at the provider; final, and remembered until they let us in again
├── WindowClosed    free text is not allowed now; final for this message
├── Misconfigured   our account or settings are wrong; final until somebody mends it
├── Unavailable     nothing was handed over; tried again
├── Throttled       too fast; tried again after `retry_after` seconds
└── UnknownOutcome  it may have arrived; never sent again blindly
"""

import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from data.tables import Status
from data.translation import N_

TEXT_LIMIT = 20_000  # bytes of UTF-8 kept of one message


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A request of a provider, free of any web framework. `url` is the public one, as the provider signed it."""

    method: str
    url: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file that came with a message, not fetched yet. `ref` is the provider's address or id of it."""

    ref: str
    kind: str = "document"  # image · audio · video · document · sticker
    media_type: str | None = None  # as the provider says; the bytes decide
    name: str | None = None
    size: int | None = None  # bytes


@dataclass(frozen=True, kw_only=True)
class Kept(Attached):
    """A file that came along with the message itself, and is under the media folder already as `file`."""

    file: str
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """A message of a person. `external_id` is unique within the channel; `path` is the address.

    A tapped choice comes as its value in `text`. What is no text becomes words a person can read ("📍 50.85, 4.35").
    """

    external_id: str
    path: str
    text: str
    display: str | None = None
    language: str | None = None
    media: tuple[Attached, ...] = ()
    subject: str | None = None
    answers: str | None = None  # the provider's id of the message this is a reply to
    aliases: tuple[str, ...] = ()  # other paths by which the provider names the same person
    automatic: bool = False  # a machine wrote it: kept, never answered


@dataclass(frozen=True, kw_only=True)
class Echo:
    """A message to `path` that somebody of ours wrote in the provider's own app: a take-over."""

    external_id: str
    path: str
    text: str
    media: tuple[Attached, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """News about a message we sent; `message_id` is our own id of it, when the provider hands that back."""

    external_id: str
    status: Status
    reason: str | None = None
    message_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReadUpTo:
    """Everything that went to `path` until `at` was delivered or read."""

    path: str
    at: datetime
    status: Status = Status.READ


@dataclass(frozen=True, kw_only=True)
class Edited:
    """The person changed message `external_id`; the newest words count."""

    external_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """The person took message `external_id` back."""

    external_id: str


@dataclass(frozen=True, kw_only=True)
class Reach:
    """`path` blocked us, or lets us write again; `opted_out` when they told the provider STOP (or START).

    `unreachable`: why nobody can be reached there at all, in words for staff.
    """

    path: str
    open: bool
    opted_out: bool = False
    unreachable: str | None = None


Item = Inbound | Echo | Delivery | ReadUpTo | Edited | Deleted | Reach


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An answer offered with a message: `label` is read, `value` is what sending it means."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Template:
    """A text the provider approved beforehand, for when free text is not allowed. `values` fill its places in order."""

    name: str
    language: str
    values: tuple[str, ...] = ()
    provider_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to hand to a provider."""

    message_id: int
    path: str
    text: str
    language: str | None = None
    choices: Sequence[Choice] = field(default_factory=tuple)
    others: frozenset[str] = frozenset()  # ids the provider gave to other messages to this address
    human: bool = False  # written by one of ours
    subject: str | None = None
    answers: tuple[str, ...] = ()  # the provider's ids of the messages before it in the thread, newest first
    template: Template | None = None
    purpose: str = "reply"  # of `data.tables.Message`
    calendar: str | None = None  # a calendar file (RFC 5545) that goes along


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The provider took it. `external_id` finds later news; `parts` is what it costs, in SMS segments."""

    external_id: str
    status: Status = Status.SENT
    parts: int | None = None


class Malformed(ValueError):
    """The request is signed but is not what this provider sends."""


class SendError(Exception):
    """A message was not (certainly) handed over.

    `one_address`: it is about this address and no other. Too fast for this person, while the channel goes on (Throttled);
    nobody can be reached there, whatever we write (Rejected).
    """

    retryable: ClassVar[bool] = False
    words: ClassVar[str] = N_("niet verstuurd")  # what staff read

    def __init__(
        self, reason: str = "", *, retry_after: float | None = None, one_address: bool = False
    ) -> None:
        super().__init__(reason or self.words)
        self.reason = reason or self.words
        self.retry_after = retry_after
        self.one_address = one_address


class Rejected(SendError):
    words = N_("geweigerd door de provider")


class Unreachable(Rejected):
    words = N_("dit adres bestaat niet")


class OptedOut(SendError):
    words = N_("deze persoon wil geen berichten via dit kanaal")


class Blocked(SendError):
    words = N_("deze persoon blokkeerde ons op dit kanaal")


class WindowClosed(SendError):
    words = N_("het tijdvenster voor vrije tekst is dicht")


class Misconfigured(SendError):
    words = N_("het kanaal is verkeerd ingesteld")


class Unavailable(SendError):
    retryable = True
    words = N_("de provider is niet bereikbaar")


class Throttled(SendError):
    retryable = True
    words = N_("te veel berichten tegelijk")


class UnknownOutcome(SendError):
    """`external_id`: where the channel itself names its messages, so that later news finds this one."""

    words = N_("niet zeker of het bericht aankwam")

    def __init__(self, reason: str = "", *, external_id: str | None = None) -> None:
        super().__init__(reason)
        self.external_id = external_id


@runtime_checkable
class Channel(Protocol):
    """What the hub asks of a channel. `name` gives the webhook, the settings, the test file and the README row."""

    @property
    def name(self) -> str: ...

    @property
    def scheme(self) -> str:
        """Of its addresses; two channels may share one."""
        ...

    def verify(self, webhook: Webhook) -> bool:
        """Is this signed by the provider? On raw bytes, in constant time, never raising."""
        ...

    def parse(self, webhook: Webhook) -> Sequence[Item]:
        """All that the request says; nothing when it is no business of ours. Raises Malformed when it is not theirs.

        One entry that cannot be read is left out with a log line, never with its neighbours.
        """
        ...

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        """Content type and body that the provider expects with a 200."""
        ...

    async def send(self, message: Outgoing) -> Sent:
        """Hand over one message. Raises SendError."""
        ...

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        """Look up at the provider whether `message` was taken since `sent_after` (seconds since 1970).

        None: certainly not there, or sending it again does no harm because the provider knows it by our id. An id in `message.others` is never the answer. Raises UnknownOutcome when the
        provider cannot tell, and Unavailable or Throttled when it can be asked again later.
        """
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Handshakes(Protocol):
    """A provider that asks with a GET whether this address is ours."""

    def handshake(self, webhook: Webhook) -> bytes | None:
        """What to answer; None when it is not our provider who asks."""
        ...


@runtime_checkable
class Types(Protocol):
    """A channel that can show that an answer is coming."""

    async def typing(self, path: str, external_id: str) -> None:
        """Show it, in answer to message `external_id`. Raises SendError, which nobody minds."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """A channel whose files are fetched later."""

    def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        """The bytes of an attachment, at most `limit` of them. Raises SendError; Rejected when it is gone or too big.

        Asks the provider's own hosts only, and gives its credentials to nobody else.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail to somebody who is no client, outside every thread. `reply_to`: who reads an answer; empty: we do."""

    path: str
    subject: str
    text: str
    language: str = "nl"
    reply_to: str = ""


@runtime_checkable
class Writes(Protocol):
    """A channel that can carry a letter."""

    async def write(self, letter: Letter) -> None:
        """Hand it over. Raises SendError; after UnknownOutcome it may have arrived."""
        ...


Deliver = Callable[[Sequence[Item]], Awaitable[None]]


@runtime_checkable
class Listens(Protocol):
    """A channel that brings messages itself, where no webhook can: a mailbox, long polling."""

    async def listen(self, deliver: Deliver) -> None:
        """Hand over what comes, for ever; what `deliver` did not take (it raised) is brought again."""
        ...


def clean_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """What every text passes at the edge: NFC, no NUL, no lone surrogates, no control codes but line ends and tabs.

    Right-to-left overrides go too: they can make a line read as something else. At most `limit` bytes of UTF-8.
    """
    text = text[: limit + 1].encode("utf-8", "replace").decode("utf-8")
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        character
        for character in text
        if character in "\n\t" or not (unicodedata.category(character) == "Cc" or character in _OVERRIDES)
    )
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore").strip()


_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
