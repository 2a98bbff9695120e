-- Which runs to show, in which order. No provider is read here: what the ranking cannot see, it cannot favour.
WITH
-- The texts that match, from match_texts.sql; or all courses, of the subjects asked for if any.
-- closeness: the less, the better; related: only resembles what was asked.
courses AS MATERIALIZED (
    SELECT course.id AS course_id, course.level, matched.closeness, matched.related
      FROM unnest(CAST(:keys AS text[]), CAST(:closeness AS smallint[]), CAST(:related AS boolean[]))
               AS matched (text_key, closeness, related)
      JOIN course USING (text_key)
     WHERE CAST(:language AS text) IS NULL OR course.language = :language
    UNION ALL
    SELECT course.id, course.level, 0::smallint, false
      FROM course
     WHERE CAST(:keys AS text[]) IS NULL
       AND (CAST(:subject_ids AS text[]) = '{}' OR course.subject_ids && CAST(:subject_ids AS text[]))
       AND (CAST(:language AS text) IS NULL OR course.language = :language)
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

-- Hard filters (mode, when one cannot come, price, language, still open, the widest reach) leave a run out. Wishes are only noted, a bit
-- each, so that one query finds both what fits and how to let go of the fewest.
candidates AS (
    SELECT run.id AS run_id, run.place_id, run.mode, run.start_date, courses.closeness, courses.related,
           places.distance_km,
           least(
               CASE WHEN price_rule.fixed IS NOT NULL THEN price_rule.fixed
                    WHEN price_rule.per_hour IS NOT NULL
                    THEN least(round(price_rule.per_hour * run.lesson_hours, 2), price_rule.ceiling)
               END,
               CASE WHEN CAST(:statuses AS text[]) <> '{}' THEN (
                   SELECT min(CASE WHEN lower.fixed IS NOT NULL THEN lower.fixed
                                   WHEN lower.per_hour IS NOT NULL
                                   THEN least(round(lower.per_hour * run.lesson_hours, 2), price_rule.ceiling)
                              END)
                     FROM jsonb_to_recordset(price_rule.exemptions)
                              AS lower (status text, per_hour numeric, fixed numeric)
                    WHERE lower.status = ANY (CAST(:statuses AS text[]))
               ) END
           ) + run.material_cost AS cost,
           CASE WHEN CAST(:weekdays AS smallint[]) IS NULL OR run.weekdays && CAST(:weekdays AS smallint[])
                THEN 0 ELSE 1 END
           + CASE WHEN CAST(:time_of_day AS text) IS NULL OR CAST(:time_of_day AS text) = ANY (run.day_parts)
                  THEN 0 ELSE 2 END
           + CASE WHEN CAST(:lat AS float8) IS NULL OR CAST(:mode AS text) = 'online'
                       OR run.mode <> 'online' AND places.distance_km <= CAST(:max_km AS float8)
                  THEN 0 ELSE 4 END
           -- A start that is not told does not fit a window.
           + CASE WHEN (CAST(:starts_from AS date) IS NULL OR run.start_date >= :starts_from)
                       AND (CAST(:starts_until AS date) IS NULL OR run.start_date <= :starts_until)
                  THEN 0 ELSE 8 END
           + CASE WHEN CAST(:level AS text) IS NULL OR courses.level = :level THEN 0 ELSE 16 END AS missed
      FROM courses
      JOIN run USING (course_id)
      JOIN price_rule ON price_rule.id = run.price_rule_id
      LEFT JOIN places ON places.place_id = run.place_id
     WHERE run.same_as IS NULL
       AND (run.place_id = ANY (ARRAY (SELECT place_id FROM places)) OR CAST(:lat AS float8) IS NULL
            OR CAST(:online AS boolean) AND run.mode = 'online')
       AND (CAST(:mode AS text) IS NULL OR run.mode = :mode)
       AND NOT run.day_parts && CAST(:not_parts AS text[])
       AND NOT run.weekdays && CAST(:not_weekdays AS smallint[])
       AND (NOT CAST(:only_open AS boolean)
            OR run.status = 'open' AND coalesce(run.enrol_until, run.start_date, run.end_date, CAST(:today AS date)) >= CAST(:today AS date))
       AND (run.valid_from IS NULL OR run.valid_from <= CAST(:today AS date))
       AND (run.valid_to IS NULL OR run.valid_to >= CAST(:today AS date))
),

affordable AS MATERIALIZED (
    SELECT * FROM candidates WHERE CAST(:max_price AS numeric) IS NULL OR cost <= :max_price
),

-- What to let go: of what was asked for before what resembles it, the fewest wishes, and of as many the mildest
-- (the order of the bits: weekday, time of day, distance, start, level).
let_go AS MATERIALIZED (
    SELECT missed, related
      FROM affordable
     GROUP BY missed, related
     ORDER BY related, bit_count(missed::bit(5)), missed
     LIMIT 1
),

-- The first of every place comes before the second of any, within a band of distance.
ranked AS MATERIALIZED (
    SELECT *, row_number() OVER (
               PARTITION BY related, band, begun, place_id ORDER BY closeness, start_date, shuffle
           ) AS turn
      FROM (
        SELECT fits.run_id, fits.place_id, fits.start_date, fits.closeness, fits.related,
               CASE WHEN NOT CAST(:cheapest_first AS boolean) THEN 0 ELSE coalesce(fits.cost, 'infinity') END AS dearness,
               CASE WHEN CAST(:lat AS float8) IS NULL THEN 0
                    WHEN fits.mode = 'online' THEN 99
                    WHEN fits.distance_km <= 5 THEN 0
                    WHEN fits.distance_km <= 10 THEN 1
                    ELSE 1 + ceil((fits.distance_km - 10) / 10)
               END::smallint AS band,
               coalesce(fits.start_date < CAST(:today AS date), false) AS begun,
               hashtextextended(CAST(:seed AS text), fits.run_id) AS shuffle
          FROM affordable AS fits, let_go
         WHERE fits.missed & ~let_go.missed = 0
           AND (fits.related = let_go.related OR CAST(:with_related AS boolean))
      ) AS fitting
),

chosen AS MATERIALIZED (
    SELECT *
      FROM ranked
     ORDER BY related, dearness, band, begun, turn, closeness, shuffle
     LIMIT :limit OFFSET :offset
),

-- All runs that only the shuffle set apart from one that is shown.
equal AS MATERIALIZED (
    SELECT dearness, related, band, begun, turn, closeness, array_agg(ranked.run_id) AS run_ids
      FROM ranked
      JOIN (SELECT DISTINCT dearness, related, band, begun, turn, closeness FROM chosen) AS shown
     USING (dearness, related, band, begun, turn, closeness)
     GROUP BY dearness, related, band, begun, turn, closeness
),

-- Place → how many of its runs are in the list; in all, how many fit, and how many more only resemble.
offer AS MATERIALIZED (
    SELECT jsonb_object_agg(place_id, runs) AS runs, sum(fit)::bigint AS total, sum(runs - fit)::bigint AS alike
      FROM (
        SELECT place_id, count(*) AS runs, count(*) FILTER (WHERE ranked.related = let_go.related) AS fit
          FROM ranked, let_go
         GROUP BY place_id
      ) AS by_place
)
SELECT chosen.run_id, let_go.missed, let_go.related, offer.total, offer.alike, equal.run_ids AS equals,
       CASE WHEN row_number() OVER () = 1 THEN offer.runs END AS offer
  FROM chosen
  JOIN equal USING (dearness, related, band, begun, turn, closeness)
 CROSS JOIN let_go
 CROSS JOIN offer
 ORDER BY chosen.related, chosen.dearness, chosen.band, chosen.begun, chosen.turn, chosen.closeness, chosen.shuffle
