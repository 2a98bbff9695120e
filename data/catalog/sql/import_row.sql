-- What an import read, one row a run (or a course without runs), before it is compared with the catalogue.
CREATE TEMPORARY TABLE import_row (
    position bigint, line bigint, page text,
    provider_id text, provider_name text, provider_kind text, provider_url text, provider_phone text,
    place_id text, place_name text, street text, postcode text, municipality text, country text, nis text, lat float8, lon float8,
    wheelchair boolean,
    course_id text, title text, description text, subject_ids text[], level text, language text, requirements text,
    certificate text, course_url text,
    run_id text, start_date date, end_date date, enrol_until date, weekdays smallint[], starts time, ends time,
    day_parts text[], mode text, lesson_hours integer, rule_id bigint, fixed numeric(8, 2), material_cost numeric(8, 2),
    status text, url text, valid_from date, valid_to date
) ON COMMIT DROP
