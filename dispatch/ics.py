"""An appointment as a calendar file (RFC 5545): the same entry for ever, whatever changes in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from icalendar import Calendar, Event, vCalAddress, vUri

from data.tables import Appointment, AppointmentStatus, Counter
from dispatch import clock

PRODUCT = "-//Leerlijn//Afspraken//NL"
GONE = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.MOVED, AppointmentStatus.EXPIRED})


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What the entry says, in the language of the client."""

    summary: str
    description: str
    location: str
    url: str | None = None


def uid(appointment: Appointment) -> str:
    """The same before and after a move, for the token goes along; it does not give the token away."""
    return f"{sha256(appointment.token.encode()).hexdigest()[:32]}@leerlijn"


def method(appointment: Appointment) -> str:
    """REQUEST while it stands, CANCEL once it does not."""
    return "CANCEL" if appointment.status in GONE else "REQUEST"


def calendar_file(
    appointment: Appointment, wording: Wording, *, organizer: str | None, now: datetime
) -> bytes:
    """The calendar file of an appointment. `organizer` is the e-mail address of the region."""
    event = Event()
    event.add("uid", uid(appointment))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(clock.ZONE))
    event.add("dtend", appointment.ends_at.astimezone(clock.ZONE))
    event.add("summary", wording.summary)
    event.add("description", wording.description)
    event.add("location", wording.location)
    event.add("status", "CANCELLED" if appointment.status in GONE else "CONFIRMED")
    event.add("class", "PRIVATE")
    if wording.url is not None:
        event.add("url", vUri(wording.url))
    if organizer is not None:
        event["organizer"] = vCalAddress(f"mailto:{organizer}")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method(appointment))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def location_of(counter: Counter) -> str:
    """Where to go, on one line: "bib Aalst, Kerkstraat 4, 9300 Aalst"."""
    town = " ".join(part for part in (counter.postcode, counter.municipality) if part)
    return ", ".join(part for part in (counter.name, counter.street, town) if part)
