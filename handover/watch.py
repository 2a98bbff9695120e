"""The drop-out watch: clients in a trajectory who fell silent where people are lost, and words that may help.

    sign       | when                                                                      | after
    -----------+---------------------------------------------------------------------------+--------
    no_show    | they did not come to their last appointment, and nothing was heard since  | 2 days
    enrolment  | they chose (keuze) or are followed up (opvolging), and are not enrolled    | 10 days
    silent     | in any other phase                                                        | 21 days

Silence is that of the person: no message, call or visit. Where something is planned, an appointment is to come, or they
wait for us, nobody is watched. It suggests; a person of ours decides, changes the words and sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from data.tables import (
    Appointment,
    AppointmentStatus,
    ContactWay,
    Conversation,
    FollowUp,
    FollowUpState,
    Life,
    MicroContact,
    Person,
    Phase,
    Staff,
    Trajectory,
    WaitingOn,
)
from handover import microcontacts


class Sign(StrEnum):
    NO_SHOW = "no_show"
    ENROLMENT = "enrolment"
    SILENT = "silent"


AFTER = {
    Sign.NO_SHOW: timedelta(days=2),
    Sign.ENROLMENT: timedelta(days=10),
    Sign.SILENT: timedelta(days=21),
}
LONGEST = timedelta(days=120)  # after that it is no drop-out but a trajectory to close
BEFORE_ENROLMENT = (Phase.KEUZE, Phase.OPVOLGING)
WORDS: Mapping[Sign, Mapping[str, str]] = {
    Sign.NO_SHOW: {
        "nl": "Dag{name}, we misten je op onze afspraak. Dat kan gebeuren. Zullen we een ander moment zoeken? Je mag hier antwoorden.",
        "fr": "Bonjour{name}, nous ne t'avons pas vu à notre rendez-vous. Cela arrive. On cherche un autre moment ? Tu peux répondre ici.",
        "en": "Hello{name}, we missed you at our appointment. That can happen. Shall we look for another time? You can answer here.",
    },
    Sign.ENROLMENT: {
        "nl": "Dag{name}, hoe gaat het met je inschrijving? Lukt iets niet, of twijfel je? Ik help je graag. Je mag hier antwoorden.",
        "fr": "Bonjour{name}, où en est ton inscription ? Quelque chose bloque, ou tu hésites ? Je t'aide volontiers. Tu peux répondre ici.",
        "en": "Hello{name}, how is your enrolment going? Is something difficult, or do you have doubts? I am glad to help. You can answer here.",
    },
    Sign.SILENT: {
        "nl": "Dag{name}, we hoorden elkaar al een tijdje niet. Hoe gaat het met jou? Je mag hier antwoorden, ook als je plannen veranderd zijn.",
        "fr": "Bonjour{name}, nous n'avons plus parlé depuis un moment. Comment vas-tu ? Tu peux répondre ici, aussi si tes projets ont changé.",
        "en": "Hello{name}, we have not spoken for a while. How are you? You can answer here, also if your plans have changed.",
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A client who may be dropping out: by which sign, and since when nothing was heard."""

    person: Person
    trajectory: Trajectory
    sign: Sign
    since: datetime
    no_show: Appointment | None


async def watched(session: AsyncSession, staff: Staff, *, now: datetime, limit: int = 12) -> list[Watched]:
    """The own clients of `staff` (also as deputy) who may be dropping out: no-shows first, then who is silent longest."""
    asked = {"staff_id": staff.id, "now": now, "lately": now - min(AFTER.values()), "long_ago": now - LONGEST}
    rows = []
    for trajectory, person, since, no_show in await session.execute(_SILENT, asked):
        sign = _sign(trajectory, since, no_show, now)
        if sign is not None:
            rows.append(
                Watched(person=person, trajectory=trajectory, sign=sign, since=since, no_show=no_show)
            )
    rows.sort(key=lambda row: (list(Sign).index(row.sign), row.since))
    return rows[:limit]


def _silent() -> Select[Trajectory, Person, datetime, Appointment | None]:
    """Open trajectories of `staff_id` in which nothing was heard, with the appointment that was missed."""
    missed = (
        select(Appointment.id, Appointment.status)
        .where(
            Appointment.person_id == Trajectory.person_id,
            Appointment.status.in_((AppointmentStatus.NO_SHOW, AppointmentStatus.ATTENDED)),
        )
        .order_by(Appointment.starts_at.desc())
        .limit(1)
        .lateral("last")
    )
    spoken = (
        select(func.max(MicroContact.at))
        .where(
            MicroContact.person_id == Trajectory.person_id,
            microcontacts.stands(),
            or_(
                MicroContact.way == ContactWay.VISIT,
                and_(MicroContact.way == ContactWay.CALL, MicroContact.outcome.is_distinct_from("voicemail")),
            ),
        )
        .scalar_subquery()
    )
    heard = func.greatest(Trajectory.opened_at, Person.last_seen_at, spoken).label("heard")
    planned = select(FollowUp.id).where(
        FollowUp.person_id == Trajectory.person_id, FollowUp.state == FollowUpState.PLANNED
    )
    coming = select(Appointment.id).where(
        Appointment.person_id == Trajectory.person_id,
        Appointment.status == AppointmentStatus.CONFIRMED,
        Appointment.starts_at > bindparam("now"),
    )
    waits = select(Conversation.id).where(
        Conversation.person_id == Trajectory.person_id,
        Conversation.life == Life.OPEN,
        Conversation.waiting_on == WaitingOn.US,
    )
    no_show = aliased(Appointment)
    return (
        select(Trajectory, Person, heard, no_show)
        .join(Person, Person.id == Trajectory.person_id)
        .outerjoin(missed, missed.c.status == AppointmentStatus.NO_SHOW)
        .outerjoin(no_show, no_show.id == missed.c.id)
        .where(
            Trajectory.closed_at.is_(None),
            or_(Trajectory.staff_id == bindparam("staff_id"), Trajectory.deputy_id == bindparam("staff_id")),
            heard <= bindparam("lately"),
            heard > bindparam("long_ago"),
            ~planned.exists(),
            ~coming.exists(),
            ~waits.exists(),
        )
        .order_by(heard)
    )


_SILENT = _silent()  # made once: it is dear


def _sign(trajectory: Trajectory, heard: datetime, no_show: Appointment | None, now: datetime) -> Sign | None:
    """The weightiest sign of one trajectory in which nothing was heard since `heard`."""
    if no_show is not None and heard <= no_show.starts_at <= now - AFTER[Sign.NO_SHOW]:
        return Sign.NO_SHOW
    sign = Sign.ENROLMENT if trajectory.phase in BEFORE_ENROLMENT else Sign.SILENT
    return sign if heard <= now - AFTER[sign] else None


def suggestion(sign: Sign, person: Person) -> str:
    """Words to begin from, in the person's language; in English where we have none of ours."""
    words = WORDS[sign].get(person.language.split("-")[0], WORDS[sign]["en"])
    first = (person.name or "").split()
    return words.format(name=f" {first[0]}" if first else "")
