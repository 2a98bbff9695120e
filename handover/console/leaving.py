"""Closing an account: first who takes over what its owner still has in hand; and opening it again."""

from fastapi.responses import Response

from data import events
from data.db import Database
from data.tables import Presence, Staff
from data.translation import _
from handover import access, auth, leaving, load
from handover.console.desk import BadForm, Desk, Route
from handover.console.staff import HERE, account_of
from handover.leaving import Held, Plan
from handover.presence import set_presence

SPREAD, QUEUE = "verdeel", "wachtrij"
LONGEST = 600


async def show(desk: Desk) -> Response:
    """/console/beheer/medewerker/7/sluiten: what is still in hand, and who can take it."""
    return await _page(desk, await account_of(desk))


async def set_active(desk: Desk) -> Response:
    """Close or open an account; whoever is closed is logged out by that.

    What is in hand goes to who was chosen first; with `active` as it is, that is all that happens.
    """
    account = await account_of(desk)
    wanted, to = desk.form.get("active", ""), desk.form.get("to", "")
    if wanted not in ("0", "1") or account.id == desk.staff.id:
        raise BadForm
    if wanted == "0" or to:
        held = await leaving.of(desk.session, account.id, now=desk.now)
        if not held.nothing and (wrong := await _hand_over(desk, account, held, to)):
            return await _page(desk, account, wrong=wrong)
    account = await account_of(desk, lock=True)
    desk.unless_changed(int(account.active))
    if wanted == "0":
        await leaving.check(desk.session, account.id, to_queue=to == QUEUE, now=desk.now)
        account.duty = False
        await auth.end_all(desk.session, account.id)
        await set_presence(desk.session, account, Presence.OFFLINE, now=desk.now)
    changed = account.active != (wanted == "1")
    account.active = wanted == "1"
    await desk.session.flush()
    if not changed:  # only what was in hand
        return desk.done(desk.go(HERE), _("Wat er nog liep, is doorgegeven."))
    await events.record(
        desk.session, "staff.account", region_id=account.region_id, staff_id=desk.staff.id,
        data={"account_id": account.id, "active": account.active},
    )  # fmt: skip
    said = _("Het account is gesloten.")
    if to:
        said = _("Het account is gesloten. Wat doorgegeven is, blijft bij wie het kreeg.")
    return desk.done(
        desk.go(HERE), _("Het account is open.") if account.active else said, f"{HERE}/medewerker/{account.id}",
        active=int(not account.active), was=int(account.active),
    )  # fmt: skip


async def _hand_over(desk: Desk, account: Staff, held: Held, to: str) -> str:
    """Give it to who was chosen; else why not, in words."""
    reason = desk.text("reason", LONGEST)
    if not to:
        return _("Kies wie overneemt wat er nog loopt.")
    if held.sessions and to == QUEUE:
        return _("Een infosessie kan niet naar de wachtrij. Kies een collega, of zeg ze eerst af.")
    if to not in (SPREAD, QUEUE) and not to.isdecimal():
        raise BadForm
    takers: dict[str, Staff] = {}
    if to == SPREAD:
        takers = {str(one.id): one for one in await leaving.spread_over(desk.session, account, now=desk.now)}
    elif to != QUEUE:
        takers = {
            str(one.id): one
            for one in await desk.session.scalars(leaving.takers(account))
            if str(one.id) == to
        }
    if to != QUEUE and not takers:
        return _("Die medewerker werkt hier niet meer. Kies iemand anders.")
    if not reason:
        return _("Schrijf waarom. Dat staat dan als nota in elk dossier.")
    database: Database = desk.request.app.state.database
    plan = Plan(colleagues=list(takers.values()), reason=reason, by_id=desk.staff.id)
    await leaving.hand_over(database, account.id, plan, now=desk.now)
    return ""


async def _page(desk: Desk, account: Staff, *, wrong: str = "") -> Response:
    takers = (await desk.session.scalars(leaving.takers(account))).all()
    return await desk.page(
        "leaving.html", status=409 if wrong else 200, account=account, wrong=wrong, spread=SPREAD, queue=QUEUE,
        held=await leaving.of(desk.session, account.id, now=desk.now), to=desk.form.get("to", ""),
        reason=desk.form.get("reason", ""), colleagues=await load.colleagues(desk.session, takers, "nl"),
    )  # fmt: skip


_ACCOUNT = "/beheer/medewerker/{staff_id}"
ROUTES = (
    Route(method="GET", path=f"{_ACCOUNT}/sluiten", handler=show, roles=access.MANAGES),
    Route(method="POST", path=_ACCOUNT, handler=set_active, roles=access.MANAGES),
)
