"""What happens inside a trajectory: what each phase asks, the intake, steps, options with the client's choice, enrolments."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Course, Enrolment, Person, Phase, Run, Trajectory, TrajectoryOption, TrajectoryStep
from data.translation import N_, _
from handover import trajectory as tracks
from handover.conversation import NotAllowed, lock_person

ASKS: Mapping[Phase, Sequence[str]] = {
    Phase.TOELEIDING: (
        N_("Wie bracht deze persoon bij ons, en mag die horen hoe het loopt?"),
        N_("Weet de persoon wat we doen, en dat het gratis is?"),
    ),
    Phase.AANMELDING: (
        N_("Is er toestemming voor een dossier?"), N_("Hoe en wanneer bereik je de persoon best?"), N_("Wat is de vraag, in een zin?"),
    ),
    Phase.INTAKE: (
        N_("Wat wil de persoon, en waarom nu?"), N_("Wat leerde en werkte die al?"), N_("Wat kan in de weg staan?"),
    ),
    Phase.TRAJECT: (
        N_("Welke wegen zijn er? Minstens twee."), N_("Wat zoekt de persoon zelf uit, en wat jij?"), N_("Is er een infomoment of proefles?"),
    ),
    Phase.KEUZE: (
        N_("Wat kiest de persoon zelf, en met welke woorden?"), N_("Wat kost het, en wat kan goedkoper?"), N_("Wat als het niet lukt?"),
    ),
    Phase.OPVOLGING: (
        N_("Is de inschrijving in orde?"), N_("Zijn opvang, vervoer en uren geregeld?"), N_("Weet de school wat de persoon nodig heeft?"),
    ),
    Phase.NAZORG: (
        N_("Hoe gingen de eerste lessen?"), N_("Volgt de persoon nog, en zo niet: wat dan?"), N_("Kan het traject dicht?"),
    ),
}  # fmt: skip
INTAKE: Mapping[str, str] = {
    "goal": N_("Wat wil je bereiken?"), "learned": N_("Wat leerde je al, waar?"), "work": N_("Wat doe je nu of deed je vroeger?"),
    "when": N_("Wanneer heb je tijd om te leren?"), "barrier": N_("Wat kan het moeilijk maken?"), "help": N_("Waarbij wil je hulp?"),
}  # fmt: skip
"""Short, and none of it has to be filled in."""
LONGEST = 600  # characters of an answer
FIRST_LESSONS = timedelta(weeks=3)
FIRST_LESSONS_STEP = N_("Vraag hoe de eerste lessen gaan.")
SCHOOL_YEARS = 6  # within which the same course counts for the price of a fourth enrolment
MISTAKE = "vergissing"
NEEDS_WORDS = N_("Schrijf in de woorden van de cliënt waarom die dit kiest. Jij kiest niet.")


async def save_intake(
    session: AsyncSession, track: Trajectory, answers: Mapping[str, str], *, by_id: int
) -> None:
    """Keep what was answered; an empty answer takes away what stood there."""
    track.intake = {key: text.strip()[:LONGEST] for key in INTAKE if (text := answers.get(key, "")).strip()}
    await session.flush()
    await _tell(session, "trajectory.intake", track, by_id)


async def add_step(
    session: AsyncSession, track: Trajectory, text: str, *, by: str, due_on: date | None, by_id: int
) -> TrajectoryStep:
    """Something to do in the phase that the trajectory is in. Raises NotAllowed without words."""
    if not text.strip():
        raise NotAllowed(_("Schrijf wat er moet gebeuren."))
    step = TrajectoryStep(
        trajectory_id=track.id, phase=track.phase, text=text.strip()[:LONGEST], by=by, due_on=due_on, staff_id=by_id
    )  # fmt: skip
    session.add(step)
    await session.flush()
    await _tell(session, "trajectory.step", track, by_id, step_id=step.id)
    return step


def words_of(step: TrajectoryStep) -> str:
    """What has to be done: as somebody wrote it; the step of ours in the language of who reads."""
    return _(FIRST_LESSONS_STEP) if step.text == FIRST_LESSONS_STEP else step.text


async def finish_step(
    session: AsyncSession, track: Trajectory, step: TrajectoryStep, state: str, *, by_id: int, now: datetime
) -> None:
    """It is `done`, `dropped`, or `open` again."""
    step.done_at = now if state == "done" else None
    step.dropped_at = now if state == "dropped" else None
    await session.flush()
    await _tell(session, "trajectory.step", track, by_id, step_id=step.id, state=state)


async def due_steps(
    session: AsyncSession, staff_id: int, today: date
) -> Sequence[tuple[TrajectoryStep, Person]]:
    """What is for us to do by today in the open trajectories of this counsellor, the oldest first."""
    found = await session.execute(
        select(TrajectoryStep, Person)
        .join(Trajectory, Trajectory.id == TrajectoryStep.trajectory_id)
        .join(Person, Person.id == Trajectory.person_id)
        .where(
            Trajectory.staff_id == staff_id, Trajectory.closed_at.is_(None), TrajectoryStep.by == "staff",
            TrajectoryStep.due_on <= today,
            TrajectoryStep.done_at.is_(None), TrajectoryStep.dropped_at.is_(None),
        )
        .order_by(TrajectoryStep.due_on, TrajectoryStep.id)
    )  # fmt: skip
    return [(step, person) for step, person in found]


async def consider(
    session: AsyncSession,
    track: Trajectory,
    text: str,
    *,
    run_id: int | None,
    for_it: str,
    against_it: str,
    by_id: int,
) -> TrajectoryOption:
    """A way that is looked at together; of a run of the catalogue the title is filled in. Raises NotAllowed."""
    if run_id is not None:
        title = await session.scalar(
            select(Course.title).join(Run, Run.course_id == Course.id).where(Run.id == run_id)
        )
        text = text.strip() or (title or "")
    if not text.strip():
        raise NotAllowed(_("Schrijf welke weg jullie bekijken, of kies een getoonde cursus."))
    option = TrajectoryOption(
        trajectory_id=track.id, text=text.strip()[:LONGEST], run_id=run_id, for_it=for_it.strip()[:LONGEST] or None,
        against_it=against_it.strip()[:LONGEST] or None, staff_id=by_id,
    )  # fmt: skip
    session.add(option)
    await session.flush()
    await _tell(session, "trajectory.option", track, by_id, option_id=option.id)
    return option


async def choose(
    session: AsyncSession,
    track: Trajectory,
    option: TrajectoryOption,
    own_words: str,
    *,
    by_id: int,
    now: datetime,
) -> None:
    """The client chose this one, in these words. Among fewer than two there is no choice. Raises NotAllowed."""
    if not own_words.strip():
        raise NotAllowed(_(NEEDS_WORDS))
    considered = await session.scalar(
        select(func.count()).select_from(TrajectoryOption).where(TrajectoryOption.trajectory_id == track.id)
    )
    if (considered or 0) < 2:
        raise NotAllowed(_("Bekijk eerst minstens twee wegen. Met één weg valt er niets te kiezen."))
    option.chosen_at, option.own_words = now, own_words.strip()[:LONGEST]
    await session.flush()
    await _tell(session, "trajectory.chosen", track, by_id, option_id=option.id)


async def take_back(
    session: AsyncSession, track: Trajectory, option: TrajectoryOption, *, by_id: int
) -> None:
    """The client thought better of it."""
    option.chosen_at = option.own_words = None
    await session.flush()
    await _tell(session, "trajectory.unchosen", track, by_id, option_id=option.id)


async def enrol(
    session: AsyncSession,
    track: Trajectory,
    what: str,
    *,
    course_id: int | None,
    on: date,
    by_id: int,
    now: datetime,
) -> Enrolment:
    """The person is enrolled: aftercare begins, with a step to ask how the first lessons go. Raises NotAllowed."""
    if not what.strip():
        raise NotAllowed(_("Schrijf waarvoor de persoon ingeschreven is, of kies een van de wegen."))
    person = await lock_person(session, track.person_id)
    row = Enrolment(
        person_id=person.id, trajectory_id=track.id, what=what.strip()[:LONGEST], course_id=course_id, enrolled_on=on,
        staff_id=by_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await _count_again(session, person, on=on)
    await _tell(session, "trajectory.enrolled", track, by_id, enrolment_id=row.id)
    await tracks.change_phase(session, track, Phase.NAZORG, by_id=by_id, now=now)
    await add_step(session, track, FIRST_LESSONS_STEP, by="staff", due_on=on + FIRST_LESSONS, by_id=by_id)
    return row


async def stop(
    session: AsyncSession,
    track: Trajectory,
    row: Enrolment,
    *,
    on: date,
    reason: str,
    mistake: bool,
    by_id: int,
) -> None:
    """They left, with the reason; or it was our mistake, and it never counted. Raises NotAllowed without a reason."""
    if not mistake and not reason.strip():
        raise NotAllowed(_("Schrijf waarom de persoon stopte. Zo kan je samen iets anders zoeken."))
    person = await lock_person(session, row.person_id)
    row.stopped_on, row.stop_reason = on, MISTAKE if mistake else reason.strip()[:LONGEST]
    await session.flush()
    await _count_again(session, person, on=on)
    await _tell(session, "trajectory.stopped", track, by_id, enrolment_id=row.id)


async def never_began(
    session: AsyncSession,
    track: Trajectory,
    row: Enrolment,
    before: Phase | None,
    *,
    by_id: int,
    now: datetime,
) -> None:
    """Of an enrolment by mistake: nobody asks how the first lessons go, and aftercare gives way to the phase `before`."""
    asks = await session.scalars(
        select(TrajectoryStep).where(
            TrajectoryStep.trajectory_id == track.id, TrajectoryStep.text == FIRST_LESSONS_STEP,
            TrajectoryStep.due_on == row.enrolled_on + FIRST_LESSONS, TrajectoryStep.done_at.is_(None),
            TrajectoryStep.dropped_at.is_(None),
        )
    )  # fmt: skip
    for step in asks.all():
        await finish_step(session, track, step, "dropped", by_id=by_id, now=now)
    if before is not None and track.phase == Phase.NAZORG:
        await tracks.change_phase(session, track, before, by_id=by_id, now=now)


async def _count_again(session: AsyncSession, person: Person, *, on: date) -> None:
    """Course → how often in the last six school years, as `data.catalog.price_rules` reads it."""
    first = on.year if on.month >= 9 else on.year - 1
    found = await session.execute(
        select(Enrolment.course_id, func.count())
        .where(
            Enrolment.person_id == person.id, Enrolment.course_id.is_not(None),
            Enrolment.enrolled_on >= date(first - SCHOOL_YEARS + 1, 9, 1),
            Enrolment.stop_reason.is_distinct_from(MISTAKE),
        )
        .group_by(Enrolment.course_id)
    )  # fmt: skip
    counts = {str(course_id): count for course_id, count in found}
    kept = {name: value for name, value in person.facts.items() if name != "enrolled_before"}
    person.facts = {**kept, "enrolled_before": counts} if counts else kept
    await session.flush()


async def _tell(session: AsyncSession, kind: str, track: Trajectory, by_id: int, **data: object) -> None:
    await events.record(
        session, kind, person_id=track.person_id, region_id=track.region_id, staff_id=by_id,
        data={"trajectory_id": track.id, **data},
    )  # fmt: skip
