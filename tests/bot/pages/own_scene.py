"""Somebody with a file, and the link to it that was sent to their number."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    Attachment,
    Consent,
    Conversation,
    Enrolment,
    FollowUp,
    Message,
    Note,
    Partner,
    Person,
    PhaseChange,
    Question,
    Referral,
    Region,
    Staff,
    Trajectory,
    TrajectoryOption,
    TrajectoryStep,
)
from handover import looks, own_links

OURS = {"sec-fetch-site": "same-origin"}
NUMBER, MAIL = "+32470000001", "fatma@voorbeeld.invalid"


class Scene:
    """Fatma, who writes by SMS, with a file; and a link that was sent to her number."""

    def __init__(self, database: Database, browser: httpx.AsyncClient) -> None:
        self.database, self.browser = database, browser
        self.token = ""

    async def start(self, folder: Path) -> None:
        now = datetime.now(UTC)
        async with self.database.transaction() as session:
            session.add(Region(id="gent", name="Leerwinkel Gent", office_hours={}))
            await session.flush()
            staff = Staff(
                name="Els Maes", email="els@voorbeeld.invalid", role="counsellor", region_id="gent", password_hash="-"
            )  # fmt: skip
            person = Person(name="Fatma Aydin", language="nl", region_id="gent", facts={"age": 34})
            address = Address(scheme="sms", path=NUMBER, display="0470 00 00 01")
            partner = Partner(kind="vdab", name="VDAB", owns="werk")
            session.add_all([staff, person, address, partner])
            await session.flush()
            session.add(AddressLink(address_id=address.id, person_id=person.id))
            talk = Conversation(person_id=person.id, region_id="gent", channel="sms")
            track = Trajectory(
                person_id=person.id,
                region_id="gent",
                staff_id=staff.id,
                phase="intake",
                question="Met hout werken",
                intake={"goal": "meubels maken"},
            )
            session.add_all([talk, track])
            await session.flush()
            wrote = Message(
                conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="sms", direction="in",
                author="person", text="أريد أن أتعلم <b>", language="ar", status="received",
            )  # fmt: skip
            answered = Message(
                conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="sms", direction="out",
                author="staff", staff_id=staff.id, text="Welkom", status="delivered",
            )  # fmt: skip
            unsent = Message(
                conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="sms", direction="out",
                author="bot", text="nooit verstuurd", status="withheld",
            )  # fmt: skip
            session.add_all(
                [
                    wrote,
                    answered,
                    unsent,
                    PhaseChange(trajectory_id=track.id, phase="intake", staff_id=staff.id),
                    TrajectoryStep(trajectory_id=track.id, phase="intake", text="belt de school", by="client", staff_id=staff.id),
                    TrajectoryOption(trajectory_id=track.id, text="dagschool hout", chosen_at=now, own_words="overdag kan ik", staff_id=staff.id),
                    Enrolment(person_id=person.id, trajectory_id=track.id, what="schrijnwerk", enrolled_on=now.date(), staff_id=staff.id),
                    Question(person_id=person.id, conversation_id=talk.id, kind="satisfied", channel="sms", answer=2, answered_at=now),
                    Note(person_id=person.id, staff_id=staff.id, text="Zoekt iets met handen"),
                    Consent(person_id=person.id, kind="follow_up", wording="Wij mogen schrijven.", channel="desk"),
                    Consent(person_id=person.id, kind="file", wording="We houden bij.", channel="phone"),
                    FollowUp(person_id=person.id, staff_id=staff.id, text="Hoe loopt het?", due_at=now + timedelta(days=3)),
                    Referral(person_id=person.id, partner_id=partner.id, direction="out", state="sent", summary="Vraag: werk", lines=["Vraag: werk"]),
                ]
            )  # fmt: skip
            await session.flush()
            folder.mkdir(exist_ok=True)
            (folder / "a.pdf").write_bytes(b"%PDF-eigen")
            file = Attachment(message_id=wrote.id, ref="x", kind="document", name="attest.pdf", file="a.pdf", state="kept", media_type="application/pdf")  # fmt: skip
            session.add(file)
            await looks.note(session, person.id, staff.id, now=now)
            self.token = await own_links.make(session, person.id, address, now=now)
            await session.flush()
            self.person, self.address, self.file, self.staff = person.id, address.id, file.id, staff.id

    @property
    def at(self) -> str:
        return f"/mijn/{self.token}"

    async def page(self, more: str = "") -> str:
        answer = await self.browser.get(f"{self.at}{more}")
        assert answer.status_code == 200
        return answer.text

    async def post(self, step: str, **form: str) -> httpx.Response:
        return await self.browser.post(f"{self.at}/{step}", data=form, headers=OURS)

    async def rows(self, table: Any, *where: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(table).where(*where)))

    async def row(self, table: Any) -> Any:
        (row,) = await self.rows(table)
        return row

    async def other_address(self, *, verified: bool = False) -> int:
        """A mailbox that somebody said is hers, with a message; this number is proved or not."""
        async with self.database.transaction() as session:
            box = Address(scheme="mailto", path=MAIL)
            session.add(box)
            await session.flush()
            session.add(AddressLink(address_id=box.id, person_id=self.person, reason="told at the desk"))
            link = (
                await session.scalars(select(AddressLink).where(AddressLink.address_id == self.address))
            ).one()
            link.verified = verified
            talk = (await session.scalars(select(Conversation))).one()
            mail = Message(
                conversation_id=talk.id, person_id=self.person, address_id=box.id, channel="email", direction="in",
                author="person", text="Mijn geheim per mail", status="received",
            )  # fmt: skip
            session.add(mail)
            await session.flush()
            session.add(Attachment(message_id=mail.id, ref="x", kind="document", file="a.pdf", state="kept"))
            return box.id
