"""/doorverwijzen: a professional brings a client to us. Works without JavaScript; so many a day from one network."""

from datetime import UTC, datetime
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from bot.demand import network_of
from bot.pages import visitor
from bot.pages.render import BRUSSELS, LANGUAGES, page_language, render, texts
from channels.base import clean_text
from data import geo
from data.catalog.demand import DemandLog
from data.db import Database
from handover import referral_in
from handover.console.labels import LANGUAGES as SPOKEN
from handover.referral_in import LONGEST_NAME, LONGEST_QUESTION, Told
from nlu.personal_numbers import mask

MOST_A_DAY = 20  # from one network: an office behind one address refers several people
FIELDS = ("organisation", "referrer", "contact", "first_name", "phone", "postcode", "question", "language")

router = APIRouter(include_in_schema=False, prefix="/doorverwijzen")


@router.get("")
async def show(request: Request) -> Response:
    """The form, or the reference once it was sent."""
    reference = clean_text(request.query_params.get("ref", ""), 20)
    known = reference.startswith("DV-") and reference.replace("-", "").isalnum()
    return _page(request, page_language(request), {"language": "nl"}, reference=reference if known else "")


@router.post("")
async def send(request: Request) -> Response:
    """Keep it for the region of the client. `website` is a field that people do not see."""
    async with request.form(max_files=0, max_fields=20) as sent:
        form = {name: value for name, value in sent.items() if isinstance(value, str)}
    language = form.get("lang", "") if form.get("lang") in LANGUAGES else page_language(request)
    typed = {name: clean_text(form.get(name, ""), 4 * LONGEST_QUESTION) for name in FIELDS}
    if not visitor.same_origin(request):
        return _page(request, language, typed, problem="refer_foreign", status=403)
    told = _told(typed, agreed=form.get("agreed") == "1")
    if isinstance(told, str):
        return _page(request, language, typed, problem=told, status=422)
    if form.get("website"):
        return RedirectResponse(f"/doorverwijzen?lang={language}", status_code=303)
    now = datetime.now(UTC)
    log: DemandLog = request.app.state.demand
    database: Database = request.app.state.database
    async with database.transaction() as session:
        fresh = await log.first_today(
            session, "referral_in", uuid4().hex, asker=network_of(request), day=now.astimezone(BRUSSELS).date(),
            most=MOST_A_DAY,
        )  # fmt: skip
        if fresh is None:
            return _page(request, language, typed, problem="refer_too_many", status=429)
        reference = await referral_in.receive(session, told, now=now)
    return RedirectResponse(f"/doorverwijzen?ref={reference}&lang={language}", status_code=303)


def _told(typed: dict[str, str], *, agreed: bool) -> Told | str:
    """What was filled in, or the text that says what is missing."""
    value = {name: " ".join(text.split()) for name, text in typed.items()}
    if not all(value[name] for name in ("organisation", "referrer", "contact", "first_name", "question")):
        return "refer_missing"
    if any(len(value[name]) > LONGEST_NAME for name in ("organisation", "referrer", "contact", "first_name")):
        return "refer_too_long"
    if len(value["question"]) > LONGEST_QUESTION:
        return "refer_too_long"
    phone = referral_in.number(value["phone"])
    if phone is None:
        return "refer_phone"
    if value["postcode"] and not geo.by_postcode(value["postcode"]):
        return "refer_postcode"
    if not agreed:
        return "refer_agree"
    return Told(
        organisation=value["organisation"], referrer=value["referrer"], contact=value["contact"],
        first_name=value["first_name"], phone=phone, postcode=value["postcode"], question=mask(value["question"]),
        language=value["language"] if value["language"] in SPOKEN else "nl",
    )  # fmt: skip


def _page(
    request: Request,
    language: str,
    typed: dict[str, str],
    *,
    problem: str = "",
    reference: str = "",
    status: int = 200,
) -> Response:
    return render(
        request, "refer.html", language=language, status=status, private=True,
        problem=texts(language)[problem] if problem else "", typed=typed, reference=reference, spoken=SPOKEN,
        longest=LONGEST_QUESTION, longest_name=LONGEST_NAME,
    )  # fmt: skip
