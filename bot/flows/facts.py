"""Questions that are no course list: short sourced statements, more if wanted, and a conversation as the way on."""

from dataclasses import replace

from bot.flows import courses
from bot.state import Asked, Goal
from bot.turn_types import Outcome, Reply, Turn
from data.catalog.facts import FactValue, facts_for
from dispatch import partners

STATEMENTS = 3
COURSE_BOUND = frozenset({"entry_requirements", "enrolment", "basic_skills"})


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
    """When, where, or what one needs to start: of the course that is named, else the facts."""
    intent = turn.understanding.intent
    named = any(slot.name == "subject" and not slot.negated for slot in turn.understanding.slots)
    if intent == "dutch_nt2":
        return await dutch(turn)
    if intent == "course_schedule_place":
        return await courses.find(turn)
    if intent in COURSE_BOUND and named:
        return await courses.show(turn, courses.refine(turn))
    if intent == "entry_requirements":
        facts = choose(await facts_for(turn.session, intent, on=turn.today), turn)
        text = "\n".join([*_statements(turn, facts[:1]), turn.say("requirements_which")])
        return Outcome(
            replies=(Reply(text=text),),
            dialogue=turn.dialogue.waiting_for(Asked.SUBJECT, topic=intent, search=None),
        )
    return await answer(turn)


async def dutch(turn: Turn) -> Outcome:
    """Learning Dutch starts at the agency, for the test and the level; then the courses near by."""
    lines = [turn.say("owner_dutch")]
    place = turn.place
    partner = await partners.find(turn.session, turn.decision.partner or "", place.region if place else None)
    if place is not None and partner is not None:
        lines.append(turn.say("dutch_partner", place=place.name, partner=partner.name))
    intake = [
        fact for fact in await facts_for(turn.session, "dutch_nt2", on=turn.today) if fact.id == "nt2.intake"
    ]
    lines += [_source(turn, fact) for fact in intake]
    wanted = replace(courses.refine(turn), subject_ids=("nt2",), text=None)
    if place is None:
        lines.append(turn.say("ask_place"))
        return Outcome(
            replies=(Reply(text="\n".join(lines)),),
            dialogue=turn.dialogue.waiting_for(Asked.PLACE, goal=Goal.COURSES, search=wanted, options=()),
        )
    shown = await courses.show(turn, replace(wanted, place_key=place.key))
    first = replace(shown.replies[0], text="\n".join([*lines, shown.replies[0].text]))
    return replace(shown, replies=(first, *shown.replies[1:]))


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
    head = [] if turn.short and turn.say.language == "nl" else [turn.say("fact_head")]
    return "\n".join([*head, *_statements(turn, facts), turn.say("fact_more")])


def _statements(turn: Turn, facts: tuple[FactValue, ...]) -> list[str]:
    lines = [fact.said(turn.say.language) for fact in facts]
    if any(fact.disputed for fact in facts):
        lines.append(turn.say("fact_dispute"))
    return lines + list(dict.fromkeys(_source(turn, fact) for fact in facts))


def _source(turn: Turn, fact: FactValue) -> str:
    return turn.say("fact_source", source=fact.source, checked=turn.say.short_date(fact.checked_on))
