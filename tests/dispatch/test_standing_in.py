"""Who takes over: the deputy of an own client, and for others whoever sits there and is free."""

from datetime import timedelta

from data.tables import Appointment
from dispatch.standing_in import stand_in
from tests.dispatch.world import NOW, Desk


async def _stands_in(desk: Desk, appointment: Appointment) -> int | None:
    async with desk.database.transaction() as session:
        slot = await stand_in(session, appointment, now=NOW)
    assert slot is None or (slot.starts_at, slot.counter_id) == (
        appointment.starts_at,
        appointment.counter_id,
    )
    return None if slot is None else slot.staff_id


async def test_a_colleague_who_sits_there_first_of_all_one_with_the_language(desk: Desk) -> None:
    counter, els = await desk.counter(), await desk.counsellor()
    await desk.sitting(counter, els)
    (slot, *_) = await desk.slots(staff_id=els.id)
    held = await desk.hold(slot, (await desk.person()).id, language="fr")
    assert isinstance(held, Appointment)
    assert await _stands_in(desk, held) is None  # nobody else sits there
    elsewhere = await desk.counsellor()
    await desk.sitting(await desk.counter("elders"), elsewhere)
    assert await _stands_in(desk, held) is None
    jan, fatou = await desk.counsellor(), await desk.counsellor(languages=["nl", "fr"])
    await desk.sitting(counter, jan)
    assert await _stands_in(desk, held) == jan.id
    await desk.sitting(counter, fatou)
    assert await _stands_in(desk, held) == fatou.id
    await desk.absence(fatou, slot.starts_at + timedelta(minutes=30), slot.ends_at)
    assert await _stands_in(desk, held) == jan.id


async def test_an_own_client_gets_the_deputy_and_nobody_else(desk: Desk) -> None:
    counter = await desk.counter()
    els, jan, deputy = [await desk.counsellor() for _ in range(3)]
    for staff in (els, jan, deputy):
        await desk.sitting(counter, staff)
    person = await desk.person()
    await desk.trajectory(person, els, deputy)
    slots = {slot.staff_id: slot for slot in reversed(await desk.slots())}
    held = await desk.hold(slots[els.id], person.id)
    assert isinstance(held, Appointment)
    assert await _stands_in(desk, held) == deputy.id
    await desk.booked(slots[deputy.id])
    assert await _stands_in(desk, held) is None
