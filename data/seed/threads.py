"""The invented clients as values: `threads.toml` as it stands, and `people.csv` × `scenarios.toml` filled in."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from data import geo
from data.catalog.subjects import subject
from data.seed.rows import read_table
from data.seed.service import Team
from data.tables import Author

ZONE = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message: by the person, the bot or a member of staff. `intent` and `tier` as the bot understood it."""

    at: datetime
    author: Author
    staff_id: int | None
    text: str
    channel: str
    intent: str | None = None
    tier: str | None = None

    @property
    def carrier(self) -> str:
        """The channel as messages name it; `channel` is the scheme of the address."""
        return "email" if self.channel == "mailto" else self.channel


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A call, visit or missed visit to be counted."""

    at: datetime
    way: str
    direction: str
    channel: str
    minutes: int
    purpose: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One invented client with all that happened; `staff_id` is the counsellor, if there is one."""

    name: str | None
    language: str
    town: geo.Place
    channels: tuple[str, ...]
    state: str
    staff_id: int | None
    reason: str | None
    urgency: str
    waiting_since: datetime | None
    promised_at: datetime | None
    opted_out: bool
    facts: Mapping[str, Any]
    phase: str | None
    opened_at: datetime | None
    question: str | None
    outcome: str | None
    lines: tuple[Line, ...]
    notes: tuple[tuple[datetime, int, str], ...]
    contacts: tuple[Contact, ...]
    appointments: tuple[tuple[int, str], ...]
    """Days from today and status."""
    follow_ups: tuple[tuple[datetime, int, str], ...]
    referral: tuple[str, str, str] | None
    """Partner, direction and state."""

    @property
    def region_id(self) -> str:
        return str(self.town.region)


@dataclass(frozen=True, kw_only=True)
class _Filling:
    """What a pattern needs to become the thread of one client."""

    now: datetime
    today: date
    team: Team
    staff_id: int | None = None
    shift: int = 0
    words: Mapping[str, str] = field(default_factory=dict)

    def moment(self, text: str) -> datetime:
        """ "-12m" before now, or "-3d 14:05" in Belgian time (the past moved `shift` days further back)."""
        if text.endswith("m"):
            return self.now + timedelta(minutes=int(text[:-1]))
        days, clock = text.split(" ")
        day = self.today + timedelta(days=self.days(days))
        return datetime.combine(day, time.fromisoformat(clock), ZONE)

    def days(self, text: str) -> int:
        """ "-3d" or "+{n}d" as a number of days."""
        days = int(self.fill(text).removesuffix("d"))
        return days - self.shift if days < 0 else days

    def fill(self, text: str) -> str:
        for name, value in self.words.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def staff(self, login: str) -> int:
        found = self.staff_id if login == "@" else self.team.staff[login]
        if found is None:
            raise LookupError("a pattern with '@' needs a counsellor")
        return found


def read_threads(rng: random.Random, now: datetime, today: date, team: Team) -> list[Thread]:
    """All invented clients."""
    written = [
        _thread(
            table, _Filling(now=now, today=today, team=team, staff_id=team.staff.get(table.get("staff", "")))
        )
        for table in tomllib.loads(_read("threads.toml"))["thread"]
    ]
    scenarios = tomllib.loads(_read("scenarios.toml"))
    return written + [
        _from_scenario(rng, row, scenarios[row["scenario"]], now, today, team) for row in read_table("people")
    ]


def _from_scenario(
    rng: random.Random,
    row: Mapping[str, str],
    scenario: Mapping[str, Any],
    now: datetime,
    today: date,
    team: Team,
) -> Thread:
    town = _town(row["town"])
    guided = "phase" in scenario or scenario.get("counsellor", False)
    staff_id = rng.choice(team.counsellors[str(town.region)]) if guided else None
    found = subject(row["subject"])
    label = found.label(row["language"]).lower() if found else row["subject"]
    names = {staff_id: login for login, staff_id in team.staff.items()}
    filling = _Filling(
        now=now,
        today=today,
        team=team,
        staff_id=staff_id,
        shift=int(row["d"]),
        words={
            "subject": label,
            "Subject": label[0].upper() + label[1:],
            "town": town.name,
            "ask": row["ask"],
            "first": row["name"].split(" ")[0],
            "counsellor": names[staff_id].capitalize() if staff_id else "",
            "n": row["n"],
        },
    )
    return _thread(
        {**scenario, **{name: row[name] for name in ("name", "language", "town", "channel")}}, filling
    )


def _thread(table: Mapping[str, Any], filling: _Filling) -> Thread:
    channel = table["channel"]
    optional = {name: table[name] for name in ("reason", "phase") if name in table}
    return Thread(
        name=table["name"] or None,
        language=table["language"],
        town=_town(table["town"]),
        channels=(channel, *table.get("also", ())),
        state=table["state"],
        staff_id=filling.staff_id,
        reason=optional.get("reason"),
        urgency=table.get("urgency", "normal"),
        waiting_since=filling.moment(table["waiting"]) if "waiting" in table else None,
        promised_at=_minutes_later(filling.now, table.get("promise")),
        opted_out=table.get("opted_out", False),
        facts=table.get("facts", {}),
        phase=optional.get("phase"),
        opened_at=filling.moment(f"-{table['days']}d 09:30") if "days" in table else None,
        question=filling.fill(table["question"]) if "question" in table else None,
        outcome=filling.fill(table["outcome"]) if "outcome" in table else None,
        lines=tuple(_line(item, channel, filling) for item in table["messages"]),
        notes=tuple(
            (filling.moment(at), filling.staff(by), filling.fill(text))
            for at, by, text in table.get("notes", ())
        ),
        contacts=tuple(
            Contact(
                at=filling.moment(at),
                way=way,
                direction=direction,
                channel=over,
                minutes=minutes,
                purpose=purpose,
                outcome=outcome,
            )
            for at, way, direction, over, minutes, purpose, outcome in table.get("contacts", ())
        ),
        appointments=tuple((filling.days(days), status) for days, status in table.get("appointments", ())),
        follow_ups=tuple(
            (filling.moment(filling.fill(at)), filling.staff(by), filling.fill(text))
            for at, by, text in table.get("follow_ups", ())
        ),
        referral=tuple(table["referral"]) if "referral" in table else None,
    )


def _line(item: Sequence[str], channel: str, filling: _Filling) -> Line:
    at, who, text, *more = item
    author = {"in": Author.PERSON, "bot": Author.BOT}.get(who, Author.STAFF)
    intent, tier = (more[1], more[2]) if len(more) == 3 else (None, None)
    return Line(
        at=filling.moment(at),
        author=author,
        staff_id=filling.staff(who) if author is Author.STAFF else None,
        text=filling.fill(text),
        channel=(more[0] if more else "") or channel,
        intent=intent,
        tier=tier,
    )


def _minutes_later(now: datetime, minutes: int | None) -> datetime | None:
    if minutes is None:
        return None
    return (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _town(key: str) -> geo.Place:
    place = geo.by_key(key)
    if place is None or place.region is None:
        raise LookupError(f"the demo data names a place outside our regions: {key}")
    return place


def _read(name: str) -> str:
    return resources.files("data.seed").joinpath(name).read_text(encoding="utf-8")
