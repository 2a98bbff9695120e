"""Search over every thread one may see."""

from fastapi.responses import Response
from sqlalchemy import ColumnElement, or_, select

from data.tables import Address, AddressLink, Message, Note, Person
from handover import access
from handover.console.desk import Desk, Route

LIMIT = 50
SHORTEST = 2


async def show(desk: Desk) -> Response:
    """/console/zoek?q=…: persons by name, town or number; messages and notes by their words."""
    words = desk.request.query_params.get("q", "").strip()[:100]
    people: list[Person] = []
    messages: list[tuple[Message, Person]] = []
    notes: list[tuple[Note, Person]] = []
    if len(words) >= SHORTEST:
        session, visible = desk.session, access.may_see_person(desk.staff)
        digits = "".join(character for character in words if character.isdigit()).lstrip("0")
        address = select(AddressLink.person_id).join(Address, Address.id == AddressLink.address_id)
        ways: list[ColumnElement[bool]] = [
            Person.name.icontains(words, autoescape=True),
            Person.municipality.icontains(words, autoescape=True),
        ]
        if len(digits) >= 4:
            ways.append(Person.id.in_(address.where(Address.scheme != "web", Address.path.contains(digits))))
        people = list(
            await session.scalars(select(Person).where(visible, or_(*ways)).order_by(Person.name).limit(20))
        )
        messages = list(
            await session.execute(
                select(Message, Person)
                .join(Person, Person.id == Message.person_id)
                .where(visible, Message.text.icontains(words, autoescape=True))
                .order_by(Message.id.desc())
                .limit(LIMIT)
            )
        )
        notes = list(
            await session.execute(
                select(Note, Person)
                .join(Person, Person.id == Note.person_id)
                .where(visible, Note.text.icontains(words, autoescape=True))
                .order_by(Note.id.desc())
                .limit(20)
            )
        )
    return await desk.page(
        "search.html", words=words, excerpt=excerpt, people=people, messages=messages, notes=notes, limit=LIMIT,
        shortest=SHORTEST,
    )  # fmt: skip


def excerpt(text: str, words: str, around: int = 80) -> str:
    """The part of `text` where `words` are, whole words where possible."""
    at = text.lower().find(words.lower())
    if at < 0 or len(text) <= 2 * around:
        return text[: 2 * around]
    start, end = max(0, at - around), min(len(text), at + len(words) + around)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


ROUTES = (Route(method="GET", path="/zoek", handler=show),)
