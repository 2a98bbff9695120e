"""Waar is mijn vraag? Who has it and when they will hear: only what is so, and what we then keep."""

from sqlalchemy import select

from bot.turn_types import Outcome, Reply, Turn
from data.tables import Holder, Region, Staff
from handover import conversation as handover


async def where_is_it(turn: Turn) -> Outcome:
    """The state of the question in words. A promise that has passed is said to have passed, and made anew."""
    talk = turn.conversation
    if talk.holder == Holder.BOT:
        return Outcome(replies=(Reply(text=turn.say("status_none")),), dialogue=turn.dialogue)
    late = talk.promised_at is not None and talk.promised_at < turn.now
    promised = await handover.keep_promise(turn.session, talk, now=turn.now)
    promise = turn.say.promise(promised, turn.now)
    lines = [turn.say("status_late")] if late else []
    if talk.holder == Holder.STAFF:
        name = await turn.session.scalar(select(Staff.name).where(Staff.id == talk.staff_id))
        lines.append(turn.say("status_staff", staff=(name or "?").split()[0], promise=promise))
    else:
        region = await turn.session.get(Region, talk.region_id) if talk.region_id else None
        team = region.name if region else turn.say("status_team_unknown")
        lines.append(turn.say("status_team", team=team, promise=promise))
    return Outcome(replies=(Reply(text="\n".join(lines)),), dialogue=turn.dialogue)
