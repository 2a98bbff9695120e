"""What the channels through Twilio share: signed forms in, the REST API out, files of a message.

Webhook security: https://www.twilio.com/docs/usage/webhooks/webhooks-security
Messages resource: https://www.twilio.com/docs/messaging/api/message-resource
Media resource: https://www.twilio.com/docs/messaging/api/media-resource
Errors: https://www.twilio.com/docs/api/errors
"""

import logging
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.base import (
    Attached,
    Delivery,
    Malformed,
    Misconfigured,
    OptedOut,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Webhook,
    WindowClosed,
)
from channels.downloads import download, on_host, same_origin
from channels.reading import media_type
from channels.twilio_form import Form, is_signed
from channels.waiting import seconds
from data.tables import Status
from data.translation import N_

API_BASE = "https://api.twilio.com"
CLOCK_SKEW = timedelta(hours=2)
"""Between our database and Twilio: a clock that is set wrong, or jumped, must not make us send twice. What we sent
before and know of is told apart by its sid."""
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
MEDIA_HOSTS = ("mms.twiliocdn.com", "media.twiliocdn.com", "s3-external-1.amazonaws.com")  # after a redirect

STATUSES = {
    "accepted": Status.QUEUED, "scheduled": Status.QUEUED, "queued": Status.QUEUED, "sending": Status.SENDING,
    "sent": Status.SENT, "delivered": Status.DELIVERED, "read": Status.READ,
    "undelivered": Status.FAILED, "failed": Status.FAILED, "canceled": Status.FAILED,
}  # fmt: skip
REASONS = {  # what staff read, and can do
    "30003": N_("toestel niet bereikbaar"), "30005": N_("nummer bestaat niet"), "30006": N_("vaste lijn of onbereikbaar"),
    "21614": N_("dit nummer kan geen sms krijgen"), "30007": N_("tegengehouden door de operator"), "30008": N_("onbekende fout bij de operator"),
    "21610": N_("deze persoon stuurde STOP"),
    "21655": N_("het sjabloon bestaat niet bij Twilio: kijk zijn ContentSid na"),
    "21656": N_("het sjabloon past niet bij de ingevulde woorden"),
    "63003": N_("dit nummer heeft geen WhatsApp: probeer sms of bel"),
    "63013": N_("WhatsApp vindt dat dit bericht tegen zijn regels is"),
    "63015": N_("dit nummer doet niet mee aan de WhatsApp-sandbox"),
    "63016": N_("het venster van 24 uur is dicht: stuur een sjabloon, of gebruik sms"),
    "63024": N_("dit nummer kan geen WhatsApp-bericht krijgen: probeer sms of bel"),
    "63032": N_("WhatsApp bezorgt dit type bericht nu niet aan deze persoon"),
    "63033": N_("deze persoon blokkeerde ons op WhatsApp: probeer een andere weg"),
    "63049": N_("WhatsApp koos om dit nu niet te bezorgen: probeer het niet meteen opnieuw"),
}  # fmt: skip
OPTED_OUT, WINDOW_CLOSED, THROTTLED = {21610}, {63016}, {20429, 14107, 30001, 63017, 63018}
TO_ONE = {14107}  # too many to one number; the others go on
NOBODY_THERE = {21614, 30005, 30006}
MISCONFIGURED = {20003, 20404, 21212, 21606, 21659, 21660, 63007, 63020}


def sid_of(form: Form) -> str:
    """Twilio's id of the message that a request is about. Raises Malformed."""
    sid = form.last("MessageSid") or form.last("SmsSid")
    if not re.fullmatch(r"[A-Z]{2}[0-9a-fA-F]{32}", sid):
        raise Malformed("no MessageSid")
    return sid


def news_of(form: Form, *, message_id: int | None = None) -> list[Delivery]:
    """What a status callback says; nothing about a status that we do not know."""
    known = STATUSES.get(form.last("MessageStatus"))
    if known is None:
        return []
    code = form.last("ErrorCode")
    reason = REASONS.get(code, f"code {code}") if re.fullmatch(r"\d{1,8}", code) else None
    return [Delivery(external_id=sid_of(form), status=known, reason=reason, message_id=message_id)]


def files_of(form: Form) -> tuple[Attached, ...]:
    """The files that came with a message."""
    names = sorted(
        (key for key in form if re.fullmatch(r"MediaUrl\d{1,2}", key)), key=lambda key: int(key[8:])
    )
    return tuple(
        _attached(form.last(name), form, name.replace("Url", "ContentType"))
        for name in names
        if re.fullmatch(r"[\x21-\x7e]{1,2000}", form.last(name))
    )


class TwilioRest:
    """One account at Twilio."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        shared_key: str = "",
        api_base: str = API_BASE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base = (api_base or API_BASE).rstrip("/")
        self._media = f"{self._base}/2010-04-01/Accounts/{account_sid}/Messages/"
        self._basic = "Basic " + b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._validator = RequestValidator(auth_token)
        self._shared = RequestValidator(shared_key) if shared_key else None
        self._http = _Http(httpx.AsyncClient(timeout=TIMEOUT, transport=transport))
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._client.api.base_url = self._base

    def verify(self, webhook: Webhook) -> bool:
        """Did Twilio sign these bytes for this address?"""
        return is_signed(self._validator, webhook, self._shared)

    async def create(self, **fields: str) -> str:
        """Hand over a message; its sid. Raises SendError."""
        try:
            taken = await self._client.messages.create_async(**fields)
        except (TwilioRestException, TwilioServiceException) as error:
            raise _error(error) from None  # its text repeats what Twilio said, and that may name the person
        if not taken.sid:
            raise UnknownOutcome(N_("antwoord zonder sid"))
        return str(taken.sid)

    async def find(
        self, *, to: str, from_: str, body: str, since: float, others: frozenset[str]
    ) -> str | None:
        """The sid of a message that was taken, if Twilio has it; never one of `others`. Raises SendError."""
        earliest = datetime.fromtimestamp(since, UTC) - CLOCK_SKEW
        try:  # no filter by date: what Twilio still holds in its queue was sent at no date yet
            recent: Sequence[Any] = await self._client.messages.list_async(to=to, from_=from_, limit=50)
        except (TwilioException, UnknownOutcome) as error:  # asking again does no harm
            raise Unavailable from error
        for sent in recent:
            if sent.body == body and sent.sid and sent.sid not in others and sent.date_created >= earliest:
                return str(sent.sid)
        return None

    def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        """A file of a message of this account. Twilio sends on to a store, which gets no credentials."""

        def trusted(there: httpx.URL) -> bool:
            return self._is_own(there) or on_host(there, *MEDIA_HOSTS)

        def headers(there: httpx.URL) -> Mapping[str, str]:
            return {"authorization": self._basic} if self._is_own(there) else {}

        return download(self._http.client, ref, limit, trusted=trusted, headers=headers)

    async def close(self) -> None:
        await self._http.client.aclose()

    def _is_own(self, there: httpx.URL) -> bool:
        return same_origin(there, self._base) and str(there).startswith(self._media)


def _attached(url: str, form: Form, name: str) -> Attached:
    known = media_type({name: form.last(name)}, name)
    sort = (known or "").partition("/")[0]
    return Attached(
        ref=url, kind=sort if sort in ("image", "audio", "video") else "document", media_type=known
    )


def _error(error: TwilioRestException | TwilioServiceException) -> SendError:
    code, status = error.code or 0, error.status
    if code in OPTED_OUT:
        return OptedOut()
    if code in WINDOW_CLOSED:
        return WindowClosed(REASONS[str(code)])
    if status == 429 or code in THROTTLED:
        return Throttled(retry_after=5.0, one_address=code in TO_ONE)
    if status >= 500:
        return UnknownOutcome(f"Twilio {status}")
    if status < 400 or status in (401, 403) or code in MISCONFIGURED:  # a redirect: not Twilio's address
        return Misconfigured(f"Twilio {code or status}")
    return Rejected(REASONS.get(str(code), f"Twilio {code or status}"), one_address=code in NOBODY_THERE)


class _Http(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """Twilio's SDK over httpx, which tells apart "never handed over" and "perhaps handed over"."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        super().__init__(logger=logging.getLogger("twilio.http_client"), is_async=True)
        self.client = client

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        try:
            reply = await self.client.request(
                method, uri, params=params, data=data, headers=headers, auth=auth, follow_redirects=False
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable from error
        except httpx.HTTPError as error:
            raise UnknownOutcome from error
        if reply.status_code == 429:  # here, because the SDK's errors have no headers
            raise Throttled(retry_after=seconds(reply.headers.get("retry-after", "")))
        if reply.is_success and not _is_object(reply):
            raise UnknownOutcome(N_("het antwoord is niet van Twilio"))
        return Response(reply.status_code, reply.text, dict(reply.headers))


def _is_object(reply: httpx.Response) -> bool:
    try:
        return isinstance(reply.json(), dict)
    except ValueError:
        return False
