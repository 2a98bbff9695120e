"""Which corrections can be learnt from."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import select

from bot.hub import Hub
from bot.taught import LONGEST, Lesson, choose, read_lessons
from channels.base import Inbound
from data.tables import Decision, Message, Role, Staff
from handover import corrections
from nlu.training_data import Example


def lesson(id_: int, text: str, intent: str = "evc", language: str = "nl") -> Lesson:
    return Lesson(id=id_, tier="information", example=Example(text=text, intent=intent, language=language))


BASE = [Example(text="Hallo!", intent="smalltalk", language="nl")]


def test_what_adds_something_is_learnt() -> None:
    found = choose(
        [
            lesson(1, "erkennen wat ik kan"),
            lesson(2, "Erkennen wat ik kan!"),
            lesson(3, "hallo", "smalltalk"),
        ],
        BASE,
    )
    assert found.taught == {"1": "evc"}
    assert found.left_out == []


def test_what_contradicts_or_says_nothing_is_told_and_left_out() -> None:
    found = choose(
        [
            lesson(1, "hallo", "talk_human"),
            lesson(2, "bel mij", "talk_human"),
            lesson(3, "Bel mij", "complaint"),
            lesson(4, "guten Tag", language="de"),
            lesson(5, "2"),
            lesson(6, "woord " * LONGEST),
        ],
        BASE,
    )
    assert found.taught == {}
    assert found.left_out == [
        "correction 1 is left out: it is talk_human to staff and an example of smalltalk in nlu/training",
        "correction 2 is left out: staff call it complaint and talk_human",
        "correction 3 is left out: staff call it complaint and talk_human",
        "correction 4 is left out: nlu/training holds nothing in de",
        "correction 5 is left out: it has no words",
        f"correction 6 is left out: it is longer than {LONGEST} characters",
    ]


async def test_corrections_of_questions_are_read_and_those_of_answers_are_not(hub: Hub, number: str) -> None:
    texts = ("ik wil mijn kunnen laten bewijzen met een papier", "ja")
    ids = []
    for text in texts:
        item = Inbound(external_id=uuid4().hex, path=number, text=text)
        (accepted,) = await hub.inbox.accept("sms", "sms", [item])
        ids.append(accepted.message_id)
        await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        staff = (await session.scalars(select(Staff).where(Staff.role == Role.ADMIN))).first()
        assert staff is not None
        query = select(Decision, Message).join(Message, Message.id == Decision.message_id)
        for decision, message in await session.execute(query.where(Message.id.in_(ids))):
            meaning = corrections.read_by(decision, None).about("evc")
            await corrections.correct(session, decision, message, meaning, staff=staff, now=datetime.now(UTC))
        found = await read_lessons(session, [Example(text="dag", intent="smalltalk", language="nl")])
    learnt = [(lesson.example.text, lesson.example.intent) for lesson in found.lessons]
    assert learnt == [(texts[0], "evc")]
