"""One object of every kind that a page of the console can name, and a form that fits every route."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from channels import templates
from data.tables import (
    Absence,
    Appointment,
    Attachment,
    CallTask,
    CatalogueReport,
    Counter,
    Decision,
    Enrolment,
    FollowUp,
    InfoSession,
    Interpreter,
    MicroContact,
    Note,
    Partner,
    QueueDiversion,
    RecordCorrection,
    Referral,
    Role,
    SavedReply,
    Sitting,
    TrajectoryOption,
    TrajectoryStep,
)
from handover.console.desk import Route
from tests.offer import add_run


async def objects_of(world: Any, region: str, owner: Any, words: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    person = await world.person(region=region, name=f"Person {words}")
    address = await world.address(person)
    chat = await world.address(person, "whatsapp")
    talk = await world.conversation(
        person, holder="staff", staff_id=owner.id, waiting_on="us", waiting_since=now
    )
    sent, doubt = [
        await world.message(
            talk, address, "verstuurd", direction="out", author="staff", staff_id=owner.id, status="unknown",
            created_at=now - timedelta(minutes=2),
        )
        for _ in range(2)
    ]  # fmt: skip
    message = await world.message(talk, address, f"hallo {words}", created_at=now - timedelta(minutes=1))
    track = await world.trajectory(person, owner)
    step = await world.add(
        TrajectoryStep(
            trajectory_id=track.id, phase="intake", text=f"stap {words}", by="staff", staff_id=owner.id
        )
    )
    option, _ = [
        await world.add(TrajectoryOption(trajectory_id=track.id, text=f"weg {words}", staff_id=owner.id))
        for _ in range(2)
    ]  # fmt: skip
    enrolment = await world.add(
        Enrolment(
            person_id=person.id, trajectory_id=track.id, what=f"les {words}", enrolled_on=date(2026, 9, 1), staff_id=owner.id
        )
    )  # fmt: skip
    attachment = await world.add(
        Attachment(message_id=message.id, ref="x", kind="document", media_type="application/pdf", file=f"{words}.pdf",
                   state="kept")
    )  # fmt: skip
    decision = await world.add(
        Decision(
            message_id=message.id, conversation_id=talk.id, intent="find_course", confidence=0.9,
            language="nl", tier="information", action="answer", reasons=[], understanding={},
            model_version="1",
        )
    )  # fmt: skip
    counter = await world.add(Counter(region_id=region, name=f"bib {region}"))
    sitting = await world.add(
        Sitting(
            counter_id=counter.id, staff_id=owner.id, weekday=2, starts=time(9), ends=time(12),
            valid_from=date(2026, 1, 1),
        )
    )  # fmt: skip
    appointment = await world.add(
        Appointment(
            token=uuid4().hex, person_id=person.id, region_id=region, counter_id=counter.id,
            staff_id=owner.id, status="confirmed", wall_start="2026-01-01T10:00",
            starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(minutes=30),
        )
    )  # fmt: skip
    absence = await world.add(
        Absence(staff_id=owner.id, starts_at=now + timedelta(days=900), ends_at=now + timedelta(days=901))
    )
    follow_up = await world.add(
        FollowUp(person_id=person.id, staff_id=owner.id, text="hoe gaat het", due_at=now + timedelta(days=1))
    )
    call = await world.add(CallTask(person_id=person.id, region_id=region, reason="asked", due_at=now))
    saved = await world.add(SavedReply(region_id=region, name=f"antwoord {words}", created_by=owner.id))
    contact = await world.add(
        MicroContact(
            person_id=person.id, staff_id=owner.id, way="call", direction="in", channel="phone", at=now
        )
    )
    note = await world.add(Note(person_id=person.id, staff_id=owner.id, text=f"nota {words}", created_at=now))
    run = await add_run(world.session, words)
    reports = [
        await world.add(
            CatalogueReport(
                kind="run", source=run.source, source_id=run.source_id, region_id=region, text=f"melding {words}",
                shown={"id": run.id}, heard="console", created_at=now,
            )
        )
        for _ in range(2)
    ]  # fmt: skip
    correction = await world.add(
        RecordCorrection(
            kind="run", source=run.source, source_id=run.source_id, field="status", value="full", was="open",
            accepted_by=owner.id, reason="gebeld",
        )
    )  # fmt: skip
    partner = await world.add(Partner(kind="ocmw", name="Dienst", region_id=region, owns="geld"))
    referral = await world.add(
        Referral(
            person_id=person.id, partner_id=partner.id, direction="out", state="consented", summary=words
        )
    )
    referred = await world.add(
        Referral(
            person_id=person.id, direction="in", state="arrived", summary=words, reference=f"DV-{words}",
            referrer={"organisation": "OCMW", "name": "An", "contact": "09 1", "heard": "form"},
        )
    )  # fmt: skip
    other = await world.person(region=region, name=f"Person {words}")
    await world.conversation(other, holder="staff", staff_id=owner.id)
    diversion = await world.add(
        QueueDiversion(
            region_id=region, to_region_id="brussel", starts_at=now, ends_at=now + timedelta(days=1),
            reason=f"vorming {words}", by_id=owner.id,
        )
    )  # fmt: skip
    info = await world.add(
        InfoSession(
            region_id=region, counter_id=counter.id, staff_id=owner.id, title=f"sessie {words}", seats=9,
            wall_start="2031-01-07T10:00", starts_at=now + timedelta(days=1500), ends_at=now + timedelta(days=1500, hours=1),
        )
    )  # fmt: skip
    spare = await world.staff(region=region)
    interpreter = await world.add(
        Interpreter(region_id=region, name=f"tolk {words}", languages=["ar"], hours={})
    )
    for _ in Role:  # each role that may can take one
        waiting = await world.person(region=region, name=f"Person {words}")
        await world.conversation(waiting, holder="queue", waiting_on="us", waiting_since=now)
    return {
        "sent_id": sent.id, "doubt_id": doubt.id, "other_id": other.id, "report_id": reports[0].id, "other_report_id": reports[1].id, "run_id": run.id,
        "other_staff_id": spare.id, "trajectory_id": track.id, "correction_id": correction.id, "person_id": person.id, "conversation_id": talk.id, "decision_id": decision.id,
        "appointment_id": appointment.id, "follow_up_id": follow_up.id, "call_task_id": call.id, "staff_id": owner.id,
        "message_id": message.id, "address_id": address.id, "chat_id": chat.id, "note_id": note.id, "reply_id": saved.id, "contact_id": contact.id,
        "attachment_id": attachment.id, "absence_id": absence.id, "counter_id": counter.id,
        "partner_id": partner.id, "referral_id": referral.id, "sitting_id": sitting.id, "region_id": region,
        "referred_id": referred.id,
        "diversion_id": diversion.id, "session_id": info.id, "interpreter_id": interpreter.id,
        "step_id": step.id, "option_id": option.id, "enrolment_id": enrolment.id,
        "card_id": "evc" if region == "gent" else "geen-kaart",
        "consent": "follow_up" if region == "gent" else "file", "language": "nl" if region == "gent" else "fr",
        "figure": "trappen" if region == "gent" else "geen", "kind": "csv" if region == "gent" else "pdf",
    }  # fmt: skip


def form_of(route: Route, objects: dict[str, Any], csrf: str, colleague: int) -> dict[str, str]:
    """A form that is right for every action, so that a refusal is about rights and nothing else.

    The fifth row of merges is the merge: before it each of four roles has said that the two are not the same.
    """
    until = datetime.now(UTC) + timedelta(days=902)
    return {
        "csrf": csrf, "trajectory_id": str(objects["trajectory_id"]), "until": until.isoformat(), "client_msg_id": str(uuid4()), "seen": "999999999", "text": "dag",
        "version": "1", "staff_id": str(colleague), "way": "call", "phase": "keuze", "result": "not_reached",
        "agreed": "1", "question": "q", "channel": "desk", "reason": "ziek", "outcome": "attended",
        "name": "Naam", "text_nl": "Dag {voornaam}", "at": "2026-01-01T10:00", "language": "nl", "intent": "find_course", "tier": "information",
        "presence": "available", "active": "1", "due_at": "2030-01-07T10:00", "starts_at": "2030-01-07T10:00", "ends_at": "2030-01-08T10:00",
        "kind": "run", "record_id": str(objects["run_id"]), "field": "lesson_hours", "value": "10",
        "correction_id": str(objects["correction_id"]), "template": "leerlijn_open/whatsapp/nl",
        "state": "approved", "job_id": "1", "other_id": str(objects["other_id"]), "merge_id": "5", "stop": "1",
        "counter_id": str(objects["counter_id"]), "capacity": "20", "taal_nl": "1", "to_region_id": "antwerpen",
        "owns": "geld", "region_id": "gent", "via": "phone", "lines": "Naam: Fatma", "partner_id": str(objects["partner_id"]), "address": "0470 12 34 56",
        "address_id": str(objects["address_id"]), f"m{objects['message_id']}": "1",
        "postcode": "9000", "languages": "nl", "weekday": "1", "starts": "09:00", "ends": "12:00", "day": "2030-01-09",
        "session_id": str(objects["session_id"]), "client_id": str(objects["other_id"]), "title": "infosessie", "l_ar": "1",
        "information": "30", "mediation": "75", "trajectory": "75", "session": "90", "seats": "9", "minutes": "30",
        "interpreter_id": str(objects["interpreter_id"]),
        "url": "https://agenda.voorbeeld.be/els/", "username": "els", "password": "geheim",
        "mo": "9:00-12:00", "answer_minutes": "15", "heard": "phone", "allow": "1", "progress": "spoken",
        "words": "Dag", "step": "bellen", "step_state": "done", "option": "Ligo", "own_words": "dichtbij", "what": "Spaans",
        "enrolled_on": "2026-11-01", "role": "counsellor", "email": f"{uuid4().hex}@leerwinkel.invalid", "quiet_from": "20", "quiet_until": "9",
        "keep_chat_days": "30", "keep_contact_days": "365", "keep_file_years": "5", "part_text": "We mogen later iets vragen.",
        "aan": str(objects["chat_id"]), "sjabloon": "leerlijn_nieuws", "place_1": "Els",
        "read": templates.texts()["leerlijn_nieuws", "whatsapp", "nl"].filled(["Els"]),
    }  # fmt: skip


def fill(path: str, objects: dict[str, Any]) -> str:
    return "/console" + re.sub(r"\{(\w+)\}", lambda name: str(objects[name[1]]), path)
