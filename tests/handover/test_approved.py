"""Approved texts from the composer: chosen in the client's language, filled in, read, and sent once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels import templates
from data.tables import (
    Appointment,
    Conversation,
    Counter,
    MicroContact,
    Role,
    Staff,
    TemplateState,
)
from tests.handover.approving import CLIENT, COURSE, MOVED, NEWS, Form, Scene
from tests.stubs.meta import MetaStub


@pytest.fixture
def scene(chooser: Scene) -> Scene:
    return chooser


async def test_the_composer_leads_to_them_where_the_window_is_shut(scene: Scene, world: Any) -> None:
    thread = (await scene.browser.get(f"/console/gesprek/{scene.talk.id}")).text
    assert "Kies een goedgekeurde tekst" in thread
    assert f'href="{scene.path}?naar=/console/gesprek/{scene.talk.id}' in thread
    scene.address.last_in_at = datetime.now(UTC)
    await world.session.commit()
    thread = (await scene.browser.get(f"/console/gesprek/{scene.talk.id}")).text
    assert "Kies een goedgekeurde tekst" not in thread, "one can just write"
    assert 'id="approved"' in thread, "they may still be chosen"
    other = await world.person(name="Yusuf")
    await world.address(other, "sms")
    await world.session.commit()
    assert 'id="approved"' not in (await scene.browser.get(f"/console/client/{other.id}")).text
    assert "geen adres op WhatsApp" in (await scene.browser.get(f"/console/client/{other.id}/sjablonen")).text


async def test_it_is_chosen_filled_in_read_and_sent_and_the_thread_shows_its_words(
    scene: Scene, graph: MetaStub
) -> None:
    await scene.approve(NEWS, "nl")
    assert f"sjabloon={NEWS}" in await scene.page()
    words = "Dag, dit is Jan van de leerwinkel. Ik heb nieuws over je vraag. Antwoord JA, dan stuur ik het."
    page = await scene.page(f"sjabloon={NEWS}")
    assert f">{words}</div>" in page, "read before it is sent"
    back = f"/console/gesprek/{scene.talk.id}"
    sent = await scene.post(Form(page).fields, naar=back)
    assert (sent.status_code, sent.headers["location"]) == (303, back)
    await scene.worker.run_until_idle()
    (call,) = [call.body for call in graph.calls if call.body.get("type") == "template"]
    assert call["to"] == CLIENT.removeprefix("+")
    assert call["template"] == {
        "name": NEWS, "language": {"policy": "deterministic", "code": "nl"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Jan"}]}],
    }  # fmt: skip
    (message,) = await scene.written()
    assert (message.text, message.status, message.author, message.staff_id, message.language) == (
        words, "sent", "staff", scene.staff.id, "nl",
    )  # fmt: skip
    (talk,) = await scene.all(Conversation)
    assert (talk.holder, talk.staff_id, talk.waiting_on) == ("staff", scene.staff.id, "client")
    assert len(await scene.all(MicroContact)) == 1
    thread = (await scene.browser.get(back)).text
    assert "goedgekeurde tekst: Nieuws over de vraag" in thread
    assert words in thread


async def test_sent_twice_is_one_message(scene: Scene, graph: MetaStub) -> None:
    await scene.approve(NEWS, "nl")
    form = await scene.form(NEWS)
    assert [(await scene.post(form)).status_code for _ in range(3)] == [303, 303, 303]
    await scene.worker.run_until_idle()
    assert len(graph.taken) == 1
    changed = await scene.post(form, place_1="Els", read=form["read"].replace("Jan", "Els"))
    assert changed.status_code == 409
    assert "Een eerdere versie van dit bericht is al vertrokken" in changed.text
    assert len(await scene.written()) == 1


async def test_what_nobody_read_is_not_sent(scene: Scene) -> None:
    """Without scripts a place may be changed after the words were shown: then they are shown first."""
    await scene.approve(NEWS, "nl")
    form = await scene.form(NEWS)
    shown = await scene.post(form, place_1="Els De  Wit\n", show="1")
    assert shown.status_code == 200
    assert "Dag, dit is Els De Wit van de leerwinkel." in shown.text
    refused = await scene.post(form, place_1="Els De Wit")
    assert refused.status_code == 409
    assert "Lees eerst wat de cliënt zal lezen" in refused.text
    assert await scene.written() == []
    assert (await scene.post(Form(refused.text).fields)).status_code == 303
    assert "Els De Wit" in ((await scene.written())[0].text or "")


async def test_an_empty_place_is_not_sent_and_nothing_typed_can_break_out(scene: Scene) -> None:
    await scene.approve(MOVED, "nl")
    form = await scene.form(MOVED)
    assert form["place_2"] == "", "no appointment that we know of"
    refused = await scene.post(form, agreed="1")
    assert (refused.status_code, "Vul eerst in: dag en uur" in refused.text) == (409, True)
    odd = await scene.post(form, place_1='<b>{0.__class__}"', place_2="x" * 500, show="1")
    assert "&lt;b&gt;{0.__class__}&#34; van de leerwinkel" in odd.text
    assert "x" * (templates.VALUE_LIMIT + 1) not in odd.text


async def test_a_place_begins_with_what_we_know(scene: Scene, world: Any) -> None:
    await scene.approve(MOVED, "nl")
    counter = await world.add(Counter(region_id="gent", name="bib"))
    begins = datetime.now(UTC) + timedelta(days=2)
    await world.add(
        Appointment(
            token="t", person_id=scene.person.id, region_id="gent", counter_id=counter.id, staff_id=scene.staff.id,
            status="confirmed", wall_start="2026-11-27T10:00", starts_at=begins, ends_at=begins + timedelta(hours=1),
        )
    )  # fmt: skip
    await world.session.commit()
    form = await scene.form(MOVED)
    assert form["place_1"] == "Jan"
    assert form["place_2"] != ""
    assert form["place_2"] in form["read"]


async def test_the_clients_own_language_goes_first_then_ours_and_it_is_said(
    scene: Scene, world: Any, graph: MetaStub
) -> None:
    scene.person.language = "ar"
    await world.session.commit()
    assert "In het Arabisch: nog niet ingediend." in await scene.page(), "nothing is approved yet"
    await scene.approve(NEWS, "nl", "fr")
    await scene.approve(NEWS, "ar", state=TemplateState.REJECTED)
    page = await scene.page()
    assert "gaat in het Nederlands" in page
    assert "In het Arabisch: geweigerd. Een coördinator leest bij de provider waarom." in page
    page = await scene.page(f"sjabloon={NEWS}")
    assert "De cliënt leest dit in het Nederlands." in page
    assert Form(page).options == ["nl", "fr"]
    assert "ici Jan du leerwinkel" in (await scene.post(Form(page).fields, taal="fr", show="1")).text
    await scene.approve(NEWS, "ar")
    page = await scene.page(f"sjabloon={NEWS}")
    assert 'lang="ar" dir="rtl">مرحباً، معك Jan من leerwinkel.' in page
    assert "Wat er in het Nederlands staat" in page
    assert "Ik heb nieuws over je vraag." in page, "the Dutch beside it"
    assert Form(page).options == ["ar", "nl", "fr"]
    assert (await scene.post(Form(page).fields)).status_code == 303
    await scene.worker.run_until_idle()
    assert graph.texts() == [f"{NEWS}(ar): Jan"]
    (message,) = await scene.written()
    assert (message.language, message.text[:7] if message.text else "") == ("ar", "مرحباً،")


async def test_what_is_not_approved_says_what_to_do_and_is_not_sent(scene: Scene) -> None:
    page = await scene.page()
    assert "nog niet te gebruiken" in page
    assert "Vraag een coördinator om deze tekst in te dienen" in page
    assert "Kies een andere tekst" not in await scene.page(f"sjabloon={NEWS}"), "the list, not a form"
    await scene.approve(NEWS, "nl")
    form = await scene.form(NEWS)
    await scene.approve(NEWS, "nl", state=TemplateState.REJECTED)
    refused = await scene.post(form)
    assert (refused.status_code, "Kies eerst een tekst die goedgekeurd is" in refused.text) == (409, True)
    for name in (templates.OPEN, templates.REMINDER, "x"):
        assert (await scene.post(form, sjabloon=name)).status_code == 409
    assert await scene.written() == []
    assert "In het Nederlands: geweigerd. Een coördinator leest bij de provider waarom." in await scene.page()
    await scene.approve(NEWS, "nl", state=TemplateState.SUBMITTED)
    assert "De provider moet nog antwoorden." in await scene.page()
    async with scene.database.transaction() as session:
        (await session.get_one(Staff, scene.staff.id)).role = Role.COORDINATOR
    page = await scene.page()
    assert f"/console/kanalen?sjabloon={COURSE}#{COURSE}-whatsapp" in page, "a coordinator goes there"


async def test_somebody_elses_address_is_not_found(scene: Scene, world: Any) -> None:
    other = await world.person(name="Yusuf")
    theirs = await world.address(other, "whatsapp")
    await world.session.commit()
    await scene.approve(NEWS, "nl")
    assert (await scene.browser.get(f"{scene.path}?aan={theirs.id}")).status_code == 404
    assert (await scene.post(await scene.form(NEWS), aan=str(theirs.id))).status_code == 404
    assert await scene.written() == []


async def test_it_is_read_in_french_and_goes_in_the_clients_language(scene: Scene) -> None:
    await scene.approve(NEWS, "nl")
    async with scene.database.transaction() as session:
        (await session.get_one(Staff, scene.staff.id)).console_language = "fr"
    page = await scene.page(f"sjabloon={NEWS}")
    assert "Voici ce que lit le client" in page
    assert "Des nouvelles pour la question" in page
    assert "Ik heb nieuws over je vraag." in page
