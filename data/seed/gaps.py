"""The demo's questions that found no course, over half a year, and some reports that something is wrong."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.catalog.demand import BUCKETS
from data.seed.rows import write
from data.tables import CatalogueReport, Demand, DemandKind, Place, Run

DAYS = 120
# subject, level, language, municipality, part of the day, mode, outcome, how many questions
ASKED = (
    ("nt2", "1.1", "ar", "Ninove", "evening", None, DemandKind.NONE, 34),
    ("nt2", "2.1", "uk", "Sint-Niklaas", "evening", None, DemandKind.FULL, 41),
    ("nt2", "1.2", "tr", "Genk", "morning", None, DemandKind.FULL, 38),
    ("nt2", None, "en", "Gent", "evening", "online", DemandKind.NONE, 27),
    ("lassen", None, "nl", "Veurne", "evening", None, DemandKind.TOO_FAR, 19),
    ("lassen", None, "nl", "Aalst", None, None, DemandKind.FULL, 22),
    ("spaans", None, "nl", "Maaseik", "evening", None, DemandKind.TOO_FAR, 16),
    ("boekhouden", None, "nl", "Turnhout", None, "online", DemandKind.RELAXED, 24),
    ("koken", None, "fr", "Vilvoorde", "evening", None, DemandKind.NONE, 14),
    ("zorgkundige", None, "nl", "Tielt", "afternoon", None, DemandKind.TOO_FAR, 21),
    ("heftruck", None, "pl", "Zeebrugge", None, None, DemandKind.FULL, 18),
    ("frans", None, "nl", "Diest", "morning", None, DemandKind.RELAXED, 9),
)
REPORTED = (
    ("price", "De school zegt dat het 40 euro meer kost.", "page"),
    ("hours", "Deze les is verplaatst naar donderdag.", "page"),
    ("gone", "Deze cursus bestaat niet meer, zegt de school.", "console"),
)


async def seed_gaps(session: AsyncSession, rng: random.Random, now: datetime, today: date) -> None:
    """Write both; to be called when the offer is there."""
    places = {place.name: place for place in reversed(geo.places())}
    rows: list[dict[str, Any]] = []
    for subject_id, level, language, town, day_part, mode, kind, count in ASKED:
        for number in range(count):
            here = places[town] if rng.random() < 0.8 else rng.choice(geo.places()[:60])
            rows.append(
                {
                    "day": today - timedelta(days=rng.randrange(DAYS)), "kind": kind,
                    "wishes": ["weekday"] if kind is DemandKind.RELAXED else [], "subject_id": subject_id,
                    "level": level, "language": language, "nis": here.nis, "region": here.region, "day_part": day_part,
                    "mode": mode, "heard": "page" if number % 3 else "chat", "bucket": rng.randrange(BUCKETS),
                }
            )  # fmt: skip
    await write(session, Demand, rows)
    near = select(Run.id).join(Place, Place.id == Run.place_id).where(Place.nis == "41002")
    runs = (await session.scalars(near.order_by(Run.id).limit(60))).all()
    reports = []
    for hours, (about, words, heard) in enumerate(REPORTED, 2):
        record = await session.scalar(
            text("SELECT to_jsonb(r) AS record FROM run AS r WHERE id = :id").columns(record=JSONB),
            {"id": rng.choice(runs)},
        )
        nis = await session.scalar(select(Place.nis).where(Place.id == record["place_id"]))
        reports.append(
            {
                "kind": "run", "source": record["source"], "source_id": record["source_id"],
                "region_id": geo.region_of(nis or ""), "about": about, "text": words, "shown": record, "heard": heard,
                "created_at": now - timedelta(hours=5 * hours),
            }
        )  # fmt: skip
    await write(session, CatalogueReport, reports)
