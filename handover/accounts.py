"""Accounts of staff: what a coordinator fills in, checked, who changed what, and the link to choose a password.

Nobody types a password for somebody else. A link of three days is shown once; it holds a signature over the account and
the hash of its password, so it ends as soon as a password is chosen.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Role, Staff
from data.translation import _
from dispatch.partner_register import Wrong

CHANGED = "staff.changed"
LINK_HOLDS = timedelta(days=3)
SHORTEST_PASSWORD = 12  # characters
LONGEST_PASSWORD = 200
LONGEST = 200  # characters of a field
UNSET = "-"  # the hash of no password
WITHOUT_REGION = frozenset({Role.ANALYST, Role.ADMIN})
GIVEN_BY_COORDINATOR = frozenset({Role.COUNSELLOR, Role.DISPATCHER, Role.COORDINATOR})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """An account as filled in; `languages` in the order of the list."""

    name: str
    email: str
    role: str
    region_id: str | None
    languages: list[str]


def may_give(by: Role) -> frozenset[Role]:
    """The roles that somebody may give to another."""
    if by == Role.ADMIN:
        return frozenset(Role)
    return GIVEN_BY_COORDINATOR if by == Role.COORDINATOR else frozenset()


def read(form: Mapping[str, str], *, region_id: str | None, languages: list[str], by: Role) -> Filled | Wrong:
    """The fields of a form, or what is wrong with the first that is. `region_id` is checked by the caller."""
    value = {name: " ".join(text.split()) for name, text in form.items()}
    if not value.get("name"):
        return Wrong(field="name", sentence=_("Vul de naam in, zoals cliënten die lezen."))
    if max(map(len, value.values())) > LONGEST:
        return Wrong(field="name", sentence=_("Dat is te lang: hou het onder {count} tekens.", count=LONGEST))
    email = value.get("email", "").lower()
    if not _EMAIL.fullmatch(email):
        return Wrong(
            field="email", sentence=_("Dat is geen e-mailadres. Schrijf het als naam@leerwinkel.be.")
        )
    if value.get("role") not in may_give(by):
        return Wrong(field="role", sentence=_("Kies een rol uit de lijst."))
    if region_id is None and value["role"] not in WITHOUT_REGION:
        return Wrong(field="region_id", sentence=_("Kies de regio waar deze medewerker werkt."))
    if not languages:
        return Wrong(field="languages", sentence=_("Duid minstens één taal aan."))
    return Filled(
        name=value["name"], email=email, role=value["role"], region_id=region_id, languages=languages
    )


async def save(session: AsyncSession, account: Staff | None, filled: Filled, *, by_id: int) -> Staff | Wrong:
    """Keep a new account, or what changed of `account` (locked by the caller), and record who changed what.

    A new one has no password yet: give a link with `link`.
    """
    taken = select(Staff.id).where(func.lower(Staff.email) == filled.email)
    other = await session.scalar(taken if account is None else taken.where(Staff.id != account.id))
    if other is not None:
        return Wrong(field="email", sentence=_("Met dit e-mailadres is er al een account. Kijk bij Beheer."))
    new = account is None
    account = account or Staff(password_hash=UNSET)
    changes = events.fill(account, filled, new=new)
    if new:
        session.add(account)
    await session.flush()
    if changes:
        await events.record(
            session, CHANGED, region_id=account.region_id, staff_id=by_id,
            data={"account_id": account.id, "new": new, "changes": changes},
        )  # fmt: skip
    return account


def link(account: Staff, *, secret: bytes, now: datetime) -> str:
    """The token with which this account's owner chooses a password, until one is chosen or three days are over."""
    until = int((now + LINK_HOLDS).timestamp())
    return f"{account.id}.{until}.{_signed(account, until, secret)}"


async def of_link(session: AsyncSession, token: str, *, secret: bytes, now: datetime) -> Staff | None:
    """The account (locked) that a link is for; None when it is old, used, forged or the account is closed."""
    parts = re.fullmatch(r"(\d{1,18})\.(\d{1,12})\.([0-9a-f]{64})", token, re.ASCII)
    if parts is None or int(parts[2]) < now.timestamp():
        return None
    account = await session.get(Staff, int(parts[1]), with_for_update=True)
    if account is None or not account.active:
        return None
    right = hmac.compare_digest(parts[3], _signed(account, int(parts[2]), secret))
    return account if right else None


def weak(password: str, account: Staff) -> str | None:
    """Why this cannot be the password, in words; None when it can."""
    if len(password) < SHORTEST_PASSWORD:
        return _(
            "Kies een wachtwoord van minstens {count} tekens. Enkele woorden na elkaar is goed.",
            count=SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        return _("Kies een wachtwoord van hoogstens {count} tekens.", count=LONGEST_PASSWORD)
    if len(set(password.lower())) < 5 or account.email.split("@")[0] in password.lower():
        return _("Dit wachtwoord is te gemakkelijk te raden. Kies iets zonder je naam en zonder herhaling.")
    return None


def _signed(account: Staff, until: int, secret: bytes) -> str:
    said = f"choose a password|{account.id}|{until}|{account.password_hash}"
    return hmac.new(secret, said.encode(), sha256).hexdigest()
