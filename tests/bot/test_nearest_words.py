"""What a client reads of the nearest counters: how far, why, and what happens when the router is silent."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from bot.flows.conversation import how_far, label
from bot.hub import Hub, make_router
from bot.replies import LANGUAGES, replies
from bot.settings import RouterSettings, Settings
from channels.base import Inbound
from channels.segments import cost
from data.tables import Counter, Message
from dispatch.counters import CounterOffer, Why
from dispatch.travel import Router
from tests.dispatch.world import NOW, World
from tests.stubs.router import RouterStub


class Everywhere(dict[Any, int | None]):
    """So long to each place."""

    def get(self, key: Any, default: Any = None) -> int | None:
        return 42


@pytest.fixture
def stub() -> Iterator[RouterStub]:
    stub = RouterStub()
    stub.start()
    stub.takes = Everywhere()
    yield stub
    stub.close()


async def ask(hub: Hub, channel: str, text: str, path: str = "") -> Message:
    path = path or f"+3247{uuid4().int % 10_000_000:07d}"
    (accepted,) = await hub.inbox.accept(
        channel, channel, [Inbound(external_id=uuid4().hex, path=path, text=text)]
    )
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        said = await session.scalars(
            select(Message).where(Message.answers_id == accepted.message_id).order_by(Message.id.desc())
        )
        return said.first()  # type: ignore[return-value]


async def offer(world: World, reasons: tuple[Why, ...], minutes: int | None = None) -> CounterOffer:
    counter = await world.counter("bib Aalst")
    await world.sitting(counter, await world.counsellor())
    (slot, *_) = await world.slots(start=NOW)
    return CounterOffer(slot=slot, distance_km=2.4, reasons=reasons, travel_minutes=minutes)


@pytest.fixture
async def world(database: Any) -> World:
    world = World(database)
    await world.region()
    return world


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_reason_has_words(world: World, language: str) -> None:
    say = replies(language)
    told = (Why.NEAREST, Why.AREA, Why.SOONEST, Why.LANGUAGE, Why.WHEELCHAIR)
    words = label(say, await offer(world, told))
    assert "2 km" in words
    for name in ("nearest", "area", "soonest", "language", "wheelchair"):
        assert say(f"why_{name}") in words
    assert "(" not in label(say, await offer(world, (Why.NEARBY,)))


async def test_where_characters_cost_only_what_is_not_seen_already(world: World) -> None:
    found = await offer(world, (Why.NEAREST, Why.SOONEST, Why.LANGUAGE), 42)
    assert (
        label(replies("nl"), found, short=True)
        == "bib Aalst, 42 min. bus/trein, di 24/11 09:00 (in jouw taal)"
    )
    assert label(replies("nl"), found) == (
        "bib Aalst, 42 min. met bus of trein, di 24/11 09:00 (dichtst bij, eerst vrij, in jouw taal)"
    )


async def test_what_the_kilometres_are(world: World) -> None:
    say = replies("nl")
    far, timed = await offer(world, (Why.NEARBY,)), await offer(world, (Why.NEARBY,), 12)
    assert how_far(say, [far], asked=False) == "Afstand in vogelvlucht."
    assert how_far(say, [far, timed], asked=True) == "Afstand in vogelvlucht.", (
        "of the one without a way there"
    )
    assert "reistijd" in how_far(say, [far], asked=True)
    assert how_far(say, [timed], asked=True) == how_far(say, [], asked=True) == ""


async def test_without_a_router_it_is_a_straight_line_and_fits_two_sms(hub: Hub, number: str) -> None:
    await ask(hub, "sms", "dag", number)
    said = (await ask(hub, "sms", "ik wil graag een gesprek in Aalst", number)).text
    assert "Afstand in vogelvlucht." in said
    assert "min." not in said
    assert cost(said).parts <= 2, said


async def test_with_a_router_the_minutes(hub: Hub, stub: RouterStub, monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router(stub.url, kind="motis", timeout=1.0)
    monkeypatch.setattr(hub.turns, "_router", router)
    said = await ask(hub, "web", "ik wil graag een gesprek in Aalst")
    read = "\n".join([said.text, *(choice["label"] for choice in said.choices)])
    assert "42 min. met bus of trein" in read
    assert "dichtst bij" in read
    assert "vogelvlucht" not in read
    stub.says = (500, b"")
    said = await ask(hub, "web", "ik wil graag een gesprek in Brugge")
    assert "De reistijd weet ik nu niet." in said.text
    assert "km" in said.choices[0]["label"]
    await router.close()


async def test_a_router_by_setting() -> None:
    assert make_router(Settings()) is None
    router = make_router(Settings(router=RouterSettings(url="http://127.0.0.1:9/", kind="motis")))
    assert router is not None
    await router.close()
    with pytest.raises(ValueError, match="kind"):
        RouterSettings(url="http://127.0.0.1:9", kind="google")


async def test_who_lives_in_the_area_of_a_counter_reads_why(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        far = await session.scalar(select(Counter.id).where(Counter.municipality == "Gent").limit(1))
        await session.execute(update(Counter).where(Counter.id == far).values(postcodes=["9404"]))
    try:
        said = await ask(hub, "sms", "ik wil graag een gesprek in 9404")
        first = next(line for line in said.text.splitlines() if line.startswith("1)"))
        assert "(voor jouw gemeente)" in first
        other = await ask(hub, "sms", "ik wil graag een gesprek in 9400")
        assert "voor jouw gemeente" not in other.text
    finally:
        async with hub.database.transaction() as session:
            await session.execute(update(Counter).where(Counter.id == far).values(postcodes=[]))
