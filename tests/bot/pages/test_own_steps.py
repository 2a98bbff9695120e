"""/mijn/…: what somebody corrects, takes back, stops and has erased."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from channels.opt_outs import OptOuts
from data.tables import (
    Address,
    Appointment,
    CallTask,
    Consent,
    Conversation,
    CourseWish,
    FollowUp,
    Message,
    Person,
    Region,
    Staff,
    Trajectory,
)
from handover import holds
from tests.bot.pages.own_scene import NUMBER, Scene


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


async def test_stop_from_the_page_is_remembered_as_a_hash(scene: Scene) -> None:
    await scene.post("berichten", stop="1", address_id=str(scene.address))
    await scene.post("wissen", sure="1")
    async with scene.database.transaction() as session:
        again = Address(scheme="sms", path=NUMBER)
        session.add(again)
        await session.flush()
        assert await OptOuts(b"secret").recall(session, again, now=datetime.now(UTC))


async def hold(scene: Scene, **person: str) -> None:
    async with scene.database.transaction() as session:
        (staff,) = await session.scalars(select(Staff))
        row = await session.get_one(Person, (await scene.row(Person)).id)
        for name, value in person.items():
            setattr(row, name, value)
        await holds.place(session, row.id, reason="Er loopt een klacht", by=staff, now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "nu nog niet wissen"), ("fr", "pas encore effacer"), ("en", "cannot erase"), ("tr", "silemiyoruz"),
        ("ar", "لا يمكننا محو"), ("uk", "не можемо стерти"), ("pl", "nie możemy usunąć"), ("es", "no podemos borrar"),
        ("so", "cannot erase"),
    ],
)  # fmt: skip
async def test_what_is_held_is_not_erased_and_they_read_why(scene: Scene, language: str, said: str) -> None:
    await hold(scene, language=language)
    for answer, status in (
        (await scene.browser.get(f"{scene.at}/wissen"), 200), (await scene.post("wissen", sure="1"), 409),
    ):  # fmt: skip
        assert answer.status_code == status
        assert said in answer.text
        assert (
            f'lang="{language if language != "so" else "en"}" dir="{"rtl" if language == "ar" else "auto"}"'
            in answer.text
        )
        assert 'name="sure"' not in answer.text
    person = await scene.row(Person)
    assert (person.name, person.erased_at) == ("Fatma Aydin", None)


async def test_whom_to_ask_is_their_leerwinkel_where_it_can_be_reached(scene: Scene) -> None:
    await hold(scene)
    assert "aan een loket" in (await scene.browser.get(f"{scene.at}/wissen")).text
    async with scene.database.transaction() as session:
        (region,) = await session.scalars(select(Region))
        region.phone, region.email = "09 123 45 67", "gent@voorbeeld.invalid"
    asked = (await scene.browser.get(f"{scene.at}/wissen")).text
    assert "Vraag het aan Leerwinkel Gent: 09 123 45 67, gent@voorbeeld.invalid." in asked


@pytest.mark.parametrize(("language", "held"), [("nl", "mag nu niet gewist worden"), ("fr", "ne peut pas être effacé"), ("en", "may not be erased now")])  # fmt: skip
async def test_their_file_says_how_long_and_what_is_held(scene: Scene, language: str, held: str) -> None:
    term = {"nl": "5 jaar", "fr": "5 ans", "en": "5 years"}[language]
    before = await scene.page(f"?lang={language}")
    assert term in before.split('id="kept"')[1].split("</section>")[0]
    assert held not in before
    await hold(scene)
    after = await scene.page(f"?lang={language}")
    assert held in after
    assert "Er loopt een klacht" in after
    told = (await scene.browser.get(f"{scene.at}/download.json")).json()
    assert (told["kept"]["as"], told["kept"]["term"], told["kept"]["open"]) == ("file", 5, "held")
    assert [(one["reason"], one["staff"]) for one in told["not_to_be_erased"]] == [
        ("Er loopt een klacht", "Els")
    ]


async def test_once_nothing_is_open_the_day_is_said(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        (track,) = await session.scalars(select(Trajectory))
        track.closed_at = datetime.now(UTC)
        await session.execute(update(FollowUp).values(state="cancelled"))
        await session.execute(update(CallTask).values(state="done", ended_at=datetime.now(UTC)))
        await session.execute(update(Conversation).values(holder="bot", waiting_on="client"))
        await session.execute(update(CourseWish).values(state="told"))
        await session.execute(update(Appointment).values(status="attended"))
    part = (await scene.page("")).split('id="kept"')[1].split("</section>")[0]
    assert f"{datetime.now(UTC).year + 5}: 5 jaar na ons laatste contact" in part
