"""The calendar file: one entry for ever, the right hour on both sides of a change night."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from data.tables import Appointment, AppointmentStatus, Counter
from dispatch import ics

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDING = ics.Wording(
    summary="Gesprek bij de leerwinkel; met Els, over leren",
    description="Breng mee:\nje identiteitskaart — en dit is een lange regel die gevouwen wordt, ook met é en ë erin.",
    location="bib Aalst, Kerkstraat 4, 9300 Aalst",
    url="https://leerlijn.voorbeeld.be/a/x",
)


def _appointment(starts_at: datetime, **more: object) -> Appointment:
    values = {"status": AppointmentStatus.CONFIRMED, "sequence": 0, "token": "geheim"} | more
    return Appointment(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=75), **values)


def _read(appointment: Appointment) -> tuple[Calendar, bytes]:
    file = ics.calendar_file(appointment, WORDING, organizer="gent@leerlijn.voorbeeld.be", now=NOW)
    return Calendar.from_ical(file), file


@pytest.mark.parametrize(
    ("starts_at", "wall"),
    [
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), "20261124T090000"),
        (datetime(2027, 6, 1, 7, 0, tzinfo=UTC), "20270601T090000"),
        (datetime(2026, 10, 26, 8, 0, tzinfo=UTC), "20261026T090000"),
        (datetime(2027, 3, 29, 7, 0, tzinfo=UTC), "20270329T090000"),
    ],
)
def test_wall_time_and_zone(starts_at: datetime, wall: str) -> None:
    calendar, file = _read(_appointment(starts_at))
    assert f"DTSTART;TZID=Europe/Brussels:{wall}".encode() in file
    assert b"BEGIN:VTIMEZONE" in file
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart").astimezone(UTC) == starts_at
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=75)


def test_it_can_be_read_back_and_is_well_formed() -> None:
    calendar, file = _read(_appointment(NOW))
    (event,) = calendar.walk("VEVENT")
    assert str(event["summary"]) == WORDING.summary
    assert str(event["description"]) == WORDING.description
    assert calendar["method"] == "REQUEST"
    assert event["organizer"] == "mailto:gent@leerlijn.voorbeeld.be"
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


def test_the_entry_keeps_its_name_and_does_not_give_the_token_away() -> None:
    before, after = _appointment(NOW), _appointment(NOW + timedelta(days=1), sequence=1)
    assert ics.uid(before) == ics.uid(after)
    assert ics.uid(_appointment(NOW, token="ander")) != ics.uid(before)
    assert b"geheim" not in _read(before)[1]
    assert b"SEQUENCE:1" in _read(after)[1]


def test_cancelling() -> None:
    calendar, _ = _read(_appointment(NOW, status=AppointmentStatus.CANCELLED, sequence=2))
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == "CANCEL"
    assert event["status"] == "CANCELLED"
    assert event["sequence"] == 2


def test_location() -> None:
    counter = Counter(name="bib Aalst", street="Kerkstraat 4", postcode="9300", municipality="Aalst")
    assert ics.location_of(counter) == "bib Aalst, Kerkstraat 4, 9300 Aalst"
    assert ics.location_of(Counter(name="telefoon")) == "telefoon"
