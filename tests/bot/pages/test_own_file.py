"""/mijn/…: what somebody reads of their own file, corrects, takes back, stops and has erased."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from bot.pages.own_file import SPOKEN
from channels.opt_outs import OptOuts
from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    Attachment,
    Consent,
    Conversation,
    FollowUp,
    Message,
    Note,
    OwnLink,
    Partner,
    Person,
    PhaseChange,
    Referral,
    Region,
    Staff,
    Trajectory,
)
from handover import looks, own_links
from handover.console.labels import LANGUAGES

OURS = {"sec-fetch-site": "same-origin"}
NUMBER, MAIL = "+32470000001", "fatma@voorbeeld.invalid"


class Scene:
    """Fatma, who writes by SMS, with a file; and a link that was sent to her number."""

    def __init__(self, database: Database, browser: httpx.AsyncClient) -> None:
        self.database, self.browser = database, browser
        self.token = ""

    async def start(self, folder: Path) -> None:
        now = datetime.now(UTC)
        async with self.database.transaction() as session:
            session.add(Region(id="gent", name="Leerwinkel Gent", office_hours={}))
            await session.flush()
            staff = Staff(
                name="Els Maes", email="els@voorbeeld.invalid", role="counsellor", region_id="gent", password_hash="-"
            )  # fmt: skip
            person = Person(name="Fatma Aydin", language="nl", region_id="gent", facts={"age": 34})
            address = Address(scheme="sms", path=NUMBER, display="0470 00 00 01")
            partner = Partner(kind="vdab", name="VDAB", owns="werk")
            session.add_all([staff, person, address, partner])
            await session.flush()
            session.add(AddressLink(address_id=address.id, person_id=person.id))
            talk = Conversation(person_id=person.id, region_id="gent", channel="sms")
            track = Trajectory(
                person_id=person.id,
                region_id="gent",
                staff_id=staff.id,
                phase="intake",
                question="Met hout werken",
            )
            session.add_all([talk, track])
            await session.flush()
            wrote = Message(
                conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="sms", direction="in",
                author="person", text="أريد أن أتعلم <b>", language="ar", status="received",
            )  # fmt: skip
            answered = Message(
                conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="sms", direction="out",
                author="staff", staff_id=staff.id, text="Welkom", status="delivered",
            )  # fmt: skip
            unsent = Message(
                conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="sms", direction="out",
                author="bot", text="nooit verstuurd", status="withheld",
            )  # fmt: skip
            session.add_all(
                [
                    wrote,
                    answered,
                    unsent,
                    PhaseChange(trajectory_id=track.id, phase="intake", staff_id=staff.id),
                    Note(person_id=person.id, staff_id=staff.id, text="Zoekt iets met handen"),
                    Consent(person_id=person.id, kind="follow_up", wording="Wij mogen schrijven.", channel="desk"),
                    Consent(person_id=person.id, kind="file", wording="We houden bij.", channel="phone"),
                    FollowUp(person_id=person.id, staff_id=staff.id, text="Hoe loopt het?", due_at=now + timedelta(days=3)),
                    Referral(person_id=person.id, partner_id=partner.id, direction="out", state="sent", summary="Vraag: werk", lines=["Vraag: werk"]),
                ]
            )  # fmt: skip
            await session.flush()
            folder.mkdir(exist_ok=True)
            (folder / "a.pdf").write_bytes(b"%PDF-eigen")
            file = Attachment(message_id=wrote.id, ref="x", kind="document", name="attest.pdf", file="a.pdf", state="kept", media_type="application/pdf")  # fmt: skip
            session.add(file)
            await looks.note(session, person.id, staff.id, now=now)
            self.token = await own_links.make(session, person.id, address, now=now)
            await session.flush()
            self.person, self.address, self.file, self.staff = person.id, address.id, file.id, staff.id

    @property
    def at(self) -> str:
        return f"/mijn/{self.token}"

    async def page(self, more: str = "") -> str:
        answer = await self.browser.get(f"{self.at}{more}")
        assert answer.status_code == 200
        return answer.text

    async def post(self, step: str, **form: str) -> httpx.Response:
        return await self.browser.post(f"{self.at}/{step}", data=form, headers=OURS)

    async def rows(self, table: Any, *where: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(table).where(*where)))

    async def row(self, table: Any) -> Any:
        (row,) = await self.rows(table)
        return row

    async def other_address(self, *, verified: bool = False) -> int:
        """A mailbox that somebody said is hers, with a message; this number is proved or not."""
        async with self.database.transaction() as session:
            box = Address(scheme="mailto", path=MAIL)
            session.add(box)
            await session.flush()
            session.add(AddressLink(address_id=box.id, person_id=self.person, reason="told at the desk"))
            link = (
                await session.scalars(select(AddressLink).where(AddressLink.address_id == self.address))
            ).one()
            link.verified = verified
            talk = (await session.scalars(select(Conversation))).one()
            mail = Message(
                conversation_id=talk.id, person_id=self.person, address_id=box.id, channel="email", direction="in",
                author="person", text="Mijn geheim per mail", status="received",
            )  # fmt: skip
            session.add(mail)
            await session.flush()
            session.add(Attachment(message_id=mail.id, ref="x", kind="document", file="a.pdf", state="kept"))
            return box.id


@pytest.fixture
async def scene(app: FastAPI, database: Database, browser: httpx.AsyncClient, tmp_path: Path) -> Scene:
    app.state.secret = b"secret"
    made = Scene(database, browser)
    await made.start(tmp_path / "media")
    return made


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


async def test_they_end_the_link_themselves(scene: Scene) -> None:
    assert (await scene.post("stop")).status_code == 303
    assert (await scene.browser.get(scene.at)).status_code == 404


async def test_nobody_else_posts_in_their_name(scene: Scene) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    for step in ("gegevens", "zeg", "toestemming", "berichten", "stop", "wissen"):
        answer = await scene.browser.post(
            f"{scene.at}/{step}", data={"name": "x", "sure": "1"}, headers=foreign
        )
        assert answer.status_code == 403, step
    assert (await scene.row(Person)).name == "Fatma Aydin"


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


async def test_name_language_and_place_are_right_at_once(scene: Scene) -> None:
    assert (
        await scene.post("gegevens", name=" Fatma  Yilmaz ", language="tr", place="9300")
    ).status_code == 303
    person = await scene.row(Person)
    assert (person.name, person.language, person.postcode, person.municipality) == (
        "Fatma Yilmaz",
        "tr",
        "9300",
        "Aalst",
    )
    assert person.facts["language_chosen"]
    assert person.facts["age"] == 34
    await scene.post("gegevens", name="", language="xx", place="")
    person = await scene.row(Person)
    assert (person.name, person.language, person.municipality, person.facts.get("place_key")) == (
        None,
        "tr",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("form", "said"),
    [({"name": "x", "place": "nergenshuizen"}, "kennen we niet"), ({"name": "x" * 99}, "te lang")],
)
async def test_what_cannot_be_is_said_and_nothing_changes(
    scene: Scene, form: dict[str, str], said: str
) -> None:
    answer = await scene.post("gegevens", **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert (await scene.row(Person)).name == "Fatma Aydin"


async def test_anything_else_is_a_task_with_a_promise(scene: Scene) -> None:
    answer = await scene.post("zeg", text="Ik ben geen 34 maar 35, mijn nummer is 85.07.30-033.28")
    assert answer.status_code == 303
    talk = await scene.row(Conversation)
    assert (talk.holder, talk.reason, talk.waiting_on) == ("queue", "correction", "us")
    assert talk.promised_at is not None
    (message,) = await scene.rows(Message, Message.subject.is_not(None))
    assert message.text.startswith("Ik ben geen 34 maar 35")
    assert "033.28" not in message.text
    after = (await scene.browser.get(answer.headers["location"])).text
    assert "Een collega kijkt het na. Je hoort" in after


async def test_empty_or_too_much_is_not_taken(scene: Scene) -> None:
    assert (await scene.post("zeg", text="  ")).status_code == 422
    assert (await scene.post("zeg", text="x" * 700)).status_code == 422
    for number in range(10):
        assert (await scene.post("zeg", text=f"fout {number}")).status_code == 303
    assert (await scene.post("zeg", text="nog een")).status_code == 429
    assert len(await scene.rows(Message, Message.subject.is_not(None))) == 10


async def test_consent_is_taken_back(scene: Scene) -> None:
    (writing,) = await scene.rows(Consent, Consent.kind == "follow_up")
    assert (await scene.post("toestemming", consent_id=str(writing.id))).status_code == 303
    (writing,) = await scene.rows(Consent, Consent.kind == "follow_up")
    assert writing.withdrawn_at is not None
    assert (await scene.row(Conversation)).holder == "bot"
    (file,) = await scene.rows(Consent, Consent.kind == "file")
    await scene.post("toestemming", consent_id=str(file.id))
    assert (await scene.row(Conversation)).reason == "consent_withdrawn", "their counsellor must know"
    for wrong in ("", "x", "999"):
        assert (await scene.post("toestemming", consent_id=wrong)).status_code == 404


async def test_stop_and_start_again(scene: Scene) -> None:
    form = {"address_id": str(scene.address)}
    await scene.post("berichten", stop="1", **form)
    address = await scene.row(Address)
    assert (address.opted_out_at is not None, address.reminders_off) == (True, True)
    assert "geen berichten meer" in await scene.page("?done=stopped")
    await scene.post("berichten", stop="0", **form)
    assert (await scene.row(Address)).opted_out_at is None
    assert (await scene.post("berichten", stop="1", address_id="999")).status_code == 404


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


async def test_erasing_takes_two_steps(scene: Scene) -> None:
    asked = await scene.page("/wissen")
    assert "Dit is daarna weg" in asked
    assert "Dit blijft, zonder jou" in asked
    assert (await scene.post("wissen")).status_code == 422
    assert (await scene.row(Person)).name == "Fatma Aydin"
    gone = await scene.post("wissen", sure="1")
    assert (gone.status_code, gone.headers["location"]) == (303, "/mijn/gewist?lang=nl")
    assert "Alles is gewist" in (await scene.browser.get(gone.headers["location"])).text
    person = await scene.row(Person)
    assert (person.name, person.facts, person.erased_at is not None) == (None, {}, True)
    assert (await scene.browser.get(scene.at)).status_code == 404
    assert (await scene.post("wissen", sure="1")).status_code == 404


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


async def test_three_links_a_day_and_none_to_a_shared_one(scene: Scene) -> None:
    now = datetime.now(UTC)
    async with scene.database.transaction() as session:
        address = await session.get_one(Address, scene.address)
        for _ in range(2):
            await own_links.make(session, scene.person, address, now=now)
        with pytest.raises(own_links.NotAllowed, match="drie links"):
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


async def test_stop_from_the_page_is_remembered_as_a_hash(scene: Scene) -> None:
    await scene.post("berichten", stop="1", address_id=str(scene.address))
    await scene.post("wissen", sure="1")
    async with scene.database.transaction() as session:
        again = Address(scheme="sms", path=NUMBER)
        session.add(again)
        await session.flush()
        assert await OptOuts(b"secret").recall(session, again, now=datetime.now(UTC))


def test_languages_are_those_that_staff_can_choose() -> None:
    assert SPOKEN.keys() == LANGUAGES.keys()
