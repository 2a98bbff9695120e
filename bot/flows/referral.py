"""What belongs to another service: say who, how to reach them, and pass the question on only with consent."""

from bot.flows import answers, conversation
from bot.flows.courses import yes_no
from bot.state import Asked
from bot.turn_types import Escalation, Outcome, Reply, Turn
from data.catalog.answer_cards import named_card
from data.tables import ConsentKind, Partner, Referral
from dispatch import partners
from handover import consents, referral_mail
from handover.consents import Wording

OWNERS = {
    "benefit_effect": "owner_benefit",
    "career_change": "owner_work",
    "dutch_nt2": "owner_dutch",
}
SUMMARY_LENGTH = 120


async def refer(turn: Turn) -> Outcome:
    """Name the service that owns this, with its contact, and offer to pass the question on.

    What a card answers ("loopbaancheque") is answered first.
    """
    card = named_card(turn.understanding.intent, turn.understanding.text)
    told = [await answers.text_of(turn, card)] if card and card.words_only else []
    decided = turn.decision.partner or ""
    owner = "owner_school" if decided == "CLB" else OWNERS.get(turn.understanding.intent, "owner_other")
    partner = await find_partner(turn, decided)
    name = partner.name if partner else decided
    lines = [*told, turn.say("referral", owner=turn.say(owner), partner=name)]
    contact = _contact(partner)
    if contact:
        lines.append(turn.say("referral_contact", contact=contact))
    if partner is None:
        lines.append(turn.say("fact_more"))
        return Outcome(replies=(Reply(text="\n".join(lines)),), dialogue=turn.dialogue.settled())
    summary = _summary(turn.understanding.text)
    referral = await partners.offer(
        turn.session, person_id=turn.person.id, partner_id=partner.id, conversation_id=turn.conversation.id,
        summary=summary, lines=_lines(turn, summary),
    )  # fmt: skip
    wording = await _wording(turn)
    asked = wording.said("text", question=summary)
    lines += [turn.say("referral_offer"), asked]
    if turn.public_url and not turn.short:
        lines.append(turn.say("referral_page", link=f"{turn.public_url}/d/{referral.token}"))
    return Outcome(
        replies=(Reply(text="\n".join(lines), extra=yes_no(turn)),),
        dialogue=turn.dialogue.waiting_for(
            Asked.REFERRAL, options=(str(referral.id), asked, str(wording.text_id or ""))
        ),
    )


async def find_partner(turn: Turn, name: str) -> Partner | None:
    """The partner for where this person lives, as told in this message or before."""
    place, own = turn.place, turn.person.postcode
    region = place.region if place is not None and place.region else turn.person.region_id
    postcodes = turn.postcodes or ((own,) if own else ())
    return await partners.find(turn.session, name, region, postcodes=postcodes)


async def answered(turn: Turn) -> Outcome | None:
    """Yes: mailed to the partner, or a task for a colleague, with exactly what was shown. No: nothing leaves. 'gesprek': first a talk with us.

    What is kept of a yes are the words that were asked, also where the region has others by now.
    """
    spoken = turn.understanding
    chosen = spoken.value("choice") if spoken.act == "choose" else None
    number, *asked = turn.dialogue.options
    referral_id = int(number)
    if spoken.act == "confirm" or chosen == "1":
        if not asked:  # asked by a version of ours that kept no words
            referral = await turn.session.get_one(Referral, referral_id)
            asked = [(await _wording(turn)).said("text", question=referral.summary or ""), ""]
        try:
            partner = await partners.consent(
                turn.session, referral_id, wording=asked[0], text_id=int(asked[1]) if asked[1] else None,
                channel=turn.message.channel, now=turn.now,
            )  # fmt: skip
        except partners.NotOffered:  # answered on its page, or too late: doing nothing was a no
            return Outcome(replies=(Reply(text=turn.say("referral_past")),), dialogue=turn.dialogue.settled())
        mailed = await referral_mail.ask(turn.session, referral_id, partner)
        told = turn.say("referral_yes_mail" if mailed else "referral_yes", partner=partner.name)
        return Outcome(
            replies=(Reply(text=told),), dialogue=turn.dialogue.settled(),
            escalation=None if mailed else Escalation(reason="referral", quiet=True),
        )  # fmt: skip
    if spoken.act == "deny" or chosen == "2":
        await partners.decline(turn.session, referral_id, now=turn.now)
        return Outcome(replies=(Reply(text=turn.say("referral_no")),), dialogue=turn.dialogue.settled())
    if spoken.intent == "appt_book":
        await partners.decline(turn.session, referral_id, now=turn.now)
        return await conversation.go_on(turn, turn.dialogue)
    return None


async def _wording(turn: Turn) -> Wording:
    """How their region asks it."""
    region_id = turn.person.region_id or turn.conversation.region_id
    return await consents.current(turn.session, region_id, ConsentKind.REFERRAL, turn.say.own)


def _contact(partner: Partner | None) -> str:
    parts = (partner.phone, partner.url) if partner else ()
    return ", ".join(part for part in parts if part)


def _lines(turn: Turn, summary: str) -> list[str]:
    """What was said that we pass on, as lines of their page: the question, and how to reach them."""
    shown = turn.address.display or turn.address.path
    reach = () if turn.address.scheme == "web" else (turn.say("referral_reach", address=shown),)
    return [summary, *reach]


def _summary(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SUMMARY_LENGTH else line[: SUMMARY_LENGTH - 1] + "…"
