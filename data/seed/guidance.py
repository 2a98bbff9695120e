"""Stores what surrounds the talk: trajectories, contacts, appointments, notes, follow-ups and referrals."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays
from sqlalchemy.ext.asyncio import AsyncSession

from data.seed.people import Stored
from data.seed.rows import put, write
from data.seed.service import SittingAt, Team
from data.seed.threads import ZONE, Thread
from data.tables import (
    Appointment,
    AppointmentKind,
    AppointmentStatus,
    Author,
    Consent,
    ConsentKind,
    ContactWay,
    CounterKind,
    FollowUp,
    MicroContact,
    Note,
    Phase,
    PhaseChange,
    Referral,
    Reminder,
    Trajectory,
)

CONVERSATION = timedelta(minutes=75)
BURST = timedelta(minutes=30)
FILE_WORDING = "Ja, jullie mogen een dossier bijhouden tot 5 jaar na ons laatste contact."
FOLLOW_UP_WORDING = "Ja, jullie mogen mij zelf een bericht sturen om te horen hoe het gaat."
REFERRAL_WORDING = "Ja, jullie mogen deze samenvatting aan de partner geven."
_REMINDERS = (("day", timedelta(hours=24)), ("hours", timedelta(hours=2)))


async def seed_guidance(
    session: AsyncSession,
    rng: random.Random,
    stored: Sequence[Stored],
    team: Team,
    now: datetime,
    today: date,
) -> tuple[list[dict[str, Any]], Mapping[str, int]]:
    """Store guidance for the clients; returns the events that go with it, and how many of each."""
    guided = [item for item in stored if item.thread.phase]
    trajectory_ids = await put(session, Trajectory, [_trajectory_row(item) for item in guided])
    trajectories = {
        item.person_id: trajectory_id for item, trajectory_id in zip(guided, trajectory_ids, strict=True)
    }
    await write(
        session,
        PhaseChange,
        [row for item in guided for row in _phase_rows(item.thread, trajectories[item.person_id], now)],
    )
    contacts = [row for item in stored for row in _contact_rows(item, trajectories.get(item.person_id))]
    await write(session, MicroContact, contacts)
    await write(session, Note, [row for item in stored for row in _note_rows(item)])
    follow_ups = [
        row for item in stored for row in _follow_up_rows(item, trajectories.get(item.person_id), now)
    ]
    await write(session, FollowUp, follow_ups)
    appointments = list(_appointment_rows(rng, stored, team, now, today))
    appointment_ids = await put(session, Appointment, appointments)
    await write(session, Reminder, list(_reminder_rows(appointments, appointment_ids, now)))
    await write(session, Consent, [row for item in stored for row in _consent_rows(item, team)])
    await write(session, Referral, [_referral_row(item, team) for item in stored if item.thread.referral])
    events = [
        *(_trajectory_event(item, trajectories[item.person_id]) for item in guided),
        *(_contact_event(row, stored) for row in contacts),
        *(_appointment_event(row, found) for row, found in zip(appointments, appointment_ids, strict=True)),
    ]
    return events, {
        "trajectories": len(trajectory_ids),
        "micro_contacts": len(contacts),
        "appointments": len(appointments),
        "follow_ups": len(follow_ups),
    }


def _trajectory_row(item: Stored) -> dict[str, Any]:
    thread = item.thread
    return {
        "person_id": item.person_id,
        "region_id": thread.region_id,
        "staff_id": thread.staff_id,
        "phase": thread.phase,
        "question": thread.question,
        "consent_at": thread.opened_at,
        "opened_at": thread.opened_at,
        "outcome": thread.outcome,
    }


def _phase_rows(thread: Thread, trajectory_id: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Every phase up to the present one, spread over the time since the beginning."""
    phases = list(Phase)[: list(Phase).index(Phase(thread.phase or Phase.AANMELDING)) + 1]
    opened = thread.opened_at or now
    step = (now - opened) / (len(phases) + 1)
    for number, phase in enumerate(phases):
        yield {
            "trajectory_id": trajectory_id,
            "phase": phase,
            "staff_id": thread.staff_id,
            "created_at": opened + number * step,
        }


def _contact_rows(item: Stored, trajectory_id: int | None) -> Iterator[dict[str, Any]]:
    shared = {"person_id": item.person_id, "trajectory_id": trajectory_id}
    for contact in item.thread.contacts:
        yield {
            **shared,
            "staff_id": item.thread.staff_id,
            "way": contact.way,
            "direction": contact.direction,
            "channel": contact.channel,
            "minutes": contact.minutes,
            "purpose": contact.purpose,
            "outcome": contact.outcome,
            "message_id": None,
            "at": contact.at,
        }
    # As the program counts: messages with staff that follow each other within half an hour are one contact.
    newest: datetime | None = None
    with_staff = False
    for line, message_id in zip(item.thread.lines, item.message_ids, strict=True):
        with_staff = with_staff or line.author is Author.STAFF
        if line.author is Author.BOT or not with_staff:
            continue
        if newest is None or line.at - newest > BURST:
            yield {
                **shared,
                "staff_id": line.staff_id or item.thread.staff_id,
                "way": ContactWay.MESSAGE,
                "direction": "in" if line.author is Author.PERSON else "out",
                "channel": line.carrier,
                "minutes": 0,
                "purpose": None,
                "outcome": None,
                "message_id": message_id,
                "at": line.at,
            }
        newest = line.at


def _note_rows(item: Stored) -> Iterator[dict[str, Any]]:
    for at, staff_id, text in item.thread.notes:
        yield {
            "person_id": item.person_id,
            "conversation_id": item.conversations[-1],
            "staff_id": staff_id,
            "text": text,
            "created_at": at,
        }


def _follow_up_rows(item: Stored, trajectory_id: int | None, now: datetime) -> Iterator[dict[str, Any]]:
    for due_at, staff_id, text in item.thread.follow_ups:
        yield {
            "person_id": item.person_id,
            "trajectory_id": trajectory_id,
            "staff_id": staff_id,
            "text": text,
            "due_at": due_at,
            "created_at": now - timedelta(days=1),
        }


def _appointment_rows(
    rng: random.Random, stored: Sequence[Stored], team: Team, now: datetime, today: date
) -> Iterator[dict[str, Any]]:
    taken: set[tuple[int, datetime]] = set()
    days_off = holidays.country_holidays("BE", years=range(today.year - 2, today.year + 2))
    for item in stored:
        for offset, status in item.thread.appointments:
            sitting = _sitting_for(rng, item.thread, team, today.weekday() if offset == 0 else None)
            starts_at = _free_time(sitting, today, offset, taken, days_off)
            taken.add((sitting.staff_id, starts_at))
            yield {
                "token": secrets.token_urlsafe(32),
                "person_id": item.person_id,
                "conversation_id": item.conversations[-1],
                "address_id": next(iter(item.addresses.values())),
                "region_id": sitting.region_id,
                "counter_id": sitting.counter_id,
                "staff_id": sitting.staff_id,
                "kind": AppointmentKind.TRAJECTORY if item.thread.phase else AppointmentKind.MEDIATION,
                "status": AppointmentStatus(status),
                "wall_start": f"{starts_at:%Y-%m-%dT%H:%M}",
                "starts_at": starts_at.astimezone(UTC),
                "ends_at": (starts_at + CONVERSATION).astimezone(UTC),
                "language": item.thread.language,
                "topic": item.thread.question,
                "created_at": min(now, starts_at - timedelta(days=6)),
            }


def _sitting_for(rng: random.Random, thread: Thread, team: Team, weekday: int | None) -> SittingAt:
    """A sitting of the counsellor (on that weekday, if there is one), at the counter that the thread names, or else
    near the client's town."""
    every = [item for item in team.sittings if item.staff_id == thread.staff_id]
    own = [item for item in every if item.weekday == weekday] or every
    said = " ".join(line.text for line in thread.lines)
    named = [item for item in own if item.counter_name in said]
    in_town = [item for item in own if thread.town.name in item.counter_name]
    places = [item for item in own if item.kind == CounterKind.PLACE]
    return rng.choice(named or in_town or places or own)


def _free_time(
    sitting: SittingAt,
    today: date,
    offset: int,
    taken: set[tuple[int, datetime]],
    days_off: Mapping[Any, str],
) -> datetime:
    """The first free beginning of the sitting on or after the day wished for (on or before it, in the past)."""
    step = timedelta(days=1 if offset >= 0 else -1)
    day = today + timedelta(days=offset)
    while True:
        if day.weekday() == sitting.weekday and day not in days_off:
            starts = datetime.combine(day, sitting.starts, ZONE)
            while starts + CONVERSATION <= datetime.combine(day, sitting.ends, ZONE):
                if (sitting.staff_id, starts) not in taken:
                    return starts
                starts += CONVERSATION
        day += step


def _reminder_rows(
    appointments: Sequence[Mapping[str, Any]], ids: Sequence[int], now: datetime
) -> Iterator[dict[str, Any]]:
    for row, appointment_id in zip(appointments, ids, strict=True):
        for kind, before in _REMINDERS:
            due_at = row["starts_at"] - before
            if row["status"] == AppointmentStatus.CONFIRMED and due_at > now:
                yield {"appointment_id": appointment_id, "kind": kind, "due_at": due_at}


def _consent_rows(item: Stored, team: Team) -> Iterator[dict[str, Any]]:
    thread = item.thread
    shared = {"person_id": item.person_id, "channel": "desk", "given_at": thread.opened_at}
    if thread.phase:
        yield {**shared, "kind": ConsentKind.FILE, "partner_id": None, "wording": FILE_WORDING}
        yield {**shared, "kind": ConsentKind.FOLLOW_UP, "partner_id": None, "wording": FOLLOW_UP_WORDING}
    if thread.referral and thread.referral[1] == "out":
        partner_id = team.partners[thread.referral[0]]
        yield {**shared, "kind": ConsentKind.REFERRAL, "partner_id": partner_id, "wording": REFERRAL_WORDING}


def _referral_row(item: Stored, team: Team) -> dict[str, Any]:
    thread = item.thread
    partner, direction, state = thread.referral or ("", "", "")
    return {
        "person_id": item.person_id,
        "conversation_id": item.conversations[-1],
        "partner_id": team.partners[partner],
        "direction": direction,
        "state": state,
        "summary": thread.question,
        "created_at": thread.opened_at,
        "state_at": thread.opened_at,
    }


def _trajectory_event(item: Stored, trajectory_id: int) -> dict[str, Any]:
    return {
        "kind": "trajectory.opened",
        "person_id": item.person_id,
        "conversation_id": None,
        "region_id": item.thread.region_id,
        "staff_id": item.thread.staff_id,
        "data": {
            "trajectory_id": trajectory_id,
            "phase": item.thread.phase,
            "counsellor_id": item.thread.staff_id,
        },
        "created_at": item.thread.opened_at,
    }


def _contact_event(row: Mapping[str, Any], stored: Sequence[Stored]) -> dict[str, Any]:
    regions = {item.person_id: item.thread.region_id for item in stored}
    return {
        "kind": "contact.logged",
        "person_id": row["person_id"],
        "conversation_id": None,
        "region_id": regions[row["person_id"]],
        "staff_id": row["staff_id"],
        "data": {"way": row["way"], "channel": row["channel"], "direction": row["direction"]},
        "created_at": row["at"],
    }


def _appointment_event(row: Mapping[str, Any], appointment_id: int) -> dict[str, Any]:
    return {
        "kind": "appointment.confirmed",
        "person_id": row["person_id"],
        "conversation_id": row["conversation_id"],
        "region_id": row["region_id"],
        "staff_id": None,
        "data": {
            "appointment_id": appointment_id,
            "counter_id": row["counter_id"],
            "counsellor_id": row["staff_id"],
            "starts_at": row["starts_at"].isoformat(),
        },
        "created_at": row["created_at"],
    }
