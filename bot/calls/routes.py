"""Where Twilio asks what to do next in a call: check the signature on the raw bytes, then one step."""

import logging
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.calls.steps import Calls
from bot.replies import BRUSSELS
from bot.settings import Settings
from bot.webhooks import taken
from channels.base import Malformed
from channels.inbox import Inbox
from channels.voice import Voice
from channels.voice.call import Step, read
from data.db import Database

log = logging.getLogger(__name__)
UNSTORED = (DBAPIError, PoolTimeout, OSError)


class Parts(Protocol):
    """What a call needs of the hub."""

    @property
    def database(self) -> Database: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def settings(self) -> Settings: ...


def router(hub: Parts, voice: Voice, *, sms_on: bool) -> APIRouter:
    """`POST /webhooks/voice` and the steps below it."""
    settings = hub.settings
    calls = Calls(
        hub.database, hub.inbox, voice, public_url=settings.public_url, sms_on=sms_on,
        connect=settings.voice.connect, region_id=settings.voice.region or None,
        clock=lambda: datetime.now(BRUSSELS),
    )  # fmt: skip
    routes = APIRouter(prefix="/webhooks", include_in_schema=False)

    async def step(request: Request) -> Response:
        webhook = await taken(request, settings.public_url)
        if not voice.verify(webhook):
            log.warning("voice: a request without a valid signature was refused")
            return Response("signature", status_code=403, media_type="text/plain")
        try:
            call, items = read(webhook), voice.parse(webhook)
        except Malformed as error:
            log.warning("voice: a signed request was malformed: %s", error)
            return Response("malformed", status_code=400, media_type="text/plain")
        try:
            script = await calls.take(call, items)
        except UNSTORED as error:
            log.error("voice: a step of a call could not be stored (%s)", type(error).__name__)
            if call.step is Step.STATUS:  # nobody is listening; Twilio may come again
                return Response("later", status_code=503, media_type="text/plain")
            script = calls.failed(call)
        except Exception:  # whatever it is, a caller hears a sentence and not a machine's error
            log.exception("voice: step %s of a call failed", call.step)
            script = calls.failed(call)
        return Response(script.to_xml(), media_type="text/xml")

    for name in Step:
        path = "/voice" if name is Step.START else f"/voice/{name}"
        routes.add_api_route(path, step, methods=["POST"])
    return routes
