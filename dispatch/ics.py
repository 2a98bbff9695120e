"""An appointment as a calendar file (RFC 5545): the same entry for ever, whatever changes in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event, vCalAddress, vUri

from data.tables import Appointment, AppointmentStatus, Counter, InfoSession, SessionStatus
from dispatch import clock

PRODUCT = "-//Leerlijn//Afspraken//NL"
REFRESH = timedelta(minutes=15)
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
    appointment: Appointment,
    wording: Wording,
    *,
    organizer: str | None,
    now: datetime,
    attendee: str | None = None,
) -> bytes:
    """The calendar file of an appointment. `organizer` is the e-mail address of the region, `attendee` the client's.

    With both it is an invitation by mail (RFC 6047), already accepted: no mail program asks for an answer.
    """
    event = _event(appointment, wording, now)
    if organizer is not None:
        event["organizer"] = vCalAddress(f"mailto:{organizer}")
        if attendee is not None:
            client = vCalAddress(f"mailto:{attendee}")
            client.params["PARTSTAT"], client.params["RSVP"] = "ACCEPTED", "FALSE"
            event["attendee"] = client
    return _file([event], method(appointment))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a feed. `goes_on`: what a moved appointment became, whose name and number it then has."""

    appointment: Appointment
    wording: Wording
    goes_on: Appointment | None = None


def feed(
    entries: Iterable[Entry], *, name: str, now: datetime, talks: Iterable[tuple[InfoSession, Wording]] = ()
) -> bytes:
    """Many appointments, and info sessions, as a calendar to subscribe to; what does not take place is marked so, not left out."""
    events = []
    for entry in entries:
        event = _event(entry.appointment, entry.wording, now)
        if entry.goes_on is not None:
            event["uid"], event["sequence"] = uid(entry.goes_on), entry.goes_on.sequence
        events.append(event)
    events += [
        _made(
            f"infosessie-{talk.id}@leerlijn", 0, (talk.starts_at, talk.ends_at), wording, now,
            gone=talk.status == SessionStatus.CANCELLED,
        )
        for talk, wording in talks
    ]  # fmt: skip
    return _file(events, "PUBLISH", name=name)


def entry(appointment: Appointment, wording: Wording, *, now: datetime) -> bytes:
    """An appointment as an entry to put in a calendar (RFC 4791, 4.1): it invites nobody, so it has no method."""
    return _file([_event(appointment, wording, now)], None)


def _event(appointment: Appointment, wording: Wording, now: datetime) -> Event:
    span = appointment.starts_at, appointment.ends_at
    gone = appointment.status in GONE
    return _made(uid(appointment), appointment.sequence, span, wording, now, gone=gone)


def _made(
    name: str, sequence: int, span: tuple[datetime, datetime], wording: Wording, now: datetime, *, gone: bool
) -> Event:
    event = Event()
    event.add("uid", name)
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", span[0].astimezone(clock.ZONE))
    event.add("dtend", span[1].astimezone(clock.ZONE))
    event.add("summary", wording.summary)
    if wording.description:
        event.add("description", wording.description)
    event.add("location", wording.location)
    if wording.url is not None:
        event.add("url", vUri(wording.url))
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event


def _file(events: Iterable[Event], method: str | None, *, name: str | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method is not None:
        calendar.add("method", method)
    if name is not None:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def location_of(counter: Counter) -> str:
    """Where to go, on one line: "bib Aalst, Kerkstraat 4, 9300 Aalst"."""
    town = " ".join(part for part in (counter.postcode, counter.municipality) if part)
    return ", ".join(part for part in (counter.name, counter.street, town) if part)
