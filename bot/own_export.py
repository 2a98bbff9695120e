"""A person's file for programs: everything of their page, under the keys that docs/own-file.md explains."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from data.tables import Address, CourseWish
from handover.own_file import Known, Said


def as_json(known: Known | None, said: Sequence[Said], address: Address, *, now: datetime) -> bytes:
    """UTF-8, indented; times are ISO 8601 in UTC. Without `known` only what went over `address`."""
    content: dict[str, Any] = {
        "format": "leerlijn-own-file",
        "version": 1,
        "made_at": now,
        "complete": known is not None,
        "sent_to": _address(address),
        "messages": [_message(one) for one in said],
    }
    if known is not None:
        content |= _file(known)
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


def _file(known: Known) -> dict[str, Any]:
    person = known.person
    return {
        "person": {
            "name": person.name, "language": person.language, "postcode": person.postcode,
            "municipality": person.municipality, "nis": person.nis, "latitude": person.lat, "longitude": person.lon,
            "region": person.region_id, "facts": person.facts, "since": person.created_at,
            "last_seen_at": person.last_seen_at,
        },
        "addresses": [_address(one) for one in known.addresses],
        "consents": [
            {
                "kind": row.kind, "partner": partner, "wording": row.wording, "channel": row.channel,
                "given_at": row.given_at, "withdrawn_at": row.withdrawn_at,
            }
            for row, partner in known.consents
        ],
        "guidance": [
            {
                "question": one.trajectory.question, "phase": one.trajectory.phase, "counsellor": one.counsellor,
                "deputy": one.deputy, "opened_at": one.trajectory.opened_at, "closed_at": one.trajectory.closed_at,
                "outcome": one.trajectory.outcome,
                "phases": [{"phase": phase, "since": since} for phase, since in one.phases],
                "intake": [{"asked": asked, "answered": answered} for asked, answered in one.intake],
                "steps": [
                    {
                        "text": row.text, "by": row.by, "phase": row.phase, "due_on": row.due_on, "done_at": row.done_at,
                        "dropped_at": row.dropped_at,
                    }
                    for row in one.steps
                ],
                "options": [
                    {
                        "text": row.text, "for": row.for_it, "against": row.against_it, "chosen_at": row.chosen_at,
                        "own_words": row.own_words,
                    }
                    for row in one.options
                ],
            }
            for one in known.guidance
        ],
        "enrolments": [
            {
                "what": row.what, "enrolled_on": row.enrolled_on, "stopped_on": row.stopped_on,
                "stop_reason": row.stop_reason,
            }
            for row in known.enrolments
        ],
        "answers": [
            {"kind": row.kind, "answer": row.answer, "asked_at": row.asked_at, "answered_at": row.answered_at}
            for row in known.answers
        ],
        "contacts_counted": known.contacts,
        "contacts": [
            {
                "way": row.way, "direction": row.direction, "at": row.at, "minutes": row.minutes, "purpose": row.purpose,
                "outcome": row.outcome, "staff": name,
            }
            for row, name in known.touches
        ],
        "notes": [{"text": row.text, "staff": name, "at": row.created_at} for row, name in known.notes],
        "appointments": [
            {
                "starts_at": row.starts_at, "ends_at": row.ends_at, "place": counter, "staff": name,
                "status": row.status, "topic": row.topic,
            }
            for row, counter, name in known.appointments
        ],
        "planned": {
            "messages": [{"text": row.text, "due_at": row.due_at, "staff": name} for row, name in known.follow_ups],
            "calls": [{"about": row.about, "reason": row.reason, "due_at": row.due_at} for row in known.calls],
            "wishes": [_wish(row) for row in known.wishes],
        },
        "referrals": [
            {
                "direction": one.referral.direction, "state": one.referral.state, "state_at": one.referral.state_at,
                "partner": one.partner.name if one.partner else (one.referral.referrer or {}).get("organisation"),
                "lines": list(one.referral.lines), "referrer": one.referral.referrer,
            }
            for one in known.referrals
        ],
        "kept": {
            "as": known.kept.kind, "term": known.kept.term, "last_contact_at": known.kept.last_at,
            "until": known.kept.until if known.kept.stays is None else None, "open": known.kept.stays,
        } if known.kept else None,
        "not_to_be_erased": [
            {"reason": hold.reason, "staff": name, "since": hold.created_at} for hold, name in known.holds
        ],
        "looked_at_by": [
            {"day": one.day, "staff": one.name.split()[0], "role": one.role, "region": one.region, "times": one.times}
            for one in known.looks
        ],
    }  # fmt: skip


def _address(address: Address) -> dict[str, Any]:
    """A web chat has no address that says anything: the path is the hash of what their browser keeps."""
    path = None if address.scheme == "web" else address.path
    return {"kind": address.scheme, "address": path, "stopped_at": address.opted_out_at}


def _message(one: Said) -> dict[str, Any]:
    row = one.message
    return {
        "id": row.id, "at": row.created_at, "channel": row.channel, "author": row.author, "staff": one.name,
        "text": row.text, "subject": row.subject, "language": row.language, "status": row.status,
        "choices": row.choices, "edited_at": row.edited_at, "deleted_at": row.deleted_at,
        "files": [
            {"id": file.id, "kind": file.kind, "name": file.name, "bytes": file.size, "state": file.state}
            for file in one.files
        ],
    }  # fmt: skip


def _wish(row: CourseWish) -> dict[str, Any]:
    return {"search": row.search, "asked_at": row.created_at, "until": row.expires_at}
