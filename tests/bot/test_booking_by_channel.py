"""Making, moving and cancelling an appointment: by digits, by taps, and by answering a mail. Phone calls: tests/bot/calls."""

from datetime import timedelta
from uuid import uuid4

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from bot.hub import Hub
from channels import abilities
from channels.base import Inbound
from channels.email.quoting import own_words
from data.tables import Appointment, Message


class Visitor:
    """Somebody on one channel, who taps where there are buttons and types the digit where there are none."""

    def __init__(self, hub: Hub, channel: str, scheme: str) -> None:
        self.hub, self.channel, self.scheme = hub, channel, scheme
        self.path = (
            f"{uuid4().hex}@voorbeeld.be" if scheme == "mailto" else f"+3247{uuid4().int % 10_000_000:07d}"
        )
        self.taps = abilities.of(channel).buttons
        self.last: Message | None = None

    async def says(self, text: str) -> str:
        if self.channel == "email":  # as mail programs answer: our own words quoted below it
            quoted = "\n".join(f"> {line}" for line in (self.last.text if self.last else "Dag").split("\n"))
            text = own_words(
                f"{text}\n\nOp vr 27 nov. 2026 om 10:00 schreef Leerlijn <info@voorbeeld.be>:\n{quoted}\n"
            )
        item = Inbound(external_id=uuid4().hex, path=self.path, text=text)
        (accepted,) = await self.hub.inbox.accept(self.channel, self.scheme, [item])
        await self.hub.worker.run_until_idle()
        async with self.hub.database.transaction() as session:
            rows = await session.scalars(
                select(Message).where(Message.answers_id == accepted.message_id).order_by(Message.id)
            )
            replies = rows.all()
        self.last = replies[-1]
        return "\n".join(reply.text for reply in replies)

    async def chooses(self, number: int) -> str:
        assert self.last is not None
        if self.taps:
            return await self.says(self.last.choices[number - 1]["value"])
        assert f"{number}) " in self.last.text
        return await self.says(str(number))

    async def an_hour_later(self) -> None:
        """The bot answers five mails of one address an hour, then a person looks: see channels/brake.py."""
        assert self.last is not None
        async with self.hub.database.transaction() as session:
            mine = update(Message).where(Message.person_id == self.last.person_id)
            await session.execute(mine.values(created_at=Message.created_at - timedelta(hours=1)))

    async def calendar_files(self) -> list[Calendar]:
        """What went along with our messages, in order."""
        assert self.last is not None
        mine = Message.person_id == self.last.person_id, Message.calendar.is_not(None)
        async with self.hub.database.transaction() as session:
            rows = await session.scalars(select(Message.calendar).where(*mine).order_by(Message.id))
            return [Calendar.from_ical(file) for file in rows if file]

    async def statuses(self) -> list[str]:
        assert self.last is not None
        async with self.hub.database.transaction() as session:
            rows = await session.scalars(
                select(Appointment.status)
                .where(Appointment.person_id == self.last.person_id)
                .order_by(Appointment.id)
            )
            return list(rows)


@pytest.mark.parametrize(
    ("channel", "scheme"),
    [
        ("sms", "sms"), ("whatsapp", "whatsapp"), ("telegram", "telegram"), ("messenger", "messenger"),
        ("email", "mailto"), ("web", "web"),
    ],
)  # fmt: skip
async def test_made_moved_and_cancelled(hub: Hub, channel: str, scheme: str) -> None:
    visitor = Visitor(hub, channel, scheme)
    await visitor.says("ik weet niet wat ik wil")
    assert "Kies een plek" in await visitor.says("9300 Aalst")
    assert "Afgesproken" in await visitor.chooses(1)
    await visitor.says("verplaats")
    assert "Verplaatst" in await visitor.chooses(2)
    assert await visitor.statuses() == ["moved", "confirmed"]
    await visitor.an_hour_later()
    assert "afzeggen" in await visitor.says("annuleer")
    assert "afgezegd" in (await visitor.chooses(1) if visitor.taps else await visitor.says("ja"))
    assert await visitor.statuses() == ["moved", "cancelled"]
    files = await visitor.calendar_files()
    if channel != "email":
        assert files == []
        return
    assert [(file["method"], file.events[0]["sequence"]) for file in files] == [
        ("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2),
    ]  # fmt: skip
    assert len({str(file.events[0]["uid"]) for file in files}) == 1
    assert {str(file.events[0]["attendee"]) for file in files} == {f"mailto:{visitor.path}"}
    assert files[0].events[0].start != files[1].events[0].start == files[2].events[0].start
