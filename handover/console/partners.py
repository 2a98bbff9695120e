"""The register of partners: everybody reads it, the coordinator keeps that of the region, an admin all of it."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict

from fastapi.responses import Response
from sqlalchemy import select

from data import events
from data.tables import Partner, Region, Role
from dispatch import partner_register
from dispatch.partner_register import Filled, Wrong
from handover import access, audit
from handover.console.desk import Desk, NotFound, Route
from handover.console.labels import words
from handover.referral_in import key_hash

HERE = "/console/partners"
FIELDS = tuple(Filled.__dataclass_fields__)
SHOWN = 30  # changes


async def show(desk: Desk) -> Response:
    """/console/partners?soort=ocmw"""
    wanted = desk.request.query_params.get("soort", "")
    query = access.partners_of(desk.staff).order_by(Partner.active.desc(), Partner.kind, Partner.name)
    found = (await desk.session.scalars(query)).all()
    kinds = sorted({partner.kind for partner in found})
    return await desk.page(
        "partners.html", partners=[row for row in found if wanted in ("", row.kind)], kinds=kinds,
        chosen=wanted if wanted in kinds else "", regions=await _regions(desk),
        editable={row.id for row in found if _may_edit(desk, row)}, manages=desk.role in access.MANAGES,
    )  # fmt: skip


async def new(desk: Desk) -> Response:
    """/console/partners/nieuw"""
    return await _form(desk, None, {"active": "1", "region_id": desk.staff.region_id or ""})


async def edit(desk: Desk) -> Response:
    """/console/partners/7"""
    partner = await _editable(desk)
    return await _form(desk, partner, _values(partner))


async def add(desk: Desk) -> Response:
    """A new partner."""
    return await _save(desk, None)


async def save(desk: Desk) -> Response:
    """What changed of a partner."""
    return await _save(desk, await _editable(desk, lock=True))


async def give_key(desk: Desk) -> Response:
    """A new key to refer by program: shown this once, kept as a hash. The one before it stops working."""
    partner = await _editable(desk, lock=True)
    key = secrets.token_urlsafe(32)
    partner.key_hash = key_hash(key)
    await desk.session.flush()
    await events.record(
        desk.session, "partner.key", region_id=partner.region_id, staff_id=desk.staff.id,
        data={"partner_id": partner.id},
    )  # fmt: skip
    return await _form(desk, partner, _values(partner), key=key)


def _values(partner: Partner) -> dict[str, str]:
    values = {name: getattr(partner, name) for name in FIELDS}
    shown = {name: value or "" for name, value in values.items() if name not in ("postcodes", "active")}
    return shown | {"postcodes": " ".join(partner.postcodes), "active": "1" if partner.active else ""}


async def _save(desk: Desk, partner: Partner | None) -> Response:
    values = {name: desk.text(name, 4_000) for name in FIELDS}
    filled = partner_register.read(values, region_id=await _region(desk))
    if isinstance(filled, Wrong):
        return await _form(desk, partner, values, wrong=filled)
    await partner_register.save(desk.session, partner, filled, staff_id=desk.staff.id)
    return desk.go(HERE)


async def _region(desk: Desk) -> str | None:
    """Where the partner is of: an admin chooses, whoever has a region keeps it there. Raises NotFound."""
    if desk.role != Role.ADMIN:
        return desk.staff.region_id
    wanted = desk.text("region_id", 40)
    if wanted and await desk.session.get(Region, wanted) is None:
        raise NotFound
    return wanted or None


def _may_edit(desk: Desk, partner: Partner) -> bool:
    """One of everywhere is an admin's to change: it is every region's."""
    if desk.role not in access.MANAGES:
        return False
    return desk.role == Role.ADMIN or partner.region_id == desk.staff.region_id


async def _editable(desk: Desk, *, lock: bool = False) -> Partner:
    query = access.partners_of(desk.staff).where(Partner.id == desk.number("partner_id"))
    partner: Partner = await desk.one(query.with_for_update() if lock else query)
    if not _may_edit(desk, partner):
        raise NotFound
    return partner


async def _form(
    desk: Desk,
    partner: Partner | None,
    values: Mapping[str, str],
    *,
    wrong: Wrong | None = None,
    key: str = "",
) -> Response:
    return await desk.page(
        "partner.html", status=422 if wrong else 200, partner=partner, values=values,
        wrong=asdict(wrong) if wrong else None, regions=await _regions(desk) if desk.role == Role.ADMIN else {},
        key=key, kinds=words("partner"), changes=await audit.of_record(desk.session, partner_register.CHANGED, {"partner_id": partner.id}, limit=SHOWN) if partner else [],
    )  # fmt: skip


async def _regions(desk: Desk) -> dict[str, str]:
    return {row.id: row.name for row in await desk.session.scalars(select(Region).order_by(Region.name))}


ROUTES = (
    Route(method="GET", path="/partners", handler=show, roles=access.EVERYBODY),
    Route(method="POST", path="/partners", handler=add, roles=access.MANAGES),
    Route(method="GET", path="/partners/nieuw", handler=new, roles=access.MANAGES),
    Route(method="GET", path="/partners/{partner_id}", handler=edit, roles=access.MANAGES),
    Route(method="POST", path="/partners/{partner_id}", handler=save, roles=access.MANAGES),
    Route(method="POST", path="/partners/{partner_id}/sleutel", handler=give_key, roles=access.MANAGES),
)
