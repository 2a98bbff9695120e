"""Nothing of a person is forgotten when they are erased: every column that could hold it is named."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import ARRAY, JSON, Column, Table, Text, func, select, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from channels.media import Media
from channels.opt_outs import OptOuts
from data.tables import (
    Address,
    AddressLink,
    Appointment,
    Attachment,
    Base,
    Consent,
    ContactWay,
    Conversation,
    Counter,
    Event,
    Message,
    MicroContact,
    Note,
    Person,
    Suppression,
)
from handover import erasing, microcontacts, own_links
from handover.erased_columns import DELETED, EMPTIED, KEPT

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
WORDS = (Text, JSON, JSONB, TSVECTOR)


def tells(column: Column[Any]) -> bool:
    """Whether a column could hold words, or points at a person."""
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    return isinstance(kind, WORDS) or any(key.column.table.name == "person" for key in column.foreign_keys)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_that_could_tell_is_decided_about(table: Table) -> None:
    """A new table or column fails here until handover.erased_columns says what becomes of it."""
    if table.name in DELETED or table.name in KEPT:
        return
    emptied = EMPTIED.get(table.name, ("", {}))[1]
    forgotten = [
        column.name
        for column in table.columns
        if tells(column) and column.name not in emptied and f"{table.name}.{column.name}" not in KEPT
    ]
    assert not forgotten, (
        f"name these of {table.name} in DELETED, EMPTIED or KEPT of handover/erased_columns.py"
    )


def test_what_is_named_exists_and_is_named_once() -> None:
    columns = {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    names = {table.name for table in TABLES}
    assert not {*DELETED, *EMPTIED} - names
    assert not {name for name in KEPT if name not in names | columns}
    emptied = {f"{table}.{column}" for table, (_, becomes) in EMPTIED.items() for column in becomes}
    assert not emptied - columns
    assert not emptied & {*KEPT}
    assert not {*DELETED} & ({*EMPTIED} | {*KEPT})
    assert all(reason.strip() for reason in KEPT.values())


def test_no_whole_table_is_kept_that_points_at_a_person() -> None:
    for table in TABLES:
        if table.name in KEPT:
            assert not any(
                key.column.table.name in ("person", "message", "conversation", "address")
                for column in table.columns
                for key in column.foreign_keys
            ), f"{table.name} belongs to somebody"


async def kept(world: Any, table: Any, *where: Any) -> list[Any]:
    found = await world.session.scalars(select(table).where(*where).execution_options(populate_existing=True))
    return list(found.all())


async def test_a_shared_telephone_stays_the_other_persons(world: Any) -> None:
    mine, other = await world.person(name="Fatma"), await world.person(name="Ali")
    shared = await world.address(mine, path="+32470111111")
    await world.add(AddressLink(address_id=shared.id, person_id=other.id, reason="shared"))
    own = await world.address(mine, path="+32470222222")
    talk, theirs = await world.conversation(mine), await world.conversation(other)
    await world.message(talk, shared, "van Fatma")
    await world.message(theirs, shared, "van Ali")
    await erasing.erase(world.session, mine.id, opt_outs=OptOuts(b"x"), now=NOW)
    paths = {row.id: row.path for row in await kept(world, Address)}
    assert paths == {shared.id: "+32470111111", own.id: f"erased:{own.id}"}
    assert sorted(row.text for row in await kept(world, Message)) == ["", "van Ali"]
    assert [row.person_id for row in await kept(world, AddressLink)] == [other.id]
    assert {row.name for row in await kept(world, Person)} == {None, "Ali"}


async def test_a_number_that_was_theirs_once_and_is_anothers_now_stays(world: Any) -> None:
    mine, other = await world.person(), await world.person(name="Ali")
    address = await world.address(mine, path="+32470111111")
    (link,) = await kept(world, AddressLink)
    link.ended_at = NOW
    await world.add(AddressLink(address_id=address.id, person_id=other.id, reason="first message"))
    await erasing.erase(world.session, mine.id, opt_outs=OptOuts(b"x"), now=NOW)
    assert [row.path for row in await kept(world, Address)] == ["+32470111111"]


async def test_stop_outlives_it_as_a_hash(world: Any) -> None:
    person = await world.person()
    address = await world.address(person, path="+32470111111")
    address.opted_out_at = NOW  # as a provider tells it, which keeps no hash by itself
    opt_outs = OptOuts(b"x")
    await erasing.erase(world.session, person.id, opt_outs=opt_outs, now=NOW)
    (row,) = await kept(world, Suppression)
    assert row.key == opt_outs.key("sms", "+32470111111")
    again = await world.add(Address(scheme="sms", path="+32470111111"))
    assert await opt_outs.recall(world.session, again, now=NOW)


async def test_what_was_booked_is_given_back_and_the_counsellor_knows_without_the_name(world: Any) -> None:
    staff, person = await world.staff(), await world.person(name="Fatma")
    await world.trajectory(person, staff, question="werken met hout")
    counter = await world.add(Counter(region_id="gent", name="bib Gent"))
    at = NOW + timedelta(days=2)
    booked = Appointment(
        token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=staff.id,
        status="confirmed", wall_start="2026-11-26T10:00", starts_at=at, ends_at=at + timedelta(hours=1), topic="hout",
    )  # fmt: skip
    token = (await world.add(booked)).token
    await erasing.erase(world.session, person.id, opt_outs=OptOuts(b"x"), now=NOW)
    (row,) = await kept(world, Appointment)
    assert (row.status, row.topic, row.token != token) == ("cancelled", None, True)
    ((_, lost),) = await erasing.told(world.session, staff.id, now=datetime.now(UTC))
    assert lost == [(at, "bib Gent")]
    told = await kept(world, Event, Event.kind == erasing.ERASED)
    assert all("Fatma" not in str(event.data) for event in told)
    free = Appointment(
        token=uuid4().hex, person_id=(await world.person()).id, region_id="gent", counter_id=counter.id,
        staff_id=staff.id, status="confirmed", wall_start="2026-11-26T10:00", starts_at=at,
        ends_at=at + timedelta(hours=1),
    )  # fmt: skip
    await world.add(free)  # the exclusion constraint lets it in


async def test_counts_stay_without_words(world: Any) -> None:
    staff, person = await world.staff(), await world.person()
    address = await world.address(person)
    talk = await world.conversation(person, holder="staff", staff_id=staff.id)
    await world.message(talk, address, "mijn naam is Fatma", external_id="wamid.1", subject="Fatma")
    await microcontacts.log(
        world.session, person.id, way=ContactWay.CALL, direction="out", channel="phone", staff_id=staff.id, at=NOW,
        minutes=15, purpose="over Fatma", outcome="reached",
    )  # fmt: skip
    await world.add(Note(person_id=person.id, staff_id=staff.id, text="Fatma wil lassen"))
    await world.add(Consent(person_id=person.id, kind="follow_up", wording="ja, zei Fatma", channel="desk"))
    await erasing.erase(world.session, person.id, opt_outs=OptOuts(b"x"), now=NOW)
    (contact,) = await kept(world, MicroContact)
    assert (contact.way, contact.minutes, contact.purpose, contact.outcome) == ("call", 15, None, "reached")
    (message,) = await kept(world, Message)
    assert (message.text, message.subject, message.external_id, message.channel) == ("", None, None, "sms")
    assert await kept(world, Note) == await kept(world, Consent) == []
    (closed,) = await kept(world, Conversation)
    assert (closed.life, closed.dialogue) == ("closed", {})


async def test_what_waits_to_leave_is_withheld_and_links_are_dead(world: Any) -> None:
    person = await world.person()
    address = await world.address(person)
    talk = await world.conversation(person)
    await world.message(talk, address, "tot morgen", direction="out", author="bot", status="queued")
    token = await own_links.make(world.session, person.id, address, now=NOW)
    assert await own_links.find(world.session, token, now=NOW) is not None
    await erasing.erase(world.session, person.id, opt_outs=OptOuts(b"x"), now=NOW)
    (message,) = await kept(world, Message)
    assert (message.status, message.text) == ("withheld", "")
    assert await own_links.find(world.session, token, now=NOW) is None
    assert await world.session.scalar(text("SELECT count(*) FROM job")) == 0


async def test_who_turned_out_to_be_the_same_goes_too(world: Any) -> None:
    kept_, merged = await world.person(name="Fatma"), await world.person(name="Fatima")
    merged.merged_into_id = kept_.id
    await world.session.flush()
    await erasing.erase(world.session, kept_.id, opt_outs=OptOuts(b"x"), now=NOW)
    assert {row.name for row in await kept(world, Person)} == {None}
    assert await world.session.scalar(select(func.count()).where(Person.erased_at.is_(None))) == 0


async def test_a_file_on_the_disk_goes_with_the_sweep(database: Any, world: Any, tmp_path: Any) -> None:
    media = Media(database, tmp_path, {})
    path = tmp_path / "foto.jpg"
    path.write_bytes(b"x")
    long_ago = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    os.utime(path, (long_ago, long_ago))
    person = await world.person()
    message = await world.message(await world.conversation(person), await world.address(person), "kijk")
    await world.add(Attachment(message_id=message.id, ref="x", kind="image", file=path.name, state="kept"))
    await world.session.commit()
    assert await media.sweep() == 0
    await erasing.erase(world.session, person.id, opt_outs=OptOuts(b"x"), now=NOW)
    await world.session.commit()
    assert await media.sweep() == 1
    assert not path.exists()
