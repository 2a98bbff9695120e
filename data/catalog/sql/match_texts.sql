-- Which course texts fit the words that were asked for, and how well. A text does not know who teaches it.
WITH
asked AS MATERIALIZED (
    SELECT word.place, word.typed, to_tsquery('dutch', word.query) AS query
      FROM unnest(CAST(:typed AS text[]), CAST(:queries AS text[])) WITH ORDINALITY AS word (typed, query, place)
),

question AS MATERIALIZED (
    SELECT CAST(CAST(:vector AS text) AS vector) AS vector
),

texts AS MATERIALIZED (
    SELECT key, title, subject_ids, search, embedding
      FROM course_text
     WHERE CAST(:subject_filter AS text[]) = '{}' OR subject_ids && CAST(:subject_filter AS text[])
),

-- Words: Dutch stems, beginnings, compounds, synonyms. In the title they count whole, in the description for a part.
found AS MATERIALIZED (
    SELECT asked.place, texts.key,
           CASE WHEN ts_filter(texts.search, '{a,b}') @@ asked.query THEN 1 ELSE 0.5 END AS share
      FROM asked
      JOIN texts ON texts.search @@ asked.query
),

-- A word that few texts have tells more.
telling AS (
    SELECT asked.place, ln(1 + (SELECT count(*) FROM texts) / (1.0 + count(found.key))) AS weight
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

-- Typing errors: only for words that no text has, by trigrams, in titles and in the words of the taxonomy.
unknown AS (
    SELECT typed FROM asked WHERE length(typed) > 3 AND place NOT IN (SELECT place FROM found)
),

by_likeness AS (
    SELECT key, max(likeness) AS score
      FROM (
        SELECT texts.key, word_similarity(unknown.typed, texts.title) AS likeness
          FROM unknown
          JOIN texts ON unknown.typed <% texts.title
        UNION ALL
        SELECT texts.key, similarity(unknown.typed, subject_term.term)
          FROM unknown
          JOIN subject_term ON subject_term.term % unknown.typed
          JOIN texts ON texts.subject_ids @> ARRAY[subject_term.subject_id]
      ) AS alike
     WHERE likeness >= 0.4
     GROUP BY key
),

-- Meaning: how near the vector of the question is to that of the text, and to the nearest word for its subject.
near_subjects AS MATERIALIZED (
    SELECT subject_id, -min(embedding <#> (SELECT vector FROM question)) AS likeness
      FROM subject_term
     WHERE (SELECT vector FROM question) IS NOT NULL AND embedding IS NOT NULL
     GROUP BY subject_id
),

by_meaning AS (
    SELECT texts.key,
           -(texts.embedding <#> (SELECT vector FROM question)) AS own,
           (SELECT max(near_subjects.likeness)
              FROM near_subjects
             WHERE near_subjects.subject_id = ANY (texts.subject_ids)) AS subject
      FROM texts
     WHERE (SELECT vector FROM question) IS NOT NULL AND texts.embedding IS NOT NULL
),

-- Each kind of likeness on a scale from 0 to 1, and their weights: measured, see tests/benchmarks/bench_search.py.
weighed AS (
    SELECT texts.key, by_meaning.key IS NOT NULL AS embedded,
           CASE WHEN texts.subject_ids && CAST(:subjects AS text[]) THEN 1 ELSE 0 END AS named,
           coalesce(by_words.score, 0) AS words,
           coalesce(by_likeness.score, 0) AS likeness,
           coalesce(greatest((by_meaning.own - 0.75) / 0.15, 0), 0) AS own,
           coalesce(greatest((by_meaning.subject - 0.80) / 0.20, 0), 0) AS subject
      FROM texts
      LEFT JOIN by_words USING (key)
      LEFT JOIN by_likeness USING (key)
      LEFT JOIN by_meaning USING (key)
),

scored AS MATERIALIZED (
    SELECT key, embedded, 0.4 * named + 0.9 * words + 0.2 * likeness + 1.8 * own + 1.2 * subject AS score
      FROM weighed
)

-- Everything is a little like everything: a text must be like enough, or have one of the words.
SELECT key, score
  FROM scored
 WHERE score >= CASE WHEN embedded THEN CAST(:least AS float8) ELSE 0.05 END
    OR CAST(:subject_filter AS text[]) <> '{}'
 ORDER BY score DESC, key
 LIMIT 500
