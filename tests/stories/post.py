"""A hub with e-mail alone, both ends of its mail, and mails as programs write them."""

from dataclasses import dataclass
from email.message import EmailMessage
from uuid import uuid4

from sqlalchemy import select

from bot.hub import Hub
from channels.email.channel import Email
from channels.email.reading import read
from channels.inbox import Accepted
from data.tables import (
    Address,
    AddressLink,
    Conversation,
    Event,
    Message,
)
from tests.channels.mail import ADDRESS, MARKS
from tests.stubs.smtp import MailServer


@dataclass(kw_only=True)
class Post:
    """The hub with e-mail alone, and both ends of its mail."""

    hub: Hub
    email: Email
    server: MailServer

    async def comes(self, raw: str) -> list[Accepted]:
        """One mail, as the mailbox or the webhook brings it; and what it leads to."""
        items = read(raw.encode(), MARKS, self.email._kept.put)
        accepted = await self.hub.inbox.accept("email", "mailto", items)
        await self.hub.worker.run_until_idle()
        return accepted

    async def message(self, message_id: int) -> Message:
        async with self.hub.database.transaction() as session:
            return await session.get_one(Message, message_id)

    async def thread(self, path: str) -> list[Message]:
        async with self.hub.database.transaction() as session:
            person = await session.scalar(
                select(AddressLink.person_id)
                .join(Address, Address.id == AddressLink.address_id)
                .where(Address.path == path)
            )
            found = await session.scalars(
                select(Message).where(Message.person_id == person).order_by(Message.id)
            )
            return list(found)

    async def events(self, kind: str, message: Message) -> list[Event]:
        async with self.hub.database.transaction() as session:
            found = await session.scalars(
                select(Event).where(Event.kind == kind, Event.person_id == message.person_id)
            )
            return list(found)

    async def conversation(self, message: Message) -> Conversation:
        async with self.hub.database.transaction() as session:
            return await session.get_one(Conversation, message.conversation_id)


def mail(client: str, words: str, *, subject: str = "Nederlands leren", **headers: str) -> str:
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"From: Fatma <{client}>\nTo: {ADDRESS}\nSubject: {subject}\nMessage-ID: <{uuid4().hex}@voorbeeld.be>\n{more}\n{words}"


def answer_to(sent: EmailMessage, client: str, words: str) -> str:
    """A reply as a mail program writes it, with all before it quoted."""
    plain = sent.get_body(("plain",))
    assert plain is not None
    quoted = "\n".join(f"> {line}" for line in plain.get_content().splitlines())
    return mail(
        client, f"{words}\n\nOp di 24 nov. 2026 om 10:12 schreef Leerlijn <{ADDRESS}>:\n\n{quoted}", subject=str(sent["Subject"]),
        In_Reply_To=str(sent["Message-ID"]), References=f"{sent['References'] or ''} {sent['Message-ID']}",
    )  # fmt: skip
