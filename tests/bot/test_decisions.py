"""Every message leaves a decision that says what was understood, by which model, and what follows."""

from uuid import uuid4

from sqlalchemy import select

from bot.hub import Hub
from channels.base import Inbound
from data.tables import Decision


async def test_a_decision_says_all_that_was_understood_and_by_which_model(hub: Hub, number: str) -> None:
    item = Inbound(
        external_id=uuid4().hex, path=number, text="ik zoek een cursus Spaans in Gent op dinsdagavond"
    )
    (accepted,) = await hub.inbox.accept("sms", "sms", [item])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        query = select(Decision).where(Decision.message_id == accepted.message_id)
        row = (await session.scalars(query)).one()
    assert (row.intent, row.language, row.tier) == ("find_course", "nl", "information")
    assert row.model_version == hub.understanders.current().model_version
    assert row.understanding["ranking"][0] == ["find_course", row.confidence]
    assert {slot["name"] for slot in row.understanding["slots"]} >= {"place", "weekday", "time_of_day"}
    assert row.understanding["act"] is None
    assert 0 < row.understanding["language_confidence"] <= 1
    assert row.created_at is not None
