"""A person's guidance: opened with consent, through its phases, with one counsellor and a deputy."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Consent, ConsentKind, Note, Phase, PhaseChange, Staff, Trajectory
from data.translation import _
from handover.conversation import NotAllowed, lock_person
from handover.put_back import MEANWHILE

PHASES = tuple(Phase)


async def current(session: AsyncSession, person_id: int) -> Trajectory | None:
    """The open trajectory of a person; there is at most one."""
    query = select(Trajectory).where(Trajectory.person_id == person_id, Trajectory.closed_at.is_(None))
    return (await session.scalars(query)).one_or_none()


async def open_file(
    session: AsyncSession,
    person_id: int,
    *,
    counsellor_id: int,
    region_id: str,
    question: str | None,
    wording: str,
    channel: str,
    by_id: int | None,
    now: datetime,
    keep_years: int | None = None,
    text_id: int | None = None,
) -> Trajectory:
    """Open a trajectory. `wording` is what the person agreed to, `text_id` the version of the region that it is, `channel`
    where they said so, `keep_years` how long it is kept by those words.

    Raises NotAllowed without an agreement, or when one is open already.
    """
    if not wording.strip():
        raise NotAllowed(_("Vraag eerst of we een dossier mogen openen, en noteer het antwoord."))
    person = await lock_person(session, person_id)
    if await current(session, person_id) is not None:
        raise NotAllowed(_("Er loopt al een traject voor deze persoon."))
    person.region_id = person.region_id or region_id
    session.add(
        Consent(
            person_id=person_id,
            kind=ConsentKind.FILE,
            wording=wording.strip(),
            text_id=text_id,
            channel=channel,
            given_at=now,
            keep_years=keep_years,
        )
    )
    trajectory = Trajectory(
        person_id=person_id, region_id=region_id, staff_id=counsellor_id, phase=Phase.AANMELDING,
        question=question or None, consent_at=now, opened_at=now,
    )  # fmt: skip
    session.add(trajectory)
    await session.flush()
    session.add(
        PhaseChange(trajectory_id=trajectory.id, phase=trajectory.phase, staff_id=by_id, created_at=now)
    )
    await _tell(session, "trajectory.opened", trajectory, by_id)
    return trajectory


async def change_phase(
    session: AsyncSession, trajectory: Trajectory, phase: Phase, *, by_id: int, now: datetime
) -> None:
    """Go to `phase`, forward or back: people's paths are not straight."""
    if trajectory.closed_at is not None:
        raise NotAllowed(_("Dit traject is afgesloten."))
    if trajectory.phase == phase:
        return
    before, trajectory.phase = trajectory.phase, phase
    session.add(PhaseChange(trajectory_id=trajectory.id, phase=phase, staff_id=by_id, created_at=now))
    await session.flush()
    await _tell(session, "trajectory.phase", trajectory, by_id, from_phase=before)


async def change_counsellor(
    session: AsyncSession,
    trajectory: Trajectory,
    counsellor_id: int,
    *,
    deputy_id: int | None,
    reason: str,
    by_id: int,
    now: datetime,
) -> None:
    """Another counsellor, only with a reason; the reason is kept as a note in the thread."""
    if not reason.strip():
        raise NotAllowed(_("Schrijf waarom de begeleider verandert. De cliënt mag dat weten."))
    counsellor = await session.get(Staff, counsellor_id)
    if counsellor is None or not counsellor.active:
        raise NotAllowed(_("Die medewerker werkt hier niet meer. Kies iemand anders."))
    before = trajectory.staff_id
    trajectory.staff_id = counsellor_id
    trajectory.deputy_id = deputy_id if deputy_id != counsellor_id else None
    text = f"Nieuwe begeleider: {counsellor.name}. {reason.strip()}"
    session.add(Note(person_id=trajectory.person_id, staff_id=by_id, text=text, created_at=now))
    await session.flush()
    await _tell(session, "trajectory.counsellor", trajectory, by_id, from_staff_id=before)


async def change_deputy(
    session: AsyncSession, trajectory: Trajectory, deputy_id: int | None, *, by_id: int
) -> None:
    """Another deputy, or none; nothing changes for the client."""
    trajectory.deputy_id = deputy_id if deputy_id != trajectory.staff_id else None
    await session.flush()
    await _tell(session, "trajectory.counsellor", trajectory, by_id, from_staff_id=trajectory.staff_id)


async def close(
    session: AsyncSession, trajectory: Trajectory, *, outcome: str, by_id: int, now: datetime
) -> None:
    """End the trajectory with its outcome in words; nothing is erased."""
    if trajectory.closed_at is not None:
        return
    if not outcome.strip():
        raise NotAllowed(_("Schrijf kort hoe het traject eindigde."))
    trajectory.closed_at = now
    trajectory.outcome = outcome.strip()
    await session.flush()
    await _tell(session, "trajectory.closed", trajectory, by_id)


async def reopen(session: AsyncSession, trajectory: Trajectory, *, by_id: int) -> None:
    """It was not the end: it goes on in the phase where it was. Raises NotAllowed without consent, or beside another."""
    await lock_person(session, trajectory.person_id)
    if trajectory.closed_at is None or await current(session, trajectory.person_id) is not None:
        raise NotAllowed(_(MEANWHILE))
    agreed = select(Consent.id).where(
        Consent.person_id == trajectory.person_id, Consent.kind == ConsentKind.FILE, Consent.withdrawn_at.is_(None)
    )  # fmt: skip
    if trajectory.consent_at is not None and await session.scalar(agreed.limit(1)) is None:
        raise NotAllowed(_("De persoon trok de toestemming voor een dossier in. Vraag het eerst opnieuw."))
    trajectory.closed_at = trajectory.outcome = None
    await session.flush()
    await _tell(session, "trajectory.reopened", trajectory, by_id)


async def _tell(
    session: AsyncSession, kind: str, trajectory: Trajectory, by_id: int | None, **data: object
) -> None:
    await events.record(
        session, kind, person_id=trajectory.person_id, region_id=trajectory.region_id, staff_id=by_id,
        data={
            "trajectory_id": trajectory.id, "phase": trajectory.phase, "counsellor_id": trajectory.staff_id,
            **data,
        },
    )  # fmt: skip
