"""What search engines read: which pages there are, and which are nobody's business."""

from datetime import datetime
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from bot.pages.render import BRUSSELS
from data.catalog.answer_cards import LANGUAGES, cards
from data.catalog.listing import listed_courses
from data.db import Database

FIXED = ("/", "/aanbod", "/antwoorden", "/neutraal", "/toegankelijkheid", "/privacy")
PRIVATE = ("/chat", "/console", "/a/", "/mijn/", "/api/", "/webhooks/")
MOST = 49_000  # of the 50,000 addresses that https://www.sitemaps.org/protocol.html allows

router = APIRouter(include_in_schema=False)


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """Everything but conversations, appointments and what staff see."""
    rules = "".join(f"Disallow: {path}\n" for path in PRIVATE)
    return PlainTextResponse(f"User-agent: *\n{rules}\nSitemap: {_base(request)}/sitemap.xml\n")


@router.get("/sitemap.xml")
async def sitemap(request: Request) -> Response:
    """Our own pages, the answer cards with their translations, and the real courses. What is invented stays out."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        courses = await listed_courses(session, today=datetime.now(BRUSSELS).date(), limit=MOST)
    base = _base(request)
    entries = [
        *(_entry(f"{base}{path}") for path in FIXED),
        *(_entry(f"{base}/antwoorden/{card_id}", translated=True) for card_id in cards()),
        *(_entry(f"{base}/aanbod/cursus/{course_id}") for course_id in courses),
    ]
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "\n".join(entries)
        + "\n</urlset>\n",
        media_type="application/xml",
    )


def _entry(address: str, *, translated: bool = False) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(address)}?lang={language}"/>'
        for language in (LANGUAGES if translated else ())
    )
    return f"<url><loc>{escape(address)}</loc>{links}</url>"


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
