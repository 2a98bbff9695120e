"""Texts to use again: plain or refused, translated with the same fields, filled in, and every change kept."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.seed.replies import shipped_replies
from data.tables import Appointment, Counter, Event, Message, Role, SavedReply, SavedWording
from handover import auth, fields, saved_replies
from handover.conversation import NotAllowed
from handover.saved_replies import NotPlain

PLAIN = "Dag {voornaam}. Breng je kaart mee naar {loket}."
HARD = "Gelieve u aan te melden."
At = Callable[..., Awaitable[tuple[Callable[..., Awaitable[httpx.Response]], Any]]]


@pytest.fixture
def at_work(world: Any, browser: httpx.AsyncClient) -> At:
    """Somebody of this role, logged in: a way to post forms and the row."""

    async def start(role: Role, region: str | None = "gent") -> Any:
        staff = await world.staff(role, region, name="Griet Maes")
        token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
        who = await auth.session_of(world.session, token, now=datetime.now(UTC))
        await world.session.commit()
        browser.cookies.set("leerlijn_staff", token)

        async def post(path: str, **form: object) -> httpx.Response:
            values = {"csrf": who.csrf if who else "", **{name: str(value) for name, value in form.items()}}
            return await browser.post(f"/console/{path}", data=values)

        return post, staff

    return start


async def _saved(
    world: Any, texts: dict[str, str], *, region: str | None = "gent", name: str = "Eerste gesprek"
) -> Any:
    by = await world.staff(Role.COORDINATOR)
    row = SavedReply(region_id=region, created_by=by.id)
    await saved_replies.save(
        world.session, row, name=name, texts=texts, active=True, by_id=by.id, now=world.now
    )
    return row


async def test_a_change_is_kept_beside_what_it_was(world: Any) -> None:
    row = await _saved(world, {"nl": "Dag {voornaam}.", "fr": "Bonjour {voornaam}."})
    other = await world.staff(Role.COORDINATOR, name="Lies")
    for text in ("Dag {voornaam}, welkom.", "Dag {voornaam}, welkom."):  # the second changes nothing
        await saved_replies.save(
            world.session, row, name="Eerste gesprek", texts={"nl": text}, active=True, by_id=other.id, now=world.now
        )  # fmt: skip
    assert (await saved_replies.one(world.session, row)).wordings == {"nl": "Dag {voornaam}, welkom."}
    history = await saved_replies.history(world.session, row.id)
    assert [(wording.language, wording.text) for wording, _ in history] == [
        ("fr", ""), ("nl", "Dag {voornaam}, welkom."), ("fr", "Bonjour {voornaam}."), ("nl", "Dag {voornaam}."),
    ]  # fmt: skip
    assert history[0][1] == "Lies"
    changed = await world.session.scalars(select(Event.data).where(Event.kind == "saved_reply.changed"))
    assert [data["languages"] for data in changed] == [["nl", "fr"], ["nl", "fr"], []]


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"nl": HARD}, "wil je"),
        ({"nl": "Bel het CVO."}, "een school voor volwassenen"),
        ({"nl": "woord " * 21 + "."}, "Maak er twee van"),
        ({"nl": "Dag.", "fr": "mot " * 25}, "Maak er twee van"),
        ({"fr": "Bonjour."}, "Nederlandse tekst"),
        ({"nl": "Dag {naam}."}, "kennen we niet"),
        ({"nl": "Dag {voornaam}.", "fr": "Bonjour."}, "dezelfde velden"),
    ],
)
async def test_what_is_not_plain_or_not_the_same_is_refused_with_the_reason(
    world: Any, texts: dict[str, str], why: str
) -> None:
    with pytest.raises(NotAllowed, match=why):
        await _saved(world, texts)
    assert (await world.session.scalars(select(SavedReply))).all() == []


async def test_the_reader_gets_their_language_or_dutch(world: Any) -> None:
    row = await _saved(world, {"nl": "Dag.", "ar": "مرحبا."})
    saved = await saved_replies.one(world.session, row)
    assert [saved.said(code) for code in ("ar", "ar-MA", "pl", "nl")] == [
        ("مرحبا.", "ar"), ("مرحبا.", "ar"), ("Dag.", "nl"), ("Dag.", "nl"),
    ]  # fmt: skip


async def test_fields_are_filled_in_as_far_as_they_are_known(world: Any) -> None:
    staff, person = (
        await world.staff(name="Els Peeters"),
        await world.person(name="Fatma Yilmaz", municipality="Aalst"),
    )
    values = await saved_replies.values_for(world.session, person, staff, now=world.now)
    assert values == {"voornaam": "Fatma", "begeleider": "Els", "gemeente": "Aalst", "regio": "Gent"}
    counter = await world.add(
        Counter(region_id="gent", name="bib Aalst", street="Kerkstraat 4", municipality="Aalst")
    )
    begins = world.now + timedelta(days=3)
    await world.add(
        Appointment(
            token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=staff.id,
            status="confirmed", wall_start="2026-11-27T10:00", starts_at=begins, ends_at=begins + timedelta(hours=1),
        )
    )  # fmt: skip
    values = await saved_replies.values_for(world.session, person, staff, now=world.now)
    text = "Dag {voornaam}, tot {afspraak} in {loket}. Neem {iets} mee."
    assert (
        fields.filled(text, values)
        == "Dag Fatma, tot 27/11 10:00 in bib Aalst, Kerkstraat 4, Aalst. Neem {iets} mee."
    )
    assert fields.left_open("{voornaam} {afspraak} {iets}") == ["voornaam", "afspraak"]


async def test_a_coordinator_writes_one_and_everybody_of_the_region_finds_it(
    database: Database, world: Any, at_work: At, browser: httpx.AsyncClient
) -> None:
    post, _ = await at_work(Role.COORDINATOR)
    answer = await post("beheer/antwoord", name="Eerste gesprek", text_nl=HARD, active=1)
    assert answer.status_code == 409
    assert "zeg liever “wil je”" in answer.text
    assert HARD in answer.text, "what was typed is still there"
    assert (await post("beheer/antwoord", name="Eerste gesprek", text_nl=PLAIN, active=1)).status_code == 303
    async with database.transaction() as session:
        (row,) = await session.scalars(select(SavedReply))
        assert row.region_id == "gent"
    page = (await browser.get(f"/console/beheer/antwoord/{row.id}")).text
    assert "Wie wat veranderde" in page
    assert "Griet Maes" in page

    person = await world.person(name="Fatma Yilmaz")
    await world.address(person)
    talk = await world.conversation(person, holder="queue")
    await world.session.commit()
    await at_work(Role.COUNSELLOR)
    page = (await browser.get(f"/console/gesprek/{talk.id}")).text
    assert 'data-insert="Dag Fatma. Breng je kaart mee naar {loket}."' in page
    chosen = (await browser.get(f"/console/gesprek/{talk.id}?invoegen=antwoord-{row.id}")).text
    assert ">Dag Fatma. Breng je kaart mee naar {loket}.</textarea>" in chosen


async def test_a_text_with_an_empty_field_is_not_sent(database: Database, world: Any, at_work: At) -> None:
    person = await world.person()
    await world.address(person)
    post, _ = await at_work(Role.DISPATCHER)
    form = {
        "client_msg_id": uuid4(),
        "seen": 0,
        "text": "Tot {afspraak}.",
        "due_at": "2030-01-07T10:00",
        "agreed": 1,
    }
    for action in ("antwoord", "later"):
        answer = await post(f"client/{person.id}/{action}", **form)
        assert answer.status_code == 409
        assert "Vul eerst {afspraak} in" in answer.text
    assert (
        await post(f"client/{person.id}/antwoord", **{**form, "text": "Zie {dit} hier"})
    ).status_code == 303
    async with database.transaction() as session:
        assert [row.text for row in await session.scalars(select(Message))] == ["Zie {dit} hier"]


async def test_the_language_of_a_translated_text_goes_with_the_message(
    database: Database, world: Any, at_work: At
) -> None:
    person = await world.person()
    await world.address(person)
    post, _ = await at_work(Role.DISPATCHER)
    for language in ("ar", "xx", ""):
        await post(
            f"client/{person.id}/antwoord", client_msg_id=uuid4(), seen=10**6, text="x", language=language
        )
    async with database.transaction() as session:
        found = await session.scalars(select(Message.language).order_by(Message.id))
        assert list(found) == ["ar", None, None]


async def test_one_for_everywhere_is_changed_by_an_admin_only(
    world: Any, at_work: At, browser: httpx.AsyncClient
) -> None:
    row = await _saved(world, {"nl": "Dag."}, region=None)
    post, _ = await at_work(Role.COORDINATOR)
    assert "geldt overal" in (await browser.get(f"/console/beheer/antwoord/{row.id}")).text
    assert (
        await post(f"beheer/antwoord/{row.id}", name="Anders", text_nl="Hallo.", active=1)
    ).status_code == 409
    post, _ = await at_work(Role.ADMIN, None)
    assert (
        await post(f"beheer/antwoord/{row.id}", name="Anders", text_nl="Hallo.", active=1)
    ).status_code == 303
    await world.session.refresh(row)
    said = await world.session.scalars(select(SavedWording.text).order_by(SavedWording.id))
    assert (row.name, list(said)) == ("Anders", ["Dag.", "Hallo."])


async def test_withdrawn_ones_and_those_of_another_region_are_not_offered(world: Any) -> None:
    here, there = await world.staff(), await world.staff(region="antwerpen")
    await _saved(world, {"nl": "Dag."}, name="hier")
    await _saved(world, {"nl": "Dag."}, region=None, name="overal")
    gone = await _saved(world, {"nl": "Dag."}, name="weg")
    gone.active = False
    await world.session.flush()
    for staff, names in ((here, ["hier", "overal"]), (there, ["overal"])):
        assert [saved.row.name for saved in await saved_replies.usable(world.session, staff)] == names


@pytest.mark.parametrize("shipped", shipped_replies(), ids=lambda shipped: shipped["name"])
def test_what_a_new_service_begins_with_is_plain_and_complete(shipped: dict[str, str]) -> None:
    texts = {language: text for language, text in shipped.items() if language != "name"}
    saved_replies.check(texts)
    assert {"nl", "fr", "en"} <= texts.keys() <= set(saved_replies.LANGUAGES)
    assert all(len(text) <= saved_replies.TEXT_LIMIT for text in texts.values())
    assert len(shipped["name"]) <= saved_replies.NAME_LIMIT


def test_a_refusal_for_hard_words_tells_which() -> None:
    with pytest.raises(NotPlain) as refused:
        saved_replies.check({"nl": HARD})
    assert [issue.text for issue in refused.value.issues] == ["Gelieve"]
