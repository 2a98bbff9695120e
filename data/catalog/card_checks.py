"""What staff say of answer cards: hidden while something in them is wrong, or compared with their pages again."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import AnswerCardCheck


async def all_checks(session: AsyncSession) -> Mapping[str, AnswerCardCheck]:
    """By the card's id; a card that nobody said anything of has none."""
    return {row.card_id: row for row in await session.scalars(select(AnswerCardCheck))}


async def hold(session: AsyncSession, card_id: str, reason: str, *, by_id: int, now: datetime) -> None:
    """Show the card to nobody, in the chat, on its page or by the API, until somebody says that it is right again."""
    await _say(session, card_id, by_id, now, held_at=now, held_reason=reason)
    await _record(session, "answer_card.held", card_id, by_id, reason=reason)


async def show_again(session: AsyncSession, card_id: str, *, by_id: int, now: datetime) -> None:
    """The card is right (again)."""
    await _say(session, card_id, by_id, now, held_at=None, held_reason=None)
    await _record(session, "answer_card.shown", card_id, by_id)


async def checked(session: AsyncSession, card_id: str, on: date, *, by_id: int, now: datetime) -> None:
    """Somebody compared the whole card with its pages on this day, and it is right."""
    await _say(session, card_id, by_id, now, checked_on=on)
    await _record(session, "answer_card.checked", card_id, by_id)


async def _say(session: AsyncSession, card_id: str, by_id: int, now: datetime, **values: object) -> None:
    said = {"by_id": by_id, "changed_at": now, **values}
    await session.execute(
        insert(AnswerCardCheck)
        .values(card_id=card_id, **said)
        .on_conflict_do_update(index_elements=["card_id"], set_=said)
    )


async def _record(session: AsyncSession, kind: str, card_id: str, by_id: int, **more: object) -> None:
    await events.record(session, kind, staff_id=by_id, data={"card_id": card_id, **more})
