"""POST /api/v1/referrals: a partner's own program brings a client to us, with the key that the console gave."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.api import InSentences
from bot.api_models import Problem
from bot.replies import BRUSSELS
from channels.base import clean_text
from data import geo
from data.catalog.demand import DemandLog
from data.db import Database
from handover import referral_in
from handover.referral_in import LONGEST_NAME, LONGEST_QUESTION, Told
from nlu.personal_numbers import mask

MOST_A_DAY = 200  # from one partner


class ReferralIn(BaseModel):
    """A client, and what their question is."""

    model_config = ConfigDict(extra="forbid")

    referrer: str = Field(min_length=1, max_length=LONGEST_NAME, description="Who refers, by name.")
    contact: str = Field(min_length=1, max_length=LONGEST_NAME, description="Their phone or e-mail.")
    first_name: str = Field(min_length=1, max_length=LONGEST_NAME)
    phone: str = Field(min_length=3, max_length=40, description="Of the client, as one types it.")
    postcode: str = Field("", pattern=r"^(\d{4})?$", description="Where the client lives.")
    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    language: str = Field("nl", pattern=r"^[a-z]{2}$")
    client_agrees: Literal[True] = Field(description="The client knows, and agrees that we get in touch.")


class ReferralOut(BaseModel):
    """What to ask after it by."""

    reference: str


router = APIRouter(
    prefix="/api/v1", route_class=InSentences,
    responses={code: {"model": Problem, "description": "Refused"} for code in (401, 422, 429)},
)  # fmt: skip


@router.post("/referrals", status_code=201)
async def refer(
    request: Request, told: ReferralIn, authorization: Annotated[str, Header(max_length=200)] = ""
) -> ReferralOut:
    """Somebody of ours calls the client. The same client with the same question within a day is the same referral."""
    scheme, _, key = authorization.partition(" ")
    now = datetime.now(UTC)
    database: Database = request.app.state.database
    log: DemandLog = request.app.state.demand
    async with database.transaction() as session:
        partner = await referral_in.partner_of(session, key.strip()) if scheme.lower() == "bearer" else None
        if partner is None:
            raise HTTPException(
                401, "Give your key as 'Authorization: Bearer …'; the leerwinkel hands it out."
            )
        phone = referral_in.number(told.phone)
        if phone is None:
            raise HTTPException(422, "'phone' is no telephone number.")
        if told.postcode and not geo.by_postcode(told.postcode):
            raise HTTPException(422, f"There is no postcode {told.postcode} in Belgium.")
        words = {
            name: " ".join(clean_text(getattr(told, name), 4 * LONGEST_QUESTION).split())
            for name in ("referrer", "contact", "first_name", "question")
        }
        if empty := [name for name, text in words.items() if not text]:
            raise HTTPException(422, f"'{empty[0]}' is empty.")
        words["question"] = mask(words["question"])
        fresh = await log.first_today(
            session, "referral_in", uuid4().hex, asker=f"partner {partner.id}",
            day=now.astimezone(BRUSSELS).date(), most=MOST_A_DAY,
        )  # fmt: skip
        if fresh is None:
            raise HTTPException(429, f"{MOST_A_DAY} referrals came from you today; try again tomorrow.")
        reference = await referral_in.receive(
            session,
            Told(
                organisation=partner.name, phone=phone, postcode=told.postcode, language=told.language, heard="api",
                partner_id=partner.id, **words,
            ),
            now=now,
        )  # fmt: skip
    return ReferralOut(reference=reference)
