"""One run that two sources offer: listed once, with both sources named. Nothing is deleted, and each keeps its page.

The same is: a provider of the same name, the same title, first day, postcode, days, hour, form and status, as far as
letters and figures go. What one source has twice (two groups) stays two. Which of the sources is listed is a matter
of which came first into the catalogue, never of the provider, for that is one and the same.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_PLAIN = "lower(regexp_replace({0}, '[^[:alnum:]]', '', 'g'))"

# ruff: noqa: S608 - only our own expression is put into the statement
_FIND = text(
    f"""
    WITH shared AS (
        SELECT {_PLAIN.format("name")} AS name FROM provider GROUP BY 1 HAVING count(DISTINCT source) > 1
    ),
    keyed AS (
        SELECT run.id, run.source,
               concat_ws('|', shared.name, {_PLAIN.format("course.title")}, coalesce(run.start_date::text, '?'),
                         place.postcode, run.weekdays, coalesce(run.starts::text, '?'), run.mode, run.status) AS key
          FROM shared
          JOIN provider ON {_PLAIN.format("provider.name")} = shared.name
          JOIN course ON course.provider_id = provider.id
          JOIN run ON run.course_id = course.id
          JOIN place ON place.id = run.place_id
         WHERE run.status <> 'ended' AND run.valid_to IS NULL
    ),
    numbered AS (
        SELECT id, source, key, row_number() OVER (PARTITION BY key, source ORDER BY id) AS turn FROM keyed
    ),
    first AS (
        SELECT id, first_value(id) OVER (PARTITION BY key, turn ORDER BY id) AS first_id FROM numbered
    ),
    wanted AS (
        SELECT run.id, CASE WHEN first.first_id <> run.id THEN first.first_id END AS same_as
          FROM run
          LEFT JOIN first USING (id)
         WHERE first.first_id <> run.id OR run.same_as IS NOT NULL
    )
    UPDATE run SET same_as = wanted.same_as FROM wanted
     WHERE run.id = wanted.id AND run.same_as IS DISTINCT FROM wanted.same_as
    """
)


async def find_twins(session: AsyncSession) -> None:
    """Note which runs are the same as one of another source; for after an import."""
    await session.execute(_FIND)
