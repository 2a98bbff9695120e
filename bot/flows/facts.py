"""Questions that are no course list: an answer card, and the courses themselves where one is named."""

from dataclasses import replace

from bot.flows import answers, courses
from bot.flows.refining import refine
from bot.state import Asked, Goal
from bot.turn_types import Outcome, Reply, Turn, place_in
from data.catalog.answer_cards import asks_about_kinds, card_of_subject, cards_for, named_card, price_card
from data.catalog.facts import facts_by_id
from dispatch import partners

COURSE_BOUND = frozenset({"entry_requirements", "enrolment", "basic_skills"})


async def answer(turn: Turn) -> Outcome:
    """The card that answers the question; without one, that a person will look for it."""
    spoken = turn.understanding
    found = cards_for(spoken.intent, spoken.text)
    if not found:
        return Outcome(
            replies=(Reply(text=turn.say("fact_none")),), dialogue=turn.dialogue.settled(topic=spoken.intent)
        )
    return await answers.show_one_of(turn, found)


async def price(turn: Turn) -> Outcome:
    """What it costs: of the courses asked about, or else the rule and its exemptions."""
    wanted = refine(turn)
    spoken = turn.understanding
    card = price_card(_subjects(turn))
    told = await answers.price(turn, card) if card is not None else None
    if told is not None:
        return told
    about_rules = named_card("course_price", spoken.text) is not None and not spoken.slot("subject")
    if (wanted.subject_ids or wanted.text) and not about_rules:
        return await courses.show(turn, wanted)
    return await answer(turn)


async def courses_or_card(turn: Turn) -> Outcome:
    """A list of courses; how long a level of Dutch takes is in none of them, so that gets its card."""
    spoken = turn.understanding
    card = card_of_subject(_subjects(turn), spoken.text)
    if spoken.intent == "course_schedule_place" and card is not None and place_in(spoken) is None:
        return await answers.show(turn, card)
    return await courses.find(turn)


async def about_course(turn: Turn) -> Outcome:
    """When, where, or what one needs to start: of the course that is named, else a card."""
    intent = turn.understanding.intent
    named = any(slot.name == "subject" and not slot.negated for slot in turn.understanding.slots)
    if asks_about_kinds(turn.understanding.text):
        return await answer(turn)
    if intent == "dutch_nt2":
        return await dutch(turn)
    if intent == "course_schedule_place":
        return await courses.find(turn)
    if intent in COURSE_BOUND and named:
        return await courses.show(turn, refine(turn))
    if intent == "entry_requirements":
        (card, *_) = cards_for(intent, turn.understanding.text)
        text = "\n".join([await answers.text_of(turn, card), turn.say("requirements_which")])
        return Outcome(
            replies=(Reply(text=text),),
            dialogue=turn.dialogue.waiting_for(Asked.SUBJECT, topic=intent, search=None),
        )
    return await answer(turn)


async def dutch(turn: Turn) -> Outcome:
    """Learning Dutch starts at the agency, for the test and the level; then the courses near by."""
    spoken = turn.understanding
    if named_card("dutch_nt2", spoken.text) and not spoken.slot("nt2_level") and place_in(spoken) is None:
        return await answer(turn)
    lines = [turn.say("owner_dutch")]
    place = turn.place
    partner = await partners.find(
        turn.session, turn.decision.partner or "", place.region if place else None,
        postcodes=turn.postcodes,
    )  # fmt: skip
    if place is not None and partner is not None:
        lines.append(turn.say("dutch_partner", place=place.named(turn.say.language), partner=partner.name))
    lines += [
        turn.say("fact_source", source=fact.source, checked=turn.say.short_date(fact.checked_on))
        for fact in await facts_by_id(turn.session, ["nt2.intake"], on=turn.today)
    ]
    wanted = replace(refine(turn), subject_ids=("nt2",), text=None)
    if place is None:
        lines.append(turn.say("ask_place"))
        return Outcome(
            replies=(Reply(text="\n".join(lines)),),
            dialogue=turn.dialogue.waiting_for(Asked.PLACE, goal=Goal.COURSES, search=wanted, options=()),
        )
    shown = await courses.show(turn, replace(wanted, place_key=place.key))
    first = replace(shown.replies[0], text="\n".join([*lines, shown.replies[0].text]))
    return replace(shown, replies=(first, *shown.replies[1:]))


def _subjects(turn: Turn) -> list[str]:
    return [slot.value for slot in turn.understanding.slots if slot.name == "subject" and not slot.negated]
