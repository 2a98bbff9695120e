"""Staff log-in: sessions kept by the server, and a limit on guessing.

The cookie holds 256 random bits, the database their SHA-256. A session ends after 12 hours without use, after
7 days whatever happens, at log-out, and when the account is closed. Logging in always makes a new one.
"""

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ARRAY, String, any_, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.db import Database
from data.tables import LoginAttempt, Presence, Staff, StaffSession
from data.translation import N_
from handover.passwords import Passwords, hash_password
from handover.presence import HELPERS, set_presence

__all__ = [
    "LogInRefused",
    "LoggedIn",
    "Passwords",
    "end",
    "end_all",
    "hash_password",
    "log_in",
    "session_of",
    "sessions_of",
]

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_NETWORK_ADDRESS = 30

WRONG = N_("Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk ze na.")
TOO_MANY = N_("Te veel pogingen. Wacht een kwartier en probeer dan opnieuw.")


class LogInRefused(Exception):
    """The message is a Dutch sentence; it never says whether the account exists."""

    def __init__(self, sentence: str, *, too_many: bool = False) -> None:
        super().__init__(sentence)
        self.too_many = too_many


@dataclass(frozen=True, kw_only=True)
class LoggedIn:
    """Who is logged in; `csrf` goes into every form of this session."""

    staff: Staff
    csrf: str


def cookie_name(*, https: bool) -> str:
    """`__Host-` binds the cookie to this host, but browsers take it over https only."""
    return "__Host-leerlijn" if https else "leerlijn_staff"


async def log_in(
    database: Database,
    passwords: Passwords,
    *,
    email: str,
    password: str,
    network_address: str,
    secret: bytes,
    now: datetime,
    old_token: str | None = None,
    console_language: str = "",
) -> str:
    """The token of a new session. Raises LogInRefused.

    The attempt is counted before the password is hashed, so that guessing in parallel wins nothing; a right
    password takes its own counts away again. `old_token` (the cookie there was) ends. `console_language`, when it was chosen, is kept.
    """
    email = email.strip().lower()
    keys = [_key(secret, "account", email), _key(secret, "address", network_address)]
    async with database.transaction() as session:
        for key in sorted(keys):  # attempts on one account count one after the other
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
        await session.execute(delete(LoginAttempt).where(LoginAttempt.created_at < now - WINDOW))
        counted = [LoginAttempt(key=key, created_at=now) for key in keys]
        session.add_all(counted)
        await session.flush()
        attempt_ids = [attempt.id for attempt in counted]
        found = await session.execute(
            select(LoginAttempt.key, func.count())
            .where(LoginAttempt.key.in_(keys))
            .group_by(LoginAttempt.key)
        )
        counts = dict(found.all())
        staff = (await session.scalars(select(Staff).where(func.lower(Staff.email) == email))).one_or_none()
    if counts[keys[0]] > PER_ACCOUNT or counts[keys[1]] > PER_NETWORK_ADDRESS:
        raise LogInRefused(TOO_MANY, too_many=True)
    usable = staff if staff is not None and staff.active else None
    if not await passwords.right(password, usable.password_hash if usable else None) or usable is None:
        raise LogInRefused(WRONG)
    async with database.transaction() as session:
        gone = LoginAttempt.id.in_(attempt_ids) | (LoginAttempt.key == keys[0])
        await session.execute(delete(LoginAttempt).where(gone))
        if old_token:
            await session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(old_token)))
        token = await start(session, usable.id, now=now)
        person = await session.get(Staff, usable.id)
        if person is not None and console_language:
            person.console_language = console_language
        if person is not None and person.role in HELPERS:
            await set_presence(session, person, Presence.AVAILABLE, now=now)
        await events.record(session, "staff.logged_in", region_id=usable.region_id, staff_id=usable.id)
    return token


async def start(session: AsyncSession, staff_id: int, *, now: datetime) -> str:
    """A new session for `staff_id`; returns its token, which is nowhere stored."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=_hash(token), staff_id=staff_id, csrf=secrets.token_urlsafe(24),
            created_at=now, seen_at=now, expires_at=now + LONGEST,
        )
    )  # fmt: skip
    await session.flush()
    return token


async def session_of(session: AsyncSession, token: str | None, *, now: datetime) -> LoggedIn | None:
    """Who this cookie is, or None. Notes (once a minute) that they are still there."""
    if not token:
        return None
    return (await sessions_of(session, [token], now=now)).get(token)


async def sessions_of(
    session: AsyncSession, tokens: Collection[str], *, now: datetime
) -> dict[str, LoggedIn]:
    """The same for many cookies at once: those that still hold."""
    by_hash = {_hash(token): token for token in tokens}
    found = await session.execute(_SESSIONS, {"hashes": list(by_hash), "now": now, "used": now - IDLE})
    logins = [(login, staff) for login, staff in found]
    await _still_there(session, [pair for pair in logins if now - pair[0].seen_at > SEEN_EVERY], now=now)
    return {by_hash[login.token_hash]: LoggedIn(staff=staff, csrf=login.csrf) for login, staff in logins}


_SESSIONS = (  # made once: every request asks for it
    select(StaffSession, Staff)
    .join(Staff, Staff.id == StaffSession.staff_id)
    .where(
        StaffSession.token_hash == any_(bindparam("hashes", type_=ARRAY(String))),
        StaffSession.expires_at > bindparam("now"),
        StaffSession.seen_at > bindparam("used"),
        Staff.active,
    )
)


async def _still_there(
    session: AsyncSession, logins: Sequence[tuple[StaffSession, Staff]], *, now: datetime
) -> None:
    """Lengthen the sessions and the presence of people who just did something.

    Whose row is being changed is passed over: nobody waits for a note that comes again in a minute.
    """
    if not logins:
        return
    tokens, available = StaffSession.token_hash, Staff.presence == Presence.AVAILABLE
    seen = select(tokens).where(tokens.in_([login.token_hash for login, _ in logins]))
    there = select(Staff.id).where(Staff.id.in_([staff.id for _, staff in logins]), available)
    for change in (
        update(StaffSession).where(tokens.in_(seen.with_for_update(skip_locked=True))).values(seen_at=now),
        update(Staff).where(Staff.id.in_(there.with_for_update(skip_locked=True))).values(presence_at=now),
    ):
        await session.execute(change, execution_options={"synchronize_session": False})


async def end(session: AsyncSession, token: str, *, now: datetime) -> None:
    """Log out: the session is gone, and whoever has no other one is offline."""
    staff_id = await session.scalar(
        delete(StaffSession).where(StaffSession.token_hash == _hash(token)).returning(StaffSession.staff_id)
    )
    if staff_id is None:
        return
    other = select(StaffSession.staff_id).where(
        StaffSession.staff_id == staff_id, StaffSession.expires_at > now, StaffSession.seen_at > now - IDLE
    )
    staff = await session.get(Staff, staff_id)
    if staff is not None and await session.scalar(other.limit(1)) is None:
        await set_presence(session, staff, Presence.OFFLINE, now=now)


async def end_all(session: AsyncSession, staff_id: int) -> None:
    """Log somebody out everywhere, for good: an account that opens again does not let an old cookie in."""
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def same(given: str, expected: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _key(secret: bytes, kind: str, value: str) -> str:
    return hmac.new(secret, f"log-in:{kind}:{value}".encode(), "sha256").hexdigest()
