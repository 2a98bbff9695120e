"""Referring somebody: a draft that the client reads first, and passing on what they agreed to."""

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from data.ids import id_of
from data.tables import Partner, Person, ReachedBy, Referral
from data.translation import _
from dispatch import partners
from handover import access, progress, referral_mail, referrals
from handover.console.desk import BadForm, Desk, Route
from handover.conversation import NotAllowed

HEARD = frozenset({"phone", "desk", "message"})  # where a client said yes


async def draft(desk: Desk) -> Response:
    """Offer a referral, and put the invitation to read it in the box for an answer: staff send it."""
    person = await desk.person()
    lines = referrals.lines_of(desk.text("lines"))
    if not lines:
        raise NotAllowed(_("Schrijf eerst wat we zouden doorgeven."))
    if len(lines) > referrals.MOST or any(len(line) > referrals.LONGEST for line in lines):
        raise NotAllowed(
            _(
                "Hou het bij {most} regels van {longest} tekens. Minder doorgeven is beter.",
                most=referrals.MOST,
                longest=referrals.LONGEST,
            )
        )
    partner: Partner = await desk.one(
        access.partners_of(desk.staff).where(Partner.id == desk.chosen("partner_id"), Partner.active)
    )
    offered = await partners.offer(
        desk.session, person_id=person.id, partner_id=partner.id, summary="\n".join(lines), lines=lines,
        staff_id=desk.staff.id,
    )  # fmt: skip
    return RedirectResponse(f"/console/client/{person.id}?doorverwijzing={offered.id}", status_code=303)


async def invitation(desk: Desk, person: Person) -> str:
    """The message that invites the client to read the draft; empty when there is none in the address."""
    asked = id_of(desk.request.query_params.get("doorverwijzing", ""))
    if asked is None:
        return ""
    found = (
        await desk.session.execute(
            select(Referral.token, Partner.name)
            .join(Partner, Partner.id == Referral.partner_id)
            .where(Referral.id == asked, Referral.person_id == person.id, Referral.token.is_not(None))
        )
    ).one_or_none()
    if found is None:
        return ""
    public = str(desk.request.app.state.settings.public_url).rstrip("/")
    return referrals.invite(person.language, partner=found.name, link=f"{public}/d/{found.token}")


async def may_tell(desk: Desk) -> Response:
    """The client said whether who referred them may hear how it goes."""
    referral = await _one(desk, "in")
    heard, yes = desk.text("heard", 20), desk.text("allow", 1)
    if yes not in ("0", "1") or (yes == "1" and heard not in HEARD):
        raise BadForm
    if yes == "1":
        await progress.allow(desk.session, referral, heard=heard, by_id=desk.staff.id, now=desk.now)
    else:
        await progress.withdraw(desk.session, referral, by_id=desk.staff.id, now=desk.now)
    return desk.go(f"/console/client/{referral.person_id}")


async def tell(desk: Desk) -> Response:
    """How it goes, to who referred them."""
    referral = await _one(desk, "in")
    told = desk.text("progress", 20)
    if told not in referral_mail.PROGRESS:
        raise BadForm
    await progress.tell(desk.session, referral, told, by_id=desk.staff.id)
    return desk.go(f"/console/client/{referral.person_id}")


async def passed_on(desk: Desk) -> Response:
    """One of ours told the partner, by phone, mail or their site."""
    via = desk.text("via", 20)
    if via not in set(ReachedBy):
        raise BadForm
    referral = await _one(desk, "out")
    try:
        await partners.pass_on(desk.session, referral.id, via=via, staff_id=desk.staff.id, now=desk.now)
    except partners.NotOffered:
        raise NotAllowed(_("De cliënt zei (nog) geen ja, of dit is al doorgegeven.")) from None
    return desk.go(f"/console/client/{referral.person_id}")


async def _one(desk: Desk, direction: str) -> Referral:
    mine = select(access.persons_of(desk.staff).subquery().c.id)
    wanted = Referral.id == desk.number("referral_id" if direction == "out" else "referred_id")
    query = select(Referral).where(wanted, Referral.direction == direction, Referral.person_id.in_(mine))
    referral: Referral = await desk.one(query.with_for_update())
    return referral


ROUTES = (
    Route(method="POST", path="/client/{person_id}/doorverwijzen", handler=draft),
    Route(method="POST", path="/doorverwijzing/{referral_id}/doorgegeven", handler=passed_on),
    Route(method="POST", path="/doorverwezen/{referred_id}/mag-vertellen", handler=may_tell),
    Route(method="POST", path="/doorverwezen/{referred_id}/vertel", handler=tell),
)
