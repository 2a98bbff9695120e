"""Consent before a file is opened: asked in the chat in the client's own language, and answered there."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import abilities, outbox
from channels.abilities import channel_of
from channels.base import Choice
from data.tables import Address, Author, ConsentKind, Message, Person, Question, QuestionKind, Staff
from data.translation import _
from handover import consents, conversation, microcontacts, questions, trajectory
from handover.conversation import NotAllowed, Step


async def ask(
    session: AsyncSession,
    person: Person,
    counsellor: Staff,
    *,
    about: str,
    region_id: str,
    by: Staff,
    client_msg_id: str,
    now: datetime,
) -> Message:
    """Ask on the client's own channel whether a file may be opened, in the name of `by`. Raises NotAllowed."""
    await conversation.lock_person(session, person.id)
    if await trajectory.current(session, person.id) is not None:
        raise NotAllowed(_("Er loopt al een traject voor deze persoon."))
    if await waits(session, person.id, now=now) is not None:
        raise NotAllowed(_("De vraag is al gesteld. Wacht op het antwoord, of vraag het aan de telefoon."))
    try:
        address_id = await outbox.last_address(session, person.id)
    except LookupError:
        raise NotAllowed(_("We hebben geen adres om naar te schrijven. Lees de tekst voor.")) from None
    channel = channel_of((await session.get_one(Address, address_id)).scheme)
    if abilities.of(channel).spoken:
        raise NotAllowed(_("Naar een telefoon kan je niet schrijven. Lees de tekst voor."))
    wording = await consents.current(session, region_id, ConsentKind.FILE, person.language)
    words = {
        part: wording.said(part, staff=counsellor.name.split()[0])
        for part in ("text", "ask", "yes_word", "no_word")
    }
    held = await conversation.open_for(session, person.id, channel, person.region_id, now=now)
    await conversation.move(session, held, Step.STAFF_WROTE, staff_id=by.id, now=now)
    message, _new = await outbox.put(
        session, conversation=held, address_id=address_id, channel=channel, author=Author.STAFF, staff_id=by.id,
        text=f"{words['text']} {words['ask']}", client_msg_id=client_msg_id,
        choices=[
            Choice(label=words[part], value=str(digit))
            for digit, part in ((questions.YES, "yes_word"), (questions.NO, "no_word"))
        ],
    )  # fmt: skip
    last = await session.scalar(
        select(Message.id).where(Message.conversation_id == held.id).order_by(Message.id.desc()).limit(1)
    )
    session.add(
        Question(
            person_id=person.id, conversation_id=held.id, region_id=held.region_id, kind=QuestionKind.FILE,
            channel=channel, message_id=last, staff_id=by.id, asked_at=now,
            data={
                "counsellor_id": counsellor.id, "wording": words["text"], "about": about, "region_id": region_id,
                "keep_years": wording.years, "text_id": wording.text_id,
            },
        )
    )  # fmt: skip
    await session.flush()
    await microcontacts.note_message(session, message, at=now)
    return message


async def waits(session: AsyncSession, person_id: int, *, now: datetime) -> Question | None:
    """The question that this person has not answered and still can."""
    return await session.scalar(
        select(Question)
        .where(
            Question.person_id == person_id,
            Question.kind == QuestionKind.FILE,
            Question.answered_at.is_(None),
            Question.asked_at > now - questions.HOLDS[QuestionKind.FILE],
        )
        .order_by(Question.id.desc())
        .limit(1)
    )


async def agreed(session: AsyncSession, question: Question, *, channel: str, now: datetime) -> None:
    """The person said yes: the file is opened with the words they read. One that was opened meanwhile stays."""
    if await trajectory.current(session, question.person_id) is not None:
        return
    await trajectory.open_file(
        session, question.person_id, counsellor_id=question.data["counsellor_id"],
        region_id=question.data["region_id"], question=question.data["about"] or None,
        wording=question.data["wording"], text_id=question.data.get("text_id"),
        keep_years=question.data.get("keep_years"), channel=channel, by_id=question.staff_id, now=now,
    )  # fmt: skip
