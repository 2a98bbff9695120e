"""Accounts of staff: a coordinator keeps those of the own region, an admin all; and the page of who changed what."""

from collections.abc import Mapping
from dataclasses import asdict

from fastapi.responses import Response
from sqlalchemy import select

from data import events
from data.ids import id_of
from data.tables import Region, Role, Staff
from data.translation import _
from dispatch.partner_register import Wrong
from handover import access, accounts, audit, leaving
from handover.accounts import Filled
from handover.console.desk import Desk, NotFound, Route
from handover.console.labels import LANGUAGES, words
from handover.conversation import NotAllowed

HERE = "/console/beheer"
FIELDS = ("name", "email", "role")
PAGE = 100  # changes
HISTORY = 30


async def new(desk: Desk) -> Response:
    """/console/beheer/medewerkers/nieuw"""
    values = {"role": Role.COUNSELLOR.value, "region_id": desk.staff.region_id or ""}
    return await _form(desk, None, values, ["nl"])


async def edit(desk: Desk) -> Response:
    """/console/beheer/medewerker/7"""
    account = await account_of(desk)
    return await _form(desk, account, _values(account), account.languages)


async def add(desk: Desk) -> Response:
    """A new account, and the link with which its owner chooses a password."""
    return await _save(desk, None)


async def save(desk: Desk) -> Response:
    """What changed of an account."""
    return await _save(desk, await account_of(desk, lock=True))


async def give_link(desk: Desk) -> Response:
    """A link to choose a new password, shown this once. The old password holds until then."""
    account = await account_of(desk, lock=True)
    if not account.active:
        raise NotAllowed(_("Dit account is gesloten. Open het eerst."))
    await events.record(
        desk.session, "staff.link", region_id=account.region_id, staff_id=desk.staff.id,
        data={"account_id": account.id},
    )  # fmt: skip
    return await _form(desk, account, _values(account), account.languages, link=_link(desk, account))


async def show_changes(desk: Desk) -> Response:
    """/console/beheer/wijzigingen?onderwerp=partner&voor=1234"""
    subject, before = (
        desk.request.query_params.get("onderwerp", ""),
        desk.request.query_params.get("voor", ""),
    )
    subject = subject if subject in audit.SUBJECTS else ""
    found = await audit.lines(
        desk.session, access.visible_regions(desk.staff), subject=subject, limit=PAGE,
        before=id_of(before),
    )  # fmt: skip
    older = found[-1].event.id if len(found) == PAGE else None
    return await desk.page("changes.html", lines=found, subjects=audit.SUBJECTS, subject=subject, older=older)


def _values(account: Staff) -> dict[str, str]:
    return {name: getattr(account, name) for name in FIELDS} | {"region_id": account.region_id or ""}


def _link(desk: Desk, account: Staff) -> str:
    state = desk.request.app.state
    token = accounts.link(account, secret=state.secret, now=desk.now)
    return f"{str(state.settings.public_url).rstrip('/')}/console/wachtwoord/{token}"


async def _save(desk: Desk, account: Staff | None) -> Response:
    values = {name: desk.text(name, 1_000) for name in FIELDS}
    languages = [code for code in LANGUAGES if desk.form.get(f"taal_{code}") == "1"]
    if account is not None and account.id == desk.staff.id and values["role"] != account.role:
        raise NotAllowed(_("Je eigen rol kan je niet veranderen. Vraag het een collega die beheert."))
    region_id = await _region(desk)
    filled = accounts.read(values, region_id=region_id, languages=languages, by=desk.role)
    if isinstance(filled, Filled):
        if account is not None and account.region_id != filled.region_id:
            account.duty = False  # the duty is of the region that is left
        saved = await accounts.save(desk.session, account, filled, by_id=desk.staff.id)
        if isinstance(saved, Staff):
            if account is not None:
                return desk.go(HERE)
            return await _form(
                desk, saved, _values(saved), saved.languages, link=_link(desk, saved), added=True
            )
        filled = saved
    return await _form(desk, account, values | {"region_id": region_id or ""}, languages, wrong=filled)


async def _region(desk: Desk) -> str | None:
    """Where the account is of: an admin chooses, a coordinator has the own region. Raises NotFound."""
    if desk.role != Role.ADMIN:
        return desk.staff.region_id
    wanted = desk.text("region_id", 40)
    if wanted and await desk.session.get(Region, wanted) is None:
        raise NotFound
    return wanted or None


async def account_of(desk: Desk, *, lock: bool = False) -> Staff:
    """The account in the path, if this member of staff may change it. Raises NotFound."""
    query = access.managed_by(desk.staff).where(Staff.id == desk.number("staff_id"))
    account: Staff = await desk.one(query.with_for_update() if lock else query)
    if Role(account.role) not in accounts.may_give(desk.role):
        raise NotFound
    return account


async def _form(
    desk: Desk,
    account: Staff | None,
    values: Mapping[str, str],
    languages: list[str],
    *,
    wrong: Wrong | None = None,
    link: str = "",
    added: bool = False,
) -> Response:
    given = accounts.may_give(desk.role)
    regions = await desk.session.execute(select(Region.id, Region.name).order_by(Region.name))
    held = await leaving.of(desk.session, account.id, now=desk.now) if account is not None else None
    return await desk.page(
        "staff.html", status=422 if wrong else 200, account=account, values=values, spoken=languages,
        wrong=asdict(wrong) if wrong else None, link=link, added=added, held=held,
        roles={code: role for code, role in words("role").items() if code in given}, languages=words("language"),
        regions=dict(regions.all()) if desk.role == Role.ADMIN else {},
        history=await audit.lines(desk.session, None, about={"account_id": account.id}, limit=HISTORY)
        if account else [],
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/beheer/medewerkers/nieuw", handler=new, roles=access.MANAGES),
    Route(method="POST", path="/beheer/medewerkers", handler=add, roles=access.MANAGES),
    Route(method="GET", path="/beheer/medewerker/{staff_id}", handler=edit, roles=access.MANAGES),
    Route(method="POST", path="/beheer/medewerker/{staff_id}/gegevens", handler=save, roles=access.MANAGES),
    Route(method="POST", path="/beheer/medewerker/{staff_id}/link", handler=give_link, roles=access.MANAGES),
    Route(method="GET", path="/beheer/wijzigingen", handler=show_changes, roles=access.MANAGES),
)
