"""Beside the composer: texts to use again, answers from the offer, what the bot would say, and whether it reads easily.

Everything is put in the draft and nothing is sent by itself. Each is a link that gives the page again with the text in
the draft; with scripts the text goes in where the cursor is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import HTMLResponse, Response

from channels import templates
from data.tables import Appointment, Person
from data.translation import N_, _
from handover import readability, saved_replies
from handover.answers import Answers, Offered
from handover.console import offers
from handover.console.desk import Desk, Route, html
from handover.console.kept import Kept
from handover.fields import filled

HINTS = 4  # told at once; who mends those gets the next
TEXT_LIMIT = 4_000
WORDS_LIMIT = 100
SUGGESTION = "voorstel"
NOTHING_TO_SUGGEST = N_(
    "De bot heeft hier geen antwoord op uit zijn bronnen. Zoek in het aanbod, of schrijf zelf."
)
SUGGESTED = N_(
    "Voorstel van de bot, uit dezelfde bronnen. Lees het na en pas het aan; het vertrekt pas als jij verstuurt."
)


@dataclass(frozen=True, kw_only=True)
class Insert:
    """A text to use again, filled in for this person. `original`: the Dutch, where `text` is a translation of it."""

    key: str
    name: str
    text: str
    language: str
    original: str = ""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What stands beside the composer of one person."""

    inserts: Sequence[Insert]
    coming: Sequence[Appointment]
    answers: bool  # whether this server has the answer engine
    draft: str = ""
    told: str = ""  # what to say about the draft

    @property
    def approved(self) -> frozenset[str]:
        """The channels with approved texts to choose from."""
        return templates.channels()


async def tools(desk: Desk, person: Person, *, kept: Kept) -> Tools:
    """The tools, and the draft that `?invoegen=key` asks for."""
    wanted = desk.request.query_params.get("invoegen", "")
    coming = kept.coming(desk.now)
    inserts = await _inserts(desk, person, coming)
    engine = answers_of(desk)
    draft, told = "", ""
    if wanted == SUGGESTION and engine is not None:
        draft = await engine.suggest(person.id) or ""
        told = _(SUGGESTED) if draft else _(NOTHING_TO_SUGGEST)
    elif wanted.startswith(offers.PREFIX):
        draft = await offers.draft_of(desk, person, wanted)
    elif wanted.startswith("antwoord-"):
        draft = next((one.text for one in inserts if one.key == wanted), "")
    elif wanted and engine is not None:
        draft = await engine.text_of(desk.session, person, wanted) or ""
    return Tools(
        inserts=inserts, coming=coming, answers=engine is not None, draft=draft, told=told,
    )  # fmt: skip


async def _inserts(desk: Desk, person: Person, coming: Sequence[Appointment]) -> list[Insert]:
    texts = await saved_replies.usable(desk.session, desk.staff)
    if not texts:
        return []
    values = await saved_replies.values_for(desk.session, person, desk.staff, now=desk.now, coming=coming)
    made = []
    for saved in texts:
        text, language = saved.said(person.language)
        original = saved.wordings[saved_replies.ORIGINAL] if language != saved_replies.ORIGINAL else ""
        made.append(
            Insert(
                key=f"antwoord-{saved.row.id}", name=saved.row.name, text=filled(text, values), language=language,
                original=filled(original, values),
            )
        )  # fmt: skip
    return made


async def offer(desk: Desk) -> Response:
    """/console/client/{person_id}/aanbod?q=…: answer cards and courses, to put in the message."""
    person = await desk.person()
    words = desk.request.query_params.get("q", "").strip()[:WORDS_LIMIT]
    engine = answers_of(desk)
    found: Sequence[Offered] = ()
    if words and engine is not None:
        found = await engine.find(desk.session, person, words)
    return await desk.page("offer_panel.html", person=person, words=words, found=found, on=engine is not None)


async def suggest(desk: Desk) -> Response:
    """/console/client/{person_id}/voorstel: the suggestion alone, for the page that is open."""
    person = await desk.person()
    engine = answers_of(desk)
    text = await engine.suggest(person.id) if engine is not None else None
    return HTMLResponse(text or "", media_type="text/plain", headers={"Cache-Control": "no-store"})


async def read_back(desk: Desk) -> Response:
    """How a draft reads, and what it costs as an SMS: hints, never a refusal. The draft is not kept."""
    text, language = desk.text("text", TEXT_LIMIT), desk.text("language", 10)
    if readability.looks_dutch(text):
        language = readability.DUTCH
    found = readability.issues(text, language)
    return html("reading.html", issues=found[:HINTS], more=len(found) - HINTS, words=len(text.split()))


def answers_of(desk: Desk) -> Answers | None:
    """The answer engine; None on a server that answers nothing."""
    found: Answers | None = getattr(desk.request.app.state, "answers", None)
    return found


ROUTES = (
    Route(method="GET", path="/client/{person_id}/aanbod", handler=offer),
    Route(method="GET", path="/client/{person_id}/voorstel", handler=suggest),
    Route(method="POST", path="/leesbaar", handler=read_back),
)
