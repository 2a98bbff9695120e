"""One person's trajectory as a page: what its phase asks, consent, intake, steps, options and choice, enrolments."""

from datetime import date
from uuid import uuid4

from fastapi.responses import Response
from sqlalchemy import Select, select

from data.tables import (
    Course,
    Enrolment,
    Person,
    Phase,
    Run,
    Staff,
    Trajectory,
    TrajectoryOption,
    TrajectoryStep,
)
from data.tables.people import ConsentKind
from data.translation import _
from dispatch import clock
from handover import access, consents, file_consent, new_counsellor, path, trajectory
from handover.console import dossier
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.console.labels import word
from handover.console.threads import colleagues
from handover.conversation import NotAllowed

UNKNOWN = "…"  # the first name of the counsellor, who is not chosen yet


async def show(desk: Desk) -> Response:
    """/console/client/{person_id}/traject"""
    person = await desk.person()
    session = desk.session
    facts = await dossier.read(session, person, now=desk.now)
    track = facts.trajectory
    steps, options, enrolments = [], [], []
    if track is not None:
        of_it = TrajectoryStep.trajectory_id == track.id, TrajectoryOption.trajectory_id == track.id
        steps = list(
            await session.scalars(select(TrajectoryStep).where(of_it[0]).order_by(TrajectoryStep.id))
        )
        options = list(
            await session.scalars(select(TrajectoryOption).where(of_it[1]).order_by(TrajectoryOption.id))
        )
    enrolments = list(
        await session.scalars(
            select(Enrolment).where(Enrolment.person_id == person.id).order_by(Enrolment.enrolled_on.desc())
        )
    )
    text, dutch = [
        (await _asked(desk, person, language)).said("text", staff=UNKNOWN)
        for language in (person.language, consents.ORIGINAL)
    ]
    return await desk.page(
        "track.html", person=person, dossier=facts, track=track, steps=steps, options=options, enrolments=enrolments,
        asks=path.ASKS[Phase(track.phase)] if track else (), intake=path.INTAKE, colleagues=await colleagues(desk, person),
        asked=await file_consent.waits(session, person.id, now=desk.now), today=clock.day_of(desk.now),
        consent=text, consent_nl=dutch,
        draft=new_counsellor.draft(person), mistake=path.MISTAKE, step_words=path.words_of,
    )  # fmt: skip


async def ask(desk: Desk) -> Response:
    """Ask in the chat, in the client's language, whether a file may be opened."""
    person = await desk.person()
    counsellor: Staff = await desk.one(
        access.colleagues_of(desk.staff).where(Staff.id == desk.chosen("staff_id"))
    )
    await file_consent.ask(
        desk.session, person, counsellor, about=desk.text("question", path.LONGEST),
        region_id=counsellor.region_id or person.region_id or "", by=desk.staff,
        client_msg_id=desk.text("client_msg_id", 40) or uuid4().hex, now=desk.now,
    )  # fmt: skip
    return desk.go(_page(person.id))


async def open_file(desk: Desk) -> Response:
    """Open a file, with what the person agreed to when it was read out."""
    person = await desk.person()
    if desk.form.get("agreed") != "1":
        raise NotAllowed(_("Vraag eerst of we een dossier mogen openen, en vink dat aan."))
    counsellor: Staff = await desk.one(
        access.colleagues_of(desk.staff).where(Staff.id == desk.chosen("staff_id"))
    )
    region_id = counsellor.region_id or person.region_id or ""
    said = await _asked(desk, person, consents.ORIGINAL)
    if "read_out" in desk.form and desk.form["read_out"].split() != said.said("text", staff=UNKNOWN).split():
        raise NotAllowed(
            _(
                "De tekst over het dossier is intussen anders. Ga terug, laad de bladzijde opnieuw en lees hem nog eens voor."
            )
        )
    await trajectory.open_file(
        desk.session, person.id, counsellor_id=counsellor.id, region_id=region_id, keep_years=said.years,
        question=desk.text("question", path.LONGEST),
        wording=said.said("text", staff=counsellor.name.split()[0]), text_id=said.text_id,
        channel=desk.text("channel", 40) or "desk", by_id=desk.staff.id, now=desk.now,
    )  # fmt: skip
    return desk.go(_page(person.id))


async def phase(desk: Desk) -> Response:
    person, track = await _current(desk)
    wanted, before = desk.form.get("phase", ""), track.phase
    if wanted not in set(Phase):
        raise BadForm
    desk.unless_changed(before)
    await trajectory.change_phase(desk.session, track, Phase(wanted), by_id=desk.staff.id, now=desk.now)
    answer = desk.go(_page(person.id))
    if wanted == before:
        return answer
    said = _("De fase is nu {phase}.", phase=word(wanted, "phase"))
    return desk.done(answer, said, f"/console/client/{person.id}/fase", phase=before, was=wanted)


async def counsellor(desk: Desk) -> Response:
    """Another counsellor or deputy, with the reason for us and words for the client."""
    person, track = await _current(desk)
    known = {one.id: one for one in (await desk.session.scalars(access.colleagues_of(desk.staff))).all()}
    chosen, deputy = known.get(desk.chosen("staff_id")), desk.chosen_or_none("deputy_id")
    if chosen is None or (deputy is not None and deputy not in known):
        raise NotFound
    await new_counsellor.change(
        desk.session, track, chosen, deputy_id=deputy, reason=desk.text("reason", path.LONGEST),
        words=desk.text("words", 2_000), by_id=desk.staff.id, now=desk.now,
    )  # fmt: skip
    return desk.go(_page(person.id))


async def close(desk: Desk) -> Response:
    person, track = await _current(desk)
    await trajectory.close(
        desk.session, track, outcome=desk.text("outcome", path.LONGEST), by_id=desk.staff.id, now=desk.now
    )
    return desk.done(
        desk.go(_page(person.id)), _("Het traject is afgesloten."), f"{_page(person.id)}/heropenen",
        trajectory_id=track.id,
    )  # fmt: skip


async def reopen(desk: Desk) -> Response:
    """A trajectory that was closed goes on."""
    person = await desk.person()
    closed: Trajectory = await desk.one(
        select(Trajectory).where(
            Trajectory.id == desk.chosen("trajectory_id"), Trajectory.person_id == person.id
        )
    )
    await trajectory.reopen(desk.session, closed, by_id=desk.staff.id)
    said = _("Het traject loopt weer. Sluit het hieronder opnieuw af als dat toch moet.")
    return desk.done(desk.go(_page(person.id)), said)


async def intake(desk: Desk) -> Response:
    """The intake form, as far as it was filled in."""
    person, track = await _current(desk)
    answers = {key: desk.text(f"intake_{key}", path.LONGEST) for key in path.INTAKE}
    await path.save_intake(desk.session, track, answers, by_id=desk.staff.id)
    return desk.go(_page(person.id))


async def add_step(desk: Desk) -> Response:
    person, track = await _current(desk)
    due = _day(desk, "due_on") if desk.form.get("due_on") else None
    step = await path.add_step(
        desk.session, track, desk.text("step", path.LONGEST), by="client" if desk.form.get("by") == "client" else "staff",
        due_on=due, by_id=desk.staff.id,
    )  # fmt: skip
    return desk.done(
        desk.go(_page(person.id)), _("De stap staat erbij."), f"/console/traject/stap/{step.id}",
        step_state="dropped", was="open",
    )  # fmt: skip


async def finish_step(desk: Desk) -> Response:
    """Done, dropped, or open again after all."""
    step: TrajectoryStep = await desk.one(
        select(TrajectoryStep)
        .join(Trajectory, Trajectory.id == TrajectoryStep.trajectory_id)
        .where(TrajectoryStep.id == desk.number("step_id"), Trajectory.person_id.in_(_visible(desk)))
    )
    track = await desk.session.get_one(Trajectory, step.trajectory_id)
    state = desk.form.get("step_state", "")
    if state not in ("done", "dropped", "open"):
        raise BadForm
    before = "done" if step.done_at else "dropped" if step.dropped_at else "open"
    desk.unless_changed(before)
    await path.finish_step(desk.session, track, step, state, by_id=desk.staff.id, now=desk.now)
    said = {
        "done": _("De stap is gedaan."),
        "dropped": _("De stap is weg."),
        "open": _("De stap staat weer open."),
    }
    return desk.done(
        desk.go(_page(track.person_id)), said[state], f"/console/traject/stap/{step.id}", step_state=before, was=state
    )  # fmt: skip


async def consider(desk: Desk) -> Response:
    person, track = await _current(desk)
    await path.consider(
        desk.session, track, desk.text("option", path.LONGEST), run_id=desk.chosen_or_none("run_id"),
        for_it=desk.text("for_it", path.LONGEST), against_it=desk.text("against_it", path.LONGEST), by_id=desk.staff.id,
    )  # fmt: skip
    return desk.go(_page(person.id))


async def choose(desk: Desk) -> Response:
    """The client's own choice, or that it is taken back."""
    option: TrajectoryOption = await desk.one(
        select(TrajectoryOption)
        .join(Trajectory, Trajectory.id == TrajectoryOption.trajectory_id)
        .where(TrajectoryOption.id == desk.number("option_id"), Trajectory.person_id.in_(_visible(desk)))
    )
    track = await desk.session.get_one(Trajectory, option.trajectory_id)
    if desk.form.get("taken_back") == "1":
        await path.take_back(desk.session, track, option, by_id=desk.staff.id)
        return desk.go(_page(track.person_id))
    words = desk.text("own_words", path.LONGEST)
    await path.choose(desk.session, track, option, words, by_id=desk.staff.id, now=desk.now)
    answer = desk.go(_page(track.person_id))
    return desk.done(
        answer, _("De keuze is bewaard."), f"/console/traject/weg/{option.id}", taken_back=1
    )  # fmt: skip


async def enrol(desk: Desk) -> Response:
    """Enrolled: in one of the ways that were looked at, or in something else."""
    person, track = await _current(desk)
    what, course_id = desk.text("what", path.LONGEST), None
    option_id = desk.chosen_or_none("option_id")
    if option_id is not None:
        found = await desk.session.execute(
            select(TrajectoryOption.text, Course.id)
            .outerjoin(Run, Run.id == TrajectoryOption.run_id)
            .outerjoin(Course, Course.id == Run.course_id)
            .where(TrajectoryOption.id == option_id, TrajectoryOption.trajectory_id == track.id)
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound
        what, course_id = what or row[0], row[1]
    before = track.phase
    made = await path.enrol(
        desk.session, track, what, course_id=course_id, on=_day(desk, "enrolled_on"), by_id=desk.staff.id, now=desk.now
    )  # fmt: skip
    return desk.done(
        desk.go(_page(person.id)), _("De inschrijving is genoteerd."), f"/console/traject/inschrijving/{made.id}",
        mistake=1, phase=before,
    )  # fmt: skip


async def stop(desk: Desk) -> Response:
    """They left the course, or it was noted by mistake."""
    row: Enrolment = await desk.one(
        select(Enrolment).where(
            Enrolment.id == desk.number("enrolment_id"), Enrolment.person_id.in_(_visible(desk))
        )
    )
    track = await desk.session.get(Trajectory, row.trajectory_id) if row.trajectory_id else None
    if track is None:
        raise NotFound
    mistake, before = desk.form.get("mistake") == "1", desk.form.get("phase", "")
    await path.stop(
        desk.session, track, row, on=clock.day_of(desk.now), reason=desk.text("reason", path.LONGEST),
        mistake=mistake, by_id=desk.staff.id,
    )  # fmt: skip
    if mistake:
        await path.never_began(
            desk.session, track, row, Phase(before) if before in set(Phase) else None, by_id=desk.staff.id, now=desk.now
        )  # fmt: skip
    return desk.go(_page(row.person_id))


async def _asked(desk: Desk, person: Person, language: str) -> consents.Wording:
    """What this desk asks before a file is opened, as the page shows it and as it is kept."""
    region_id = desk.staff.region_id or person.region_id
    return await consents.current(desk.session, region_id, ConsentKind.FILE, language)


async def _current(desk: Desk) -> tuple[Person, Trajectory]:
    """The person in the path and their open trajectory. Raises NotFound, NotAllowed."""
    person = await desk.person()
    track = await trajectory.current(desk.session, person.id)
    if track is None:
        raise NotAllowed(_("Er loopt geen traject voor deze persoon. Open er eerst een."))
    return person, track


def _visible(desk: Desk) -> Select[int]:
    return access.persons_of(desk.staff).with_only_columns(Person.id)


def _day(desk: Desk, name: str) -> date:
    """A date field. Raises NotAllowed."""
    try:
        return date.fromisoformat(desk.form.get(name, ""))
    except ValueError:
        raise NotAllowed(_("Kies een dag uit de kalender.")) from None


def _page(person_id: int) -> str:
    return f"/console/client/{person_id}/traject"


_CLIENT, _TRACK = "/client/{person_id}", "/client/{person_id}/traject"
ROUTES = (
    Route(method="GET", path=_TRACK, handler=show),
    Route(method="POST", path=_TRACK, handler=open_file),
    Route(method="POST", path=f"{_TRACK}/vraag", handler=ask),
    Route(method="POST", path=f"{_TRACK}/intake", handler=intake),
    Route(method="POST", path=f"{_TRACK}/stap", handler=add_step),
    Route(method="POST", path="/traject/stap/{step_id}", handler=finish_step),
    Route(method="POST", path=f"{_TRACK}/weg", handler=consider),
    Route(method="POST", path="/traject/weg/{option_id}", handler=choose),
    Route(method="POST", path=f"{_TRACK}/inschrijving", handler=enrol),
    Route(method="POST", path="/traject/inschrijving/{enrolment_id}", handler=stop),
    Route(method="POST", path=f"{_CLIENT}/fase", handler=phase),
    Route(method="POST", path=f"{_CLIENT}/begeleider", handler=counsellor),
    Route(method="POST", path=f"{_CLIENT}/afsluiten", handler=close),
    Route(method="POST", path=f"{_TRACK}/heropenen", handler=reopen),
)
