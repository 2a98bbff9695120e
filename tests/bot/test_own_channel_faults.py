"""An integrator's channel when answers get lost: nothing is lost, nothing is shown twice."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from bot.hub import Hub, open_hub
from bot.settings import Settings
from channels.base import Attached, Delivery, Inbound
from channels.http import Http
from data.tables import Address, Attachment, Message, Status
from tests import files
from tests.stubs.kiosk import Kiosk, running


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    with running() as side:
        yield side


@pytest.fixture
async def kiosk_hub(seeded_url: str, tmp_path: Path, kiosk: Kiosk) -> AsyncIterator[Hub]:
    channel = Http(
        name="kiosk",
        secret="a-secret-of-sixteen",
        url=f"http://127.0.0.1:{kiosk.port}/messages",
        internal=True,
    )
    settings = Settings(database_url=seeded_url, var_dir=tmp_path)
    async with open_hub(settings, channels={"kiosk": channel}) as hub:
        yield hub


async def hears(hub: Hub, path: str, **more: object) -> int:
    values = {"external_id": uuid4().hex, "path": path, "text": "dag"} | more
    (accepted,) = await hub.inbox.accept("kiosk", "kiosk", [Inbound(**values)])  # type: ignore[arg-type]
    await hub.worker.run_until_idle()
    return accepted.message_id


async def time_passes(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE job SET run_at = now(), lease_until = NULL WHERE state = 'ready' AND kind IN ('send', 'fetch')"
            )
        )


async def answer_to(hub: Hub, message_id: int) -> Message:
    async with hub.database.transaction() as session:
        return (await session.scalars(select(Message).where(Message.answers_id == message_id))).one()


def shown(kiosk: Kiosk) -> list[str]:
    """What a kiosk shows that does as docs/own-channel.md says: each id once."""
    seen: dict[str, str] = {}
    for headers, body in kiosk.heard:
        seen.setdefault(headers["idempotency-key"], json.loads(body)["text"])
    return list(seen.values())


@pytest.mark.parametrize(
    "lost", [(0, b"", {}), (200, b"<html>a portal</html>", {}), (503, b"", {"Retry-After": "1"})]
)
async def test_an_answer_that_got_lost_is_sent_again_under_the_same_id(
    kiosk_hub: Hub, kiosk: Kiosk, lost: tuple[int, bytes, dict[str, str]]
) -> None:
    kiosk.script.append(lost)
    message_id = await hears(kiosk_hub, uuid4().hex)
    assert (await answer_to(kiosk_hub, message_id)).status != Status.SENT
    await time_passes(kiosk_hub)
    await kiosk_hub.worker.run_until_idle()
    answer = await answer_to(kiosk_hub, message_id)
    assert (answer.status, answer.external_id) == (Status.SENT, f"leerlijn-{answer.id}")
    assert len(kiosk.heard) == 2
    assert len(shown(kiosk)) == 1
    news = Delivery(external_id=f"leerlijn-{answer.id}", status=Status.READ)
    await kiosk_hub.inbox.accept("kiosk", "kiosk", [news])
    assert (await answer_to(kiosk_hub, message_id)).status == Status.READ


async def test_who_blocked_the_kiosk_is_known(kiosk_hub: Hub, kiosk: Kiosk) -> None:
    path = uuid4().hex
    kiosk.script.append((422, b'{"error": "blocked"}', {}))
    message_id = await hears(kiosk_hub, path)
    assert (await answer_to(kiosk_hub, message_id)).status == Status.FAILED
    async with kiosk_hub.database.transaction() as session:
        address = await session.scalar(select(Address).where(Address.path == path))
        assert address is not None
        assert address.blocked_at is not None


async def test_a_file_comes_from_the_kiosk_and_a_slow_one_holds_up_no_answer(
    kiosk_hub: Hub, kiosk: Kiosk
) -> None:
    url = f"http://127.0.0.1:{kiosk.port}/f.jpg"
    began = time.monotonic()
    message_id = await hears(kiosk_hub, uuid4().hex, media=(Attached(ref=url, kind="image"),), text="")
    assert (await answer_to(kiosk_hub, message_id)).status == Status.SENT
    assert kiosk.asked == []
    assert time.monotonic() - began < 30
    kiosk.script.append((503, b"", {}))
    await kiosk_hub.fetcher.run_until_idle()
    await time_passes(kiosk_hub)
    kiosk.script.append((200, files.picture(), {}))
    await kiosk_hub.fetcher.run_until_idle()
    async with kiosk_hub.database.transaction() as session:
        kept = (await session.scalars(select(Attachment).where(Attachment.message_id == message_id))).one()
        assert (kept.state, kept.media_type) == ("kept", "image/jpeg")
    assert kiosk_hub.media.path(kept) is not None
