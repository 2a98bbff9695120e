-- Which course texts fit the words that were asked for, and how well. A text does not know who teaches it.
WITH
asked AS MATERIALIZED (
    SELECT word.place, word.typed, to_tsquery('dutch', word.query) AS query
      FROM unnest(CAST(:typed AS text[]), CAST(:queries AS text[])) WITH ORDINALITY AS word (typed, query, place)
),

question AS MATERIALIZED (
    SELECT CAST(CAST(:vector AS text) AS vector) AS vector
),

-- Words: Dutch stems, beginnings, compounds, synonyms. In the title they count whole, in the description for a part.
found AS MATERIALIZED (
    SELECT asked.place, course_text.key,
           CASE WHEN ts_filter(course_text.search, '{a,b}') @@ asked.query THEN 1 ELSE 0.5 END AS share
      FROM asked
      JOIN course_text ON course_text.search @@ asked.query
),

-- A word that few texts have tells more.
telling AS MATERIALIZED (
    SELECT asked.place, ln(1 + (SELECT count(*) FROM course_text) / (1.0 + count(found.key))) AS weight
      FROM asked
      LEFT JOIN found USING (place)
     GROUP BY asked.place
),

by_words AS (
    SELECT found.key, sum(found.share * telling.weight) / (SELECT sum(weight) FROM telling) AS score
      FROM found
      JOIN telling USING (place)
     GROUP BY found.key
),

-- Typing errors: only for words that no text has, by trigrams, in titles and in the words of the taxonomy. Where the
-- server's locale knows only our alphabet, other scripts have no trigrams, and looking them up would read everything.
unknown AS MATERIALIZED (
    SELECT typed
      FROM asked
     WHERE length(typed) > 3 AND show_trgm(typed) <> '{}' AND place NOT IN (SELECT place FROM found)
),

by_likeness AS (
    SELECT key, max(likeness) AS score
      FROM (
        SELECT course_text.key, word_similarity(unknown.typed, course_text.title) AS likeness
          FROM unknown
          JOIN course_text ON unknown.typed <% course_text.title
        UNION ALL
        SELECT course_text.key, alike.likeness
          FROM (
            SELECT subject_term.subject_id, max(similarity(unknown.typed, subject_term.term)) AS likeness
              FROM unknown
              JOIN subject_term ON subject_term.term % unknown.typed
             GROUP BY subject_term.subject_id
          ) AS alike
          JOIN course_text ON course_text.subject_ids @> ARRAY[alike.subject_id]
         WHERE alike.likeness >= 0.4
      ) AS alike
     GROUP BY key
),

-- Meaning: how near the vector of the question is to that of the text, and to the nearest word for its subjects
-- (the first three: three look-ups cost a fifth of taking the lists apart).
near_subjects AS MATERIALIZED (
    SELECT subject_id, -min(embedding <#> (SELECT vector FROM question)) AS likeness
      FROM subject_term
     WHERE (SELECT vector FROM question) IS NOT NULL AND embedding IS NOT NULL
     GROUP BY subject_id
),

-- Each kind of likeness on a scale of its own; weights measured, see tests/benchmarks/bench_search.py.
weighed AS (
    SELECT course_text.key,
           course_text.embedding IS NOT NULL AND (SELECT vector FROM question) IS NOT NULL
               AND NOT course_text.subject_ids && CAST(:subjects AS text[]) AS by_meaning,
           CASE WHEN course_text.subject_ids && CAST(:subjects AS text[]) THEN 1 ELSE 0 END AS named,
           coalesce(by_words.score, 0)::float8 AS words,
           coalesce(by_likeness.score, 0)::float8 AS likeness,
           greatest((-(course_text.embedding <#> (SELECT vector FROM question)) - 0.75) / 0.15, 0) AS own,
           greatest((greatest(first.likeness, second.likeness, third.likeness) - 0.80) / 0.20, 0) AS subject
      FROM course_text
      LEFT JOIN by_words USING (key)
      LEFT JOIN by_likeness USING (key)
      LEFT JOIN near_subjects AS first ON first.subject_id = course_text.subject_ids[1]
      LEFT JOIN near_subjects AS second ON second.subject_id = course_text.subject_ids[2]
      LEFT JOIN near_subjects AS third ON third.subject_id = course_text.subject_ids[3]
     WHERE CAST(:subject_filter AS text[]) = '{}' OR course_text.subject_ids && CAST(:subject_filter AS text[])
),

scored AS MATERIALIZED (
    SELECT key, by_meaning, 0.4 * named + 0.9 * words + 0.2 * likeness + 1.8 * own + 1.2 * subject AS score
      FROM weighed
)

-- Everything is a little like everything: a text must be like enough, unless its subject was named.
SELECT key, score, by_meaning
  FROM scored
 WHERE score >= CASE WHEN by_meaning THEN CAST(:least AS float8) ELSE 0.05 END
    OR CAST(:subject_filter AS text[]) <> '{}'
 ORDER BY score DESC, key
 LIMIT 500
