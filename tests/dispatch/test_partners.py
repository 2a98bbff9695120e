"""Referrals: to the right partner, and never without consent."""

import pytest
from sqlalchemy import select

from data.tables import Consent, Event, Partner, Referral
from dispatch import partners
from dispatch.partners import NotOffered
from tests.dispatch.world import NOW, World


async def _partner(world: World, kind: str = "vdab", **more: object) -> Partner:
    values = {"name": kind.upper(), "owns": "werk", "invented": False, "active": True} | more
    partner: Partner = await world.add(Partner(kind=kind, **values))
    return partner


async def _found(world: World, name: str, region_id: str | None = "gent") -> str | None:
    async with world.database.transaction() as session:
        found = await partners.find(session, name, region_id)
        return found.name if found else None


async def test_the_partner_of_the_region_goes_before_the_general_one(world: World) -> None:
    await world.region("limburg")
    await _partner(world, "ocmw", name="OCMW van je gemeente")
    await _partner(world, "ocmw", name="OCMW Gent", region_id="gent")
    await _partner(world, "ocmw", name="OCMW Genk (demo)", region_id="limburg", invented=True)
    await _partner(world, "clb", active=False)
    assert await _found(world, "OCMW") == "OCMW Gent"
    assert await _found(world, "ocmw") == "OCMW Gent"
    assert await _found(world, "OCMW", "limburg") == "OCMW van je gemeente"
    assert await _found(world, "OCMW", None) == "OCMW van je gemeente"
    assert await _found(world, "CLB") is None
    assert await _found(world, "onbekend") is None


async def _offered(world: World) -> Referral:
    partner, person = await _partner(world), await world.person()
    async with world.database.transaction() as session:
        return await partners.offer(session, person_id=person.id, partner_id=partner.id, summary="zoekt werk")


async def _consents(world: World) -> list[Consent]:
    async with world.database.transaction() as session:
        return list(await session.scalars(select(Consent)))


async def _state(world: World, referral: Referral) -> tuple[str, str | None]:
    async with world.database.transaction() as session:
        row = await session.get_one(Referral, referral.id)
        return row.state, row.summary


async def test_offer_and_consent(world: World) -> None:
    referral = await _offered(world)
    assert await _state(world, referral) == ("offered", "zoekt werk")
    assert await _consents(world) == []
    async with world.database.transaction() as session:
        partner = await partners.consent(session, referral.id, wording="Mag dit?", channel="sms", now=NOW)
    assert partner.id == referral.partner_id
    assert await _state(world, referral) == ("consented", "zoekt werk")
    (consent,) = await _consents(world)
    assert (consent.kind, consent.partner_id, consent.wording, consent.channel, consent.given_at) == (
        "referral", partner.id, "Mag dit?", "sms", NOW,
    )  # fmt: skip
    async with world.database.transaction() as session:
        events = (await session.scalars(select(Event).order_by(Event.id))).all()
    assert [event.kind for event in events] == ["referral.offered", "referral.consented"]
    assert all("zoekt" not in str(event.data) for event in events)


async def test_declining_drops_the_summary_and_leaves_no_consent(world: World) -> None:
    referral = await _offered(world)
    async with world.database.transaction() as session:
        await partners.decline(session, referral.id, now=NOW)
        await partners.decline(session, referral.id, now=NOW)
    assert await _state(world, referral) == ("declined", None)
    assert await _consents(world) == []
    with pytest.raises(NotOffered):
        async with world.database.transaction() as session:
            await partners.consent(session, referral.id, wording="x", channel="sms", now=NOW)
    assert await _consents(world) == []


async def test_consent_counts_once_and_a_late_no_does_not_undo_it(world: World) -> None:
    referral = await _offered(world)
    async with world.database.transaction() as session:
        await partners.consent(session, referral.id, wording="x", channel="sms", now=NOW)
        await partners.decline(session, referral.id, now=NOW)
    with pytest.raises(NotOffered):
        async with world.database.transaction() as session:
            await partners.consent(session, referral.id, wording="x", channel="sms", now=NOW)
    assert await _state(world, referral) == ("consented", "zoekt werk")
    assert len(await _consents(world)) == 1


async def test_the_same_offer_again_is_the_same_row(world: World) -> None:
    referral = await _offered(world)
    async with world.database.transaction() as session:
        again = await partners.offer(
            session,
            person_id=referral.person_id,
            partner_id=referral.partner_id,
            summary="zoekt dringend werk",
        )
    assert again.id == referral.id
    assert await _state(world, referral) == ("offered", "zoekt dringend werk")


async def test_consent_can_be_taken_back(world: World) -> None:
    referral = await _offered(world)
    async with world.database.transaction() as session:
        await partners.consent(session, referral.id, wording="x", channel="sms", now=NOW)
        await partners.withdraw(session, referral.person_id, referral.partner_id, now=NOW)
    assert await _state(world, referral) == ("declined", None)
    (consent,) = await _consents(world)
    assert consent.withdrawn_at == NOW


async def test_who_serves_the_postcode_goes_first_and_who_serves_others_is_passed_over(world: World) -> None:
    await world.region("limburg")
    await _partner(world, "ocmw", name="OCMW van je gemeente")
    await _partner(world, "ocmw", name="OCMW Gent", region_id="gent")
    await _partner(world, "ocmw", name="OCMW Deinze", region_id="gent", postcodes=["9800"])
    async with world.database.transaction() as session:
        for region, codes, name in (
            ("gent", ["9800", "9810"], "OCMW Deinze"),
            ("gent", ["9000"], "OCMW Gent"),
            ("limburg", ["3600"], "OCMW van je gemeente"),
            ("gent", [], "OCMW Gent"),
        ):
            found = await partners.find(session, "OCMW", region, postcodes=codes)
            assert found is not None
            assert found.name == name, codes
