"""The bot's answers for staff: to put in a message, or what the bot itself would say. See `handover.answers`.

The same understanding, triage, flows and words as in a turn. What a flow would book or record is undone: a suggestion
is only read, and sent by a person or not at all.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import answering
from bot.flows import answers as card_flow
from bot.flows import course_items
from bot.known import known_of
from bot.replies import BRUSSELS, replies
from bot.searching import VectorOf, find_runs
from bot.state import Dialogue
from bot.turn_types import Turn, known_place
from channels.opt_outs import OptOuts
from data.catalog import price_rules
from data.catalog.answer_cards import AnswerCard, cards, words_around
from data.catalog.answer_facts import backed
from data.catalog.demand import DemandLog
from data.catalog.search import CourseQuery, Near, runs_by_id
from data.catalog.shown import remember
from data.db import Database
from data.ids import id_of
from data.tables import Address, Author, Conversation, Message, Person
from dispatch import triage
from dispatch.triage import Action, Known
from handover.answers import Offered
from handover.link_codes import LinkCodes
from nlu import Hints, Understander
from nlu.rasa import RasaUnderstander

CARDS, COURSES = 3, 5  # shown at once
FROM_SOURCES = frozenset(
    {
        Action.ANSWER_COURSES,
        Action.ANSWER_PRICE,
        Action.ANSWER_FACTS,
        Action.ANSWER_COUNTER,
        Action.OFFER_CONVERSATION,
    }
)
"""What the bot answers by itself. The rest is about the conversation, which is the person's who has it."""


class _Undone(Exception):
    """Leaves a transaction so that nothing of it stays, with what was said."""

    def __init__(self, text: str | None) -> None:
        super().__init__()
        self.text = text


@dataclass(frozen=True, kw_only=True)
class AnswerDesk:
    """The answer engine as the console uses it (`handover.answers.Answers`)."""

    database: Database
    understander: Callable[[], Understander | RasaUnderstander]
    public_url: str
    demand: DemandLog
    opt_outs: OptOuts
    link_codes: LinkCodes
    vector_of: VectorOf | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(BRUSSELS)

    async def suggest(self, person_id: int) -> str | None:
        """What the bot would answer to the person's last message; None when that is no answer from its sources."""
        try:
            async with self.database.transaction() as session:
                raise _Undone(await self._would_say(session, person_id))
        except _Undone as said:
            return said.text

    async def find(self, session: AsyncSession, person: Person, words: str) -> Sequence[Offered]:
        """Answer cards with these words, and courses, near the person where we know where that is."""
        turn = await self._turn(session, person, words)
        for_staff = replace(turn, say=replies("nl"))
        wanted = words.lower()
        named = [
            card
            for card in cards().values()
            if card.is_named_in(words) or any(wanted in said.title.lower() for said in card.wordings.values())
        ]
        shown = [await self._card(turn, card) for card in named]
        found = [one for one in shown if one is not None][:CARDS]
        place = known_place(person)
        near = Near(lat=place.lat, lon=place.lon) if place is not None else None
        query = CourseQuery(text=words, near=near, limit=COURSES)
        result = await find_runs(session, query, today=turn.today, vector_of=self.vector_of)
        await remember(
            session, result, query={"text": True, "staff": True}, skipped=0, place=place, conversation_id=None,
            region_id=person.region_id,
        )  # fmt: skip
        versions = await price_rules.versions_for(session, result.hits)
        for hit in result.hits:
            found.append(
                Offered(
                    key=f"cursus-{hit.run_id}", title=hit.course_title,
                    about=course_items.line(for_staff, hit, versions), text=course_items.detail_text(turn, hit, versions),
                )
            )  # fmt: skip
        return found

    async def text_of(self, session: AsyncSession, person: Person, key: str) -> str | None:
        """The text of a card ("kaart-evc") or a course ("cursus-12"), in the person's language."""
        kind, _, name = key.partition("-")
        if kind == "kaart" and (card := cards().get(name)) is not None:
            offered = await self._card(await self._turn(session, person, ""), card)
            return offered.text if offered is not None else None
        if kind == "cursus" and (run_id := id_of(name)) is not None:
            hits = await runs_by_id(session, [run_id])
            if hits:
                versions = await price_rules.versions_for(session, hits)
                return course_items.detail_text(await self._turn(session, person, ""), hits[0], versions)
        return None

    async def _card(self, turn: Turn, card: AnswerCard) -> Offered | None:
        """The card; None while staff hold it back."""
        if (await backed(turn.session, card, on=turn.today)).held:
            return None
        said = card.said(card_flow.language(turn))
        text = await card_flow.text_of(turn, card)
        return Offered(
            key=f"kaart-{card.id}", title=said.title, about=said.sentences[0],
            text=f"{text}\n{card_flow.page(turn, card)}",
        )  # fmt: skip

    async def _would_say(self, session: AsyncSession, person_id: int) -> str | None:
        row = (
            await session.execute(
                select(Message, Conversation, Address, Person)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .join(Address, Address.id == Message.address_id)
                .join(Person, Person.id == Message.person_id)
                .where(Message.person_id == person_id, Message.author == Author.PERSON, Message.text != "")
                .order_by(Message.id.desc())
                .limit(1)
            )
        ).one_or_none()
        if row is None:
            return None
        message, conversation, address, person = row
        now = self.clock()
        # what the bot asked before somebody took over is no longer what is being answered
        dialogue = replace(Dialogue.from_json(conversation.dialogue).settled(), greeted=True)
        hints = Hints(language=person.language, channel=message.channel, now=now)
        spoken = await asyncio.to_thread(self.understander().understand, message.text, hints)
        if spoken.crisis or spoken.opt_out or spoken.opt_in:
            return None
        known = replace(
            await known_of(session, person, None, dialogue, now), has_trajectory=False, counsellor_id=None
        )  # their counsellor is the one who asks
        decisions = triage.decide_each(spoken, known, message.channel)
        if not all(decision.action in FROM_SOURCES for decision in decisions):
            return None
        turn = Turn(
            session=session, now=now, message=message, person=person, address=address, conversation=conversation,
            dialogue=dialogue, understanding=spoken, decision=triage.weightiest(decisions), decisions=decisions,
            say=replies(person.language), public_url=self.public_url, demand=self.demand,
            vector_of=self.vector_of, opt_outs=self.opt_outs, link_codes=self.link_codes,
        )  # fmt: skip
        outcome = await answering.answer(turn)
        if outcome.escalation is not None:
            return None
        held = words_around(card_flow.language(turn))["held"]
        if any(held in reply.text for reply in outcome.replies):
            return None  # the card is held back: what the bot says then is no answer
        # "type M for more" would be heard by nobody: a person has the conversation
        said = [replace(reply, tail="").as_text(buttons=False) for reply in outcome.replies]
        return "\n\n".join(part for part in said if part) or None

    async def _turn(self, session: AsyncSession, person: Person, words: str) -> Turn:
        """A turn in which nobody wrote: what words of a flow need to be in the person's language and for their facts."""
        now = self.clock()
        hints = Hints(language=person.language, channel="web", now=now)
        spoken = await asyncio.to_thread(self.understander().understand, words, hints)
        decisions = triage.decide_each(spoken, Known(language=person.language), "web")
        return Turn(
            session=session, now=now, message=Message(channel="web", text=words), person=person,
            address=Address(scheme="web"), conversation=Conversation(channel="web"), dialogue=Dialogue(greeted=True),
            understanding=spoken, decision=triage.weightiest(decisions), decisions=decisions,
            say=replies(person.language), public_url=self.public_url, demand=self.demand,
            vector_of=self.vector_of, opt_outs=self.opt_outs, link_codes=self.link_codes,
        )  # fmt: skip
