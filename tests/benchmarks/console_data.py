"""A service of a few years, made inside the database: people, threads, trajectories, appointments and events."""

import asyncpg

REGIONS = ("oost", "west", "antwerpen", "gent", "limburg", "brabant", "brussel", "stad")
HOURS = '{"mo": [["09:00", "17:00"]], "tu": [["09:00", "17:00"]], "we": [["09:00", "17:00"]], "th": [["09:00", "17:00"]], "fr": [["09:00", "17:00"]]}'
ROLES = ("counsellor", "counsellor", "counsellor", "counsellor", "dispatcher", "coordinator")
WORDS = ("ik zoek een naailes in de avond", "wanneer start de cursus", "dank je wel", "kan ik mijn afspraak verplaatsen", "wat kost dat")  # fmt: skip

# Each takes $1 persons, $2 messages, $3 staff, $4 regions, where it names them.
_STEPS = (
    """INSERT INTO person (name, language, region_id, municipality, facts, created_at, last_seen_at)
    SELECT 'Naam ' || n, (ARRAY['nl','nl','nl','fr','ar'])[1 + n % 5], ($4::text[])[1 + n % array_length($4::text[], 1)],
        'Gemeente ' || n % 300, '{}', now() - (n % 900) * interval '1 day', now() - (n % 60) * interval '1 day'
    FROM generate_series(1, $1) n""",
    """INSERT INTO address (scheme, path, display)
    SELECT 'sms', '+3247' || lpad(id::text, 7, '0'), '0470 ' || id FROM person""",
    """INSERT INTO address_link (address_id, person_id, is_primary, reason)
    SELECT a.id, p.id, true, 'first message' FROM person p JOIN address a ON a.path = '+3247' || lpad(p.id::text, 7, '0')""",
    # every fortieth of each region waits in its queue
    """INSERT INTO conversation (person_id, region_id, holder, staff_id, waiting_on, life, urgency, version, channel,
        dialogue, opened_at, waiting_since, promised_at, closed_at)
    SELECT id, region_id, CASE WHEN queued THEN 'queue' WHEN helper IS NULL OR id % 3 = 0 THEN 'bot' ELSE 'staff' END,
        CASE WHEN queued OR id % 3 = 0 THEN NULL ELSE helper END, CASE WHEN queued OR id % 10 = 0 THEN 'us' ELSE 'client' END,
        CASE WHEN id % 4 = 0 AND NOT queued THEN 'closed' ELSE 'open' END, 'normal', 1, 'sms', '{}', created_at,
        CASE WHEN queued OR id % 10 = 0 THEN now() - (id % 90) * interval '1 minute' END,
        CASE WHEN queued THEN now() + (id % 90) * interval '1 minute' END,
        CASE WHEN id % 4 = 0 AND NOT queued THEN now() - (id % 50) * interval '1 day' END
    FROM (SELECT p.*, p.id / array_length($4::text[], 1) % 40 = 0 AS queued,
        (SELECT s.id FROM staff s WHERE s.region_id = p.region_id AND s.role <> 'admin'
        ORDER BY (s.id * 7919 + p.id * 104729) % 1009 LIMIT 1) AS helper FROM person p) p""",
    """INSERT INTO trajectory (person_id, region_id, staff_id, phase, opened_at, consent_at)
    SELECT c.person_id, c.region_id, c.staff_id, (ARRAY['intake','traject','keuze','opvolging','nazorg'])[1 + c.id % 5],
        c.opened_at, c.opened_at FROM conversation c WHERE c.staff_id IS NOT NULL""",
    """INSERT INTO message (conversation_id, person_id, address_id, channel, direction, author, staff_id, text, language,
        status, purpose, created_at, status_at)
    SELECT c.id, c.person_id, a.id, 'sms', CASE WHEN n % 2 = 0 THEN 'in' ELSE 'out' END,
        CASE WHEN n % 2 = 0 THEN 'person' WHEN c.staff_id IS NULL THEN 'bot' ELSE 'staff' END,
        CASE WHEN n % 2 = 1 THEN c.staff_id END, ($5::text[])[1 + n % array_length($5::text[], 1)] || ' ' || n, 'nl',
        CASE WHEN n % 2 = 0 THEN 'received' ELSE 'delivered' END, 'reply', t, t
    FROM (SELECT n, 1 + ((n::bigint * 7919) % $1) AS person, now() - ($2 - n) * interval '5 minutes' AS t
        FROM generate_series(1, $2) n) m
    JOIN conversation c ON c.person_id = m.person JOIN address a ON a.path = '+3247' || lpad(m.person::text, 7, '0')
    ORDER BY n""",
    """INSERT INTO decision (message_id, conversation_id, intent, confidence, language, tier, action, reasons, understanding,
        model_version, created_at)
    SELECT id, conversation_id, 'find_course', 0.9, 'nl', 'information', 'answer', '["simple"]', '{}', '1', created_at
    FROM message WHERE direction = 'in' AND id % 2 = 0""",
    """INSERT INTO event (kind, person_id, conversation_id, region_id, staff_id, data, created_at)
    SELECT CASE WHEN m.direction = 'in' THEN 'message.received' ELSE 'message.queued' END, m.person_id,
        m.conversation_id, c.region_id, m.staff_id, jsonb_build_object('message_id', m.id), m.created_at
    FROM message m JOIN conversation c ON c.id = m.conversation_id ORDER BY m.id""",
    """INSERT INTO event (kind, person_id, conversation_id, region_id, staff_id, data, created_at)
    SELECT 'conversation.taken_over', person_id, id, region_id, staff_id,
        jsonb_build_object('holder', 'staff', 'holder_staff_id', staff_id, 'waited_s', id % 900), opened_at
    FROM conversation WHERE staff_id IS NOT NULL""",
    """INSERT INTO micro_contact (person_id, trajectory_id, staff_id, way, direction, channel, minutes, at)
    SELECT t.person_id, t.id, t.staff_id, (ARRAY['call','visit','message'])[1 + n % 3], 'out', 'phone', 10,
        t.opened_at + n * interval '7 days' FROM trajectory t, generate_series(1, 6) n""",
    """INSERT INTO counter (region_id, kind, name, municipality)
    SELECT r, 'place', 'loket ' || r || n, 'Gemeente ' || n FROM unnest($4::text[]) r, generate_series(1, 6) n""",
    """INSERT INTO sitting (counter_id, staff_id, weekday, starts, ends, valid_from)
    SELECT (SELECT c.id FROM counter c WHERE c.region_id = s.region_id ORDER BY (c.id + s.id) % 6 LIMIT 1), s.id, d,
        '09:00', '12:00', current_date - 30 FROM staff s, generate_series(0, 4) d WHERE s.role = 'counsellor'""",
    """INSERT INTO appointment (token, person_id, region_id, counter_id, staff_id, status, wall_start, starts_at, ends_at)
    SELECT md5(t.id || ':' || d), t.person_id, t.region_id, (SELECT c.id FROM counter c WHERE c.region_id = t.region_id LIMIT 1),
        t.staff_id, CASE WHEN d < 0 THEN (CASE WHEN t.id % 7 = 0 THEN 'no_show' ELSE 'attended' END) ELSE 'confirmed' END,
        to_char(s, 'YYYY-MM-DD"T"HH24:MI'), s, s + interval '30 minutes'
    FROM (SELECT t.*, row_number() OVER (PARTITION BY t.staff_id ORDER BY t.id) AS place FROM trajectory t) t,
        generate_series(-1, 0) d, LATERAL (SELECT date_trunc('day', now()) + d * interval '40 days'
            + (t.place % 40) * interval '1 day' + interval '8 hours' + (t.place / 40) * interval '30 minutes' AS s) x
    WHERE t.place < 200""",
)  # fmt: skip


async def fill(connection: asyncpg.Connection, *, staff: int, persons: int, messages: int) -> None:
    """Fill a migrated, empty database; a few statements, each over all rows."""
    await connection.executemany(
        "INSERT INTO region (id, name, office_hours, answer_minutes) VALUES ($1, $1, $2, 15)",
        [(region, HOURS) for region in REGIONS],
    )
    await connection.executemany(
        "INSERT INTO staff (name, email, role, region_id, password_hash, languages) VALUES ($1, $2, $3, $4, '-', $5)",
        [
            (f"Medewerker {n}", f"m{n}@voorbeeld.invalid", ROLES[n // len(REGIONS) % len(ROLES)], REGIONS[n % len(REGIONS)], ["nl", "fr"])
            for n in range(staff)
        ],
    )  # fmt: skip
    values = (persons, messages, staff, list(REGIONS), list(WORDS))
    for step in _STEPS:
        await connection.execute(*_bound(step, values))
    await connection.execute("ANALYZE")


def _bound(step: str, values: tuple[object, ...]) -> tuple[object, ...]:
    """The statement with only the values that it names, numbered anew."""
    used = [number for number in range(1, len(values) + 1) if f"${number}" in step]
    for place, number in enumerate(used, 1):
        step = step.replace(f"${number}", f"${place}")
    return (step, *(values[number - 1] for number in used))
