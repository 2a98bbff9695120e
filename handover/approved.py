"""Approved texts that staff choose themselves, for when free text is not allowed: which there are for whom, and sending one.

They are messages like any other: STOP, consent and quiet hours hold by the purpose that stands in channels/templates.toml,
and a STOP on the way we would take first is not gone round. Only the window for free text does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from channels import outbox, plan, quiet, templates
from channels.plan import Way
from channels.policy import STOPPED, Verdict, may_send
from channels.templates import Text
from data.tables import Author, Message, Person, Staff, TemplateApproval, TemplateState
from dispatch.clock import ZONE
from handover import attention, conversation, microcontacts
from handover.conversation import Step


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A template for one person. `ready`: its approved words in the languages to write to them in, the best first.

    `state`: what the provider said of it in the person's own language; None: it is not written in that.
    """

    name: str
    ready: Sequence[tuple[Text, TemplateApproval]]
    state: TemplateState | None

    def text(self, language: str) -> tuple[Text, TemplateApproval] | None:
        """The words in `language`, else in the best one; None: nothing is approved."""
        wanted = [one for one in self.ready if one[0].language == language]
        return (*wanted, *self.ready)[0] if self.ready else None


async def choices(session: AsyncSession, channel: str, language: str) -> list[Choice]:
    """Every template of a channel that staff choose, for somebody who reads `language`; what may be sent first."""
    said = await templates.judged(session, channel)
    own = language.split("-")[0]
    made = []
    for name, texts in templates.chosen_by_staff(channel).items():
        known = [
            (texts[one], row)
            for one in templates.in_order(language)
            if one in texts and (row := said.get((name, one))) is not None
        ]
        row = said.get((name, own))
        made.append(
            Choice(
                name=name, ready=[one for one in known if one[1].state == TemplateState.APPROVED],
                state=None if own not in texts else TemplateState(row.state) if row else TemplateState.DRAFT,
            )
        )  # fmt: skip
    return sorted(made, key=lambda one: not one.ready)


def one_line(value: str) -> str:
    """What fills a place: the provider refuses line ends there."""
    return " ".join(value.split())[: templates.VALUE_LIMIT]


async def ways(session: AsyncSession, person_id: int, *, now: datetime) -> list[Way]:
    """The person's addresses on channels that have such templates, in the order of the plan."""
    planned = await plan.ways(session, person_id, purpose="reply", now=now.astimezone(ZONE))
    return [way for way in planned if way.channel in templates.channels()]


async def verdict(session: AsyncSession, way: Way, text: Text, *, person_id: int, now: datetime) -> Verdict:
    """Whether `text` may go this way now, consent aside; as the sender asks it once more when it leaves."""
    if way.reason == plan.OFF:
        return Verdict(allowed=False, reason=plan.OFF)
    first = await plan.ways(session, person_id, purpose="follow_up", now=now.astimezone(ZONE))
    if first and first[0].reason == STOPPED:
        return Verdict(allowed=False, reason=STOPPED)
    message = Message(
        purpose=text.purpose, channel=way.channel, author=Author.STAFF, template={"name": text.name}
    )
    undisturbed = await quiet.hours(session, person_id)
    return may_send(message, way.address, now.astimezone(ZONE), quiet=undisturbed)


async def needs_consent(session: AsyncSession, text: Text, person_id: int, *, now: datetime) -> bool:
    """Whether the person has yet to say that we may write first."""
    return text.purpose == "follow_up" and not await plan.may_write_first(session, person_id, now=now)


async def send(
    session: AsyncSession,
    person: Person,
    staff: Staff,
    way: Way,
    text: Text,
    approval: TemplateApproval,
    values: Sequence[str],
    *,
    client_msg_id: str,
    now: datetime,
) -> Message:
    """Put it out as a message of `staff`: a take-over, as any. The caller has locked the person and asked `verdict`."""
    held = await conversation.open_for(session, person.id, way.channel, person.region_id, now=now)
    await conversation.move(session, held, Step.STAFF_WROTE, staff_id=staff.id, now=now)
    message = await outbox.staff_message(
        session, conversation=held, staff_id=staff.id, text=text.filled(values), client_msg_id=client_msg_id,
        purpose=text.purpose or "reply", address_id=way.address.id, language=text.language,
        template=templates.made(text, approval, values),
    )  # fmt: skip
    await microcontacts.note_message(session, message, at=now)
    await attention.sent(session, person.id, staff.id)
    return message
