"""SMS through Twilio: signed webhooks in, the REST API out.

Webhook security: https://www.twilio.com/docs/usage/webhooks/webhooks-security
Messages resource: https://www.twilio.com/docs/messaging/api/message-resource
Errors: https://www.twilio.com/docs/api/errors
"""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.base import (
    Attached,
    Delivery,
    Inbound,
    Item,
    Malformed,
    Misconfigured,
    OptedOut,
    Outgoing,
    Rejected,
    SendError,
    Sent,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Webhook,
    WindowClosed,
)
from channels.segments import BODY_LIMIT, cost, split, to_gsm7
from data.tables import Status

FIELDS_LIMIT = 200
CLOCK_SKEW = timedelta(minutes=1)  # between our database and Twilio
LONGEST_WAIT = 3600.0  # seconds; whatever Twilio asks for
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'

STATUSES = {
    "accepted": Status.QUEUED, "scheduled": Status.QUEUED, "queued": Status.QUEUED, "sending": Status.SENDING,
    "sent": Status.SENT, "delivered": Status.DELIVERED, "read": Status.READ,
    "undelivered": Status.FAILED, "failed": Status.FAILED, "canceled": Status.FAILED,
}  # fmt: skip
REASONS = {  # https://www.twilio.com/docs/api/errors: what staff read, and can do
    "30003": "toestel niet bereikbaar", "30005": "nummer bestaat niet", "30006": "vaste lijn of onbereikbaar",
    "30007": "tegengehouden door de operator", "30008": "onbekende fout bij de operator",
    "21610": "deze persoon stuurde STOP", "21614": "dit nummer kan geen sms krijgen",
}  # fmt: skip
OPTED_OUT, WINDOW_CLOSED, THROTTLED = {21610}, {63016}, {20429, 14107, 30001, 63017, 63018}
TO_ONE = {14107}  # too many to one number; the others go on
NOBODY_THERE = {21614, 30005, 30006}
MISCONFIGURED = {20003, 20404, 21212, 21606, 21659, 21660}


class Sms:
    """The SMS channel; `scheme` and `prefix` make the same class serve WhatsApp through Twilio."""

    name: ClassVar[str] = "sms"
    scheme: ClassVar[str] = "sms"

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        number: str,
        public_url: str,
        api_base: str = "https://api.twilio.com",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._number = number
        self._callback = f"{public_url}/webhooks/{self.name}/status"
        self._validator = RequestValidator(auth_token)
        self._http = _Http(httpx.AsyncClient(timeout=TIMEOUT, transport=transport))
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._client.api.base_url = api_base.rstrip("/")

    def verify(self, webhook: Webhook) -> bool:
        signature = webhook.headers.get("x-twilio-signature", "")
        try:
            return bool(signature) and self._validator.validate(webhook.url, _form(webhook), signature)
        except (ValueError, TypeError, UnicodeError):
            return False

    def parse(self, webhook: Webhook) -> list[Item]:
        form = _form(webhook)
        sid = form.last("MessageSid") or form.last("SmsSid")
        if not re.fullmatch(r"[A-Z]{2}[0-9a-fA-F]{32}", sid):
            raise Malformed("no MessageSid")
        if status := form.last("MessageStatus"):
            known = STATUSES.get(status)
            if known is None:
                return []
            code = form.last("ErrorCode")
            reason = REASONS.get(code, f"code {code}") if code else None
            return [Delivery(external_id=sid, status=known, reason=reason)]
        if "From" not in form:
            raise Malformed("no From")
        if not re.fullmatch(r"\+?[0-9A-Za-z ]{2,20}", form.last("From")):
            return []
        urls = [key for key in sorted(form) if re.fullmatch(r"MediaUrl\d{1,2}", key)]
        media = tuple(
            Attached(ref=form.last(key), media_type=form.last(key.replace("Url", "ContentType")) or None)
            for key in urls
        )
        return [Inbound(external_id=sid, path=form.last("From"), text=form.last("Body"), media=media)]

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/xml", EMPTY_TWIML

    async def send(self, message: Outgoing) -> Sent:
        text = render(message)
        try:
            taken = await self._client.messages.create_async(
                to=message.path, from_=self._number, body=text, status_callback=self._callback
            )
        except (TwilioRestException, TwilioServiceException) as error:
            raise _error(error) from None  # its text repeats what Twilio said, and that may name the person
        if not taken.sid:
            raise UnknownOutcome("antwoord zonder sid")
        return Sent(external_id=taken.sid, parts=cost(text).parts)

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        since = datetime.fromtimestamp(sent_after, UTC) - CLOCK_SKEW
        text = render(message)
        try:  # no filter by date: what Twilio still holds in its queue was sent at no date yet
            recent = await self._client.messages.list_async(to=message.path, from_=self._number, limit=50)
        except (TwilioException, UnknownOutcome) as error:  # asking again does no harm
            raise Unavailable from error
        for sent in recent:
            if (
                sent.body == text
                and sent.sid
                and sent.sid not in message.others
                and sent.date_created >= since
            ):
                return Sent(external_id=sent.sid, parts=cost(text).parts)
        return None

    async def close(self) -> None:
        await self._http.client.aclose()


def sign(url: str, form: Mapping[str, str], token: str) -> str:
    """The `X-Twilio-Signature` of a form POSTed to `url`, for whoever plays Twilio."""
    return str(RequestValidator(token).compute_signature(url, form))


def render(message: Outgoing) -> str:
    """The text as it leaves: plain GSM-7 where the language allows, within Twilio's limit."""
    return split(to_gsm7(message.text), BODY_LIMIT)[0]


class _Form(dict[str, list[str]]):
    """Names and all their values: a repeated name is signed with each of its values."""

    def getlist(self, name: str) -> list[str]:
        """What Twilio's validator calls."""
        return self[name]

    def last(self, name: str) -> str:
        return self[name][-1] if name in self else ""


def _form(webhook: Webhook) -> _Form:
    form = _Form()
    try:
        for name, value in parse_qsl(
            webhook.body.decode(), keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="surrogatepass"
        ):
            form.setdefault(name, []).append(value)
    except ValueError as error:
        raise Malformed("no form") from error
    return form


def _error(error: TwilioRestException | TwilioServiceException) -> SendError:
    code, status = error.code or 0, error.status
    if code in OPTED_OUT:
        return OptedOut()
    if code in WINDOW_CLOSED:
        return WindowClosed()
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
            raise Throttled(retry_after=_seconds(reply.headers.get("retry-after", "")))
        if reply.is_success and not _is_object(reply):
            raise UnknownOutcome("het antwoord is niet van Twilio")
        return Response(reply.status_code, reply.text, dict(reply.headers))


def _is_object(reply: httpx.Response) -> bool:
    try:
        return isinstance(reply.json(), dict)
    except ValueError:
        return False


def _seconds(retry_after: str) -> float:
    """Seconds to wait by a Retry-After header, which is a number or a date; 5 without one."""
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            wait = 5.0
    return min(max(wait, 1.0), LONGEST_WAIT) if wait == wait else 5.0
