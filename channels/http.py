"""Any other channel, without code of ours: signed JSON over HTTP, in and out. Described in docs/own-channel.md.

Both sides sign alike: `Leerlijn-Signature: v1=` and the hex HMAC-SHA256, keyed with the shared secret, of the
timestamp in `Leerlijn-Timestamp`, a full stop, and the raw body. What is older than five minutes is refused; what is
repeated within them is known by its id. Every message of ours has an id that is also its `Idempotency-Key`, so that
it may be sent again whenever nobody knows whether it arrived.
"""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any, Literal

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from channels.base import (
    Attached,
    Blocked,
    Deleted,
    Delivery,
    Echo,
    Edited,
    Inbound,
    Item,
    Malformed,
    Misconfigured,
    OptedOut,
    Outgoing,
    Reach,
    Rejected,
    SendError,
    Sent,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Webhook,
    clean_text,
)
from channels.downloads import download, same_origin
from channels.public_hosts import PublicHosts
from channels.waiting import seconds
from data.tables import Status
from data.translation import N_

WINDOW = 300  # seconds between their clock and ours
EVENTS = 100  # in one request
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
ID = "leerlijn-"  # our own ids, told apart from theirs
STATUSES = {
    "sent": Status.SENT, "delivered": Status.DELIVERED, "read": Status.READ, "failed": Status.FAILED,
}  # fmt: skip
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Path = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+$")]


class _Event(BaseModel):
    model_config = ConfigDict(strict=True)


class File(_Event):
    url: Annotated[str, Field(max_length=2000)]
    kind: Literal["image", "audio", "video", "document"] = "document"
    name: Annotated[str, Field(max_length=200)] | None = None
    size: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class Written(_Event):
    type: Literal["message"]
    id: Id
    from_: Path = Field(alias="from")
    text: str = ""
    name: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] | None = None
    reply_to: Id | None = None
    files: Annotated[list[File], Field(max_length=30)] = []

    def item(self) -> Item:
        media = tuple(
            Attached(ref=file.url, kind=file.kind, name=file.name, size=file.size) for file in self.files
        )
        return Inbound(
            external_id=self.id, path=self.from_, text=self.text, language=self.language, answers=self.reply_to,
            display=clean_text(self.name, 200) or None if self.name else None, media=media,
        )  # fmt: skip


class Answered(_Event):
    type: Literal["echo"]
    id: Id
    to: Path
    text: str

    def item(self) -> Item:
        return Echo(external_id=self.id, path=self.to, text=self.text)


class Changed(_Event):
    type: Literal["edited"]
    id: Id
    text: str

    def item(self) -> Item:
        return Edited(external_id=self.id, text=self.text)


class TakenBack(_Event):
    type: Literal["deleted"]
    id: Id

    def item(self) -> Item:
        return Deleted(external_id=self.id)


class Told(_Event):
    type: Literal["status"]
    id: Id
    status: Literal["sent", "delivered", "read", "failed"]
    reason: Annotated[str, Field(max_length=200)] | None = None

    def item(self) -> Item:
        reason = clean_text(self.reason, 200) if self.reason else None
        return Delivery(external_id=self.id, status=STATUSES[self.status], reason=reason)


class Blocks(_Event):
    type: Literal["blocked", "unblocked"]
    from_: Path = Field(alias="from")

    def item(self) -> Item:
        return Reach(path=self.from_, open=self.type == "unblocked")


Event = Annotated[Written | Answered | Changed | TakenBack | Told | Blocks, Field(discriminator="type")]
EVENT: TypeAdapter[Written | Answered | Changed | TakenBack | Told | Blocks] = TypeAdapter(Event)


class Http:
    """One integrator. `name` is also the scheme of its addresses; `url` empty: it writes and is never written to.

    `internal`: its address is on our own network, which is otherwise out of reach.
    """

    def __init__(
        self,
        *,
        name: str,
        secret: str,
        url: str = "",
        internal: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.scheme = name
        self._secret = secret.encode()
        self._url = url
        self._clock = clock
        wire = transport or (httpx.AsyncHTTPTransport() if internal else PublicHosts())
        self._client = httpx.AsyncClient(timeout=TIMEOUT, transport=wire, follow_redirects=False)

    def verify(self, webhook: Webhook) -> bool:
        given = webhook.headers.get("leerlijn-signature", "")
        timestamp = webhook.headers.get("leerlijn-timestamp", "")
        expected = sign(self._secret, timestamp, webhook.body)
        if not self._secret or not hmac.compare_digest(given.encode(), expected.encode()):
            return False
        return (
            timestamp.isascii() and timestamp.isdigit() and abs(self._clock() - int(timestamp[:12])) <= WINDOW
        )

    def parse(self, webhook: Webhook) -> list[Item]:
        return _read(webhook)[0]

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        """How many events were taken, and why the others were not, so that an integrator can mend them."""
        taken, refused = _read(webhook)
        return "application/json", orjson.dumps({"accepted": len(taken), "refused": refused})

    async def send(self, message: Outgoing) -> Sent:
        if not self._url:
            raise Misconfigured(N_("dit kanaal heeft geen adres om naar te sturen (LEERLIJN_OTHER__…__URL)"))
        ours = f"{ID}{message.message_id}"
        body = orjson.dumps(
            {
                "type": "message", "id": ours, "to": message.path, "text": message.text,
                "language": message.language, "human": message.human,
                "choices": [{"label": choice.label, "value": choice.value} for choice in message.choices],
            }
        )  # fmt: skip
        try:
            reply = await self._client.post(self._url, content=body, headers=self._signed(body) | {
                "Content-Type": "application/json", "Idempotency-Key": ours,
            })  # fmt: skip
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise Misconfigured(
                N_("het adres van dit kanaal is niet openbaar: zie LEERLIJN_OTHER__…__INTERNAL")
            ) from None
        except httpx.HTTPError as error:
            raise UnknownOutcome from error
        if reply.status_code == httpx.codes.CONFLICT or (reply.is_success and _object(reply) is not None):
            return Sent(external_id=ours)
        raise _error(reply)

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        """Never there: they know it by our id, so sending it again is the same as asking."""
        return None

    async def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        """Files stand on the integrator's own host only, and are asked for with a signature of their path."""
        pieces = download(
            self._client, ref, limit, trusted=lambda url: bool(self._url) and same_origin(url, self._url),
            headers=lambda url: self._signed(url.raw_path),
        )  # fmt: skip
        async for piece in pieces:
            yield piece

    async def close(self) -> None:
        await self._client.aclose()

    def _signed(self, said: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        return {"Leerlijn-Timestamp": timestamp, "Leerlijn-Signature": sign(self._secret, timestamp, said)}


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The value of `Leerlijn-Signature`."""
    said = timestamp.encode("ascii", "replace") + b"." + body
    return "v1=" + hmac.new(secret, said, hashlib.sha256).hexdigest()


def _read(webhook: Webhook) -> tuple[list[Item], list[dict[str, Any]]]:
    """The events that can be read, and which cannot, with the reason. Raises Malformed."""
    try:
        body = orjson.loads(webhook.body)
    except orjson.JSONDecodeError as error:
        raise Malformed("no JSON") from error
    events = body.get("events") if isinstance(body, dict) else None
    if not isinstance(events, list) or len(events) > EVENTS:
        raise Malformed(f"a JSON object with `events`, a list of at most {EVENTS}, is expected")
    items: list[Item] = []
    refused: list[dict[str, Any]] = []
    for number, event in enumerate(events):
        try:
            items.append(EVENT.validate_python(event).item())
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"] if part)
            refused.append({"event": number, "field": field, "why": first["msg"]})
    return items, refused


def _object(reply: httpx.Response) -> Mapping[str, Any] | None:
    try:
        said = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None


def _error(reply: httpx.Response) -> SendError:
    said = _object(reply) or {}
    status = reply.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Throttled(retry_after=seconds(reply.headers.get("retry-after", "")))
    if reply.is_success or status < 400:
        return UnknownOutcome(N_("het antwoord is niet van dit kanaal"))
    if status >= 500 or status == httpx.codes.REQUEST_TIMEOUT:
        waits = reply.headers.get("retry-after")
        return Unavailable(retry_after=seconds(waits) if waits else None)
    if status in (401, 403, 404, 405):
        return Misconfigured(N_("het kanaal antwoordde {status}").format(status=status))
    match said.get("error"):
        case "blocked":
            return Blocked()
        case "opted_out":
            return OptedOut()
        case str(words):
            return Rejected(
                clean_text(words, 200) or N_("het kanaal antwoordde {status}").format(status=status)
            )
    return Rejected(N_("het kanaal antwoordde {status}").format(status=status))
