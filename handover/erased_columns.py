"""What becomes of each table and column when a person is erased; three lists, held to all tables by a test.

Every column that could hold words or point at a person is in one of them, so that a new one cannot be forgotten.
DELETED: rows that go, in an order that foreign keys allow. EMPTIED: what a column becomes. KEPT: what stays, and why that
is nobody's.
"""

from collections.abc import Mapping

PERSON = "person_id = ANY(:persons)"
MESSAGES = "message_id IN (SELECT id FROM message WHERE person_id = ANY(:persons))"
TRACKS = "trajectory_id IN (SELECT id FROM trajectory WHERE person_id = ANY(:persons))"
TALKS = "conversation_id IN (SELECT id FROM conversation WHERE person_id = ANY(:persons))"

DELETED: Mapping[str, str] = {
    "course_wish": PERSON,
    "appointment_offer": PERSON,
    "consent": PERSON,
    "correction": PERSON,
    "note": PERSON,
    "trajectory_step": TRACKS,
    "trajectory_option": TRACKS,
    "enrolment": PERSON,
    "attachment": MESSAGES,
    "receipt": MESSAGES,
    "link_code": f"{PERSON} OR to_id = ANY(:addresses) OR from_id = ANY(:addresses)",
    "own_link": PERSON,
    "file_look": PERSON,
    "looking": PERSON,
    "erasure_hold": PERSON,
    "call_source": "call_task_id IN (SELECT id FROM call_task WHERE person_id = ANY(:persons))",
    "merged_value": "merge_id IN (SELECT id FROM person_merge WHERE kept_id = ANY(:persons) OR merged_id = ANY(:persons))",
    "person_merge": "kept_id = ANY(:persons) OR merged_id = ANY(:persons)",
    "address_link": PERSON,
    "job": """
        (state <> 'ready' OR lease_until IS NULL OR lease_until < now()) AND (
            key = ANY(SELECT 'turn:' || one FROM unnest(CAST(:persons AS bigint[])) AS one)
            OR payload ->> 'message_id' IN (SELECT id::text FROM message WHERE person_id = ANY(:persons))
            OR payload ->> 'referral_id' IN (SELECT id::text FROM referral WHERE person_id = ANY(:persons)))
    """,
}
"""Table → which of its rows go."""

# Only numbers, truths and these codes stay of what is noted with an event: figures are made from them.
CODES = (
    "author", "channel", "direction", "from_holder", "from_phase", "holder", "how", "kind", "outcome", "passed", "phase",
    "progress", "promised_at", "purpose", "reason", "starts_at", "status", "step", "urgency", "via", "way",
)  # fmt: skip
_DATA = """(
    SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(data)
    WHERE jsonb_typeof(value) IN ('number', 'boolean', 'null') OR key = ANY(:codes)
)"""

# What kept somebody from learning, as one of these codes: how many it kept is counted (data.catalog.barriers).
BARRIERS = ("childcare", "money", "mobility", "health", "language", "digital", "time")
_BARRIERS = """jsonb_build_object('slots', (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'name', 'barrier', 'value', slot -> 'value', 'negated', coalesce(slot -> 'negated', 'false'::jsonb))), '[]'::jsonb)
    FROM jsonb_array_elements(coalesce(understanding -> 'slots', '[]'::jsonb)) AS slot
    WHERE slot ->> 'name' = 'barrier' AND slot ->> 'value' = ANY(:barriers)
))"""

EMPTIED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "message": (PERSON, {
        "text": "''", "subject": "NULL", "choices": "'[]'::jsonb", "template": "NULL", "status_reason": "NULL",
        "external_id": "NULL", "client_msg_id": "NULL", "calendar": "NULL",
        "status": "CASE WHEN status IN ('queued', 'held') THEN 'withheld' ELSE status END",
    }),
    "decision": (MESSAGES, {"understanding": _BARRIERS, "reasons": "'[]'::jsonb"}),
    "conversation": (PERSON, {"dialogue": "'{}'::jsonb"}),
    "appointment": (PERSON, {
        "topic": "NULL", "address_id": "NULL",
        "token": "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')",
    }),
    "appointment_change": (
        "appointment_id IN (SELECT id FROM appointment WHERE person_id = ANY(:persons))", {"state": "'done'"}
    ),
    "trajectory": (PERSON, {
        "question": "NULL", "outcome": "NULL", "intake": "'{}'::jsonb", "closed_at": "coalesce(closed_at, CAST(:now AS timestamptz))",
    }),
    "question": (PERSON, {"data": "'{}'::jsonb"}),
    "micro_contact": (PERSON, {"purpose": "NULL"}),
    "follow_up": (PERSON, {
        "text": "''", "address_id": "NULL", "state_reason": "NULL",
        "state": "CASE state WHEN 'planned' THEN 'cancelled' ELSE state END",
    }),
    "referral": (PERSON, {
        "summary": "NULL", "lines": "'{}'::text[]", "token": "NULL", "partner_token": "NULL", "referrer": "NULL",
        "reference": "NULL", "progress_allowed_at": "NULL",
        "state": "CASE WHEN state IN ('offered', 'consented') THEN 'declined' ELSE state END",
    }),
    "call_task": (PERSON, {
        "about": "NULL", "address_id": "NULL", "ended_at": "coalesce(ended_at, CAST(:now AS timestamptz))",
        "state": "CASE state WHEN 'open' THEN 'cancelled' ELSE state END",
    }),
    "catalogue_report": (f"{PERSON} OR {MESSAGES}", {
        "text": "''", "person_id": "NULL", "conversation_id": "NULL", "address_id": "NULL", "message_id": "NULL",
        "thanks_id": "NULL",
    }),
    "event": (f"{PERSON} OR {TALKS}", {"data": _DATA}),
    "address": ("id = ANY(:addresses)", {
        "path": "'erased:' || id", "display": "NULL", "opt_out_reason": "NULL", "unreachable": "NULL",
    }),
    "person": ("id = ANY(:persons)", {
        "name": "NULL", "postcode": "NULL", "municipality": "NULL", "nis": "NULL", "lat": "NULL", "lon": "NULL",
        "facts": "'{}'::jsonb", "last_seen_at": "NULL", "erased_at": "CAST(:now AS timestamptz)",
    }),
}  # fmt: skip
"""Table → which rows, and what their columns become; in the order in which it is done."""

_CODE = "a code of ours"
_ROW = "the number of a row that says nothing of them any more"
_OFFER = "about courses, schools and prices"
_OURS = "about staff, regions, places or partners"
KEPT: Mapping[str, str] = {
    # whole tables, in which there is nobody
    **dict.fromkeys(
        (
            "provider",
            "place",
            "price_rule",
            "course",
            "run",
            "fact",
            "catalogue_import",
            "course_text",
            "subject_term",
            "record_correction",
        ),
        _OFFER,
    ),
    **dict.fromkeys(
        (
            "region",
            "staff",
            "staff_session",
            "counter",
            "sitting",
            "sitting_exception",
            "absence",
            "agenda_feed",
            "calendar_account",
            "interpreter",
            "info_session",
            "partner",
            "queue_diversion",
            "template_approval",
            "channel_state",
            "saved_reply",
            "saved_wording",
            "consent_text",
            "answer_card_check",
        ),
        _OURS,
    ),
    "calendar_entry": "what stands in a counsellor's own calendar; what was still to come is taken out of it",
    "demand": "what was looked for, counted without a person, words or hour",
    "demand_topic": "a word that enough different people used",
    "daily_mark": "hashes, deleted when the day is over",
    "login_attempt": "hashes of staff's log-ins",
    "erasure": "that somebody was erased, by which rule and how many rows; nothing leads to whom",
    "suppression": "the keyed hash that keeps STOP; nobody can read an address from it",
    "pace": "numbers of addresses that are tombstones",
    "parked_status": "news of messages that are not ours yet: applied or never, without an address",
    # single columns
    "person.language": "one of two dozen; figures by language",
    "person.region_id": "figures by region",
    "person.merged_into_id": _ROW,
    "address.scheme": "which channel it was",
    "message.person_id": _ROW,
    "message.channel": _CODE,
    "message.direction": _CODE,
    "message.author": _CODE,
    "message.language": _CODE,
    "message.purpose": _CODE,
    "conversation.person_id": _ROW,
    "conversation.region_id": "figures by region",
    "conversation.holder": _CODE,
    "conversation.waiting_on": _CODE,
    "conversation.life": _CODE,
    "conversation.urgency": _CODE,
    "conversation.reason": _CODE,
    "conversation.channel": _CODE,
    "decision.intent": _CODE,
    "decision.language": _CODE,
    "decision.tier": _CODE,
    "decision.action": _CODE,
    "decision.partner": "the kind of service it belonged to",
    "decision.model_version": "ours",
    "shown_list.query": "without free words (data.catalog.shown)",
    "shown_list.relaxed": _CODE,
    "shown_list.region_id": "figures by region",
    "shown_list.offer": _OFFER,
    "shown_list.equals": _OFFER,
    "appointment.person_id": _ROW,
    "appointment.region_id": "figures by region",
    "appointment.room": _OURS,
    "appointment.kind": _CODE,
    "appointment.status": _CODE,
    "appointment.wall_start": "when it was; figures of appointments and no-shows",
    "appointment.zone": _CODE,
    "appointment.language": _CODE,
    "appointment_change.kind": _CODE,
    "appointment_change.outcome": _CODE,
    "reminder.kind": _CODE,
    "reminder.state": _CODE,
    "trajectory.person_id": _ROW,
    "trajectory.region_id": "figures by region",
    "trajectory.phase": _CODE,
    "phase_change.phase": _CODE,
    "question.person_id": _ROW,
    "question.region_id": "figures by region",
    "question.kind": _CODE,
    "question.channel": _CODE,
    "micro_contact.person_id": _ROW,
    "micro_contact.way": _CODE,
    "micro_contact.direction": _CODE,
    "micro_contact.channel": _CODE,
    "micro_contact.outcome": _CODE,
    "follow_up.person_id": _ROW,
    "referral.person_id": _ROW,
    "referral.direction": _CODE,
    "referral.passed_via": _CODE,
    "call_task.person_id": _ROW,
    "call_task.region_id": "figures by region",
    "call_task.reason": _CODE,
    "call_task.language": _CODE,
    "call_task.outcome": _CODE,
    "catalogue_report.kind": _CODE,
    "catalogue_report.source": _OFFER,
    "catalogue_report.source_id": _OFFER,
    "catalogue_report.region_id": _OFFER,
    "catalogue_report.about": _CODE,
    "catalogue_report.shown": _OFFER,
    "catalogue_report.heard": _CODE,
    "catalogue_report.state": _CODE,
    "catalogue_report.reason": "why staff decided so about the offer",
    "event.kind": _CODE,
    "event.person_id": _ROW,
    "event.region_id": "figures by region",
}
"""Table, or table.column → why it stays."""
