"""Alerts: a crisis, or a channel that is not well. The address of `alert_url` hears what to open, and nothing about anybody.

The alert is a job of the same transaction as the turn, so a conversation is never urgent without one.
"""

import asyncio
import logging
from datetime import datetime

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Conversation

log = logging.getLogger(__name__)
ALERT = "alert"
TIMEOUT = 10.0  # seconds for the whole request
FIRST_WAIT = 10.0  # seconds; doubles, so that whoever listens there may be away for two minutes


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


class Alerts:
    """The handler of alert jobs. Without a `url` there is nobody to tell but the console, which knows already."""

    def __init__(self, database: Database, *, url: str, public_url: str) -> None:
        self._database = database
        self._url = url
        self._public_url = public_url

    async def handle(self, job: LeasedJob) -> None:
        """POST the alert; what nobody took is tried again with growing waits, and is dead after the last."""
        try:
            if self._url:
                await self._post(job)
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

    async def _post(self, job: LeasedJob) -> None:
        told = {"kind": "crisis", **job.payload}
        path = told.pop("path", None) or f"/console/gesprek/{job.payload['conversation_id']}"
        told["url"] = f"{self._public_url}{path}"
        try:
            async with asyncio.timeout(TIMEOUT), httpx.AsyncClient(timeout=TIMEOUT) as client:
                answer = await client.post(self._url, json=told)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise NotHeard(f"the alert address did not answer ({type(error).__name__})") from None
        if not answer.is_success:
            raise NotHeard(f"the alert address answered {answer.status_code}")
