"""The steps of a phone call; each gives the TwiML of what happens next."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.calls import answers, texting, unheard
from bot.calls.answers import Answer
from bot.known import choose_language
from bot.replies import BRUSSELS, LANGUAGES, Replies, replies
from channels.base import Item
from channels.inbox import Inbox
from channels.outbox import address_topic
from channels.phone_numbers import e164, is_mobile
from channels.voice import Voice
from channels.voice.call import ENDED, HINTS, LANGUAGE_KEYS, MOST_TURNS, Call, Step, address
from channels.voice.twiml import Script
from data.db import Database
from data.tables import CallTask, Conversation, Holder, Life, Message, Person, Region
from handover import call_tasks, promise
from handover import conversation as handover
from handover.addresses import link
from handover.conversation import Step as Move

HOLD = 3.0  # seconds that one request waits for the answer; Twilio gives up after 15
LOOK = 0.5  # seconds between two looks, when no wake-up comes
PATIENCE = 8  # times that we ask them to wait, together some 40 seconds
BETWEEN = 2  # seconds of silence before we look again
TYPED = "typed on the phone"
PUT_THROUGH = "doorverbonden met een collega"


class Calls:
    """Answers every request of Twilio about a call. `sms_on`: there is an SMS channel to write with."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        voice: Voice,
        *,
        public_url: str,
        sms_on: bool,
        connect: bool = False,
        region_id: str | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._inbox = inbox
        self._voice = voice
        self._public_url = public_url
        self._sms_on = sms_on
        self._connect = connect
        self._region_id = region_id
        self._clock = clock

    async def take(self, call: Call, items: list[Item]) -> Script:
        """Store what they said, then what Twilio does next."""
        if call.step is Step.LANGUAGE:
            await self._known_caller(call)
        if items:
            await self._inbox.accept(self._voice.name, self._voice.scheme, items)
        match call.step:
            case Step.START:
                return self._greet(call)
            case Step.LANGUAGE:
                return await self._language(call, items)
            case Step.HEARD:
                return await self._heard(call, items)
            case Step.WAIT:
                return await self._wait(call)
            case Step.OFFER:
                return await self._offer(call)
            case Step.NUMBER:
                return await self._typed_number(call)
            case Step.RECORDED:
                return await self._recorded(call)
            case Step.CONNECTED:
                return await self._connected(call)
            case Step.STATUS:
                return await self._status(call)

    def failed(self, call: Call) -> Script:
        """What to say when nothing could be stored: once more, and then another time."""
        say = replies(call.language)
        if call.step is Step.STATUS:
            return Script()
        if call.step is Step.WAIT and call.waited < PATIENCE:
            return Script().go(self._to(Step.WAIT, call, w=call.waited + 1), after=BETWEEN)
        if call.misses >= 2:
            return Script().say(say("call_failure_end"), call.language).hang_up()
        return Script().listen(
            self._to(Step.HEARD, call, m=call.misses + 1), call.language, (say("call_failure"), call.language)
        )

    # The beginning

    def _greet(self, call: Call) -> Script:
        return self._menu(call, "call_greeting")

    def _menu(self, call: Call, key: str) -> Script:
        said = [(replies(language)(key), language) for language in LANGUAGES]
        return Script().listen(self._to(Step.LANGUAGE, call, m=call.misses), "nl", *said, keys=1, hints=HINTS)

    async def _language(self, call: Call, items: list[Item]) -> Script:
        if items:
            return self._to_answer(call)
        if call.keys not in LANGUAGE_KEYS:
            if call.misses == 0:
                return self._menu(replace(call, misses=1), "call_menu")
            call = replace(call, language="nl")
        say = replies(call.language)
        return self._listen(replace(call, turn=1), say("call_ask"))

    async def _known_caller(self, call: Call) -> None:
        """Who texts from this number calls from it; and they chose their language."""
        if call.keys not in LANGUAGE_KEYS:
            return
        async with self._database.transaction() as session:
            _, person = await texting.caller(session, call.path, call.language)
            if person.language != call.language:
                person = await handover.lock_person(session, person.id)
                choose_language(person, call.language)

    # Question and answer

    async def _heard(self, call: Call, items: list[Item]) -> Script:
        say = replies(call.language)
        async with self._database.transaction() as session:
            await answers.heard_out(session, call)
            if call.offered and call.keys == "9":
                await self._text_last(session, call)
                return self._listen(call, f"{say('call_sms_sent')} {say('call_more')}")
        if items:
            return self._to_answer(call)
        if call.turn == 1:
            if call.misses == 0:
                return self._listen(replace(call, misses=1), say("call_silence"))
            return Script().listen(
                self._to(Step.OFFER, call), call.language, (say("call_offer"), call.language), keys=1, speech=False
            )  # fmt: skip
        if call.misses == 0:
            return self._listen(replace(call, misses=1), say("call_more"))
        return Script().say(say("call_goodbye"), call.language).hang_up()

    def _to_answer(self, call: Call) -> Script:
        """The words are stored: now wait for what the turn makes of them."""
        return Script().go(self._to(Step.WAIT, call, w=0))

    async def _wait(self, call: Call) -> Script:
        answer = await self._answer(call)
        say = replies(call.language)
        if answer is not None:
            return await self._say(call, answer)
        if call.waited < PATIENCE:
            words = {0: say("call_moment"), 3: say("call_still"), 6: say("call_still")}.get(call.waited, "")
            script = Script().say(words, call.language) if words else Script()
            return script.go(self._to(Step.WAIT, call, w=call.waited + 1), after=BETWEEN)
        return await self._call_back(call, unheard.LATE, "call_later", hang_up=True)

    async def _answer(self, call: Call) -> Answer | None:
        """The answer, read out now; waits a moment for it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + HOLD
        async with self._database.wakeups.subscribe(address_topic("tel", call.path)) as woken:
            while True:
                woken.clear()
                async with self._database.transaction() as session:
                    found = await answers.read_out(session, call, sms_on=self._sms_on, now=self._clock())
                if found is not None or loop.time() >= until:
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), min(LOOK, until - loop.time()))

    async def _say(self, call: Call, answer: Answer) -> Script:
        """Read the answer out; then listen, or leave it to a colleague."""
        call = replace(call, language=answer.language)
        say = replies(call.language)
        if answer.crisis:
            said = answer.said or say("crisis")
            await self._ask(call, call_tasks.CRISIS)
            script = Script().say(said, call.language)
            if dialled := await self._put_through(call, answer.person, script):
                return dialled
            return self._listen(
                replace(call, turn=call.turn + 1, misses=0), say("call_crisis_more"), after=script
            )
        if answer.conversation.holder != Holder.BOT:
            if dialled := await self._put_through(call, answer.person, Script()):
                await self._unsaid(answer)
                return dialled
            return await self._call_back(call, unheard.ASKED, "call_waiting", said=answer.said)
        if call.turn >= MOST_TURNS:
            return await self._call_back(call, unheard.ASKED, "call_back", said=answer.said, hang_up=True)
        keys = [choice.value for choice in answer.choices if re.fullmatch(r"\d", choice.value)]
        asked = "?" in answer.said and answer.conversation.dialogue.get("asked")
        ask = "" if keys or asked else say("call_more")
        sms = say("call_sms_sent") if answer.texted else say("call_sms_offer") if answer.can_text else ""
        return self._listen(
            replace(call, turn=call.turn + 1, misses=0), " ".join(filter(None, (answer.said, sms, ask))),
            keys=1 if keys else None, offered=answer.can_text,
        )  # fmt: skip

    async def _unsaid(self, answer: Answer) -> None:
        """A colleague came on the line instead of what the bot had to say."""
        async with self._database.transaction() as session:
            await handover.lock_person(session, answer.person.id)
            for reply in answer.replies:
                await answers.withhold(session, await session.get_one(Message, reply.id), PUT_THROUGH)

    async def _text_last(self, session: AsyncSession, call: Call) -> None:
        """They pressed 9: the last answer as an SMS, and from now on without asking."""
        message = await answers.message_of(session, call.external_id(call.turn - 1))
        if message is None or not is_mobile(call.number):
            return
        person = await handover.lock_person(session, message.person_id)
        now = self._clock()
        await texting.agree(session, person, call.language, now)
        said = await answers.replies_of(session, message)
        await answers.text_answer(session, call, person, said, now)

    # A colleague

    async def _offer(self, call: Call) -> Script:
        say = replies(call.language)
        if call.keys == "1":
            return await self._call_back(call, unheard.ASKED, "call_back", hang_up=True)
        if call.keys == "2":
            return self._record(Script(), call)
        return Script().say(say("call_goodbye"), call.language).hang_up()

    async def _call_back(
        self, call: Call, reason: str, key: str, *, said: str = "", hang_up: bool = False
    ) -> Script:
        """Say what was answered, or when a colleague calls back; a hidden number is asked for first."""
        say = replies(call.language)
        if call.number is None and await self._asked_number(call) is None:
            return self._ask_number(call, "call_number", Script().say(said, call.language) if said else None)
        task = await self._ask(call, reason)
        script = Script().say(said or say(key, promise=self._promise(task, say)), call.language)
        return script.hang_up() if hang_up else self._record(script, call)

    def _ask_number(self, call: Call, key: str, before: Script | None = None) -> Script:
        words = (replies(call.language)(key), call.language)
        return (before or Script()).listen(
            self._to(Step.NUMBER, call, m=call.misses), call.language, words, speech=False, finish="#"
        )

    async def _typed_number(self, call: Call) -> Script:
        say = replies(call.language)
        number = e164(call.keys)
        if number is None:
            if call.misses >= 1:
                return Script().say(say("call_goodbye"), call.language).hang_up()
            return self._ask_number(replace(call, misses=1), "call_number_wrong")
        async with self._database.transaction() as session:
            _, person = await texting.caller(session, call.path, call.language)
            typed_id = await link(session, person.id, "tel", number, reason=TYPED)
            task = await self._ask_in(session, call, person, typed_id, unheard.ASKED)
        return self._record(
            Script().say(say("call_back", promise=self._promise(task, say)), call.language), call
        )

    async def _asked_number(self, call: Call) -> CallTask | None:
        async with self._database.transaction() as session:
            return await call_tasks.of_source(session, unheard.key_of(call))

    async def _ask(self, call: Call, reason: str) -> CallTask:
        """The task for a colleague, once for each phone call."""
        async with self._database.transaction() as session:
            address_id, person = await texting.caller(session, call.path, call.language)
            return await self._ask_in(session, call, person, address_id, reason)

    async def _ask_in(
        self, session: AsyncSession, call: Call, person: Person, address_id: int, reason: str
    ) -> CallTask:
        said = await answers.messages_of(session, call)
        last = said[-1] if said else None
        talk = await session.get(Conversation, last.conversation_id) if last else None
        return await call_tasks.ask(
            session, person.id, reason=reason, key=unheard.key_of(call), address_id=address_id,
            conversation_id=talk.id if talk else None, about=last.text if last else None,
            language=call.language, promised_at=talk.promised_at if talk else None, now=self._clock(),
        )  # fmt: skip

    def _promise(self, task: CallTask, say: Replies) -> str:
        now = self._clock()
        return say.promise(task.promised_at or now, now)

    async def _put_through(self, call: Call, person: Person, script: Script) -> Script | None:
        """To the region's own number while it is open; None when nobody is to be reached so."""
        if not self._connect:
            return None
        region_id = person.region_id or self._region_id
        async with self._database.transaction() as session:
            region = await session.get(Region, region_id) if region_id else None
        now = self._clock()
        number = e164(region.phone or "") if region else None
        if region is None or number is None or number == self._voice.number:
            return None
        hours = region.office_hours if any(region.office_hours.values()) else promise.OFFICE_HOURS
        blocks = promise.opening_hours(now.astimezone(BRUSSELS).date(), hours)
        if not any(opens <= now < closes for opens, closes in blocks):
            return None
        return script.say(replies(call.language)("call_connect"), call.language).dial(
            number, self._to(Step.CONNECTED, call), caller_id=None if call.number else self._voice.number
        )

    async def _connected(self, call: Call) -> Script:
        """The colleague's phone was picked up, or not."""
        if call.dialled != "completed":
            return await self._call_back(call, unheard.ASKED, "call_busy")
        async with self._database.transaction() as session:
            said = await answers.messages_of(session, call)
            if said:
                talk = await handover.lock(session, said[-1].conversation_id)
                if talk.life == Life.OPEN:
                    await handover.move(session, talk, Move.WROTE_OUTSIDE, now=self._clock())
        return Script().hang_up()

    def _record(self, script: Script, call: Call) -> Script:
        script.say(replies(call.language)("call_record"), call.language)
        return script.record(self._to(Step.RECORDED, call)).hang_up()

    async def _recorded(self, call: Call) -> Script:
        if call.recording is None:
            return Script().hang_up()
        await self._ask(call, unheard.VOICEMAIL)
        async with self._database.transaction() as session:  # their voice is for a colleague, not for the bot
            said = await answers.message_of(session, call.voicemail_id)
            if said is not None:
                talk = await handover.lock(session, said.conversation_id)
                if talk.life == Life.OPEN and talk.holder == Holder.BOT:
                    await handover.move(
                        session, talk, Move.ESCALATE, reason=unheard.VOICEMAIL, now=self._clock()
                    )
        return Script().say(replies(call.language)("call_recorded"), call.language).hang_up()

    # The end

    async def _status(self, call: Call) -> Script:
        if call.status in ENDED:
            async with self._database.transaction() as session:
                await unheard.call_over(session, call, sms_on=self._sms_on, now=self._clock())
        return Script()

    # Small parts

    def _to(self, step: Step, call: Call, **changes: int) -> str:
        return address(self._public_url, step, call, **changes)

    def _listen(
        self,
        call: Call,
        words: str,
        *,
        keys: int | None = None,
        offered: bool = False,
        after: Script | None = None,
    ) -> Script:
        state = {"m": call.misses} | ({"s": 1} if offered else {})
        return (after or Script()).listen(
            self._to(Step.HEARD, call, **state), call.language, (words, call.language), keys=keys
        )
