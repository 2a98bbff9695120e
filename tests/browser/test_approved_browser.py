"""An approved text in a browser: a coordinator notes that it is approved, a counsellor chooses, reads and sends it.

WhatsApp is on here, so the demo is one of its own, with Meta played at the wire.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import func, select, update

from data import embedded
from data.db import Database
from data.tables import Address, AddressLink, Person, Trajectory
from scripts.demo_server import DemoServer, running_demo
from tests.stubs import meta
from tests.stubs.meta import MetaStub

ON = {
    "PHONE_NUMBER_ID": meta.NUMBER_ID, "ACCESS_TOKEN": meta.TOKEN, "APP_SECRET": meta.APP_SECRET,
    "VERIFY_TOKEN": meta.VERIFY_TOKEN,
}  # fmt: skip
NEWS = "leerlijn_nieuws"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A demo with WhatsApp, what "Meta" took, and a client who reads Arabic and wrote there long ago."""

    server: DemoServer
    graph: MetaStub
    client: str
    phone: str

    def news(self) -> list[str]:
        """The templates that were sent to them; the demo writes to others by itself."""
        return [text for text in self.graph.texts(self.phone.removeprefix("+")) if text.startswith(NEWS)]


@pytest.fixture(scope="module")
def on_whatsapp(
    chromium_path: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DemoServer, MetaStub]]:
    with meta.running() as graph, pytest.MonkeyPatch.context() as environment:
        for name, value in {**ON, "API_BASE": graph.url}.items():
            environment.setenv(f"LEERLIJN_WHATSAPP__{name}", value)
        with running_demo(tmp_path_factory.mktemp("whatsapp")) as server:
            yield server, graph


@pytest.fixture
async def reached(on_whatsapp: tuple[DemoServer, MetaStub]) -> AsyncIterator[Reached]:
    server, graph = on_whatsapp
    graph.taken.clear()
    postgres = embedded.start(server.folder / "postgres")
    database = Database(postgres.url)
    async with database.transaction() as session:
        only = select(AddressLink.person_id).group_by(AddressLink.person_id).having(func.count() == 1)
        theirs = (
            select(Person.id, Address.path)
            .join(AddressLink, AddressLink.person_id == Person.id)
            .join(Address, Address.id == AddressLink.address_id)
            .join(Trajectory, Trajectory.person_id == Person.id)
            .where(Address.scheme == "whatsapp", Person.id.in_(only))
            .order_by(Person.id)
        )
        person_id, path = (await session.execute(theirs.limit(1))).one()
        await session.execute(update(Person).where(Person.id == person_id).values(language="ar"))
        await session.execute(
            update(Address).where(Address.path == path).values(last_in_at=None, opted_out_at=None)
        )
    yield Reached(server=server, graph=graph, client=f"/console/client/{person_id}", phone=path)
    await database.close()
    postgres.close()


async def _approved(bart: Page, name: str, *languages: str) -> None:
    """A coordinator notes what the provider answered, by the page of channels."""
    for language in languages:
        await bart.goto(f"/console/kanalen?sjabloon={name}")
        field = bart.get_by_label(f"Toestand van Nieuws over de vraag, {language}")
        await field.select_option("approved")
        await bart.get_by_role(
            "button", name=re.compile(f"Bewaar ?: Nieuws over de vraag, {language}")
        ).click()
        await expect(field).to_have_value("approved")


async def test_it_is_chosen_by_keyboard_read_while_one_types_and_sent(
    reached: Reached, staff_page: Any, axe: Any
) -> None:
    bart: Page = await staff_page("bart", base_url=reached.server.url)
    await bart.goto(f"{reached.client}/sjablonen")
    await expect(bart.locator("#choices")).to_contain_text("In het Arabisch: nog niet ingediend.")
    await _approved(bart, NEWS, "Arabisch", "Nederlands")
    assert await axe(bart) == []

    await bart.goto(reached.client)
    await bart.keyboard.press("w")
    await expect(bart.locator("#choices")).to_be_visible()
    await bart.get_by_role("link", name="Terug naar").click()
    await bart.get_by_role("link", name="Kies een goedgekeurde tekst").focus()
    await bart.keyboard.press("Enter")
    choose = bart.get_by_role("link", name=re.compile("Kies ?: Nieuws over de vraag"))
    await expect(choose).to_be_visible()
    assert await axe(bart) == []
    await choose.focus()
    await bart.keyboard.press("Enter")
    words = bart.locator("#words")
    await expect(words).to_have_attribute("dir", "rtl")
    await expect(words).to_have_text("مرحباً، معك Bart من leerwinkel. لدي خبر عن سؤالك. اكتب نعم لأرسله إليك.")
    await expect(bart.locator("#read")).to_contain_text("Ik heb nieuws over je vraag.")
    assert await axe(bart) == []
    place = bart.get_by_label("Jouw voornaam")
    await place.fill("Bart Symons")
    await expect(words).to_contain_text("معك Bart Symons من")
    await expect(place).to_be_focused()
    await bart.get_by_label("Taal").select_option("nl")
    await expect(words).to_contain_text("dit is Bart Symons van de leerwinkel")
    await expect(words).to_have_attribute("dir", "ltr")
    await bart.get_by_label("Taal").select_option("ar")
    await expect(words).to_contain_text("معك Bart Symons من")
    await place.press("Enter")
    await expect(place).to_have_value("Bart Symons")
    assert reached.news() == [], "Enter in a place shows, and sends nothing"
    await bart.get_by_role("button", name="Verstuur").focus()
    await bart.keyboard.press("Enter")
    sent = bart.locator("#thread li.from-staff").last
    await expect(sent).to_contain_text("goedgekeurde tekst: Nieuws over de vraag")
    await expect(sent).to_contain_text("معك Bart Symons من leerwinkel")
    await expect(sent).to_contain_text("verstuurd")
    assert reached.news() == [f"{NEWS}(ar): Bart Symons"]


async def test_without_javascript_on_a_phone_the_words_are_read_before_they_leave(
    reached: Reached, staff_page: Any
) -> None:
    bart: Page = await staff_page(
        "bart", base_url=reached.server.url, java_script_enabled=False, expected=r"409", **PHONE
    )
    await _approved(bart, NEWS, "Arabisch", "Nederlands")
    await bart.goto(reached.client)
    await bart.get_by_role("link", name="Sjabloon").click()
    await bart.get_by_role("link", name=re.compile("Kies ?: Nieuws over de vraag")).click()
    await bart.get_by_label("Taal").select_option("nl")
    await bart.get_by_label("Jouw voornaam").fill("Bartje")
    await bart.get_by_role("button", name="Verstuur").click()
    await expect(bart.locator("#warning")).to_have_text(
        "Lees eerst wat de cliënt zal lezen. Klopt het, verstuur dan."
    )
    await expect(bart.locator("#words")).to_contain_text("Dag, dit is Bartje van de leerwinkel.")
    assert reached.news() == []
    await bart.get_by_label("Jouw voornaam").fill("Bart")
    await bart.get_by_role("button", name="Toon wat de cliënt leest").click()
    await expect(bart.locator("#words")).to_contain_text("Dag, dit is Bart van de leerwinkel.")
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await bart.evaluate(wide), "no scrolling sideways"
    await bart.get_by_role("button", name="Verstuur").click()
    await expect(bart.locator("#thread")).to_contain_text("Dag, dit is Bart van de leerwinkel.")
    for _ in range(50):
        if reached.news():
            break
        await asyncio.sleep(0.1)
    assert reached.news() == [f"{NEWS}(nl): Bart"]
