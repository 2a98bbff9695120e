"""Inside a trajectory: what is asked, who does what, the client's own choice, enrolment and the price after it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import (
    Consent,
    Enrolment,
    Event,
    FollowUp,
    Note,
    Person,
    Phase,
    Question,
    Role,
    Trajectory,
    TrajectoryOption,
    TrajectoryStep,
)
from data.translation import speaking
from handover import new_counsellor, path, trajectory
from handover.conversation import NotAllowed
from tests.handover.test_partners_console import log_in
from tests.offer import add_run

TODAY = date(2026, 11, 24)


async def a_track(world: Any, **more: Any) -> tuple[Trajectory, Any]:
    staff = await world.staff(name="Els Peeters")
    return await world.trajectory(await world.person(), staff, **more), staff


def test_every_phase_asks_something() -> None:
    assert set(path.ASKS) == set(Phase)
    for lines in path.ASKS.values():
        assert 2 <= len(lines) <= 4
        assert all(len(line) < 80 for line in lines)


async def test_a_choice_is_the_clients_between_at_least_two(world: Any) -> None:
    track, staff = await a_track(world)
    only = await path.consider(world.session, track, "Ligo", run_id=None, for_it="dichtbij", against_it="", by_id=staff.id)  # fmt: skip
    with pytest.raises(NotAllowed, match="minstens twee"):
        await path.choose(world.session, track, only, "dichtbij", by_id=staff.id, now=world.now)
    run = await add_run(world.session)
    other = await path.consider(
        world.session, track, "", run_id=run.id, for_it="", against_it="", by_id=staff.id
    )
    assert other.text == "Spaans 1", "of a course we know the title is filled in"
    with pytest.raises(NotAllowed, match="Jij kiest niet"):
        await path.choose(world.session, track, other, " ", by_id=staff.id, now=world.now)
    await path.choose(world.session, track, other, "ik wil naar Spanje", by_id=staff.id, now=world.now)
    assert (other.own_words, other.chosen_at) == ("ik wil naar Spanje", world.now)
    await path.take_back(world.session, track, other, by_id=staff.id)
    assert other.own_words is None
    with pytest.raises(NotAllowed, match="welke weg"):
        await path.consider(world.session, track, " ", run_id=None, for_it="", against_it="", by_id=staff.id)


async def test_enrolling_begins_aftercare_and_counts_for_the_price(world: Any) -> None:
    track, staff = await a_track(world, phase="opvolging")
    run = await add_run(world.session)
    long_ago = TODAY.replace(year=TODAY.year - 7)
    for on in (long_ago, TODAY - timedelta(days=400), TODAY):
        last = await path.enrol(
            world.session, track, "Spaans", course_id=run.course_id, on=on, by_id=staff.id, now=world.now
        )
    person = await world.session.get_one(Person, track.person_id)
    assert person.facts["enrolled_before"] == {str(run.course_id): 2}, "of the last six school years"
    assert track.phase == Phase.NAZORG
    steps = (await world.session.scalars(select(TrajectoryStep).order_by(TrajectoryStep.id.desc()))).all()
    assert (steps[0].text, steps[0].due_on, steps[0].by) == (
        path.FIRST_LESSONS_STEP, TODAY + path.FIRST_LESSONS, "staff",
    )  # fmt: skip
    due = await path.due_steps(world.session, staff.id, TODAY + path.FIRST_LESSONS)
    assert steps[0].id in {step.id for step, _ in due}
    assert len(await path.due_steps(world.session, staff.id, TODAY)) == 2
    with pytest.raises(NotAllowed, match="waarom"):
        await path.stop(world.session, track, last, on=TODAY, reason=" ", mistake=False, by_id=staff.id)
    await path.stop(world.session, track, last, on=TODAY, reason="te ver", mistake=False, by_id=staff.id)
    assert person.facts["enrolled_before"] == {str(run.course_id): 2}, "who stopped was enrolled"
    await path.stop(world.session, track, last, on=TODAY, reason="", mistake=True, by_id=staff.id)
    assert person.facts["enrolled_before"] == {str(run.course_id): 1}, "a mistake never counted"


async def test_what_is_kept_is_dutch_and_our_own_step_is_read_in_ones_own_language(world: Any) -> None:
    track, staff = await a_track(world, phase="opvolging")
    colleague = await world.staff(name="Karim Haddadi")
    with speaking("fr"):
        await path.enrol(
            world.session, track, "Spaans", course_id=None, on=TODAY, by_id=staff.id, now=world.now
        )
        step = (await world.session.scalars(select(TrajectoryStep))).one()
        assert step.text == "Vraag hoe de eerste lessen gaan."
        assert path.words_of(step) == "Demandez comment se passent les premiers cours."
        own = await path.add_step(
            world.session, track, "Vraag {naam}", by="staff", due_on=None, by_id=staff.id
        )
        assert path.words_of(own) == "Vraag {naam}", "what somebody wrote is theirs"
        with pytest.raises(NotAllowed, match="Écrivez ce qui doit être fait"):
            await path.add_step(world.session, track, " ", by="staff", due_on=None, by_id=staff.id)
        await trajectory.change_counsellor(
            world.session, track, colleague.id, deputy_id=None, reason="ziek", by_id=staff.id, now=world.now
        )
    note = (await world.session.scalars(select(Note))).one()
    assert note.text == "Nieuwe begeleider: Karim Haddadi. ziek"


async def test_a_step_is_done_dropped_or_open_again(world: Any) -> None:
    track, staff = await a_track(world)
    with pytest.raises(NotAllowed):
        await path.add_step(world.session, track, " ", by="client", due_on=None, by_id=staff.id)
    step = await path.add_step(
        world.session, track, "belt de school", by="staff", due_on=TODAY, by_id=staff.id
    )
    assert [found.id for found, _ in await path.due_steps(world.session, staff.id, TODAY)] == [step.id]
    await path.finish_step(world.session, track, step, "done", by_id=staff.id, now=world.now)
    assert await path.due_steps(world.session, staff.id, TODAY) == []
    await path.finish_step(world.session, track, step, "open", by_id=staff.id, now=world.now)
    assert len(await path.due_steps(world.session, staff.id, TODAY)) == 1


@pytest.mark.parametrize("language", new_counsellor.WORDS)
async def test_another_counsellor_is_told_in_the_clients_language(world: Any, language: str) -> None:
    track, _ = await a_track(world)
    jan = await world.staff(name="Jan Maes")
    person = await world.session.get_one(Person, track.person_id)
    person.language, person.name = language, "Fatma Yilmaz"
    await new_counsellor.change(
        world.session, track, jan, deputy_id=None, reason="Els gaat met verlof", words=new_counsellor.draft(person),
        by_id=jan.id, now=world.now,
    )  # fmt: skip
    planned = (await world.session.scalars(select(FollowUp))).one()
    assert (planned.staff_id, planned.due_at, planned.cancel_if_wrote) == (jan.id, world.now, False)
    for name in ("Fatma", "Jan", "Els"):
        assert name in planned.text
    assert "{" not in planned.text
    assert "verlof" not in planned.text, "why is for us"
    note = (await world.session.scalars(select(Note))).one()
    assert "Els gaat met verlof" in note.text


async def test_no_surprise_and_no_message_about_a_deputy(world: Any) -> None:
    track, els = await a_track(world)
    jan = await world.staff(name="Jan Maes")
    with pytest.raises(NotAllowed, match="verrassing"):
        await new_counsellor.change(world.session, track, jan, deputy_id=None, reason="verlof", words=" ", by_id=jan.id, now=world.now)  # fmt: skip
    assert track.staff_id == els.id
    await new_counsellor.change(world.session, track, els, deputy_id=jan.id, reason="vakantie", words="", by_id=els.id, now=world.now)  # fmt: skip
    assert (track.staff_id, track.deputy_id) == (els.id, jan.id)
    assert (await world.session.scalars(select(FollowUp))).all() == []


async def test_from_question_to_aftercare_on_one_page(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    person = await world.person(name="Fatma")
    address = await world.address(person)
    await world.message(await world.conversation(person), address)
    run = await add_run(world.session)
    csrf = await log_in(world, browser, Role.COORDINATOR)
    page = f"/console/client/{person.id}/traject"

    async def post(where: str, **form: str) -> httpx.Response:
        return await browser.post(
            where,
            data={"csrf": csrf, "client_msg_id": str(uuid4()), **form},
            headers={"origin": "http://test"},
        )

    first = (await browser.get(page)).text
    assert "We willen een dossier voor je openen." in first
    colleague = await world.staff(Role.COUNSELLOR, name="Els Peeters")
    await world.session.commit()
    assert (await post(f"{page}/intake", intake_goal="x")).status_code == 409, "no file, nothing to fill in"
    assert (await post(f"{page}/vraag", staff_id=str(colleague.id), question="diploma")).status_code == 303
    assert "Gevraagd" in (await browser.get(page)).text
    assert (await post(page, staff_id=str(colleague.id), question="diploma", agreed="1")).status_code == 303
    await post(f"{page}/intake", intake_goal="verpleegkunde", intake_help="", onbekend="x")
    await post(f"{page}/stap", step="belt de school", by="client", due_on="2026-12-01")
    assert (await post(f"{page}/stap", step="belt", due_on="morgen")).status_code == 409
    await post(f"{page}/weg", option="Ligo")
    await post(f"{page}/weg", option="", run_id=str(run.id), for_it="avond")
    async with database.transaction() as session:
        option = (
            await session.scalars(select(TrajectoryOption).where(TrajectoryOption.run_id == run.id))
        ).one()
    assert (await post(f"/console/traject/weg/{option.id}", own_words="avond past mij")).status_code == 303
    assert (
        await post(f"{page}/inschrijving", option_id=str(option.id), enrolled_on="2026-11-20")
    ).status_code == 303
    shown = (await browser.get(page)).text
    for words in (
        "verpleegkunde",
        "belt de school",
        "avond past mij",
        "Spaans 1",
        "Hoe gingen de eerste lessen?",
    ):
        assert words in shown
    async with database.transaction() as session:
        row = (await session.scalars(select(Enrolment))).one()
        kept = await session.get_one(Person, person.id)
        track = (await session.scalars(select(Trajectory))).one()
        assert (await session.scalars(select(Consent.kind))).all() == ["file"]
        assert (await session.scalars(select(Question.kind))).all() == ["file"]
    assert (row.course_id, kept.facts["enrolled_before"]) == (run.course_id, {str(run.course_id): 1})
    assert (track.phase, track.intake) == ("nazorg", {"goal": "verpleegkunde"})
    async with database.transaction() as session:
        step = (await session.scalars(select(TrajectoryStep).where(TrajectoryStep.by == "staff"))).one()
        step.due_on = datetime.now(UTC).date()
        trajectory = await session.get_one(Trajectory, track.id)
        trajectory.staff_id = (await session.scalars(select(Event.staff_id).where(Event.kind == "trajectory.enrolled"))).one()  # fmt: skip
    assert "Vraag hoe de eerste lessen gaan." in (await browser.get("/console/dag")).text
    assert (await post(f"/console/traject/stap/{step.id}", step_state="done")).status_code == 303
    assert "Vraag hoe de eerste lessen gaan." not in (await browser.get("/console/dag")).text
