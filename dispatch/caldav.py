"""One calendar at a server of somebody else, written to in CalDAV (RFC 4791): look, put, delete, and find by UID.

An entry keeps its UID and its address for ever, and is written with If-Match (or If-None-Match the first time), so that
a repeated attempt never makes a second one. What the counsellor changed or threw away in between is found by its UID
and written anew: the agenda of Leerlijn is the one that counts.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import httpx

from channels.base import Misconfigured, Rejected, SendError, Throttled, Unavailable
from channels.downloads import same_origin
from channels.public_hosts import PublicHosts
from channels.waiting import seconds
from data.translation import N_, _

TIMEOUT = httpx.Timeout(6.0, connect=4.0)
STEP = 7.0  # seconds for one request: the four that an entry may need stay within the lease of the job
LONGEST = 1_000_000  # bytes of an answer
DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
MET_ANOTHER = (
    400,
    403,
    409,
    412,
)  # it is there already, it changed, or it is gone: each server says it its way
LOOK = '<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'
FIND = (
    '<c:calendar-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><prop><getetag/></prop><c:filter>'
    '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="UID">'
    '<c:text-match collation="i;octet">{uid}</c:text-match>'
    "</c:prop-filter></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"
)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Where an entry stands, and its version there; no ETag: the server did not say."""

    href: str
    etag: str | None


class NotACalendarAddress(ValueError):
    """The address cannot be that of a calendar; the sentence says what to do."""


def address_of(text: str, *, internal: bool) -> str:
    """The address of a calendar as somebody typed it, ending in a slash. Raises NotACalendarAddress."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise NotACalendarAddress(
            _("Dit is geen adres. Kopieer het uit de instellingen van je agenda.")
        ) from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise NotACalendarAddress(
            _("Het adres begint met https://. Kopieer het uit de instellingen van je agenda.")
        )
    if parts.scheme == "http" and not internal:
        raise NotACalendarAddress(
            _("Het adres moet met https:// beginnen, anders gaat je wachtwoord leesbaar over de lijn.")
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise NotACalendarAddress(_("Zet geen gebruiker, wachtwoord of vraagteken in het adres."))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


class Calendar:
    """A calendar that is open for a while; every method raises SendError."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url

    async def check(self) -> None:
        """Is there a calendar at this address, and do they let us in?"""
        answer, body = await self._ask("PROPFIND", self._url, LOOK, {"Depth": "0"})
        if answer.status_code != httpx.codes.MULTI_STATUS:
            raise _error(answer)
        kinds = [kind.tag for found in _parsed(body).iter(f"{DAV}resourcetype") for kind in found]
        if f"{CALDAV}calendar" not in kinds:
            raise Misconfigured(
                N_("Op dit adres staat geen agenda. Neem het adres van één agenda, niet dat van je account.")
            )

    async def put(self, uid: str, file: bytes, known: Stored | None) -> Stored:
        """Write an entry, new or anew."""
        where = known
        if known is not None and known.etag is None:
            where = await self.find(uid)
        for attempt in (1, 2):
            href = where.href if where is not None else self.href(uid)
            headers = {"Content-Type": "text/calendar; charset=utf-8"}
            headers |= {"If-Match": where.etag} if where and where.etag else {"If-None-Match": "*"}
            answer, _body = await self._ask("PUT", href, file, headers)
            if answer.is_success:
                return Stored(href=href, etag=_strong(answer.headers.get("etag")))
            if answer.status_code not in MET_ANOTHER or attempt == 2:
                break
            where = await self.find(uid)
        raise _error(answer)

    async def delete(self, uid: str, known: Stored) -> None:
        """Take an entry out; one that is gone already is fine."""
        where: Stored | None = known
        for attempt in (1, 2):
            if where is None:
                return
            headers = {"If-Match": where.etag} if where.etag else {}
            answer, _body = await self._ask("DELETE", where.href, b"", headers)
            if answer.is_success or answer.status_code in (404, 410):
                return
            if answer.status_code != httpx.codes.PRECONDITION_FAILED or attempt == 2:
                break
            where = await self.find(uid)
        raise _error(answer)

    async def find(self, uid: str) -> Stored | None:
        """The entry with this UID, wherever in the calendar it stands."""
        answer, body = await self._ask("REPORT", self._url, FIND.format(uid=uid), {"Depth": "1"})
        if answer.status_code != httpx.codes.MULTI_STATUS:
            raise _error(answer)
        for found in _parsed(body).iter(f"{DAV}response"):
            href, etag = found.findtext(f"{DAV}href"), found.findtext(f".//{DAV}getetag")
            if href and same_origin(httpx.URL(urljoin(self._url, href)), self._url):
                return Stored(href=urljoin(self._url, href), etag=_strong(etag))
        return None

    def href(self, uid: str) -> str:
        """Where an entry of ours stands, unless it was there before us."""
        return f"{self._url}{uid.partition('@')[0]}.ics"

    async def _ask(
        self, verb: str, url: str, content: str | bytes, headers: dict[str, str]
    ) -> tuple[httpx.Response, bytes]:
        """The answer, and what of its body one can bear."""
        if isinstance(content, str):
            headers = {"Content-Type": "application/xml; charset=utf-8", **headers}
        try:
            async with (
                asyncio.timeout(STEP),
                self._client.stream(verb, url, content=content, headers=headers) as answer,
            ):
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > LONGEST:
                        raise Misconfigured(
                            N_("Het antwoord van deze server is veel te lang voor een agenda.")
                        )
                return answer, body
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise Misconfigured(N_("Dit adres staat niet op het openbare internet.")) from None
        except (httpx.HTTPError, TimeoutError) as error:  # writing again finds what did arrive
            raise Unavailable(N_("De server van je agenda antwoordt niet.")) from error


@asynccontextmanager
async def opened(
    url: str, username: str, password: str, *, internal: bool = False
) -> AsyncIterator[Calendar]:
    """The calendar at `url`. A client of its own each time: what one server remembers of an account is no other's."""
    wire = httpx.AsyncHTTPTransport() if internal else PublicHosts()
    async with httpx.AsyncClient(
        auth=httpx.BasicAuth(username, password), timeout=TIMEOUT, transport=wire, follow_redirects=False
    ) as client:
        yield Calendar(client, url)


def _parsed(body: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - bounded, and expat bounds what it expands to
    except ElementTree.ParseError:
        raise Misconfigured(N_("Op dit adres antwoordt iets anders dan een agenda.")) from None


def _strong(etag: str | None) -> str | None:
    """Only such a one may stand in If-Match."""
    return etag if etag and not etag.startswith("W/") else None


def _error(answer: httpx.Response) -> SendError:
    status = answer.status_code
    if status == httpx.codes.UNAUTHORIZED:
        return Misconfigured(N_("Gebruiker of wachtwoord klopt niet."))
    if status == httpx.codes.FORBIDDEN:
        return Misconfigured(N_("Met deze gebruiker mag je niet in deze agenda schrijven."))
    if status in (404, 405, 410):
        return Misconfigured(N_("Op dit adres staat geen agenda."))
    if 300 <= status < 400:
        return Misconfigured(N_("Dit adres verwijst door. Neem het adres dat je agenda zelf toont."))
    if status == httpx.codes.INSUFFICIENT_STORAGE:
        return Misconfigured(N_("Je agenda is vol."))
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Throttled(
            N_("De server van je agenda vraagt even te wachten."),
            retry_after=seconds(answer.headers.get("retry-after", "")),
        )
    if status >= 500 or status in (408, 409, 412, 423):
        return Unavailable(N_("De server van je agenda antwoordt {status}.").format(status=status))
    return Rejected(N_("De server van je agenda weigert dit ({status}).").format(status=status))
