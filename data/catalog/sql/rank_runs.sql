-- Which runs to show, in which order. No provider is read here: what the ranking cannot see, it cannot favour.
WITH
-- By subject; else by words (Dutch stems, beginnings of compounds); and if no word is found, because of a typing error,
-- by trigrams. closeness: the less, the better.
courses AS MATERIALIZED (
    SELECT course.id AS course_id, 0::real AS closeness
      FROM course
     WHERE course.subject_ids && CAST(:subject_ids AS text[])
    UNION ALL
    SELECT course.id, -ts_rank(course.search, to_tsquery('dutch', CAST(:words AS text)))
      FROM course
     WHERE course.search @@ to_tsquery('dutch', CAST(:words AS text))
    UNION ALL
    SELECT course.id, -word_similarity(CAST(:typed AS text), course.title)
      FROM course
     WHERE CAST(:typed AS text) <% course.title
       AND NOT EXISTS (SELECT FROM course WHERE course.search @@ to_tsquery('dutch', CAST(:words AS text)))
    UNION ALL
    SELECT course.id, 0::real
      FROM course
     WHERE CAST(:subject_ids AS text[]) = '{}' AND CAST(:words AS text) IS NULL
),

places AS MATERIALIZED (
    SELECT place_id, distance_km
      FROM (
        SELECT place.id AS place_id,
               12742 * asin(sqrt(
                   power(sin(radians(place.lat - CAST(:lat AS float8)) / 2), 2)
                   + cos(radians(CAST(:lat AS float8))) * cos(radians(place.lat))
                   * power(sin(radians(place.lon - CAST(:lon AS float8)) / 2), 2)
               )) AS distance_km
          FROM place
      ) AS away
     WHERE distance_km <= CAST(:reach_km AS float8) OR CAST(:lat AS float8) IS NULL
),

-- Hard filters (mode, price, still open, the widest reach) leave a run out. Wishes (day, time, distance, start) are only
-- noted, so that one query finds both what fits and the mildest way of letting go.
candidates AS (
    SELECT run.id AS run_id, run.place_id, run.mode, run.start_date, courses.closeness, places.distance_km,
           coalesce(price_rule.fixed, least(price_rule.per_hour * run.lesson_hours, price_rule.ceiling))
               + run.material_cost AS cost,
           CAST(:weekdays AS smallint[]) IS NULL OR run.weekdays && CAST(:weekdays AS smallint[]) AS on_day,
           CAST(:time_of_day AS text) IS NULL OR CAST(:time_of_day AS text) = ANY (run.day_parts) AS at_time,
           CAST(:lat AS float8) IS NULL OR CAST(:mode AS text) = 'online'
               OR run.mode <> 'online' AND places.distance_km <= CAST(:max_km AS float8) AS near_by,
           (CAST(:starts_from AS date) IS NULL OR run.start_date >= :starts_from)
               AND (CAST(:starts_until AS date) IS NULL OR run.start_date <= :starts_until) AS in_time
      FROM courses
      JOIN run USING (course_id)
      JOIN price_rule ON price_rule.id = run.price_rule_id
      LEFT JOIN places ON places.place_id = run.place_id
     WHERE (run.place_id = ANY (ARRAY (SELECT place_id FROM places)) OR CAST(:lat AS float8) IS NULL
            OR CAST(:online AS boolean) AND run.mode = 'online')
       AND (CAST(:mode AS text) IS NULL OR run.mode = :mode)
       AND (NOT CAST(:only_open AS boolean)
            OR run.status = 'open' AND coalesce(run.enrol_until, run.start_date) >= CAST(:today AS date))
       AND (run.valid_from IS NULL OR run.valid_from <= CAST(:today AS date))
       AND (run.valid_to IS NULL OR run.valid_to >= CAST(:today AS date))
),

weighed AS (
    SELECT *,
           CASE WHEN on_day AND at_time AND near_by AND in_time THEN 0
                WHEN at_time AND near_by AND in_time THEN 1
                WHEN near_by AND in_time THEN 2
                WHEN on_day AND at_time AND in_time THEN 3
                WHEN on_day AND at_time AND near_by THEN 4
                WHEN in_time THEN 5
                ELSE 6
           END AS let_go,
           CASE WHEN CAST(:lat AS float8) IS NULL THEN 0
                WHEN mode = 'online' THEN 99
                WHEN distance_km <= 5 THEN 0
                WHEN distance_km <= 10 THEN 1
                ELSE 1 + ceil((distance_km - 10) / 10)
           END AS band,
           start_date < CAST(:today AS date) AS begun
      FROM candidates
     WHERE CAST(:max_price AS numeric) IS NULL OR cost <= :max_price
),

fitting AS (
    SELECT *, md5(run_id || CAST(:seed AS text)) AS shuffle
      FROM weighed
     WHERE let_go = (SELECT min(let_go) FROM weighed)
),

-- The first of every place comes before the second of any, within a band of distance.
ranked AS (
    SELECT *,
           count(*) OVER () AS total,
           row_number() OVER (PARTITION BY band, begun, place_id ORDER BY closeness, start_date, shuffle) AS turn
      FROM fitting
),

chosen AS (
    SELECT run_id, total, let_go,
           row_number() OVER (
               ORDER BY CASE WHEN CAST(:cheapest_first AS boolean) THEN cost END NULLS LAST,
                        band, begun, turn, closeness, shuffle
           ) AS position
      FROM ranked
     ORDER BY position
     LIMIT :limit OFFSET :offset
)
SELECT run_id, total, let_go FROM chosen ORDER BY position
