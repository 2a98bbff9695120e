-- The offer as it is exported, course by course: what holds today, ended or not, but not what its source no longer has.
SELECT
    course.source, course.source_id AS course_id, course.title, course.description, course.subject_ids, course.level,
    course.language, course.requirements, course.certificate, course.source_url AS course_url,
    course.valid_from, course.valid_to, course.licence, course.checked_on,
    provider.source_id AS provider_id, provider.name AS provider_name, provider.kind AS provider_kind,
    provider.url AS provider_url, provider.phone AS provider_phone,
    place.source_id AS place_id, place.name AS place_name, place.street, place.postcode, place.municipality,
    place.country, place.lat, place.lon, place.wheelchair,
    run.source_id AS run_id, run.start_date, run.end_date, run.enrol_until, run.weekdays, run.starts, run.ends,
    run.day_parts, run.mode, run.lesson_hours, run.material_cost, run.status, run.url,
    price_rule.source_id AS rule_id, price_rule.per_hour, price_rule.fixed, price_rule.ceiling,
    price_rule.source = run.source AND price_rule.source_id LIKE 'fixed-%' AS fixed_by_source,
    price_rule.source = run.source AND price_rule.source_id = 'price-unknown' AS no_price
  FROM course
  JOIN provider ON provider.id = course.provider_id
  LEFT JOIN run ON run.course_id = course.id AND (run.valid_to IS NULL OR run.valid_to > CAST(:today AS date))
  LEFT JOIN place ON place.id = run.place_id
  LEFT JOIN price_rule ON price_rule.id = run.price_rule_id
 WHERE (CAST(:source AS text) IS NULL OR course.source = :source)
   AND (CAST(:invented AS boolean) OR NOT course.invented)
   AND (course.valid_to IS NULL OR course.valid_to > CAST(:today AS date))
 ORDER BY course.source, course.source_id, run.source_id
