"""Stores the texts that staff use again, as a new service begins with them."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Role, SavedReply, SavedWording, Staff


def shipped_replies() -> Sequence[Mapping[str, str]]:
    """Each with its `name` and its text by language."""
    text = resources.files("data.seed").joinpath("saved_replies.toml").read_text(encoding="utf-8")
    found: Sequence[Mapping[str, str]] = tomllib.loads(text)["reply"]
    return found


async def seed_replies(session: AsyncSession, now: datetime) -> None:
    """Write them for every region, in the name of the admin."""
    admin = select(Staff.id).where(Staff.role == Role.ADMIN).order_by(Staff.id).limit(1)
    by_id = (await session.scalars(admin)).one()
    for shipped in shipped_replies():
        row = SavedReply(name=shipped["name"], created_by=by_id, created_at=now)
        session.add(row)
        await session.flush()
        session.add_all(
            SavedWording(reply_id=row.id, language=language, text=text, by_id=by_id, created_at=now)
            for language, text in shipped.items()
            if language != "name"
        )
    await session.flush()
