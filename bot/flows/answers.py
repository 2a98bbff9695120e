"""Answer cards in the chat: three short sentences, options side by side, source and date, more, or somebody to talk to."""

from dataclasses import replace

from bot.state import Asked
from bot.turn_types import Outcome, Reply, Turn
from channels.base import Choice
from channels.segments import cost, to_gsm7
from data.catalog.answer_cards import LANGUAGES, AnswerCard, Wording, cards, words_around
from data.catalog.answer_facts import Backed, backed

SMS_PARTS = 2  # what one answer may cost, if a sentence can wait for the next
FACTS = 4  # of those behind a card that "more" tells
IN_EURO = "EUR"
BEHIND_IT = frozenset({"course_schedule_place", "entry_requirements", "enrolment"})  # "hoe lang duurt dat?"
LAST = 9  # more than a card has parts


async def show(turn: Turn, card: AnswerCard, *, part: int = 0) -> Outcome:
    """One part of a card. By SMS the options come with the first *more*, elsewhere they stand below the sentences."""
    behind = await backed(turn.session, card, on=turn.today)
    parts = _parts(turn, behind)
    number = min(part, len(parts) - 1)
    around = words_around(language(turn))
    left = number + 1 < len(parts)
    word = around["more_word"]
    more = (Choice(label=word.capitalize(), value=word),) if left else ()
    talk = around["talk_word"]
    reply = Reply(
        text=parts[number],
        tail=around["more"] if left else around["talk"],
        extra=(*more, Choice(label=talk.capitalize(), value=talk)),
    )
    return Outcome(
        replies=(reply,),
        dialogue=turn.dialogue.waiting_for(
            Asked.ANSWER,
            options=(card.id,),
            part=number,
            topic=turn.dialogue.topic or turn.understanding.intent,
        ),
    )


async def show_one_of(turn: Turn, found: tuple[AnswerCard, ...]) -> Outcome:
    """The one card there is, or which of them is meant."""
    if len(found) == 1:
        return await show(turn, found[0])
    titles = tuple(card.said(language(turn)).title for card in found)
    return Outcome(
        replies=(Reply(text=words_around(language(turn))["which"], options=titles),),
        dialogue=turn.dialogue.waiting_for(Asked.ANSWER, options=tuple(card.id for card in found), part=0),
    )


async def answered(turn: Turn) -> Outcome | None:
    """What comes after a card: more, its price, or which one; None when it is something new."""
    spoken, options = turn.understanding, turn.dialogue.options
    found = [card for card_id in options if (card := cards().get(card_id))]
    if not found:
        return None
    if len(found) > 1:
        number = int(spoken.value("choice") or 0) if spoken.act == "choose" else 0
        return await show(turn, found[number - 1]) if 1 <= number <= len(found) else None
    if spoken.act in ("more", "confirm"):
        return await show(turn, found[0], part=turn.dialogue.part + 1)
    if spoken.act == "repeat":
        return await show(turn, found[0], part=turn.dialogue.part)
    if spoken.act == "deny" and spoken.names_nothing:
        return Outcome(replies=(Reply(text=turn.say("thanks")),), dialogue=turn.dialogue.settled())
    if spoken.intent in BEHIND_IT and spoken.names_nothing:
        return await show(turn, found[0], part=LAST)
    if spoken.intent == "course_price" and not any(slot.name == "subject" for slot in spoken.slots):
        return await price(turn, found[0])
    return None


async def text_of(turn: Turn, card: AnswerCard) -> str:
    """The first part of a card without what can be typed next."""
    return _parts(turn, await backed(turn.session, card, on=turn.today))[0]


async def brief(turn: Turn, card: AnswerCard) -> str:
    """The first sentence of a card with its source, and where to read the rest."""
    behind = await backed(turn.session, card, on=turn.today)
    if behind.held:
        return words_around(language(turn))["held"]
    first = _with_source(turn, behind, [card.said(language(turn)).sentences[0]])
    return f"{first}\n{page(turn, card)}"


def page(turn: Turn, card: AnswerCard) -> str:
    """Where all of a card can be read."""
    link = f"{turn.public_url}/antwoorden/{card.id}?lang={language(turn)}"
    return words_around(language(turn))["page"].format(link=link)


def language(turn: Turn) -> str:
    """The language a card is read in: the person's own where it is translated, else the one we write."""
    own = turn.person.language.split("-")[0]
    return own if own in LANGUAGES else turn.say.language


async def price(turn: Turn, card: AnswerCard) -> Outcome | None:
    """What the facts of the card say about money."""
    behind = await backed(turn.session, card, on=turn.today)
    if behind.held:
        return await show(turn, card)
    about_money = [fact for fact in behind.facts if (fact.unit or "").startswith(IN_EURO)]
    if not about_money:
        return None
    around = words_around(language(turn))
    shown = Backed(card=card, facts=tuple(about_money), on=turn.today)
    lines = [
        *(fact.said(turn.say.language) for fact in about_money[:FACTS]),
        *([around["disputed"]] if shown.disputed else []),
        *([around["stale"]] if any(fact.stale(turn.today) for fact in about_money) else []),
        *_source(turn, shown),
    ]
    return Outcome(
        replies=(Reply(text="\n".join(lines), tail=around["talk"]),),
        dialogue=replace(turn.dialogue, misses=0),
    )


def _parts(turn: Turn, behind: Backed) -> tuple[str, ...]:
    """The card as one answer after another, each next one on *more*."""
    if behind.held:
        return (words_around(language(turn))["held"],)
    wording = behind.card.said(language(turn))
    options = [f"- {name}: {what}." for name, what in wording.options]
    first, later = [*wording.sentences, *options], list[str]()
    if turn.short:
        first, later = _that_fits(turn, behind, wording)
        later += options
    parts = [_with_source(turn, behind, first)]
    if later:
        parts.append("\n".join(later))
    behind_it = [fact.said(turn.say.language) for fact in behind.facts if fact.plain][:FACTS]
    told = behind_it if language(turn) == turn.say.language and not turn.short else []
    parts.append("\n".join([*told, page(turn, behind.card)]))
    return tuple(parts)


def _that_fits(turn: Turn, behind: Backed, wording: Wording) -> tuple[list[str], list[str]]:
    """The sentences that two SMS hold with their source, and those that wait."""
    tail = words_around(language(turn))["more"]
    for count in range(len(wording.sentences), 1, -1):
        text = f"{_with_source(turn, behind, list(wording.sentences[:count]))}\n{tail}"
        if cost(to_gsm7(text)).parts <= SMS_PARTS:
            return list(wording.sentences[:count]), list(wording.sentences[count:])
    return list(wording.sentences[:1]), list(wording.sentences[1:])


def _with_source(turn: Turn, behind: Backed, lines: list[str]) -> str:
    around = words_around(language(turn))
    changed = [around["changed"], *(fact.statement for fact in behind.changed)] if behind.changed else []
    return "\n".join(
        [
            *([around["translated"]] if around["translated"] else []),
            *changed,
            *lines,
            *([around["disputed"]] if behind.disputed else []),
            *([around["stale"]] if behind.stale else []),
            *_source(turn, behind),
        ]
    )


def _source(turn: Turn, behind: Backed) -> list[str]:
    """One line: where the facts were seen, and the oldest day on which one of them was checked."""
    if not behind.sources:
        return []
    names = list(dict.fromkeys(source.name for source in behind.sources))[: 1 if turn.short else None]
    checked = turn.say.short_date(min(source.checked_on for source in behind.sources))
    return [words_around(language(turn))["source"].format(source=", ".join(names), checked=checked)]
