"""Questions that are no course list: short sourced statements, more if wanted, and a conversation as the way on."""

from bot.flows import courses
from bot.turn_types import Outcome, Reply, Turn
from data.catalog.facts import FactValue, facts_for

STATEMENTS = 3


async def answer(turn: Turn) -> Outcome:
    """The facts of the intent that hold today; a subject in the message asks for courses instead."""
    spoken = turn.understanding
    if spoken.intent == "secondary_diploma":
        return Outcome(
            replies=(Reply(text=f"{turn.say('difference_diploma')}\n{turn.say('fact_more')}"),),
            dialogue=turn.dialogue.settled(topic=spoken.intent),
        )
    facts = choose(await facts_for(turn.session, spoken.intent, on=turn.today), turn)
    if not facts:
        return Outcome(
            replies=(Reply(text=turn.say("fact_none")),), dialogue=turn.dialogue.settled(topic=spoken.intent)
        )
    return Outcome(
        replies=(Reply(text=card(turn, facts)),), dialogue=turn.dialogue.settled(topic=spoken.intent)
    )


async def price(turn: Turn) -> Outcome:
    """What it costs: of the courses asked about, or else the rule and its exemptions."""
    wanted = courses.refine(turn)
    if wanted.subject_ids or wanted.text:
        return await courses.show(turn, wanted)
    return await answer(turn)


async def about_course(turn: Turn) -> Outcome:
    """When, where, or what one needs to start: of a course when one is named or shown, else the facts."""
    wanted = courses.refine(turn)
    if wanted.subject_ids or wanted.text:
        return await courses.show(turn, wanted)
    if turn.understanding.intent == "course_schedule_place":
        return await courses.find(turn)
    return await answer(turn)


async def dutch(turn: Turn) -> Outcome:
    """Learning Dutch starts at the agency, for the test and the level; courses are shown when a town is named."""
    wanted = courses.refine(turn)
    if wanted.subject_ids and wanted.place_key:
        return await courses.show(turn, wanted)
    return await answer(turn)


def choose(facts: tuple[FactValue, ...], turn: Turn) -> tuple[FactValue, ...]:
    """The statements nearest to what was asked: those that share words with the question come first."""
    words = {word for word in turn.understanding.text.lower().split() if len(word) > 3}
    words |= {slot.value.lower() for slot in turn.understanding.slots}

    def shared(fact: FactValue) -> int:
        text = fact.statement.lower()
        return -sum(word in text for word in words)

    return tuple(sorted(facts, key=shared))[: 1 if turn.short else STATEMENTS]


def card(turn: Turn, facts: tuple[FactValue, ...]) -> str:
    """An answer card: the statements, whether they are disputed, source and date, and the way on."""
    lines = [turn.say("fact_head")] if not turn.short else []
    lines += [fact.statement + ("" if fact.statement.endswith(".") else ".") for fact in facts]
    if any(fact.disputed for fact in facts):
        lines.append(turn.say("fact_dispute"))
    sources = dict.fromkeys((fact.source, fact.as_of, fact.checked_on) for fact in facts)
    for source, as_of, checked in list(sources)[: 1 if turn.short else STATEMENTS]:
        lines.append(
            turn.say("fact_source", source=source, as_of=as_of, checked=turn.say.short_date(checked))
        )
    lines.append(turn.say("fact_more"))
    return "\n".join(lines)
