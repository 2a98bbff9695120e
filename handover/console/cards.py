"""The answer cards as staff look after them: where each comes from, when it was looked at, and whether it is shown."""

from dataclasses import dataclass

from fastapi.responses import Response

from data.catalog import card_checks
from data.catalog.answer_cards import AnswerCard, cards
from data.catalog.answer_facts import Backed, backed
from data.tables import AnswerCardCheck
from data.translation import _
from dispatch import clock
from handover import access, audit
from handover.console.desk import Desk, NotFound, Route
from handover.conversation import NotAllowed

HERE = "/console/beheer/kaarten"
LONGEST = 400  # characters of a reason
HISTORY = 40


@dataclass(frozen=True, kw_only=True)
class Line:
    """A card with what it rests on and what staff said of it."""

    behind: Backed
    check: AnswerCardCheck | None

    @property
    def attention(self) -> bool:
        """Whether somebody should look at it: hidden, past its day, or sources that disagree."""
        return self.behind.held or self.behind.stale


async def show(desk: Desk) -> Response:
    """/console/beheer/kaarten"""
    known = await card_checks.all_checks(desk.session)
    today = clock.day_of(desk.now)
    found = [
        Line(behind=await backed(desk.session, card, on=today), check=known.get(card.id))
        for card in cards().values()
    ]
    found.sort(key=lambda line: (not line.attention, line.behind.card.said("nl").title.casefold()))
    return await desk.page(
        "cards.html", lines=found,
        history=await audit.lines(desk.session, None, subject="answer_card", limit=HISTORY),
    )  # fmt: skip


async def hold(desk: Desk) -> Response:
    """It is wrong: nobody is shown it from now on."""
    card, reason = _card(desk), desk.text("reason", LONGEST)
    if not reason:
        raise NotAllowed(_("Schrijf wat er niet klopt, zodat een collega het kan nakijken."))
    await card_checks.hold(desk.session, card.id, reason, by_id=desk.staff.id, now=desk.now)
    said = _("De kaart is verborgen.")
    return desk.done(desk.go(f"{HERE}#{card.id}"), said, f"/console/beheer/kaart/{card.id}/toon")


async def show_again(desk: Desk) -> Response:
    card = _card(desk)
    await card_checks.show_again(desk.session, card.id, by_id=desk.staff.id, now=desk.now)
    return desk.go(f"{HERE}#{card.id}")


async def check(desk: Desk) -> Response:
    """Compared with its pages today, and right."""
    card = _card(desk)
    await card_checks.checked(
        desk.session, card.id, clock.day_of(desk.now), by_id=desk.staff.id, now=desk.now
    )
    return desk.go(f"{HERE}#{card.id}")


def _card(desk: Desk) -> AnswerCard:
    card = cards().get(str(desk.request.path_params["card_id"]))
    if card is None:
        raise NotFound
    return card


ROUTES = (
    Route(method="GET", path="/beheer/kaarten", handler=show, roles=access.MANAGES),
    Route(method="POST", path="/beheer/kaart/{card_id}/verberg", handler=hold, roles=access.MANAGES),
    Route(method="POST", path="/beheer/kaart/{card_id}/toon", handler=show_again, roles=access.MANAGES),
    Route(method="POST", path="/beheer/kaart/{card_id}/nagekeken", handler=check, roles=access.MANAGES),
)
