-- What is displayed of runs that were already chosen, in the order given.
SELECT
    run.id AS run_id, course.id AS course_id, course.title AS course_title, course.subject_ids, course.level,
    course.requirements, course.certificate, provider.name AS provider_name, provider.kind AS provider_kind,
    place.name AS place_name, place.street, place.postcode, place.municipality, place.wheelchair, place.lat, place.lon,
    run.weekdays, run.starts, run.ends, run.day_parts, run.mode, run.start_date, run.end_date, run.enrol_until,
    run.status, run.lesson_hours, run.material_cost, run.source, run.source_url, run.checked_on, run.invented, run.url,
    ARRAY (SELECT DISTINCT twin.source FROM run AS twin WHERE twin.same_as = run.id ORDER BY 1) AS also_from,
    price_rule.source_id AS rule_source_id, price_rule.key AS rule_key, price_rule.statement AS rule_statement,
    price_rule.per_hour, price_rule.fixed, price_rule.ceiling, price_rule.exemptions, price_rule.disputed,
    price_rule.source AS rule_source, price_rule.source_url AS rule_source_url,
    price_rule.checked_on AS rule_checked_on, price_rule.valid_from AS rule_valid_from,
    price_rule.valid_to AS rule_valid_to, price_rule.invented AS rule_invented
      FROM unnest(CAST(:run_ids AS bigint[])) WITH ORDINALITY AS wanted (run_id, position)
      JOIN run ON run.id = wanted.run_id
      JOIN course ON course.id = run.course_id
      JOIN provider ON provider.id = course.provider_id
      JOIN place ON place.id = run.place_id
      JOIN price_rule ON price_rule.id = run.price_rule_id
     ORDER BY wanted.position
