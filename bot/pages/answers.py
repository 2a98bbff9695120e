"""The answer cards as pages: the list, and each card with its options side by side, its sources and its translations."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from bot.pages.errors import error_page
from bot.pages.render import BRUSSELS, page_language, render
from data.catalog.answer_cards import LANGUAGES, ORIGINAL, Wording, cards, words_around
from data.catalog.answer_facts import backed
from data.db import Database
from data.tables import Fact

router = APIRouter(include_in_schema=False)


@router.get("/antwoorden")
async def list_answers(request: Request) -> Response:
    """All cards, by title."""
    read_in = text_language(request)
    listed = [(card.id, card.said(read_in)) for card in cards().values()]
    return render(
        request,
        "answers.html",
        language=page_language(request),
        listed=sorted(listed, key=lambda pair: pair[1].title.casefold()),
        read_in=read_in,
        around=words_around(read_in),
        translations=_translations("/antwoorden"),
    )


@router.get("/antwoorden/{card_id}")
async def show_answer(request: Request, card_id: str) -> Response:
    """One card: what it says, what there is to choose from, and what it rests on."""
    card = cards().get(card_id)
    if card is None:
        return error_page(request, 404)
    read_in = text_language(request)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        behind = await backed(session, card, on=datetime.now(BRUSSELS).date())
        rows = await session.execute(select(Fact.source_id, Fact.id).where(Fact.source_id.in_(card.fact_ids)))
        numbers: dict[str, int] = dict(rows.all())
    wording = card.said(read_in)
    return render(
        request,
        "answer.html",
        language=page_language(request),
        card=card,
        wording=wording,
        behind=behind,
        numbers=numbers,
        read_in=read_in,
        around=words_around(read_in),
        translations=_translations(f"/antwoorden/{card.id}"),
        linked_data={} if behind.held else _linked(wording),
    )


def text_language(request: Request) -> str:
    """The language the cards are read in: any they are translated into, else Dutch."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else ORIGINAL


def _translations(path: str) -> list[tuple[str, str, str]]:
    """Language, its own name, and the address there."""
    return [(code, words_around(code)["name"], f"{path}?lang={code}") for code in LANGUAGES]


def _linked(wording: Wording) -> dict[str, Any]:
    """The card in schema.org's words (FAQPage)."""
    options = [f"{name}: {what}." for name, what in wording.options]
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": wording.language,
        "mainEntity": {
            "@type": "Question",
            "name": wording.title,
            "acceptedAnswer": {"@type": "Answer", "text": " ".join([*wording.sentences, *options])},
        },
    }
