"""The waiting list and the three panes: list, thread, person."""

from fastapi.responses import Response

from data.tables import Conversation, Person, Role, Staff
from handover import access, queue
from handover.console import compose, dossier, seek, thread
from handover.console.desk import Desk, NotFound, Route
from handover.queue import Listing

LISTINGS = {
    Listing.QUEUE: "Wachtrij", Listing.SECOND_LINE: "2e lijn", Listing.MINE: "Van mij", Listing.TEAM: "Collega's", Listing.BOT: "Bot",
    Listing.CLOSED: "Gesloten",
}  # fmt: skip


def listing_of(desk: Desk, otherwise: Listing = Listing.QUEUE) -> Listing:
    """The list asked for by `?lijst=`, else `otherwise`, as far as the role has it; else the waiting list."""
    wanted = desk.request.query_params.get("lijst", "")
    listing = Listing(wanted) if wanted in set(Listing) else otherwise
    return listing if listing in listings_of(desk.role) else Listing.QUEUE


def listings_of(role: Role) -> dict[Listing, str]:
    """A counsellor sees no conversations of the bot or of colleagues: those lists would be empty."""
    if role == Role.COUNSELLOR:
        return {name: words for name, words in LISTINGS.items() if name not in (Listing.BOT, Listing.TEAM)}
    return LISTINGS


async def waiting(desk: Desk) -> Response:
    """/console/wachtrij?lijst=…"""
    listing = listing_of(desk)
    return await desk.page(
        "threads.html", rows=await queue.rows(desk.session, desk.staff, listing), listing=listing,
        listings=listings_of(desk.role), conversation=None, person=None,
    )  # fmt: skip


async def show(desk: Desk) -> Response:
    """/console/gesprek/{conversation_id}"""
    return await show_conversation(desk, await desk.conversation())


async def show_conversation(
    desk: Desk, conversation: Conversation, *, status: int = 200, warning: str = "", draft: str = ""
) -> Response:
    """The thread around one conversation; `warning` and `draft` when a message was not sent after all."""
    person = await desk.session.get(Person, conversation.person_id)
    if person is None:
        raise NotFound
    guess = {"queue": Listing.QUEUE, "bot": Listing.BOT}.get(conversation.holder, Listing.TEAM)
    if conversation.staff_id == desk.staff.id:
        guess = Listing.MINE
    if conversation.life == "closed":
        guess = Listing.CLOSED
    listing = listing_of(desk, guess)
    return await desk.page(
        "threads.html", status=status, rows=await queue.rows(desk.session, desk.staff, listing),
        listing=listing, listings=listings_of(desk.role), conversation=conversation, person=person,
        here=f"/console/gesprek/{conversation.id}?lijst={listing.value}",
        thread=await thread.read(desk.session, person.id, seek.window(desk)), seek=await seek.asked(desk, person), tools=await compose.tools(desk, person),
        dossier=await dossier.read(desk.session, person, now=desk.now), warning=warning, draft=draft,
        colleagues=(await desk.session.scalars(access.colleagues_of(desk.staff))).all(),
        holder=await holder_name(desk, conversation),
    )  # fmt: skip


async def holder_name(desk: Desk, conversation: Conversation) -> str | None:
    if conversation.staff_id is None:
        return None
    found = await desk.session.scalars(
        access.colleagues_of(desk.staff).where(Staff.id == conversation.staff_id)
    )
    colleague = found.one_or_none()
    return colleague.name if colleague else "een collega"


ROUTES = (
    Route(method="GET", path="/wachtrij", handler=waiting),
    Route(method="GET", path="/gesprek/{conversation_id}", handler=show),
)
