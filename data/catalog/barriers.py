"""What people say keeps them from learning, counted by region and month, so that nobody can be recognised."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.folding import Key, Row, fold, whatever
from data.catalog.gaps import Month

# A barrier somebody named (not "no problem with the children"); or one that was understood without a name. What staff
# say that a message meant goes before what the bot thought.
_NAMED = text(
    """
    SELECT DISTINCT named.barrier, coalesce(conversation.region_id, '') AS region, conversation.person_id
      FROM decision
      JOIN conversation ON conversation.id = decision.conversation_id
      LEFT JOIN correction ON correction.message_id = decision.message_id
     CROSS JOIN LATERAL (
            SELECT slot ->> 'value' AS barrier
              FROM jsonb_array_elements(coalesce(correction.slots, decision.understanding -> 'slots', '[]'::jsonb)) AS slot
             WHERE slot ->> 'name' = 'barrier' AND NOT coalesce((slot ->> 'negated')::boolean, false)
             UNION
            SELECT '' WHERE coalesce(correction.intent, decision.intent) = 'practical_barrier'
               AND NOT jsonb_path_exists(
                       coalesce(correction.slots, decision.understanding -> 'slots', '[]'::jsonb),
                       '$[*] ? (@.name == "barrier" && !(@.negated == true))')
          ) AS named
     WHERE decision.created_at >= :first AND decision.created_at < :after
    """
)
STEPS = ({1: whatever}, {0: whatever})


@dataclass(frozen=True, kw_only=True)
class Barrier:
    """In how many of the persons' months something was in the way; `barrier` is a slot value, empty when not named."""

    month: str
    barrier: str
    region: str
    persons: int


async def barriers(
    session: AsyncSession, wanted: Sequence[Month], *, k: int, regions: frozenset[str] | None = None
) -> list[Barrier]:
    """By month, most named first; cells of fewer than `k` persons are folded as `data.catalog.folding` does."""
    found: list[Barrier] = []
    for month in wanted:
        rows = await session.execute(_NAMED, {"first": month.first, "after": month.after.first})
        named = [Row(key=(row.barrier, row.region), asker=row.person_id) for row in rows]
        totals: Counter[Key] = Counter()
        for cell in fold(named, STEPS, k):
            totals[cell.key] += cell.count
        found += [
            Barrier(month=str(month), barrier=barrier, region=region, persons=count)
            for (barrier, region), count in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
            if regions is None or region in regions
        ]
    return found
