"""Approved texts are messages as any: STOP, consent, quiet hours, a channel that is off, and what the plan does next."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from channels import plan, templates
from data.tables import (
    AddressLink,
    CallTask,
    ChannelState,
    Consent,
    Message,
    TemplateState,
)
from tests.handover.approving import COURSE, NEWS, Form, Scene, it_is
from tests.stubs.meta import MetaStub, refused


@pytest.fixture
def scene(chooser: Scene) -> Scene:
    return chooser


async def test_who_said_stop_gets_none(scene: Scene, world: Any, graph: MetaStub) -> None:
    await scene.approve(NEWS, "nl")
    form = await scene.form(NEWS)
    assert (await scene.post(await scene.form(NEWS))).status_code == 303
    scene.address.opted_out_at = datetime.now(UTC)  # between our page and the sender
    await world.session.commit()
    await scene.worker.run_until_idle()
    (message,) = await scene.written()
    assert (message.status, message.status_reason) == (
        "withheld", "deze persoon vroeg om geen berichten meer (STOP)",
    )  # fmt: skip
    page = await scene.page(f"sjabloon={NEWS}")
    assert "Dit vertrekt niet: deze persoon vroeg om geen berichten meer (STOP)." in page
    assert 'id="send"' not in page
    assert (await scene.post(form)).status_code == 409
    assert graph.taken == []


async def test_stop_on_the_way_we_would_take_first_is_not_gone_round(scene: Scene, world: Any) -> None:
    await scene.approve(NEWS, "nl")
    sms = await world.address(scene.person, "sms")
    sms.opted_out_at = datetime.now(UTC)
    link = await world.session.scalar(select(AddressLink).where(AddressLink.address_id == sms.id))
    link.preferred = True
    await world.session.commit()
    refused = await scene.post(await scene.form(NEWS))
    assert (refused.status_code, "(STOP)" in refused.text) == (409, True)
    assert await scene.written() == []


async def test_a_channel_that_is_off_takes_none(scene: Scene, world: Any) -> None:
    await scene.approve(NEWS, "nl")
    await world.add(ChannelState(channel="whatsapp", health="off"))
    await world.session.commit()
    page = await scene.page(f"sjabloon={NEWS}")
    assert "Dit vertrekt niet: dit kanaal staat uit." in page
    assert (await scene.post(Form(page).fields)).status_code == 409


async def test_writing_first_wants_consent_an_answer_does_not(scene: Scene, graph: MetaStub) -> None:
    await scene.approve(COURSE, "nl")
    form = await scene.form(COURSE)
    page = await scene.page(f"sjabloon={COURSE}")
    refused = await scene.post(form)
    assert (refused.status_code, "Vraag eerst of we later mogen schrijven" in refused.text) == (409, True)
    assert (await scene.post(form, agreed="1")).status_code == 303
    (given,) = await scene.all(Consent)
    assert (given.kind, given.channel, given.person_id) == ("follow_up", "desk", scene.person.id)
    assert given.wording in unescape(page), "what was to be asked stood there"
    await scene.worker.run_until_idle()
    (message,) = await scene.written()
    assert (message.purpose, message.status) == ("follow_up", "sent")
    assert len(graph.taken) == 1
    assert 'name="agreed"' not in await scene.page(f"sjabloon={COURSE}"), "asked once"


async def test_consent_taken_back_before_it_leaves_holds(scene: Scene, graph: MetaStub) -> None:
    await scene.approve(COURSE, "nl")
    await scene.post(await scene.form(COURSE), agreed="1")
    async with scene.database.transaction() as session:
        (await session.scalars(select(Consent))).one().withdrawn_at = datetime.now(UTC)
    await scene.worker.run_until_idle()
    (message,) = await scene.written()
    assert (message.status, graph.taken) == ("withheld", [])


async def test_in_quiet_hours_writing_first_waits_and_that_is_said(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, graph: MetaStub
) -> None:
    await scene.approve(COURSE, "nl")
    await scene.approve(NEWS, "nl")
    it_is(monkeypatch, 6)
    page = await scene.page(f"sjabloon={COURSE}")
    assert "Nu zijn het stille uren. Dit vertrekt daarna:" in page
    assert (await scene.post(Form(page).fields, agreed="1")).status_code == 303
    await scene.worker.run_until_idle()
    assert [row.status for row in await scene.written()] == ["queued"]
    assert graph.taken == []
    page = await scene.page(f"sjabloon={NEWS}")
    assert "stille uren" not in page
    assert (await scene.post(Form(page).fields)).status_code == 303
    await scene.worker.run_until_idle()
    assert [row.status for row in await scene.written()] == ["queued", "sent"], "an answer may"


async def test_who_wrote_meanwhile_or_is_writing_is_looked_at_first(scene: Scene, world: Any) -> None:
    await scene.approve(NEWS, "nl")
    form = await scene.form(NEWS)
    await world.message(
        scene.talk, scene.address, "ik heb al iets", channel="whatsapp", created_at=datetime.now(UTC)
    )
    await world.session.commit()
    refused = await scene.post(form)
    assert (refused.status_code, "Fatma schreef" in refused.text) == (409, True)
    again = Form(refused.text).fields
    assert again["client_msg_id"] != form["client_msg_id"]
    assert (await scene.post(again)).status_code == 303


async def test_when_the_provider_does_not_deliver_writing_first_goes_on_by_the_plan(
    scene: Scene, world: Any, graph: MetaStub
) -> None:
    """131049: Meta chose not to deliver. The same words go by SMS, as of any message that we write first."""
    await scene.approve(COURSE, "nl")
    await scene.post(await scene.form(COURSE), agreed="1")
    sms = await world.address(scene.person, "sms")
    await world.session.commit()
    (message,) = await scene.written()
    async with scene.database.transaction() as session:
        await templates.judge(
            session, templates.texts()[COURSE, "whatsapp", "nl"], TemplateState.APPROVED, provider_id=None
        )
        (await session.get_one(Message, message.id)).status = "failed"
        (await session.get_one(Message, message.id)).status_at = datetime.now(UTC)

    async def call(*about: object) -> None:
        raise AssertionError("there is another way")

    assert await plan.fall_back_due(scene.database, call, now=datetime.now(UTC)) == 1
    (_, again) = await scene.written()
    assert (again.address_id, again.text, again.template) == (sms.id, message.text, None)
    assert await scene.all(CallTask) == []


async def test_what_failed_is_sent_again_in_the_same_approved_words(scene: Scene, graph: MetaStub) -> None:
    await scene.approve(NEWS, "nl")
    graph.script.append(refused(400, 132015))  # the template is paused there
    await scene.post(await scene.form(NEWS))
    await scene.worker.run_until_idle()
    (message,) = await scene.written()
    assert (message.status, graph.taken) == ("failed", [])
    again = await scene.browser.post(f"/console/bericht/{message.id}/opnieuw", data={"csrf": scene.csrf})
    assert again.status_code == 303
    await scene.worker.run_until_idle()
    assert graph.texts() == [f"{NEWS}(nl): Jan"]
    assert [row.status for row in await scene.written()] == ["sent"]
