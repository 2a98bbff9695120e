""" "That is wrong": after a list, a course or an answer, what a person says is wrong becomes a task for our people."""

from sqlalchemy import ColumnElement, select

from bot.state import Asked
from bot.turn_types import Outcome, Reply, Turn
from data.catalog.answer_cards import cards
from data.catalog.search import runs_by_id
from data.tables import Fact, RecordKind
from handover import catalogue_reports
from handover.wording import pseudonymise
from nlu.text import fold

WRONG = (
    "klopt niet", "klopt ni", "kloppen niet", "niet juist", "niet correct", "is fout", "zijn fout", "verkeerde prijs",
    "foute prijs", "verkeerd adres", "fout adres", "bestaat niet meer", "bestaat ni meer", "bestaan niet meer", "gaat niet meer door",
    "is afgelast", "n'est pas correct", "pas juste", "c'est faux", "n'existe plus", "une erreur", "mauvais prix", "est annule",
    "is wrong", "that's wrong", "not correct", "incorrect", "no longer exists", "doesn't exist", "does not exist", "wrong price",
)  # fmt: skip
SAYS_WHAT = 5  # words: from there a message says what is wrong, and not only that something is
GONE = ("bestaat niet meer", "bestaat ni meer", "n'existe plus", "no longer exists", "is afgelast")
BEFORE = frozenset({None, Asked.COURSE, Asked.ANSWER})  # elsewhere "dat klopt niet" answers our question
SURE = 0.8


async def said(turn: Turn) -> Outcome | None:
    """A message that says that something shown is wrong; None when it says something else, or nothing was shown."""
    text = fold(turn.understanding.text).replace("’", "'")
    if turn.dialogue.asked not in BEFORE or not any(words in text for words in WRONG):
        return None
    records = await _shown(turn)
    if not records:
        return None
    told = len(text.split()) >= SAYS_WHAT or any(words in text for words in GONE)
    if len(records) > 1:
        return await _which(turn, records, pseudonymise(turn.message.text) if told else None)
    if told:
        return await _keep(turn, records[0], turn.message.text)
    return _what(turn, records[0])


async def answered(turn: Turn) -> Outcome | None:
    """Which of the list it is, or what is wrong with it; None when the person went on to something new."""
    dialogue, spoken = turn.dialogue, turn.understanding
    if len(dialogue.options) > 1:
        number = int(spoken.value("choice") or 0) if spoken.act == "choose" else 0
        if not 1 <= number <= len(dialogue.options):
            return None
        chosen = dialogue.options[number - 1]
        return await _keep(turn, chosen, dialogue.topic) if dialogue.topic else _what(turn, chosen)
    if spoken.intent == "find_course" and spoken.confidence >= SURE and spoken.slot("subject"):
        return None
    return await _keep(turn, dialogue.options[0], turn.message.text)


async def _shown(turn: Turn) -> list[str]:
    """What was on the table last, as "run:12": one course, a list, or the answer to a question."""
    dialogue = turn.dialogue
    if dialogue.asked is Asked.COURSE:
        runs = [dialogue.viewed] if dialogue.viewed else dialogue.options
        return [f"{RecordKind.RUN}:{run_id}" for run_id in runs]
    card = cards().get(dialogue.options[0]) if dialogue.asked is Asked.ANSWER and dialogue.options else None
    if card is not None:  # the first of the facts it rests on stands for the card
        about: ColumnElement[bool] = Fact.source_id.in_(card.fact_ids[:1])
    elif dialogue.topic is not None:
        about = Fact.topic == dialogue.topic
    else:
        return []
    fact = await turn.session.scalar(select(Fact.id).where(about).order_by(Fact.id).limit(1))
    return [f"{RecordKind.FACT}:{fact}"] if fact else []


async def _which(turn: Turn, records: list[str], told: str | None) -> Outcome:
    numbers = {record: int(record.partition(":")[2]) for record in records}
    hits = {hit.run_id: hit for hit in await runs_by_id(turn.session, list(numbers.values()))}
    known = [record for record in records if numbers[record] in hits]
    lines = (hits[numbers[record]] for record in known)
    return Outcome(
        replies=(
            Reply(
                text=turn.say("report_which"),
                options=tuple(
                    f"{hit.course_title}, {hit.provider_name}, {hit.municipality}" for hit in lines
                ),
            ),
        ),
        dialogue=turn.dialogue.waiting_for(Asked.REPORT, options=tuple(known), topic=told),
    )


def _what(turn: Turn, record: str) -> Outcome:
    return Outcome(
        replies=(Reply(text=turn.say("report_what")),),
        dialogue=turn.dialogue.waiting_for(Asked.REPORT, options=(record,), topic=None),
    )


async def _keep(turn: Turn, record: str, words: str) -> Outcome:
    kind, _, number = record.partition(":")
    await catalogue_reports.report(
        turn.session, RecordKind(kind), int(number), words, heard="chat", person_id=turn.person.id,
        conversation_id=turn.conversation.id, address_id=turn.address.id, message_id=turn.message.id, now=turn.now,
    )  # fmt: skip
    return Outcome(
        replies=(Reply(text=turn.say("report_kept")),),
        dialogue=turn.dialogue.settled(topic=None),
    )
