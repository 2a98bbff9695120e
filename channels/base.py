"""The contract of a channel, and the values that travel through it.

A channel is one file: limits and links to the vendor's pages, `verify`, `parse`, `send`. It knows no web server
and no database; `verify` and `parse` are pure, so their tests are tables.

SendError
├── Rejected        the provider refuses this message; final
├── OptedOut        the person stopped this channel at the provider; final, and remembered
├── WindowClosed    free text is not allowed now; final for this message
├── Misconfigured   our account or settings are wrong; final until somebody mends it
├── Unavailable     nothing was handed over; tried again
├── Throttled       too fast; tried again after `retry_after` seconds
└── UnknownOutcome  it may have arrived; never sent again blindly
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, runtime_checkable

from data.tables import Status

TEXT_LIMIT = 20_000  # bytes of UTF-8 kept of one message


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A request of a provider, free of any web framework. `url` is the public one, as the provider signed it."""

    method: str
    url: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """A message of a person. `external_id` is unique within the channel; `path` is the address."""

    external_id: str
    path: str
    text: str
    display: str | None = None
    language: str | None = None
    media: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """News about a message we sent."""

    external_id: str
    status: Status
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An answer offered with a message: `label` is read, `value` is what sending it means."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to hand to a provider."""

    message_id: int
    path: str
    text: str
    language: str | None = None
    choices: Sequence[Choice] = field(default_factory=tuple)
    others: frozenset[str] = frozenset()  # ids the provider gave to other messages to this address


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The provider took it. `external_id` finds later news; `parts` is what it costs, in SMS segments."""

    external_id: str
    status: Status = Status.SENT
    parts: int | None = None


class Malformed(ValueError):
    """The request is signed but is not what this provider sends."""


class SendError(Exception):
    """A message was not (certainly) handed over."""

    retryable: ClassVar[bool] = False
    words: ClassVar[str] = "niet verstuurd"  # what staff read

    def __init__(self, reason: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(reason or self.words)
        self.reason = reason or self.words
        self.retry_after = retry_after


class Rejected(SendError):
    words = "geweigerd door de provider"


class OptedOut(SendError):
    words = "deze persoon wil geen berichten via dit kanaal"


class WindowClosed(SendError):
    words = "het tijdvenster voor vrije tekst is dicht"


class Misconfigured(SendError):
    words = "het kanaal is verkeerd ingesteld"


class Unavailable(SendError):
    retryable = True
    words = "de provider is niet bereikbaar"


class Throttled(SendError):
    retryable = True
    words = "te veel berichten tegelijk"


class UnknownOutcome(SendError):
    words = "niet zeker of het bericht aankwam"


@runtime_checkable
class Channel(Protocol):
    """What the hub asks of a channel. `name` gives the webhook, the settings, the test file and the README row."""

    name: ClassVar[str]
    scheme: ClassVar[str]  # of its addresses; two channels may share one

    def verify(self, webhook: Webhook) -> bool:
        """Is this signed by the provider? On raw bytes, in constant time, never raising."""
        ...

    def parse(self, webhook: Webhook) -> list[Inbound | Delivery]:
        """What the request says; an empty list when it is no business of ours. Raises Malformed."""
        ...

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        """Content type and body that the provider expects with a 200."""
        ...

    async def send(self, message: Outgoing) -> Sent:
        """Hand over one message. Raises SendError."""
        ...

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        """Look up at the provider whether `message` was taken since `sent_after` (seconds since 1970).

        None: certainly not there. An id in `message.others` is never the answer. Raises UnknownOutcome when the
        provider cannot tell, and Unavailable or Throttled when it can be asked again later.
        """
        ...

    async def close(self) -> None: ...


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
