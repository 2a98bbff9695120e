"""Search in threads: words in any script, each of which may be the beginning of one, in what one may see.

Folding, words and the question are functions of the database (`search_words`, `search_query`), so that the index and
the question cannot disagree; `fold` does the same here, to mark what was found.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Address, AddressLink, Attachment, Message, Note, Person, Staff
from handover import access
from handover.access import Viewer

LIMIT = 50
SHORTEST, LONGEST = 2, 100
RECENT = 10_000  # messages that are looked at first
PEOPLE = 20
DIGITS = 4  # of a number, before persons are looked for by it
AROUND = 80  # characters shown on either side of what was found
_MARK = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
_MARKS = re.compile(f"[{_MARK}]")
_WORD = re.compile(rf"[\w{_MARK}]+")
_LETTERS = str.maketrans("łøđıħŧæœßىةیک", "lodihtaosيهيك")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A place in a thread: `key` is its id in the page ("m12", "n3"), `kind` message · note · transcript."""

    kind: str
    key: str
    person: Person
    at: datetime
    text: str
    author: str
    channel: str | None
    message_id: int | None

    def excerpt(self, words: str) -> Markup:
        """The text around what was found, inert, with the words marked."""
        return excerpt(self.text, words)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Newest first; `more` when there are older ones than `hits`."""

    hits: Sequence[Hit] = ()
    more: bool = False


def asked(text: str) -> str:
    """What is searched for, as it was typed; empty when there is too little to go on."""
    words = text.strip()[:LONGEST]
    return words if len(fold(words).replace(" ", "")) >= SHORTEST else ""


async def find(
    session: AsyncSession, staff: Staff, words: str, *, person_id: int | None = None, limit: int = LIMIT
) -> Found:
    """Messages, notes and written-out voice notes with all of `words`, in one thread or in all that `staff` may see.

    A common word is in a third of all messages: those are not all read when the newest have enough of them.
    """
    rows: Sequence[Row[Any]] = ()
    recent = await _recent(session) if person_id is None else None
    if recent is not None:
        rows = await _rows(session, staff, words, limit=limit, after=recent.id)
    if recent is None or len(rows) <= limit or rows[-1].at <= recent.created_at:
        rows = await _rows(session, staff, words, limit=limit, person_id=person_id)
    return Found(hits=await _shown(session, rows[:limit]), more=len(rows) > limit)


async def _recent(session: AsyncSession) -> Message | None:
    """The message after which the RECENT newest come; None while there are fewer."""
    newest = select(func.max(Message.id)).scalar_subquery()
    query = select(Message).where(Message.id <= newest - RECENT).order_by(Message.id.desc()).limit(1)
    found: Message | None = await session.scalar(query)
    return found


async def _rows(
    session: AsyncSession,
    staff: Staff,
    words: str,
    *,
    limit: int,
    person_id: int | None = None,
    after: int | None = None,
) -> Sequence[Row[Any]]:
    """At most `limit` and one rows, newest first: what it is, its id, whose, when, and in which message."""
    asked = access.values(staff) | {"words": words, "person_id": person_id, "after": after, "most": limit + 1}
    query = _found(access.viewer(staff), person_id is not None, after is not None)
    rows: Sequence[Row[Any]] = (await session.execute(query, asked)).all()
    return rows


@cache
def _found(viewer: Viewer, in_thread: bool, recent: bool) -> Select[Any]:
    question = func.search_query(bindparam("words", type_=String))
    messages = select(
        literal("message").label("kind"), Message.id.label("id"), Message.person_id.label("person_id"),
        Message.created_at.label("at"), Message.id.label("message_id"),
    ).where(_words(Message.text, Message.subject).bool_op("@@")(question))  # fmt: skip
    notes = select(
        literal("note"), Note.id, Note.person_id, Note.created_at, null(),
    ).where(_words(Note.text, null()).bool_op("@@")(question))  # fmt: skip
    spoken = (
        select(literal("transcript"), Attachment.id, Message.person_id, Message.created_at, Message.id)
        .join(Message, Message.id == Attachment.message_id)
        .where(_words(Attachment.transcript, null()).bool_op("@@")(question))
    )
    if recent:
        messages = messages.where(Message.id > bindparam("after"))
    if in_thread:
        messages = messages.where(Message.person_id == bindparam("person_id"))
        notes = notes.where(Note.person_id == bindparam("person_id"))
        spoken = spoken.where(Message.person_id == bindparam("person_id"))
    # found by the index first, and only then held against who may see it: the other way round reads every message
    found = union_all(messages, notes, spoken).cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return (
        select(found)
        .join(Person, Person.id == found.c.person_id)
        .where(access.may_see_person(viewer))
        .order_by(found.c.at.desc(), found.c.id.desc())
        .limit(bindparam("most"))
    )


async def people(session: AsyncSession, staff: Staff, words: str) -> Sequence[Person]:
    """Persons one may see, by name, town or number."""
    digits = "".join(character for character in words if character.isdigit()).lstrip("0")
    ways: list[ColumnElement[bool]] = [
        Person.name.icontains(words, autoescape=True),
        Person.municipality.icontains(words, autoescape=True),
    ]
    if len(digits) >= DIGITS:
        theirs = select(AddressLink.person_id).join(Address, Address.id == AddressLink.address_id)
        ways.append(Person.id.in_(theirs.where(Address.scheme != "web", Address.path.contains(digits))))
    visible: Select[Person] = access.persons_of(staff).where(or_(*ways), Person.merged_into_id.is_(None))
    return (await session.scalars(visible.order_by(Person.name, Person.id).limit(PEOPLE))).all()


async def _shown(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[Hit]:
    """The rows with what they say and who said it, in the same order."""
    ids: dict[str, list[int]] = {"message": [], "note": [], "transcript": []}
    for row in rows:
        ids[row.kind].append(row.id)
    said: dict[tuple[str, int], tuple[str, str, str | None]] = {}
    for message, name in await session.execute(
        select(Message, Staff.name)
        .outerjoin(Staff, Staff.id == Message.staff_id)
        .where(Message.id.in_(ids["message"]))
    ):
        text = message.text if not message.subject else f"{message.subject}: {message.text}"
        said["message", message.id] = (text, name or message.author, message.channel)
    if ids["note"]:
        for note, name in await session.execute(
            select(Note, Staff.name).join(Staff, Staff.id == Note.staff_id).where(Note.id.in_(ids["note"]))
        ):
            said["note", note.id] = (note.text, name, None)
    if ids["transcript"]:
        for file, heard_on in await session.execute(
            select(Attachment, Message.channel)
            .join(Message, Message.id == Attachment.message_id)
            .where(Attachment.id.in_(ids["transcript"]))
        ):
            said["transcript", file.id] = (file.transcript or "", "person", heard_on)
    persons = {
        person.id: person
        for person in await session.scalars(
            select(Person).where(Person.id.in_({row.person_id for row in rows}))
        )
    }
    hits = []
    for row in rows:
        text, author, channel = said[row.kind, row.id]
        key = f"n{row.id}" if row.kind == "note" else f"m{row.message_id}"
        hits.append(
            Hit(
                kind=row.kind, key=key, person=persons[row.person_id], at=row.at, text=text, author=author,
                channel=channel, message_id=row.message_id,
            )
        )  # fmt: skip
    return hits


def _words(said: object, about: object) -> ColumnElement[object]:
    return func.search_words(said, about, type_=TSVECTOR)


def fold(text: str) -> str:
    """As `search_fold` in the database does: without accents and vowel marks, small, words only."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text).lower()).translate(_LETTERS)
    return " ".join(_WORD.findall(plain.replace("_", " ")))


def excerpt(text: str, words: str) -> Markup:
    """The part of `text` around the first of `words`, with all of them marked; inert, with its own direction."""
    wanted = tuple(fold(words).split())
    spots = (
        [spot.span() for spot in _WORD.finditer(text) if fold(spot[0]).startswith(wanted)] if wanted else []
    )
    start = max(0, spots[0][0] - AROUND) if spots else 0
    end = min(len(text), (spots[0][1] if spots else 0) + AROUND)
    parts, at = [escape("…" if start else "")], start
    for first, last in spots:
        if last > end:
            break
        parts += [escape(text[at:first]), Markup("<mark>{}</mark>").format(text[first:last])]
        at = last
    parts += [escape(text[at:end]), escape("…" if end < len(text) else "")]
    return Markup('<bdi dir="auto">{}</bdi>').format(Markup("").join(parts))
