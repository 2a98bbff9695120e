"""The ledger: what was put right, counts a client, trajectory, person and month, and files without formulas."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.db import Database
from data.tables import ContactWay, MicroContact, Note, Role
from handover import auth, ledger, microcontacts, sheets
from handover.conversation import NotAllowed
from handover.ledger import Span

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
EVIL = ("=1+1", "+32470", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://x.example")', "＝1")


async def _touch(world: Any, person: Any, staff: Any, at: datetime, **more: Any) -> Any:
    values = {"way": ContactWay.CALL, "direction": "out", "channel": "phone", "minutes": 10, **more}
    return await microcontacts.log(world.session, person.id, staff_id=staff.id, at=at, **values)


async def _mend(world: Any, row: Any, by: Any, **more: Any) -> Any:
    values = {
        "way": ContactWay(row.way), "direction": row.direction, "minutes": row.minutes, "purpose": row.purpose,
        "outcome": row.outcome, "staff_id": row.staff_id, "at": row.at, **more,
    }  # fmt: skip
    return await ledger.correct(world.session, row, by_id=by.id, **values)


async def test_counts_for_client_trajectory_counsellor_and_month(world: Any) -> None:
    griet, els, boss = (
        await world.staff(name="Griet"),
        await world.staff(name="Els"),
        await world.staff(Role.COORDINATOR),
    )
    fatma, yusuf = await world.person(name="Fatma"), await world.person(name="Yusuf")
    track = await world.trajectory(fatma, griet)
    await world.trajectory(yusuf, els)
    for days in range(3):
        await _touch(world, fatma, griet, world.now - timedelta(days=days))
    old = await _touch(world, fatma, els, world.now - timedelta(days=40))
    await _touch(world, yusuf, els, world.now)
    assert await microcontacts.count(world.session, person_id=fatma.id) == 4
    assert await microcontacts.count(world.session, trajectory_id=track.id) == 4
    found = await ledger.tracks(world.session, boss, Span(month=NOVEMBER))
    assert [(one.person.name, one.counsellor, one.total, one.in_month) for one in found] == [
        ("Fatma", "Griet", 4, 3), ("Yusuf", "Els", 1, 1),
    ]  # fmt: skip
    assert [tuple(row) for row in await ledger.by_staff(world.session, boss, Span(month=NOVEMBER))] == [
        ("Griet", 3), ("Els", 1),
    ]  # fmt: skip
    months = dict(await ledger.by_month(world.session, boss, Span(), today=date(2026, 11, 24)))
    assert len(months) == 12
    assert (months[NOVEMBER], months[OCTOBER], sum(months.values())) == (4, 1, 5)
    await _mend(world, old, boss, at=world.now)
    months = dict(await ledger.by_month(world.session, boss, Span(), today=date(2026, 11, 24)))
    assert (months[NOVEMBER], months[OCTOBER]) == (5, 0)
    only = await ledger.tracks(world.session, boss, Span(month=NOVEMBER, staff_id=els.id))
    assert [one.person.name for one in only] == ["Yusuf"]


@pytest.mark.parametrize(
    ("moment", "month"),
    [("2026-10-31T22:59:59Z", OCTOBER), ("2026-10-31T23:00:00Z", NOVEMBER), ("2026-11-30T23:00:00Z", date(2026, 12, 1)),
     ("2026-06-30T22:00:00Z", date(2026, 7, 1))],
)  # fmt: skip
async def test_a_month_is_one_on_the_clock_in_belgium(world: Any, moment: str, month: date) -> None:
    staff, person = await world.staff(Role.DISPATCHER), await world.person()
    await _touch(world, person, staff, datetime.fromisoformat(moment))
    months = dict(await ledger.by_month(world.session, staff, Span(), today=date(2026, 12, 15)))
    assert [first for first, count in months.items() if count] == [month]
    assert len(await ledger.entries(world.session, staff, Span(month=month))) == 1


async def test_a_row_is_put_right_by_a_newer_one_and_stays(world: Any) -> None:
    staff, person = await world.staff(), await world.person()
    track = await world.trajectory(person, staff)
    wrong = await _touch(world, person, staff, world.now, purpose="inschrijven")
    track.closed_at = world.now
    await world.session.flush()
    right = await _mend(world, wrong, staff, way=ContactWay.VISIT, minutes=45, outcome="helped")
    assert (right.trajectory_id, right.channel, right.minutes, right.purpose) == (
        track.id,
        "desk",
        45,
        "inschrijven",
    )
    with pytest.raises(NotAllowed, match="al verbeterd"):
        await _mend(world, wrong, staff)
    none = await _mend(world, right, staff, voided=True)
    with pytest.raises(NotAllowed, match="telt al niet meer"):
        await _mend(world, none, staff)
    assert await microcontacts.count(world.session, person_id=person.id) == 0
    found = await ledger.entries(world.session, staff, Span(person_id=person.id))
    assert [(entry.row.id, entry.stands) for entry in found] == [
        (none.id, False),
        (right.id, False),
        (wrong.id, False),
    ]
    assert len((await world.session.scalars(select(MicroContact))).all()) == 3


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_sees_the_contacts_of_whom_it_may_see(world: Any, role: Role) -> None:
    staff = await world.staff(role, None if role in (Role.ADMIN, Role.ANALYST) else "gent")
    here, there = await world.staff(), await world.staff(region="antwerpen")
    mine, near, far = [await world.person(region=region) for region in ("antwerpen", "gent", "antwerpen")]
    for person, whose in ((mine, staff), (near, here), (far, there)):
        await world.trajectory(person, whose, region=person.region_id)
        await _touch(world, person, whose, world.now)
    sees = {
        Role.COUNSELLOR: {mine.id}, Role.DISPATCHER: {mine.id, near.id}, Role.COORDINATOR: {mine.id, near.id},
        Role.ANALYST: set(), Role.ADMIN: {mine.id, near.id, far.id},
    }[role]  # fmt: skip
    assert {entry.person.id for entry in await ledger.entries(world.session, staff, Span())} == sees
    assert {
        track.person.id for track in await ledger.tracks(world.session, staff, Span(month=NOVEMBER))
    } == sees
    assert sum(count for _, count in await ledger.by_staff(world.session, staff, Span())) == len(sees)


@pytest.fixture
async def desk(world: Any, browser: httpx.AsyncClient) -> Any:
    staff = await world.staff(Role.DISPATCHER, name="Jan")
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)

    async def post(path: str, **form: object) -> httpx.Response:
        values = {"csrf": who.csrf if who else "", **{name: str(value) for name, value in form.items()}}
        return await browser.post(f"/console/{path}", data=values)

    return staff, post


async def test_a_contact_is_corrected_and_withdrawn_on_the_page_of_the_client(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, post = desk
    person = await world.person(name="Fatma")
    row = await _touch(world, person, staff, world.now)
    await world.session.commit()
    path = f"/console/client/{person.id}/contacten"
    form = {
        "way": "visit",
        "minutes": 30,
        "at": "2026-11-23T14:00",
        "staff_id": staff.id,
        "purpose": "naaien",
    }
    answer = await post(f"microcontact/{row.id}", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = (await browser.get(path)).text
    assert "verbeterd, telt niet meer" in page
    assert "30 min" in page
    assert '<span class="muted">1</span>' in page, "one counts"
    assert (await post(f"microcontact/{row.id}", **form)).status_code == 409
    async with database.transaction() as session:
        newest = (await session.scalars(select(MicroContact).order_by(MicroContact.id.desc()))).first()
        assert newest is not None
        assert (newest.at, newest.noted_by_id) == (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), staff.id)
    for odd in ({"way": "message"}, {"way": "x"}, {"minutes": "veel"}, {"at": "gisteren"}, {"ending": "x"}):
        assert (await post(f"microcontact/{newest.id}", **{**form, **odd})).status_code == 400, odd
    late = await post(f"microcontact/{newest.id}", **{**form, "at": "2099-01-01T10:00"})
    assert (late.status_code, "toekomst" in late.text) == (409, True)
    assert (await post(f"microcontact/{newest.id}", **form, voided=1)).status_code == 303
    assert "was geen contact" in (await browser.get(path)).text
    async with database.transaction() as session:
        assert await microcontacts.count(session, person_id=person.id) == 0


async def test_somebody_who_did_not_come_is_noted_by_a_shortcut(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, post = desk
    person = await world.person(name="Fatma")
    await world.session.commit()
    page = (await browser.get(f"/console/noteer?soort=no_show&persoon={person.id}")).text
    assert 'value="no_show" checked' in page
    nobody = await post("noteer", way="no_show", person_id="", ending="helped")
    assert (nobody.status_code, "Kies eerst wie er niet kwam" in nobody.text) == (400, True)
    done = await post("noteer", way="no_show", person_id=person.id, minutes=15, ending="helped")
    assert done.status_code == 303
    async with database.transaction() as session:
        (row,) = await session.scalars(select(MicroContact))
    assert (row.way, row.minutes, row.outcome, row.staff_id) == ("no_show", 0, None, staff.id)


async def test_an_outcome_in_own_words_outlives_a_correction(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, post = desk
    person = await world.person(name="Fatma")
    row = await _touch(world, person, staff, world.now, outcome="Test op dinsdag.")
    await world.session.commit()
    assert (
        "<option selected>Test op dinsdag.</option>"
        in (await browser.get(f"/console/client/{person.id}/contacten")).text
    )
    form = {"way": "call", "minutes": 8, "at": "2026-11-23T14:00", "ending": "Test op dinsdag."}
    assert (await post(f"microcontact/{row.id}", **form)).status_code == 303
    async with database.transaction() as session:
        newest = (await session.scalars(select(MicroContact).order_by(MicroContact.id.desc()).limit(1))).one()
    assert (newest.outcome, newest.minutes) == ("Test op dinsdag.", 8)


async def test_the_page_shows_the_counts_beside_the_22_and_the_rule(
    world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, _ = desk
    person = await world.person(name="Fatma")
    await world.trajectory(person, staff)
    await _touch(world, person, staff, world.now)
    await world.session.commit()
    page = (await browser.get("/console/microcontacten?maand=2026-11")).text
    assert "1 van 22" in page
    assert "meer dan 30 minuten" in page
    assert "november 2026" in page
    for odd in ("maand=x", "maand=0001-01", "maand=9999-12", "begeleider=x", "begeleider=99999"):
        assert (await browser.get(f"/console/microcontacten?{odd}")).status_code == 200, odd


async def test_files_have_every_row_and_no_formula(world: Any, desk: Any, browser: httpx.AsyncClient) -> None:
    staff, _ = desk
    for evil in EVIL:
        await _touch(world, await world.person(name=evil), staff, world.now, purpose=evil)
    hidden = await world.person(region="antwerpen", name="Verborgen")
    await _touch(world, hidden, await world.staff(region="antwerpen"), world.now)
    await world.session.commit()
    answer = await browser.get("/console/microcontacten.csv?maand=2026-11")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="microcontacten-2026-11.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == 1 + len(EVIL)
    assert not [cell for row in rows for cell in row if cell.startswith(sheets.CALCULATED)]
    assert {row[2] for row in rows[1:]} == {f"'{evil}" for evil in EVIL}
    assert "Verborgen" not in answer.text
    book = await browser.get("/console/microcontacten.xlsx")
    assert book.headers["content-disposition"] == 'attachment; filename="microcontacten.xlsx"'
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        strings = parts.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert "=1+1" in strings, "as a text"
    assert "Verborgen" not in strings
    assert (await browser.get(f"/console/microcontacten.csv?client={hidden.id}")).status_code == 404


async def test_a_file_speaks_the_language_of_who_downloads_it(
    world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, _ = desk
    await _touch(world, await world.person(name="Fatma"), staff, world.now, purpose="Test op dinsdag.")
    staff.console_language = "fr"
    await world.session.commit()
    answer = await browser.get("/console/microcontacten.csv?maand=2026-11")
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (head[1], head[10]) == ("Numéro du client", "Comment cela s’est terminé")
    assert (row[5], row[9], row[11]) == ("de nous", "Test op dinsdag.", "oui")
    book = await browser.get("/console/microcontacten.xlsx")
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        assert "Numéro du client" in parts.read("xl/sharedStrings.xml").decode()
        assert "Micro-contacts" in parts.read("xl/workbook.xml").decode()


SIGNS = st.text(alphabet="=+-@\t\r\n '\";＝a1", max_size=6)  # what could begin a formula or end a cell


@given(st.lists(SIGNS, min_size=1, max_size=4))
def test_no_cell_of_a_csv_begins_as_a_formula(cells: list[str]) -> None:
    made = sheets.as_csv(["kop"], [cells]).decode("utf-8-sig")
    (_, row) = csv.reader(io.StringIO(made, newline=""), delimiter=";")
    assert not [cell for cell in row if cell.startswith(sheets.CALCULATED)]
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]


async def test_notes_are_no_contacts(world: Any) -> None:
    staff, person = await world.staff(Role.DISPATCHER), await world.person()
    await world.add(Note(person_id=person.id, staff_id=staff.id, text="x"))
    assert await ledger.entries(world.session, staff, Span()) == []
