"""Choosing an approved text: the list for one client, its places filled in, read as the client will, and sent.

What is sent is what was shown: the words that somebody read go along in the form, and others come back to be read first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi.responses import RedirectResponse, Response

from channels.plan import Way
from channels.policy import Verdict
from channels.templates import VALUE_LIMIT, Text, chosen_by_staff
from data.tables import ConsentKind, Person, TemplateApproval
from data.translation import N_, _, again
from handover import access, approved, consents, conversation, saved_replies
from handover.approved import Choice
from handover.consents import Wording
from handover.console import beside, kept
from handover.console.actions import ASK_FIRST
from handover.console.consents import keep_agreed
from handover.console.desk import Desk, NotFound, Route, local_path
from handover.fields import FIELDS
from handover.saved_replies import ORIGINAL

READ_FIRST = N_("Lees eerst wat de cliënt zal lezen. Klopt het, verstuur dan.")
NOTHING_CHOSEN = N_("Kies eerst een tekst die goedgekeurd is.")
EMPTY = "[…]"
WORDS_LIMIT = 8_000  # bytes of UTF-8; WhatsApp itself takes 1024 characters


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One text before one client: `values` in its places, `words` as they read it, `dutch` the same in Dutch.

    `blank`: places with nothing in them. `asks`: what to ask of a client who has yet to agree that we write first.
    """

    choice: Choice
    text: Text
    approval: TemplateApproval
    values: Sequence[str]
    blank: Sequence[str]
    words: str
    dutch: str
    verdict: Verdict
    asks: Wording | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """What lies before somebody who chooses: the ways that know templates, the one taken, its templates, the one chosen.

    `first`: the words of each template, by name, as they would leave now. `seen`: the newest message of the thread.
    """

    person: Person
    ways: Sequence[Way]
    way: Way | None
    choices: Sequence[Choice]
    first: Mapping[str, str]
    sheet: Sheet | None
    seen: int


async def show(desk: Desk) -> Response:
    """/console/client/{person_id}/sjablonen?aan=…&sjabloon=…&taal=…"""
    return await _page(desk, await _table(desk, await desk.person()))


async def send(desk: Desk) -> Response:
    """Send the chosen text; with `show` only the page again, as the places are filled in now."""
    person = await desk.person()
    if desk.form.get("show"):
        return await _page(desk, await _table(desk, person))
    client_msg_id, read = desk.uuid("client_msg_id"), desk.text("read", WORDS_LIMIT)
    await conversation.lock_person(desk.session, person.id)
    earlier = await beside.sent_already(desk, person.id, client_msg_id)
    table = await _table(desk, person)
    if earlier is not None:
        if beside.bare(read) not in ("", earlier):
            return await _page(desk, table, _(beside.ALREADY_SENT))
        return RedirectResponse(_back(desk, person), status_code=303)
    way, sheet = table.way, table.sheet
    if way is None or sheet is None:
        return await _page(desk, table, _(NOTHING_CHOSEN))
    if (wrong := _wrong(sheet, read)) is not None:
        return await _page(desk, table, wrong)
    if (why := await beside.hindrance(desk, person)) is not None:
        return await _page(desk, table, why.sentence, ahead=why.ahead)
    if sheet.asks:
        if desk.form.get("agreed") != "1":
            return await _page(desk, table, _(ASK_FIRST))
        await keep_agreed(desk, person)
    await approved.send(
        desk.session, person, desk.staff, way, sheet.text, sheet.approval, sheet.values,
        client_msg_id=client_msg_id, now=desk.now,
    )  # fmt: skip
    return RedirectResponse(_back(desk, person), status_code=303)


def _wrong(sheet: Sheet, read: str) -> str | None:
    """Why this does not leave as it is, in a sentence."""
    if sheet.blank:
        return _("Vul eerst in: {fields}.", fields=", ".join(_(FIELDS[field]) for field in sheet.blank))
    if not sheet.verdict.allowed and sheet.verdict.until is None:
        return _("Dit vertrekt niet: {reason}.", reason=again(sheet.verdict.reason))
    return _(READ_FIRST) if read != sheet.words else None


async def _page(desk: Desk, table: Table, warning: str = "", *, ahead: int | None = None) -> Response:
    return await desk.page(
        "approved.html", status=409 if warning else 200, table=table, person=table.person, way=table.way,
        sheet=table.sheet, warning=warning, ahead=ahead, back=_back(desk, table.person), most=VALUE_LIMIT,
        fields={field: _(means) for field, means in FIELDS.items()}, manages=desk.role in access.MANAGES,
    )  # fmt: skip


async def _table(desk: Desk, person: Person) -> Table:
    ways = await approved.ways(desk.session, person.id, now=desk.now)
    way = _way(desk, ways)
    choices = await approved.choices(desk.session, way.channel, person.language) if way is not None else ()
    wanted = next((one for one in choices if one.name == _asked(desk, "sjabloon")), None)
    there = await kept.of_person(desk.session, person.id)
    known = await saved_replies.values_for(
        desk.session, person, desk.staff, now=desk.now, coming=there.coming(desk.now)
    )
    sheet = await _sheet(desk, person, way, wanted, known) if way is not None and wanted is not None else None
    return Table(
        person=person, ways=ways, way=way, choices=choices, sheet=sheet, seen=there.last_public,
        first={
            one.name: _words(text, [known.get(field, "") for field in text.fields])
            for one in choices
            for text, _row in one.ready[:1]
        },
    )  # fmt: skip


async def _sheet(
    desk: Desk, person: Person, way: Way, choice: Choice, known: Mapping[str, str]
) -> Sheet | None:
    """The chosen template, filled in; None where it is approved in no language for them."""
    found = choice.text(_asked(desk, "taal"))
    if found is None:
        return None
    text, approval = found
    values = [_typed(desk, place, known.get(field, "")) for place, field in enumerate(text.fields, 1)]
    return Sheet(
        choice=choice, text=text, approval=approval, values=values, words=_words(text, values),
        dutch=_words(chosen_by_staff(way.channel)[text.name][ORIGINAL], values),
        blank=[field for field, value in zip(text.fields, values, strict=True) if not value],
        verdict=await approved.verdict(desk.session, way, text, person_id=person.id, now=desk.now),
        asks=await consents.current(desk.session, person.region_id, ConsentKind.FOLLOW_UP, person.language)
        if await approved.needs_consent(desk.session, text, person.id, now=desk.now)
        else None,
    )  # fmt: skip


def _words(text: Text, values: Sequence[str]) -> str:
    """The text as it is read; an empty place is seen."""
    return text.filled([value or EMPTY for value in values])


def _typed(desk: Desk, place: int, known: str) -> str:
    """What stands in a place of the form; else what we know."""
    name = f"place_{place}"
    return approved.one_line(desk.text(name, 4 * VALUE_LIMIT) if name in desk.form else known)


def _way(desk: Desk, ways: Sequence[Way]) -> Way | None:
    """The address chosen, which must be this person's and know templates; else the first. Raises NotFound."""
    chosen = _asked(desk, "aan")
    if not chosen:
        return ways[0] if ways else None
    found = [way for way in ways if str(way.address.id) == chosen]
    if not found:
        raise NotFound
    return found[0]


def _asked(desk: Desk, name: str) -> str:
    """What was chosen: in the form, or in the address of the page."""
    return desk.form.get(name) or desk.request.query_params.get(name, "")


def _back(desk: Desk, person: Person) -> str:
    """The thread one came from."""
    return local_path(_asked(desk, "naar"), f"/console/client/{person.id}")


ROUTES = (
    Route(method="GET", path="/client/{person_id}/sjablonen", handler=show),
    Route(method="POST", path="/client/{person_id}/sjablonen", handler=send),
)
