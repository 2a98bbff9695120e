"""The alert of a crisis: it tells whoever is on duty which conversation to open, and nothing about the person.

On duty is an address of the house (`alert_url`) and the phones that get an SMS (`alert_phones`), at any hour. The
alert is a job of the same transaction as the turn, so a conversation is never urgent without one; each phone is a
job of its own, so that one that fails does not make another ring twice. `rehearse` walks the same way.
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Channel, Outgoing, SendError, UnknownOutcome
from data import events, queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Conversation

log = logging.getLogger(__name__)
ALERT = "alert"
TIMEOUT = 10.0  # seconds for the whole request
REHEARSED = "alert.rehearsed"
FIRST_WAIT = 10.0  # seconds; doubles, so that whoever listens there may be away for two minutes


SMS = "Leerlijn: iemand is in nood. Open het gesprek nu: {url}"
SMS_REHEARSAL = "Leerlijn: dit is een oefening van het noodalarm. Je hoeft niets te doen. {url}"


class NotHeard(RuntimeError):
    """Nobody took the alert. The text names no address: that may hold a key."""


async def put_alert(
    session: AsyncSession, conversation: Conversation, *, message_id: int, now: datetime
) -> None:
    """Ask for an alert in the running transaction; one for a message, however often its turn runs."""
    await queue.enqueue(
        session,
        ALERT,
        key=f"alert:{conversation.id}",
        payload={
            "conversation_id": conversation.id,
            "region": conversation.region_id,
            "at": now.isoformat(timespec="seconds"),
        },
        dedupe=f"alert:{message_id}",
    )


async def put_warning(session: AsyncSession, what: str, channel: str) -> None:
    """Tell whoever looks after the machine that a channel rests or is silent; the page of channels says more."""
    await queue.enqueue(
        session,
        ALERT,
        key=f"alert:{channel}",
        payload={"kind": what, "channel": channel, "path": "/console/kanalen"},
        lane=queue.Lane.FOLLOW_UP,
    )


async def put_duty(
    session: AsyncSession, conversation: Conversation, *, staff_id: int, now: datetime
) -> None:
    """A promise is about to break and nobody is there: tell the address of the house who has the duty."""
    await queue.enqueue(
        session,
        ALERT,
        key=f"alert:{conversation.id}",
        payload={
            "kind": "promise_due",
            "conversation_id": conversation.id,
            "region": conversation.region_id,
            "duty_staff_id": staff_id,
            "at": now.isoformat(timespec="seconds"),
            "path": f"/console/gesprek/{conversation.id}",
        },
        lane=queue.Lane.FOLLOW_UP,
    )


class Alerts:
    """The handler of alert jobs. Without a `url` and phones there is only the console, which knows already."""

    def __init__(
        self,
        database: Database,
        *,
        url: str,
        public_url: str,
        phones: Sequence[str] = (),
        sms: Channel | None = None,
    ) -> None:
        self._database = database
        self._url = url
        self._phones = tuple(phones)
        self._sms = sms
        self._public_url = public_url

    async def handle(self, job: LeasedJob) -> None:
        """Tell; what nobody took is tried again with growing waits, and is dead after the last."""
        try:
            if (phone := job.payload.get("phone")) is not None:
                await self._ring(phone, SMS.format(url=self._page(job)), message_id=job.id)
            else:
                if "path" not in job.payload:  # a channel that is not well wakes nobody at night
                    await self._fan_out(job)
                if self._url:
                    await self._post({"kind": "crisis", **job.payload, "url": self._page(job)})
        except NotHeard as error:
            if job.attempts >= queue.MAX_ATTEMPTS:
                raise
            log.warning("alert %s: %s; trying again", job.id, error)
            async with self._database.transaction() as session:
                wait = queue.backoff(job.attempts, base=FIRST_WAIT)
                await queue.retry(session, job, delay=wait, error=str(error))
            return
        async with self._database.transaction() as session:
            await queue.complete(session, job)

    async def rehearse(self) -> dict[str, str]:
        """Walk the whole way without a crisis: per way "ok" or what went wrong, in English; kept as an event."""
        ways: dict[str, str] = {}
        console = f"{self._public_url}/console"
        if self._url:
            ways["address"] = await _outcome(self._post({"kind": "rehearsal", "url": console}))
        for number, phone in enumerate(self._phones, 1):
            words = SMS_REHEARSAL.format(url=console)
            ways[f"phone {number}"] = await _outcome(self._ring(phone, words, message_id=0))
        async with self._database.transaction() as session:
            heard = sum(outcome == "ok" for outcome in ways.values())
            await events.record(session, REHEARSED, data={"ways": len(ways), "heard": heard})
        return ways

    async def _fan_out(self, job: LeasedJob) -> None:
        """One job a phone, made once however often this one runs."""
        async with self._database.transaction() as session:
            for number, phone in enumerate(self._phones):
                key = f"{job.id}:{number}"
                await queue.enqueue(
                    session,
                    ALERT,
                    key=f"alert:{key}",
                    payload=job.payload | {"phone": phone},
                    dedupe=f"alert:{key}",
                )

    def _page(self, job: LeasedJob) -> str:
        path = job.payload.get("path") or f"/console/gesprek/{job.payload['conversation_id']}"
        return f"{self._public_url}{path}"

    async def _ring(self, phone: str, words: str, *, message_id: int) -> None:
        if self._sms is None:
            raise NotHeard("there are phones to alert, but the SMS channel is off")
        try:
            await self._sms.send(Outgoing(message_id=message_id, path=phone, text=words, language="nl"))
        except UnknownOutcome:  # better rung twice than never: here a doubled message does no harm
            raise NotHeard("the SMS may not have arrived") from None
        except SendError as error:
            raise NotHeard(f"the SMS was not taken ({type(error).__name__})") from None

    async def _post(self, told: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(TIMEOUT), httpx.AsyncClient(timeout=TIMEOUT) as client:
                answer = await client.post(self._url, json=told)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise NotHeard(f"the alert address did not answer ({type(error).__name__})") from None
        if not answer.is_success:
            raise NotHeard(f"the alert address answered {answer.status_code}")


async def _outcome(telling: Awaitable[None]) -> str:
    try:
        await telling
    except NotHeard as error:
        return str(error)
    return "ok"
