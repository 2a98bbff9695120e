"""The warm handover as the client sees it: what would be passed on, line by line. The address is the key.

They strike out, correct, agree or refuse; doing nothing is a no. What they agree to is kept word for word.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pages import visitor
from bot.pages.errors import error_page
from bot.pages.render import LANGUAGES, page_language, render
from channels.base import clean_text
from data.db import Database
from data.ids import id_of
from data.tables import ConsentKind, Partner, Person, Referral, ReferralState
from dispatch import partners
from handover import consents, referral_mail, referrals
from handover import conversation as handover

LONGEST = 300  # characters of a line
MOST = 20  # lines

router = APIRouter(include_in_schema=False, prefix="/d")


@router.get("/{token}")
async def show(request: Request, token: str) -> Response:
    """What would be passed on, or what became of it."""
    async with _database(request).transaction() as session:
        referral = await _referral(session, token)
        if referral is None:
            return error_page(request, 404)
        return await _page(request, session, referral)


@router.post("/{token}")
async def answer(request: Request, token: str) -> Response:
    """`answer` yes (with `lineN` and `keepN` for each line), no, or withdraw after a yes."""
    now = datetime.now(UTC)
    async with request.form(max_files=0, max_fields=2 * MOST + 5) as sent:
        form = {name: value for name, value in sent.items() if isinstance(value, str)}
    async with _database(request).transaction() as session:
        referral = await _referral(session, token, lock=True)
        if referral is None:
            return error_page(request, 404)
        if not visitor.same_origin(request):
            return await _page(request, session, referral, status=403, problem="handover_foreign")
        said, state = form.get("answer"), referral.state
        if said == "withdraw" and state in (ReferralState.CONSENTED, ReferralState.SENT):
            await partners.withdraw(session, referral.person_id, referral.partner_id, now=now)
        elif said == "no" and state == ReferralState.OFFERED:
            await partners.decline(session, referral.id, now=now)
        elif said == "yes" and _is_open(referral, now):
            typed = [
                (clean_text(form.get(f"line{number}", ""), 4 * LONGEST), form.get(f"keep{number}") == "1")
                for number in range(len(referral.lines))
            ]
            lines = [" ".join(line.split()) for line, kept in typed if kept and line.strip()]
            problem = _problem(lines)
            if problem:
                return await _page(request, session, referral, status=422, problem=problem, typed=typed)
            person = await _person(session, referral)
            read = await consents.version(
                session, id_of(form.get("text_id", "")) or None, person.region_id, ConsentKind.REFERRAL, _language(request, person)
            )  # fmt: skip
            await _agree(session, referral, lines, now, read)
    return RedirectResponse(f"/d/{token}", status_code=303)


def _problem(lines: list[str]) -> str:
    if not lines:
        return "handover_empty"
    return "handover_too_long" if any(len(line) > LONGEST for line in lines) else ""


async def _agree(
    session: AsyncSession, referral: Referral, lines: list[str], now: datetime, read: consents.Wording
) -> None:
    """Keep the yes with its exact words; it is mailed to the partner, or put before a colleague who passes it on."""
    partner = await session.get_one(Partner, referral.partner_id)
    said = read.said("page", partner=partner.name)
    await partners.consent(
        session, referral.id, wording="\n".join([said, *lines]), text_id=read.text_id, channel="web", now=now,
        lines=lines,
    )  # fmt: skip
    if not await referral_mail.ask(session, referral.id, partner):
        await referrals.to_staff(session, referral.person_id, reason="referral", now=now)


def _is_open(referral: Referral, now: datetime) -> bool:
    return referral.state == ReferralState.OFFERED and referral.state_at >= now - partners.LASTS


async def _referral(session: AsyncSession, token: str, *, lock: bool = False) -> Referral | None:
    """The referral of this address; `lock` first locks its person, as every writer does."""
    query = select(Referral).where(Referral.token == token, Referral.direction == "out")
    referral = (await session.scalars(query)).one_or_none()
    if referral is not None and lock:
        await handover.lock_person(session, referral.person_id)
        referral = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    return referral


async def _person(session: AsyncSession, referral: Referral) -> Person:
    return await session.get_one(Person, referral.person_id)


def _language(request: Request, person: Person) -> str:
    """The language asked for, else that of the person."""
    own = person.language.split("-")[0]
    if "lang" in request.query_params or own not in LANGUAGES:
        return page_language(request)
    return own


async def _page(
    request: Request,
    session: AsyncSession,
    referral: Referral,
    *,
    status: int = 200,
    problem: str = "",
    typed: list[tuple[str, bool]] | None = None,
) -> Response:
    person = await _person(session, referral)
    language, partner = _language(request, person), await session.get_one(Partner, referral.partner_id)
    wording = await consents.current(session, person.region_id, ConsentKind.REFERRAL, language)
    state = referral.state
    open_ = _is_open(referral, datetime.now(UTC))
    return render(
        request, "handover.html", language=language, status=status, private=True,
        partner=partner, open=open_, problem=problem, agreed=wording.said("page", partner=partner.name), text_id=wording.text_id or 0,
        state=ReferralState.DECLINED if state == ReferralState.OFFERED and not open_ else state,
        mailed=referral.mailed_at is not None, lines=typed or [(line, True) for line in referral.lines], address=f"/d/{referral.token}", longest=LONGEST,
    )  # fmt: skip


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
