"""The waiting list and the three panes: list, thread, person."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi.responses import Response
from sqlalchemy import Select

from data.tables import Conversation, Person, Role, Staff
from data.translation import N_, _
from handover import access, attention, load, looks, overdue, presence, queue, skills
from handover.access import Viewer
from handover.attention import Other
from handover.console import compose, dossier, kept, seek, shown, thread
from handover.console.desk import Desk, NotFound, Route
from handover.load import Colleague
from handover.queue import Listing

HOME = "/console/wachtrij"
LIMIT = 100  # rows among which the open one is looked for
LISTINGS = {
    Listing.QUEUE: N_("Wachtrij"), Listing.SECOND_LINE: N_("2e lijn"), Listing.MINE: N_("Van mij"),
    Listing.TEAM: N_("Collega's"), Listing.BOT: N_("Bot"), Listing.CLOSED: N_("Gesloten"),
}  # fmt: skip


def listing_of(desk: Desk, otherwise: Listing = Listing.QUEUE) -> Listing:
    """The list asked for by `?lijst=`, else `otherwise`, as far as the role has it; else the waiting list."""
    wanted = desk.request.query_params.get("lijst", "")
    listing = Listing(wanted) if wanted in set(Listing) else otherwise
    return listing if listing in listings_of(desk.role) else Listing.QUEUE


def listings_of(role: Role) -> dict[Listing, str]:
    """A counsellor sees no conversations of the bot or of colleagues: those lists would be empty."""
    hidden = (Listing.BOT, Listing.TEAM) if role == Role.COUNSELLOR else ()
    return {name: _(words) for name, words in LISTINGS.items() if name not in hidden}


async def waiting(desk: Desk) -> Response:
    """/console/wachtrij?lijst=…"""
    values = await _list(desk, listing_of(desk), None) | {"conversation": None, "person": None}
    if desk.refreshes == "rows":
        counts = await queue.counts(desk.session, desk.staff, now=desk.now)
        return desk.fragment("threads.html", "rows", **values, counts=counts)
    return await desk.page("threads.html", **values)


async def show(desk: Desk) -> Response:
    """/console/gesprek/{conversation_id}"""
    return await show_conversation(desk, await desk.conversation())


async def show_conversation(
    desk: Desk,
    conversation: Conversation,
    *,
    status: int = 200,
    warning: str = "",
    draft: str = "",
    beside: int | None = None,
) -> Response:
    """The thread around one conversation; `warning` and `draft` when a message was not sent after all.

    `beside` is the colleague because of whom it was not: who was writing already.
    """
    person = await desk.session.get(Person, conversation.person_id)
    if person is None or person.erased_at is not None:
        raise NotFound
    guess = {"queue": Listing.QUEUE, "bot": Listing.BOT}.get(conversation.holder, Listing.TEAM)
    if conversation.staff_id == desk.staff.id:
        guess = Listing.MINE
    if conversation.life == "closed":
        guess = Listing.CLOSED
    listing = listing_of(desk, guess)
    there = await kept.of_person(desk.session, person.id)
    pane = {
        "conversation": conversation, "person": person, "listing": listing,
        "back": shown.address(HOME, {"lijst": listing.value}, shown.asked(desk)), "here": f"/console/gesprek/{conversation.id}?lijst={listing.value}",
        "thread": await thread.read(desk.session, person.id, seek.window(desk), kept=there),
        "seek": await seek.asked(desk, person), "tools": await compose.tools(desk, person, kept=there),
        "dossier": await dossier.read(desk.session, person, now=desk.now, kept=there), "warning": warning, "draft": draft,
        "beside": beside, "others": await seen(desk, person),
        "colleagues": await colleagues(desk, person),
        "holder": await holder_name(desk, conversation),
    }  # fmt: skip
    if desk.refreshes == "thread":
        return desk.fragment("threads.html", "one", **pane)
    return await desk.page("threads.html", status=status, **pane | await _list(desk, listing, conversation))


async def seen(desk: Desk, person: Person) -> Sequence[Other]:
    """Say that this thread is before them, and keep that they opened it, unless the page only fetches itself again.

    Returns who else has it.
    """
    if desk.request.method == "GET" and not desk.refreshes:
        await attention.look(desk.session, person.id, desk.staff.id, typing=None, now=desk.now)
        await looks.note(desk.session, person.id, desk.staff.id, now=desk.now)
    return await attention.others(desk.session, person.id, desk.staff.id, now=desk.now)


async def _list(desk: Desk, listing: Listing, opened: Conversation | None) -> dict[str, Any]:
    """The list of conversations, at least to the one that is open; in the queue also what of each is this person's to answer, and who answers when nobody can."""
    session, staff, now = desk.session, desk.staff, desk.now
    wanted = shown.asked(desk)
    found = await queue.listed(session, staff, listing, limit=max(LIMIT, wanted + 1))
    count = shown.as_many([row[0].id for row in found], wanted, opened.id if opened is not None else None)
    rows = await queue.with_words(session, found[:count])
    fits: dict[int, list[str]] = {}
    duty = None
    if listing is Listing.QUEUE:
        needs = await skills.needs(session, [(row.conversation, row.person) for row in rows])
        for id_, need in needs.items():
            speaks, knows = need.met_by(staff)
            fits[id_] = [_("jouw taal")] * (speaks and need.language != "nl") + [_("jouw onderwerp")] * knows
        region_id = staff.region_id
        if region_id is not None and not await presence.somebody_answers(session, region_id, now=now):
            duty = await overdue.on_duty(session, region_id, now=now)
    query = {"lijst": listing.value}
    here = f"/console/gesprek/{opened.id}" if opened is not None else HOME
    return {
        "again": shown.address(HOME, query, count), "query": shown.address("", query, count),
        "more": shown.address(here, query, count + shown.STEP) if len(found) > count else "",
        "more_rows": shown.address(HOME, query, count + shown.STEP),
        "rows": rows, "listing": listing, "listings": listings_of(desk.role), "fits": fits, "duty": duty,
    }  # fmt: skip


async def colleagues(desk: Desk, person: Person) -> list[Colleague]:
    """Whom this person's conversation or trajectory can be given to, the best choice first."""
    asked = _colleagues(access.viewer(desk.staff))
    staff = (await desk.session.execute(asked, access.values(desk.staff))).all()
    return await load.colleagues(desk.session, staff, person.language)


@cache
def _colleagues(viewer: Viewer) -> Select[int, str, str, int, list[str]]:
    return access.colleagues_of(viewer).with_only_columns(
        Staff.id, Staff.name, Staff.presence, Staff.capacity, Staff.languages
    )


async def holder_name(desk: Desk, conversation: Conversation) -> str | None:
    if conversation.staff_id is None:
        return None
    if conversation.staff_id == desk.staff.id:
        return desk.staff.name
    found = await desk.session.scalars(
        access.colleagues_of(desk.staff).where(Staff.id == conversation.staff_id)
    )
    colleague = found.one_or_none()
    return colleague.name if colleague else _("een collega")


ROUTES = (
    Route(method="GET", path="/wachtrij", handler=waiting),
    Route(method="GET", path="/gesprek/{conversation_id}", handler=show),
)
