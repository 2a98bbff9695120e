"""The demo's drawn phone: both ends of SMS without an account, over real HTTP.

It stands in for Twilio. Our SMS channel POSTs to /demo-phone/twilio with Twilio's own SDK; what somebody types on
/demo-phone is POSTed to /webhooks/sms, signed as Twilio signs; and so is the news that a message was delivered.
Threads are in memory only, and few. `python -m bot demo` has it when no account is set; `serve` never has it.
"""

import asyncio
import re
import secrets
from base64 import b64encode
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import SecretStr
from starlette.background import BackgroundTask

from bot.pages.render import render
from bot.settings import Settings, SmsSettings
from channels.segments import BODY_LIMIT, cost
from channels.twilio_form import sign

LEERWINKEL = "+3280000000"
NUMBERS, MESSAGES = 50, 100  # how many threads are kept, and how long; the oldest go first
TIMEOUT = 10.0  # seconds
DELIVERY = 0.3  # seconds until a message is sent, and again until it is delivered
KEEP_NUMBER = 30 * 24 * 3600  # seconds that a browser keeps its phone
COOKIE = "demo_phone"
API = "/demo-phone/twilio"
MESSAGES_PATH = "/2010-04-01/Accounts/{account}/Messages.json"
REFUSED = "Dit bericht is niet aangekomen. Stuur het opnieuw."


@dataclass(frozen=True, kw_only=True)
class Sms:
    """One message on the phone; `mine` is typed there, the others came from the leerwinkel."""

    sid: str
    mine: bool
    text: str
    at: datetime
    failed: str = ""

    @property
    def parts(self) -> int:
        """How many SMS it takes."""
        return cost(self.text).parts


class DemoPhone:
    """Every phone of the demo, and the provider between them and us. `sms` is how our channel reaches it."""

    def __init__(self, settings: Settings) -> None:
        self._public = settings.public_url
        self._here = _here(settings)
        self._account = "AC" + secrets.token_hex(16)
        self._token = secrets.token_urlsafe(32)
        self._threads: OrderedDict[str, deque[Sms]] = OrderedDict()

    @property
    def sms(self) -> SmsSettings:
        """The settings of the SMS channel that talks to this phone."""
        token = SecretStr(self._token)
        return SmsSettings(
            account_sid=self._account, auth_token=token, number=LEERWINKEL, api_base=self._here + API
        )

    def router(self) -> APIRouter:
        """The page, and the part of Twilio's API that our channel uses."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/demo-phone", self._show, methods=["GET"])
        routes.add_api_route("/demo-phone", self._type, methods=["POST"])
        routes.add_api_route(API + MESSAGES_PATH, self._take, methods=["POST"])
        routes.add_api_route(API + MESSAGES_PATH, self._list, methods=["GET"])
        return routes

    def thread(self, number: str) -> Sequence[Sms]:
        """What is on the phone with this number, the oldest first."""
        return tuple(self._threads.get(number, ()))

    def keep(self, number: str, sms: Sms) -> None:
        """Put a message on a phone."""
        self._threads.setdefault(number, deque(maxlen=MESSAGES)).append(sms)
        self._threads.move_to_end(number)
        if len(self._threads) > NUMBERS:
            self._threads.popitem(last=False)

    # The page

    async def _show(self, request: Request, number: str = "") -> Response:
        """The phone with a number: the one asked for, else the one this browser had, else a new one."""
        mine = phone_number(number) or phone_number(request.cookies.get(COOKIE, "")) or _new_number()
        page = render(
            request, "demo-phone.html", language="nl", private=True, number=mine, thread=self.thread(mine),
            others=[other for other in reversed(self._threads) if other != mine], leerwinkel=LEERWINKEL,
            unknown=number if number and not phone_number(number) else "", longest=BODY_LIMIT,
        )  # fmt: skip
        page.set_cookie(COOKIE, mine, max_age=KEEP_NUMBER, path="/demo-phone", httponly=True, samesite="lax")
        return page

    async def _type(self, number: Annotated[str, Form()], text: Annotated[str, Form()] = "") -> Response:
        """Somebody sends an SMS from the phone."""
        mine = phone_number(number)
        text = text.strip()[:BODY_LIMIT]
        if mine and text:
            await self._send(mine, text)
        query = str(httpx.QueryParams(number=mine or number))
        return RedirectResponse(f"/demo-phone?{query}", status_code=303)

    async def _send(self, number: str, text: str) -> None:
        sid, at = "SM" + secrets.token_hex(16), datetime.now(UTC)
        form = {
            "MessageSid": sid, "SmsSid": sid, "AccountSid": self._account, "From": number, "To": LEERWINKEL,
            "Body": text, "NumMedia": "0", "NumSegments": str(cost(text).parts), "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }  # fmt: skip
        arrived = await self._call(f"{self._public}/webhooks/sms", form)
        self.keep(number, Sms(sid=sid, mine=True, text=text, at=at, failed="" if arrived else REFUSED))

    # Twilio's side

    async def _take(self, request: Request, account: str) -> Response:
        """Our channel sends a message: it is on the phone at once, and the news of that follows."""
        if not self._is_ours(request, account):
            return _refusal(401, 20003, "Authenticate")
        form = {name: str(value) for name, value in (await request.form()).items()}
        number = phone_number(form.get("To", ""))
        if number is None:
            return _refusal(400, 21211, "Invalid 'To' Phone Number")
        sms = Sms(
            sid="SM" + secrets.token_hex(16), mine=False, text=form.get("Body", ""), at=datetime.now(UTC)
        )
        self.keep(number, sms)
        tell = BackgroundTask(self._report, sms, number, form.get("StatusCallback", ""))
        return JSONResponse(self._resource(sms, number), 201, background=tell)

    async def _list(self, request: Request, account: str) -> Response:
        """Our channel asks what it sent to a number, the newest first."""
        if not self._is_ours(request, account):
            return _refusal(401, 20003, "Authenticate")
        number = phone_number(request.query_params.get("To", "")) or ""
        theirs = [self._resource(sms, number) for sms in reversed(self.thread(number)) if not sms.mine]
        return JSONResponse({"messages": theirs, "page": 0, "page_size": MESSAGES, "next_page_uri": None})

    async def _report(self, sms: Sms, number: str, callback: str) -> None:
        if not callback.startswith(f"{self._public}/"):
            return
        for status in ("sent", "delivered"):
            await asyncio.sleep(DELIVERY)
            form = {
                "MessageSid": sms.sid, "SmsSid": sms.sid, "AccountSid": self._account, "From": LEERWINKEL,
                "To": number, "MessageStatus": status, "SmsStatus": status, "ApiVersion": "2010-04-01",
            }  # fmt: skip
            await self._call(callback, form)

    async def _call(self, url: str, form: Mapping[str, str]) -> bool:
        """POST a form as Twilio does, signed for our public address; True when it was taken."""
        headers = {"X-Twilio-Signature": sign(url, form, self._token)}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT) as client:
                answer = await client.post(
                    self._here + url.removeprefix(self._public), data=form, headers=headers
                )
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _is_ours(self, request: Request, account: str) -> bool:
        given = request.headers.get("authorization", "")
        wanted = "Basic " + b64encode(f"{self._account}:{self._token}".encode()).decode()
        return account == self._account and secrets.compare_digest(given.encode(), wanted.encode())

    def _resource(self, sms: Sms, number: str) -> dict[str, Any]:
        """A message in the words of Twilio's Messages resource, as far as its SDK reads them."""
        made = format_datetime(sms.at)
        return {
            "sid": sms.sid, "account_sid": self._account, "api_version": "2010-04-01", "body": sms.text,
            "from": LEERWINKEL, "to": number, "status": "queued", "direction": "outbound-api",
            "date_created": made, "date_updated": made, "date_sent": None, "error_code": None,
            "error_message": None, "num_segments": str(sms.parts), "num_media": "0",
        }  # fmt: skip


def phone_number(typed: str) -> str | None:
    """A number as it is typed, in E.164 ("0470 12 34 56" is "+32470123456"); None when it is none."""
    digits = re.sub(r"[\s./()-]", "", typed)
    if re.fullmatch(r"0[1-9][0-9]{7,8}", digits):
        digits = "+32" + digits[1:]
    elif digits.startswith("00"):
        digits = "+" + digits[2:]
    return digits if re.fullmatch(r"\+[1-9][0-9]{7,14}", digits) else None


def _new_number() -> str:
    return f"+32470{secrets.randbelow(10**6):06d}"


def _here(settings: Settings) -> str:
    """Our own address on this machine, whatever the public one is."""
    host = settings.host
    try:
        if ip_address(host).is_unspecified:
            host = "127.0.0.1" if ip_address(host).version == 4 else "::1"
    except ValueError:
        pass  # a name
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _refusal(status: int, code: int, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "more_info": "", "status": status}, status)
