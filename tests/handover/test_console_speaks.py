"""Every page of the console in French and in English, as each role: what has a translation is not said in Dutch."""

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from channels.media import Media
from data.db import Database
from data.tables import Region, Role
from handover import access, auth
from handover.console.routes import ROUTES
from scripts.texts import translated
from tests.handover.objects import fill, form_of, objects_of

OTHERS = ("en", "fr")
SHORTEST = 3  # words: a word or two may be a name, or the same in both languages
FOR_PROVIDERS = "/rapporten/tekorten.csv"
"""In Dutch whoever takes it: it goes to the schools."""
SAID = {"aria-label", "aria-description", "title", "placeholder", "alt"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "use"}
MORE = (
    "/agenda?wie=regio", "/agenda?client={person_id}", "/agenda?verplaats={appointment_id}",
    "/agenda/dag?client={person_id}", "/agenda/dag?verplaats={appointment_id}", "/agenda/dag?dag=2030-01-07&client={person_id}",
    "/clienten?lijst=alle", "/meldingen?lijst=alle", "/meldingen/nieuw?soort=run&nr={run_id}", "/noteer?persoon={person_id}",
    "/noteer?soort=call&q=person", "/rapporten?dagen=365", "/zoek?q=dichtbij", "/zoek?q=zz", "/wachtrij?lijst=alle",
    "/client/{person_id}/aanbod?q=naaien", "/client/{person_id}/momenten?soort=trajectory",
)  # fmt: skip
"""Pages as their links and forms ask for them."""


class Reader(HTMLParser):
    """What we say on a page: its text and the names of its parts, but not what stands in a language of its own (`lang`)
    or what somebody wrote (`bdi`).
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language = ""
        self.heard: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "html":
            self.language = named.get("lang") or ""
        own = tag != "html" and named.get("lang") not in (None, self.language)
        silent = own or tag in ("script", "style", "bdi") or self._silent()
        if not silent:
            self.heard += [
                value for name, value in attrs if value and (name in SAID or name.startswith("data-"))
            ]
        if tag not in VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._silent():
            self.heard.append(data)

    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]


Words = tuple[str, ...]


class Dutch:
    """Finds in a text the Dutch of sentences that are said otherwise in `language`."""

    def __init__(self, language: str) -> None:
        self._by_start: dict[Words, list[Words]] = defaultdict(list)
        for _file, message, strings in translated(language):
            there = " ".join(words(" ".join(strings)))
            for sentence in (message,) if isinstance(message, str) else message:
                for part in (words(part) for part in re.split(r"\{\w+\}", sentence)):
                    if len(part) >= SHORTEST and " ".join(part) not in there:
                        self._by_start[part[:SHORTEST]].append(part)

    def __len__(self) -> int:
        return len(self._by_start)

    def found_in(self, text: str) -> Iterator[str]:
        heard = words(text)
        for place in range(len(heard) - SHORTEST + 1):
            for part in self._by_start.get(heard[place : place + SHORTEST], ()):
                if heard[place : place + len(part)] == part:
                    yield " ".join(part)


def words(text: str) -> Words:
    return tuple(re.findall(r"[^\W_]+", html.unescape(re.sub(r"<[^>]*>", " ", text)).lower()))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("role", Role)
async def test_every_page_is_in_the_language_of_who_reads_it(
    world: Any,
    app: FastAPI,
    database: Database,
    browser: httpx.AsyncClient,
    tmp_path: Path,
    role: Role,
    language: str,
) -> None:
    app.state.media = Media(database, tmp_path, {})
    (tmp_path / "dichtbij.pdf").write_bytes(b"%PDF-")
    here, _csrf = await _log_in(world, browser, role, language)
    dutch = Dutch(language)
    assert len(dutch) > 100
    left: list[str] = []
    for path, expected in _paths(role):
        answer = await browser.get(fill(path, here))
        assert answer.status_code in expected, path
        if path == "/aanbod":  # the clients' own page
            assert answer.headers["location"] == f"/aanbod?lang={language}"
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html"):
            read = Reader(answer.text)
            if read.language != language:
                left.append(f'{path}: <html lang="{read.language}">')
            left += [f"{path}: {said}" for text in read.heard for said in dutch.found_in(text)]
        elif kind.startswith("text/csv") and path != FOR_PROVIDERS:
            left += [f"{path}: {said}" for said in dutch.found_in(answer.text)]
    assert not left, "\n".join(dict.fromkeys(left))


@pytest.mark.parametrize("language", OTHERS)
async def test_what_cannot_be_is_said_in_the_language_of_who_asked(
    world: Any, browser: httpx.AsyncClient, language: str
) -> None:
    """Every action with an empty form, with a right one, and with the same once more: what is refused, and how."""
    here, csrf = await _log_in(world, browser, Role.COORDINATOR, language)
    dutch = Dutch(language)
    refused, left = set(), []
    for route in ROUTES:
        if route.method != "POST" or route.path in ("/uit", "/taal") or Role.COORDINATOR not in route.roles:
            continue
        full = form_of(route, here, csrf, here["staff_id"])
        for form in ({"csrf": csrf}, full, full):
            answer = await browser.post(fill(route.path, here), data=form, headers={"origin": "http://test"})
            if answer.status_code >= 400:
                read = Reader(answer.text)
                left += [f"{route.path}: {said}" for text in read.heard for said in dutch.found_in(text)]
                refused |= set(read.heard)
    assert not left, "\n".join(dict.fromkeys(left))
    assert len(refused) > 60


async def _log_in(
    world: Any, browser: httpx.AsyncClient, role: Role, language: str
) -> tuple[dict[str, Any], str]:
    """Logs in somebody with this role, and makes the objects that they may see; a counsellor's are their own."""
    await world.add(Region(id="brussel", name="Brussel", office_hours={}, answer_minutes=15))
    staff = await world.staff(role, None if role in (Role.ADMIN, Role.ANALYST) else "gent")
    staff.console_language = language
    colleague = await world.staff(Role.COUNSELLOR)
    owner = staff if role is Role.COUNSELLOR else colleague
    here = await objects_of(world, "gent", owner, "dichtbij") | {"staff_id": colleague.id}
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    assert who is not None
    browser.cookies.set("leerlijn_staff", token)
    await world.session.commit()
    return here, who.csrf


def _paths(role: Role) -> Iterator[tuple[str, tuple[int, ...]]]:
    """What this role may open, what it may not, and what is not there; each with the answers that fit."""
    pages = [route for route in ROUTES if route.method == "GET"]
    for route in pages:
        yield route.path, (200, 303) if role in route.roles else (403,)
    may = {route.path for route in pages if role in route.roles}
    for path in MORE:
        if path.partition("?")[0] in may:
            yield path, (200,)
    yield "/gesprek/0", (404,) if role in access.SEES_PEOPLE else (403,)


def test_dutch_is_found() -> None:
    page = '<html lang="fr"><p title="Naar de wachtrij">Terug <b>naar de bot</b></p><p lang="nl">Naar de bot</p></html>'
    found = [list(Dutch("fr").found_in(text)) for text in Reader(page).heard]
    assert found == [["naar de wachtrij"], [], []]
    assert list(Dutch("fr").found_in("Dit bestaat niet, of het hoort bij een andere regio.")) != []
