"""/mijn/…: what somebody reads of their own file, and who else does not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.pages.own_file import SPOKEN
from data.tables import (
    Address,
    AddressLink,
    Attachment,
    Consent,
    Conversation,
    Enrolment,
    Message,
    OwnLink,
    Person,
    Trajectory,
    TrajectoryOption,
    TrajectoryStep,
)
from handover import own_links
from handover.console.labels import LANGUAGES
from tests.bot.pages.own_scene import MAIL, NUMBER, Scene


async def test_the_page_has_everything_and_escapes_it(scene: Scene) -> None:
    page = await scene.page()
    for said in (
        "Fatma Aydin", "34", "0470 00 00 01", "Wij mogen schrijven.", "Met hout werken", "Zoekt iets met handen",
        "Hoe loopt het?", "Vraag: werk", "VDAB", "Els, begeleider (Leerwinkel Gent)", "attest.pdf", "Welkom",
        "eerste gesprek",
    ):  # fmt: skip
        assert said in page, said
    assert "Maes" not in page, "colleagues are known by their first name"
    assert "<b>" not in page
    assert 'dir="rtl" lang="ar"' in page
    assert "nooit verstuurd" not in page


async def test_no_cache_and_no_search_engine_keeps_it(scene: Scene) -> None:
    for path in ("", "/download.json", "/wissen", f"/bestand/{scene.file}"):
        answer = await scene.browser.get(f"{scene.at}{path}")
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-robots-tag"] == "noindex, nofollow", path
    assert "noindex" in await scene.page()


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
async def test_it_speaks_three_languages(scene: Scene, language: str) -> None:
    assert f'<html lang="{language}"' in await scene.page(f"?lang={language}")
    assert f'<html lang="{language}"' in await scene.page(f"/wissen?lang={language}")


async def test_the_path_of_a_trajectory_is_theirs_to_read_and_goes_with_the_rest(scene: Scene) -> None:
    page = await scene.page()
    for words in ("meubels maken", "belt de school", "dagschool hout", "overdag kan ik", "schrijnwerk"):
        assert words in page, words
    told = json.loads(await scene.page("/download.json"))
    (track,) = told["guidance"]
    assert track["intake"] == [{"asked": "Wat wil je bereiken?", "answered": "meubels maken"}]
    assert (track["steps"][0]["text"], track["options"][0]["own_words"]) == (
        "belt de school",
        "overdag kan ik",
    )
    assert (told["enrolments"][0]["what"], told["answers"][0]["answer"]) == ("schrijnwerk", 2)
    assert (await scene.post("wissen", sure="1")).status_code in (200, 303)
    assert (
        await scene.rows(TrajectoryStep)
        == await scene.rows(TrajectoryOption)
        == await scene.rows(Enrolment)
        == []
    )
    assert [row.intake for row in await scene.rows(Trajectory)] == [{}]


async def test_only_a_hash_of_the_token_is_stored(scene: Scene) -> None:
    row = await scene.row(OwnLink)
    assert scene.token not in str(vars(row))


async def ended(session: Any, scene: Scene) -> None:
    (await session.scalars(select(OwnLink))).one().expires_at = datetime.now(UTC)


async def shared(session: Any, scene: Scene) -> None:
    (await session.get_one(Address, scene.address)).shared = True


async def passed_on(session: Any, scene: Scene) -> None:
    """The number is somebody else's now."""
    (await session.scalars(select(AddressLink))).one().ended_at = datetime.now(UTC)
    other = Person(name="Ali")
    session.add(other)
    await session.flush()
    session.add(AddressLink(address_id=scene.address, person_id=other.id))


async def renewed(session: Any, scene: Scene) -> None:
    address = await session.get_one(Address, scene.address)
    await own_links.make(session, scene.person, address, now=datetime.now(UTC))


@pytest.mark.parametrize("happened", [ended, shared, passed_on, renewed])
async def test_a_link_stops(scene: Scene, happened: Callable[..., Any]) -> None:
    async with scene.database.transaction() as session:
        await happened(session, scene)
    for path in ("", "/download.json", "/wissen", f"/bestand/{scene.file}"):
        assert (await scene.browser.get(f"{scene.at}{path}")).status_code == 404, path
    for step in ("gegevens", "zeg", "toestemming", "berichten", "stop", "wissen"):
        assert (await scene.post(step, name="x", sure="1")).status_code == 404, step
    assert (await scene.rows(Person, Person.id == scene.person))[0].name == "Fatma Aydin"


async def test_an_address_that_is_not_proved_shows_only_what_went_over_it(scene: Scene) -> None:
    await scene.other_address()
    page = await scene.page()
    assert "Welkom" in page
    assert "koppel mijn nummer" in page
    for hidden in ("Mijn geheim", MAIL, "Aydin", "Zoekt iets", "Met hout", "Wij mogen", "/wissen"):
        assert hidden not in page, hidden
    told = json.loads(await scene.page("/download.json"))
    assert (told["complete"], set(told) & {"person", "notes", "addresses"}) == (False, set())
    assert len(told["messages"]) == 2
    assert (await scene.browser.get(f"{scene.at}/wissen")).status_code == 404
    assert (await scene.post("wissen", sure="1")).status_code == 404
    assert (await scene.post("gegevens", name="Ali")).status_code == 404
    consent = (await scene.rows(Consent))[0]
    assert (await scene.post("toestemming", consent_id=str(consent.id))).status_code == 404
    assert (await scene.rows(Person))[0].name == "Fatma Aydin"


async def test_nor_the_files_of_other_addresses(scene: Scene) -> None:
    await scene.other_address()
    mine, other = sorted(row.id for row in await scene.rows(Attachment))
    assert (await scene.browser.get(f"{scene.at}/bestand/{mine}")).content == b"%PDF-eigen"
    assert (await scene.browser.get(f"{scene.at}/bestand/{other}")).status_code == 404


async def test_a_proved_address_shows_all_of_it(scene: Scene) -> None:
    await scene.other_address(verified=True)
    page = await scene.page()
    assert "Mijn geheim" in page
    assert MAIL in page
    assert "Zoekt iets" in page


async def test_the_same_telephone_by_another_app_is_no_other_address(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        app = Address(scheme="whatsapp", path=NUMBER)
        session.add(app)
        await session.flush()
        session.add(AddressLink(address_id=app.id, person_id=scene.person))
    assert "Zoekt iets" in await scene.page()


async def test_the_download_has_what_the_page_has(scene: Scene) -> None:
    told = json.loads(await scene.page("/download.json"))
    documented = (Path(__file__).parents[3] / "docs" / "own-file.md").read_text(encoding="utf-8")
    for key in told:
        assert f"`{key}`" in documented, f"explain {key} in docs/own-file.md"
    for key in told["person"].keys() | told["messages"][0].keys() | told["planned"].keys():
        assert f"`{key}`" in documented, f"explain {key} in docs/own-file.md"
    assert told["person"]["name"] == "Fatma Aydin"
    assert told["complete"] is True
    assert [one["text"] for one in told["messages"]] == ["أريد أن أتعلم <b>", "Welkom"]
    assert told["notes"][0] | {"at": ""} == {"text": "Zoekt iets met handen", "staff": "Els", "at": ""}
    assert told["looked_at_by"][0]["times"] == 1
    assert told["referrals"][0]["lines"] == ["Vraag: werk"]
    assert told["planned"]["messages"][0]["text"] == "Hoe loopt het?"


async def test_older_messages_are_a_page_away(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
        session.add_all(
            Message(
                conversation_id=talk.id, person_id=scene.person, address_id=scene.address, channel="sms", direction="in",
                author="person", text=f"bericht {number}.", status="received",
            )
            for number in range(220)
        )  # fmt: skip
    page = await scene.page()
    assert "bericht 219." in page
    assert "Welkom" not in page
    oldest = page.split("?voor=")[1].split("&")[0]
    assert "Welkom" in await scene.page(f"?voor={oldest}")
    assert "Welkom" in await scene.page("?alles=1")
    assert (await scene.browser.get(f"{scene.at}?voor=x")).status_code == 200


async def test_a_message_no_longer_carries_the_link_once_it_arrived(scene: Scene) -> None:
    now = datetime.now(UTC)
    async with scene.database.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
        for channel, status in (("sms", "queued"), ("sms", "delivered")):
            session.add(
                Message(
                    conversation_id=talk.id, person_id=scene.person, address_id=scene.address, channel=channel,
                    direction="out", author="bot", text=f"Hier: https://x{scene.at} Tot dan.", status=status,
                )
            )  # fmt: skip
            await session.flush()
            await own_links.conceal(session, now=now)
            texts = await session.scalars(select(Message.text).where(Message.text.contains("/mijn/")))
            readable = [scene.token in text for text in texts.unique()]
            assert readable == ([True] if status == "queued" else [False]), "it must still leave"
    assert (await scene.browser.get(scene.at)).status_code == 200


async def test_five_links_a_day_and_none_to_a_shared_one(scene: Scene) -> None:
    now = datetime.now(UTC)
    async with scene.database.transaction() as session:
        address = await session.get_one(Address, scene.address)
        for _ in range(4):
            await own_links.make(session, scene.person, address, now=now)
        with pytest.raises(own_links.NotAllowed, match="vijf links"):
            await own_links.make(session, scene.person, address, now=now)
        await own_links.make(session, scene.person, address, now=now + timedelta(days=1, seconds=1))
        phone = Address(scheme="tel", path=NUMBER)
        session.add(phone)
        await session.flush()
        session.add(AddressLink(address_id=phone.id, person_id=scene.person))
        await session.flush()
        with pytest.raises(own_links.NotAllowed, match="telefoon"):
            await own_links.make(session, scene.person, phone, now=now)
        address.shared = True
        with pytest.raises(own_links.NotAllowed, match="Meerdere"):
            await own_links.make(session, scene.person, address, now=now + timedelta(days=3))
        live = select(func.count()).select_from(OwnLink).where(OwnLink.revoked_at.is_(None))
        assert await session.scalar(live) == 1, "the newest only"


def test_languages_are_those_that_staff_can_choose() -> None:
    assert SPOKEN.keys() == LANGUAGES.keys()
