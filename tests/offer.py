"""A small offer, made the short way: one run with all that it hangs on."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Course, Place, PriceRule, Provider, Run

SOURCE = "proef"
FETCHED = datetime(2026, 11, 1, 8, tzinfo=UTC)


async def add_run(session: AsyncSession, name: str = "1", *, nis: str = "44021", **more: Any) -> Run:
    """A run of Spanish in the municipality of `nis`, with ids of its source that begin with `name`."""

    def sourced(what: str) -> dict[str, Any]:
        return {
            "source": SOURCE, "source_id": f"{name}-{what}", "source_url": "https://voorbeeld.invalid/bron",
            "fetched_at": FETCHED, "checked_on": FETCHED.date(), "invented": False,
        }  # fmt: skip

    async def add(row: Any) -> Any:
        session.add(row)
        await session.flush()
        return row

    provider = await add(Provider(**sourced("provider"), name=f"CVO {name}", kind="cvo"))
    place = await add(
        Place(
            **sourced("place"), provider_id=provider.id, name="Campus", street="Kerkstraat 1", postcode="9000",
            municipality="Gent", nis=nis, lat=51.05, lon=3.72,
        )
    )  # fmt: skip
    rule = await add(
        PriceRule(**sourced("rule"), key="cvo.standard", per_hour=1.5, exemptions=[], statement="1,50 euro")
    )
    course = await add(
        Course(**sourced("course"), provider_id=provider.id, title=f"Spaans {name}", subject_ids=["spaans"])
    )
    values: dict[str, Any] = {
        "start_date": date(2027, 1, 5), "end_date": date(2027, 6, 1), "weekdays": [1], "starts": time(19),
        "ends": time(22), "day_parts": ["evening"], "lesson_hours": 60, "material_cost": 20,
    }  # fmt: skip
    run: Run = await add(
        Run(**sourced("run"), course_id=course.id, place_id=place.id, price_rule_id=rule.id, **values | more)
    )
    return run
