"""One turn of dialogue: a stored message in, stored replies out, in one transaction, one at a time per person.

    lock person and conversation → understand → triage → flow → decision, replies, state, events → commit

The replies leave only if the conversation still has the holder and version they were computed for.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, bindparam, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import answering, calendars, digits
from bot.alerts import put_alert
from bot.flows import link, people, who
from bot.known import known_of, remember
from bot.offered import meant
from bot.replies import BRUSSELS, Replies
from bot.searching import VectorOf
from bot.state import Asked, Dialogue
from bot.turn_types import Escalation, Reply, Turn, wording
from bot.why import given
from channels import abilities, held
from channels.opt_outs import OptOuts
from channels.outbox import put
from channels.sender import Prepared, Sender
from channels.templates import OPEN_WORDS
from data import queue
from data.catalog.demand import DemandLog
from data.db import Database
from data.queue import LeasedJob
from data.tables import (
    Address,
    Attachment,
    Author,
    Conversation,
    Decision,
    FollowUp,
    Holder,
    Message,
    Person,
    Staff,
    Trajectory,
    Urgency,
)
from data.worker import Worker
from dispatch import triage
from dispatch.travel import Router
from dispatch.triage import Action
from handover import conversation as handover
from handover import followups, microcontacts, presence
from handover.conversation import Step
from handover.link_codes import LinkCodes
from handover.wording import pseudonymise
from nlu import Hints, Understander, Understanding, personal_numbers
from nlu.rasa import RasaUnderstander
from nlu.text import fold

log = logging.getLogger(__name__)
SOON = 30  # minutes: until then somebody is "coming now"
EXPECTED = {
    Asked.PLACE: "place", Asked.COURSE: "choice", Asked.SLOT: "choice", Asked.CLARIFY: "choice",
    Asked.REMINDER: "choice", Asked.REPORT: "choice", Asked.CANCEL: "yes_no", Asked.REFERRAL: "yes_no",
    Asked.SUBJECT: "subject", Asked.ANSWER: "choice", Asked.WHO: "choice",
}  # fmt: skip
# Made once, because building such a statement costs more than running it. The writer is locked before the thread is
# read, so that what is read is what the one before us left.
_WRITER = select(Message.person_id).where(Message.id == bindparam("message_id")).scalar_subquery()
_LOCK_WRITER = (
    select(Person)
    .where(Person.id == _WRITER)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_FILES = select(func.array_agg(Attachment.kind)).where(Attachment.message_id == Message.id).scalar_subquery()
_LOCK_THREAD = (
    select(
        Message,
        Conversation,
        Address,
        exists().where(Decision.message_id == Message.id),
        _FILES,
        exists().where(FollowUp.person_id == Message.person_id, *followups.FOR_SILENCE),
    )
    .join(Conversation, Conversation.id == Message.conversation_id)
    .join(Address, Address.id == Message.address_id)
    .where(Message.id == bindparam("message_id"))
    .with_for_update(of=Conversation, key_share=True)
    .execution_options(populate_existing=True)
)
_DECIDED = insert(cast(Table, Decision.__table__))
OF_A_CLIENT = frozenset({"phone", "email", personal_numbers.NAME, "age", "postcode"})
WHILE_WAITING = frozenset({Action.CRISIS, Action.OPT_OUT, Action.OPT_IN})
THEMSELVES = frozenset({Action.APPOINTMENT_BOOK, Action.APPOINTMENT_CHANGE, Action.APPOINTMENT_CANCEL})


class Moved(RuntimeError):
    """The writer was merged with somebody, or parted, between the queue and the turn."""


class Turns:
    """The handler of turn jobs."""

    def __init__(
        self,
        database: Database,
        worker: Callable[[], Worker],
        sender: Sender,
        understander: Callable[[], Understander | RasaUnderstander],
        *,
        public_url: str,
        demand: DemandLog,
        opt_outs: OptOuts,
        link_codes: LinkCodes,
        vector_of: VectorOf | None = None,
        router: Router | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(BRUSSELS),
    ) -> None:
        self._database = database
        self._worker = worker
        self._sender = sender
        self._understander = understander
        self._public_url = public_url
        self._vector_of = vector_of
        self._router = router
        self._demand = demand
        self._opt_outs = opt_outs
        self._link_codes = link_codes
        self._clock = clock

    async def handle(self, job: LeasedJob) -> None:
        """Answer the message of `job`, and hand the answer over right after the commit."""
        worker = self._worker()
        async with self._database.transaction() as session:
            sends = await self.take(session, job.payload["message_id"], owner=worker.name)
            await queue.complete(session, job)
        for send, ready in sends:
            await worker.within(send, partial(self._sender.hand_over, prepared=ready))

    async def dead(self, job: LeasedJob) -> None:
        """A turn that failed for good: the person hears that a colleague will answer, and a colleague is asked."""
        async with self._database.transaction() as session:
            message, conversation, address = await _load(session, job.payload["message_id"])
            person = await handover.lock_person(session, message.person_id)
            say = wording(person, message)
            now = self._clock()
            await handover.move(session, conversation, Step.ESCALATE, reason="failure", now=now)
            promised = conversation.promised_at or now
            await put(
                session, conversation=conversation, address_id=address.id, channel=message.channel,
                author=Author.BOT, text=say("failure", promise=say.promise(promised, now)),
                language=say.own, answers_id=message.id, step=99, needs_version=conversation.version,
            )  # fmt: skip

    async def take(
        self, session: AsyncSession, message_id: int, *, owner: str | None
    ) -> list[tuple[LeasedJob, Prepared]]:
        """The turn itself, in the running transaction; returns the send jobs of what may leave after the commit."""
        person = (await session.scalars(_LOCK_WRITER, {"message_id": message_id})).one()
        message, conversation, address, decided, sent, silence_planned = (
            await session.execute(_LOCK_THREAD, {"message_id": message_id})
        ).one()
        if decided or person.erased_at is not None:
            return []
        if person.merged_into_id is not None or conversation.person_id != person.id:
            raise Moved  # while we waited for the lock; the job is tried again, with who it is now
        dialogue = Dialogue.from_json(conversation.dialogue)
        now = self._clock()
        if silence_planned:
            await followups.client_wrote(session, person.id)
        if abilities.of(message.channel).window is not None:
            released = await held.release(session, message.address_id)
            if released and fold(message.text).strip(" .!") in OPEN_WORDS:
                return []  # what they asked to read leaves now; there is nothing else to say
        typed = await self._link_codes.typed(session, address.id, message.text, now=now)
        if typed is not None:
            await link.answer_code(session, message, typed, dialogue, now)
            return []
        if await digits.heard(session, message, conversation, now=now):
            return []
        if conversation.holder == Holder.STAFF:
            await microcontacts.note_message(session, message, at=message.created_at)
        hints = _hints(message, person.language, dialogue, now)
        spoken = await asyncio.to_thread(self._understander().understand, message.text, hints)
        grave = spoken.crisis or spoken.opt_out or spoken.opt_in
        if address.shared and conversation.holder == Holder.BOT and not grave:
            if await who.settle(session, message, address, conversation, now):
                return []
            dialogue = Dialogue.from_json(conversation.dialogue)
        if message.text:
            remember(person, conversation, spoken, first=not dialogue.greeted)
        only_file = sent[0] if sent and not message.text else None
        known = await known_of(session, person, conversation, dialogue, now)
        known = replace(known, only_file=only_file)
        spoken = meant(spoken, known)
        decisions = triage.decide_each(spoken, known, message.channel)
        decision = triage.weightiest(decisions)
        if decision.action is Action.SECOND_LINE:
            spoken = _without_client(message, spoken)
        await session.execute(_DECIDED, _record(message, conversation, spoken, decision, given(hints, known)))
        back = conversation.holder == Holder.QUEUE and conversation.reason == handover.REASON_OWN_CLIENT
        if back and decision.action in THEMSELVES:  # what they can do with the bot need not wait for a person
            await handover.move(session, conversation, Step.GIVE_BACK, now=now)
        # who comes back while their counsellor is away hears once when they will hear something
        tell = back and not dialogue.greeted and decision.action not in (WHILE_WAITING | THEMSELVES)
        silent = conversation.holder != Holder.BOT and not tell
        if silent and not await _may_speak(session, conversation, spoken, decision, now):
            if decision.action is Action.CRISIS:
                await _ask_person(session, conversation, message, "crisis", Urgency.CRISIS, now)
            return []
        if decision.action is Action.STATUS or (known.waits and decision.action is Action.PRIVACY):
            decisions = (decision,)  # beside a person the bot says only this
        turn = Turn(
            session=session, now=now, message=message, person=person, address=address, conversation=conversation,
            dialogue=dialogue, understanding=spoken, decision=decision, decisions=decisions,
            say=wording(person, message), public_url=self._public_url, demand=self._demand,
            vector_of=self._vector_of, opt_outs=self._opt_outs, link_codes=self._link_codes, router=self._router,
        )  # fmt: skip
        outcome = await (people.own_counsellor(turn) if tell else answering.answer(turn))
        said = [*outcome.replies]
        if outcome.escalation is not None:
            said += await _escalate(turn, outcome.escalation)
        say = wording(person, message)  # a flow may have switched the language
        told, dialogue = _introduce(turn, say, said, outcome.dialogue)
        if sent and message.text and told and outcome.escalation is None:
            told = [
                replace(told[0], tail="\n".join(filter(None, (told[0].tail, say("file_unread"))))),
                *told[1:],
            ]
        conversation.dialogue = dialogue.to_json()
        if outcome.escalation is None and conversation.holder == Holder.BOT:
            await handover.move(session, conversation, Step.BOT_ANSWERED, now=now)
        return await self._put(turn, say, told, owner)

    async def _put(
        self, turn: Turn, say: Replies, said: list[Reply], owner: str | None
    ) -> list[tuple[LeasedJob, Prepared]]:
        leaving = []
        for step, reply in enumerate(said):
            message, job = await put(
                turn.session, conversation=turn.conversation, address_id=turn.address.id,
                channel=turn.message.channel, author=Author.BOT, language=say.own,
                text=reply.as_text(buttons=abilities.of(turn.message.channel).buttons), choices=reply.buttons(), purpose=reply.purpose, answers_id=turn.message.id,
                step=step, needs_version=_needs_version(turn, reply), owner=owner, calendar=await calendars.of_reply(turn, reply),
            )  # fmt: skip
            if job is not None:
                ready = await self._sender.check_new(
                    turn.session, job, message, turn.address, turn.conversation
                )
                leaving += [(job, ready)] if ready is not None else []
        return leaving


def _without_client(message: Message, spoken: Understanding) -> Understanding:
    """A professional asks about a client: what names or reaches that client is not kept, in words nor in slots."""
    message.text = pseudonymise(message.text)
    kept = tuple(slot for slot in spoken.slots if slot.name not in OF_A_CLIENT)
    return replace(spoken, text=pseudonymise(spoken.text), slots=kept)


def _needs_version(turn: Turn, reply: Reply) -> int | None:
    """The version for which the reply holds; None for what may leave whoever holds the conversation by then."""
    return None if reply.notice or turn.conversation.holder == Holder.STAFF else turn.conversation.version


async def _may_speak(
    session: AsyncSession,
    conversation: Conversation,
    spoken: Understanding,
    decision: triage.Decision,
    now: datetime,
) -> bool:
    """What the bot still says while a person has the conversation, or will have it.

    In a crisis and to STOP: always in the queue; to STOP also beside a person. Where the question is, and what we know
    of them: in the queue, and while the one who has it is not there, so that asking is not met with silence.
    """
    waiting = conversation.holder == Holder.QUEUE
    if decision.action in (Action.STATUS, Action.PRIVACY):
        return waiting or (
            conversation.staff_id is not None
            and not await presence.staff_present(session, conversation.staff_id, now=now)
        )
    return decision.action in WHILE_WAITING and (waiting or spoken.opt_out)


async def _ask_person(
    session: AsyncSession,
    conversation: Conversation,
    message: Message,
    reason: str,
    urgency: Urgency,
    now: datetime,
) -> None:
    """Put the conversation before our people, and in a crisis alert somebody at once."""
    await handover.move(session, conversation, Step.ESCALATE, reason=reason, urgency=urgency, now=now)
    if urgency is Urgency.CRISIS:
        await put_alert(session, conversation, message_id=message.id, now=now)


async def _escalate(turn: Turn, wanted: Escalation) -> list[Reply]:
    await _ask_person(turn.session, turn.conversation, turn.message, wanted.reason, wanted.urgency, turn.now)
    if wanted.quiet:
        return []
    promised = turn.conversation.promised_at or turn.now
    words = turn.say.promise(promised, turn.now)
    if wanted.reply == "human" and turn.spoken:
        return [Reply(text=turn.say("human_call", promise=words))]
    if wanted.reply == "human":
        soon = (promised - turn.now).total_seconds() <= SOON * 60
        if soon:
            return [Reply(text=turn.say("human_now", promise=words))]
        return [Reply(text=turn.say("human_later", promise=words[0].upper() + words[1:]))]
    values = {"promise": words}
    if wanted.reply == "own_counsellor":
        values["staff"] = await _counsellor(turn)
    return [Reply(text=turn.say(wanted.reply, **values))]


async def _counsellor(turn: Turn) -> str:
    name = await turn.session.scalar(
        select(Staff.name)
        .join(Trajectory, Trajectory.staff_id == Staff.id)
        .where(Trajectory.person_id == turn.person.id)
        .order_by(Trajectory.closed_at.desc().nulls_first())
        .limit(1)
    )
    return name.split()[0] if name else turn.say("own_counsellor_unknown")


def _introduce(
    turn: Turn, say: Replies, said: list[Reply], dialogue: Dialogue
) -> tuple[list[Reply], Dialogue]:
    """The first reply says that this is a digital assistant; what must be told once is told once."""
    if not said or turn.decision.action in WHILE_WAITING:
        return said, dialogue
    before: list[str] = []
    after: list[str] = []
    if not dialogue.greeted and not turn.spoken:  # a call begins with that
        before.append(say("welcome"))
    if turn.understanding.slot(personal_numbers.NAME) and not dialogue.warned:
        before.append(say("personal_number"))
        dialogue = replace(dialogue, warned=True)
    if say.language != turn.person.language.split("-")[0] and not dialogue.language_told:
        after.append(say("language_unknown"))
        dialogue = replace(dialogue, language_told=True)
    tail = "\n".join(part for part in (said[0].tail, *after) if part)
    first = replace(said[0], text="\n".join([*before, said[0].text]), tail=tail)
    return [first, *said[1:]], replace(dialogue, greeted=True)


def _hints(message: Message, remembered: str | None, dialogue: Dialogue, now: datetime) -> Hints:
    language = remembered if dialogue.greeted else message.language
    expected = frozenset({EXPECTED[dialogue.asked]}) if dialogue.asked in EXPECTED else frozenset()
    return Hints(language=language, channel=message.channel, expected=expected, now=now)


def _record(
    message: Message,
    conversation: Conversation,
    spoken: Understanding,
    decision: triage.Decision,
    before: dict[str, Any],
) -> dict[str, Any]:
    understood: dict[str, Any] = {
        "ranking": [[intent, round(probability, 4)] for intent, probability in spoken.ranking[:5]],
        "slots": [
            {k: v for k, v in asdict(replace(slot, data={})).items() if k in ("name", "value", "negated")}
            for slot in spoken.slots
        ],
        "act": spoken.act,
        "parts": [[part.intent, round(part.confidence, 4)] for part in spoken.parts],
        "language_confidence": round(spoken.language_confidence, 3),
        "given": before,
    }
    return {
        "message_id": message.id, "conversation_id": conversation.id, "intent": spoken.intent,
        "confidence": round(float(decision.confidence), 4), "language": spoken.language, "tier": decision.tier,
        "action": decision.action, "partner": decision.partner,
        "reasons": [{"code": r.code, "text": r.text, "section": r.section} for r in decision.reasons],
        "understanding": understood, "model_version": spoken.model_version,
    }  # fmt: skip


async def _load(session: AsyncSession, message_id: int) -> tuple[Message, Conversation, Address]:
    row = (
        await session.execute(
            select(Message, Conversation, Address)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Address, Address.id == Message.address_id)
            .where(Message.id == message_id)
        )
    ).one()
    return row.Message, row.Conversation, row.Address
