"""Figures mean what is written beside them."""

from datetime import timedelta
from typing import Any

from data.tables import Correction, Decision
from handover import conversation, reports
from handover.conversation import Step
from handover.reports import Span


def _span(world: Any, regions: frozenset[str] | None = None) -> Span:
    day = timedelta(days=1)
    return Span(start=world.now - 30 * day, end=world.now + 30 * day, regions=regions)


async def _decided(world: Any, region: str, *tiers: str, corrected: str | None = None) -> None:
    person = await world.person(region=region)
    address = await world.address(person)
    talk = await world.conversation(person)
    for tier in tiers:
        message = await world.message(talk, address)
        await world.add(
            Decision(
                message_id=message.id, conversation_id=talk.id, intent="x", confidence=1, language="nl",
                tier=tier, action="a", reasons=[], understanding={}, model_version="1",
                created_at=world.now,
            )
        )  # fmt: skip
        if corrected:
            staff = await world.staff()
            await world.add(
                Correction(
                    message_id=message.id, person_id=person.id, staff_id=staff.id, intent="x", tier=corrected,
                    slots=[], language="nl", model_version="1",
                )
            )  # fmt: skip


async def test_a_conversation_counts_once_at_its_weightiest_tier(world: Any) -> None:
    await _decided(world, "gent", "information", "trajectory", "service")
    await _decided(world, "gent", "information")
    await _decided(world, "gent", "information", corrected="mediation")
    await _decided(world, "antwerpen", "referral")
    gent = dict(await reports.funnel(world.session, _span(world, frozenset({"gent"}))))
    assert gent == {"information": 1, "mediation": 1, "trajectory": 1, "referral": 0, "service": 0}
    assert dict(await reports.funnel(world.session, _span(world)))["referral"] == 1


async def test_waiting_and_promises_come_from_the_take_overs(world: Any) -> None:
    staff = await world.staff()
    for seconds in (60, 120, 3600):
        talk = await world.conversation(await world.person())
        await conversation.move(world.session, talk, Step.ESCALATE, now=world.now)
        await conversation.move(
            world.session, talk, Step.TAKE_OVER, staff_id=staff.id, now=world.now + timedelta(seconds=seconds)
        )
    span = Span(start=world.now - timedelta(days=999), end=world.now + timedelta(days=999), regions=None)
    waits = await reports.waits(world.session, span)
    assert (waits.handed_over, waits.median_s) == (3, 120)
    assert waits.kept + waits.broken == 3
    elsewhere = await reports.waits(world.session, Span(start=span.start, end=span.end, regions=frozenset()))
    assert (elsewhere.handed_over, elsewhere.median_s) == (0, None)


async def test_hours_are_belgian(world: Any) -> None:
    person = await world.person()
    await world.message(await world.conversation(person), await world.address(person))
    hours = await reports.hours(world.session, _span(world))
    assert hours[10] == 1
    assert sum(hours) == 1


async def test_every_figure_of_an_empty_region_is_nought(world: Any) -> None:
    span = _span(world, frozenset({"gent"}))
    assert await reports.channels(world.session, span) == []
    assert await reports.appointments(world.session, span) == []
    assert await reports.phases(world.session, span) == []
    assert await reports.referrals(world.session, span) == []
    contacts = await reports.contacts(world.session, span)
    assert (contacts.trajectories, contacts.contacts, contacts.mean) == (0, 0, None)
