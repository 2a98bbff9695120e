# ruff: noqa: SIM905 - lists of words read better as one string
"""Days, dates, parts of the day and times, in the way people write them: "volgende week dinsdag na 4u".

A small grammar over atoms (`when_lexer`), because no library reads Flemish and text-message forms. Dates lie in the
future, in Europe/Brussels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from nlu.negation import is_negated
from nlu.text import Token, tokens
from nlu.values import Slot
from nlu.when_lexer import Atom, atoms
from nlu.when_words import AFTERNOON, EVENING, MORNING, WEEKDAYS, Kind

_WEEK_DAYS = 7
_MONTH_WORDS = ("maand", "mois", "month", "ay", "الشهر", "місяця", "месяца", "miesiacu", "mes", "luna")
_BEFORE_MONTH = (
    "in",
    "en",
    "vanaf",
    "begin",
    "eind",
    "midden",
    "debut",
    "fin",
    "from",
    "early",
    "late",
    "a partir de",
    "w",
    "в",
    "у",
)
_LAST_MORNING_HOUR = 7  # "om 4u" is in the afternoon, "om 8u" is not
_TIME_SLOTS = frozenset({"weekday", "date", "time", "time_of_day"})
_TIME_FILLERS = frozenset(
    "om op de het t liefst graag voor na vanaf rond s in ik kan wel dan is goed past best ja ok oke aub of en tegen van le la l a au vers apres"
    " avant je peux c est bon on at after before i can the for me mij me works uur u h of ou or ook ben vrij dat kom komt deze week volgende"
    " svp please gunu saat olur يوم في الساعة в у о na w el a las".split()
)


@dataclass(slots=True)
class _Found:
    """Slots of one message while it is being read; `hour_hint` is the part of day that clocks lean on."""

    slots: list[Slot] = field(default_factory=list)


def find(text: str, *, now: datetime, appointment: bool) -> list[Slot]:
    """Time slots in order. In an `appointment`, a bare weekday is its next date and "om 2" is 14:00."""
    row = atoms(text)
    if all(atom.kinds.keys() <= _SILENT for atom in row):
        return []
    return _Grammar(text, row, now.date(), appointment).read()


def is_only_a_time(row: Sequence[Token], slots: Sequence[Slot]) -> bool:
    """Whether the message says nothing but when ("dinsdag na 4u", "liefst 's avonds")."""
    spans = [(slot.start, slot.end) for slot in slots if slot.name in _TIME_SLOTS]
    rest = [t for t in row if not any(start <= t.start and t.end <= end for start, end in spans)]
    return bool(spans) and all(token.fold in _TIME_FILLERS for token in rest)


_SILENT = frozenset({Kind.OTHER, Kind.LINK, Kind.AT, Kind.IN, Kind.AFTER, Kind.BEFORE, Kind.UNIT, Kind.THIS})


class _Grammar:
    """Reads atoms from left to right; each rule returns how many atoms it took, 0 for no match."""

    def __init__(self, text: str, row: list[Atom], today: date, appointment: bool) -> None:
        self._text = text
        self._row = row
        self._today = today
        self._appointment = appointment
        self._tokens = tokens(text)
        self._slots: list[Slot] = []

    def read(self) -> list[Slot]:
        rules = (
            self._greeting, self._written_date, self._day_of_month, self._whole_month, self._in_amount, self._next_week_day, self._week_day_next,
            self._near_week, self._relative_day, self._habit, self._weekend, self._week_day, self._clock, self._today_part, self._part,
        )  # fmt: skip
        index = 0
        while index < len(self._row):
            index += next((size for rule in rules if (size := rule(index))), 1)
        return self._slots

    # --- looking ------------------------------------------------------------------------------------------------

    def _is(self, index: int, *kinds: Kind) -> bool:
        return 0 <= index < len(self._row) and any(kind in self._row[index].kinds for kind in kinds)

    def _value(self, index: int, kind: Kind) -> int:
        return int(str(self._row[index].kinds[kind]))

    def _skip_links(self, index: int) -> int:
        """The index after at most two linking words."""
        for _ in range(2):
            if self._is(index, Kind.LINK) and not self._is(index, Kind.WEEKDAY, Kind.PART):
                index += 1
        return index

    def _week_day_at(self, index: int, *, company: bool) -> int | None:
        """The weekday at `index`; abbreviations that are other words too only count in `company`."""
        if self._is(index, Kind.WEEKDAY):
            return self._value(index, Kind.WEEKDAY)
        if company and self._is(index, Kind.SHORT_WEEKDAY):
            return self._value(index, Kind.SHORT_WEEKDAY)
        return None

    # --- rules --------------------------------------------------------------------------------------------------

    def _greeting(self, index: int) -> int:
        return (
            2 if self._is(index, Kind.GREETING) and self._is(index + 1, Kind.PART, Kind.DAY, Kind.UNIT) else 0
        )

    def _written_date(self, index: int) -> int:
        if not self._is(index, Kind.DATE):
            return 0
        year, month, day = _triple(self._row[index].kinds[Kind.DATE])
        found = self._on(day, month, year or None)
        if found is None:
            return 0
        self._add_date(found, index, index)
        return 1

    def _day_of_month(self, index: int) -> int:
        """ "24 december", "24 dec 2026", "december 24", "le 24", "de 24ste"."""
        if self._is(index, Kind.NUMBER, Kind.ORDINAL):
            kind = Kind.NUMBER if self._is(index, Kind.NUMBER) else Kind.ORDINAL
            day = self._value(index, kind)
            after = self._skip_links(index + 1)
            if self._is(after, Kind.MONTH):
                return self._month_day(day, index, after)
            before = self._row[index - 1].word if index else ""
            written = self._row[index].word[0].isdigit()
            if (
                written
                and 1 <= day <= 31
                and self._appointment
                and (
                    (kind is Kind.ORDINAL and before in ("de", "den", "the", "op", "voor")) or before == "le"
                )
            ):
                found = self._on(day, None, None)
                if found is not None:
                    self._add_date(found, index, index)
                    return 1
        if self._is(index, Kind.MONTH) and self._is(index + 1, Kind.NUMBER, Kind.ORDINAL):
            kind = Kind.NUMBER if self._is(index + 1, Kind.NUMBER) else Kind.ORDINAL
            found = self._on(self._value(index + 1, kind), self._value(index, Kind.MONTH), None)
            if found is not None and self._row[index + 1].word[0].isdigit():
                self._add_date(found, index, index + 1)
                return 2
        return 0

    def _month_day(self, day: int, index: int, after: int) -> int:
        year = self._year_at(after + 1)
        found = self._on(day, self._value(after, Kind.MONTH), year)
        if found is None:
            return 0
        self._add_date(found, index, after + (1 if year else 0))
        return after - index + 1 + (1 if year else 0)

    def _whole_month(self, index: int) -> int:
        """ "in februari", "vanaf september", "volgende maand", "le mois prochain": from its first day until its last."""
        first = self._today.replace(day=1)
        upcoming = self._is(index, Kind.NEXT) and self._word(index + 1, *_MONTH_WORDS)
        if upcoming or (self._word(index, *_MONTH_WORDS) and self._is(index + 1, Kind.NEXT)):
            first = _first_of_next_month(first)
        elif self._is(index + 1, Kind.MONTH) and self._word(index, *_BEFORE_MONTH):
            month = self._value(index + 1, Kind.MONTH)
            first = date(first.year + (1 if month < first.month else 0), month, 1)
        else:
            return 0
        last = _first_of_next_month(first) - timedelta(days=1)
        self._add_date(max(first, self._today), index, index + 1, until=last)
        return 2

    def _in_amount(self, index: int) -> int:
        """ "binnen 2 weken", "over drie dagen", "dans une semaine", "2 hafta sonra"."""
        start = index
        if self._is(index, Kind.IN):
            index += 1
        if not self._is(index, Kind.NUMBER) or not self._is(index + 1, Kind.WEEK, Kind.UNIT, Kind.WEEKEND):
            # Arabic has one word for "in a week" and a dual for two
            return 0
        last = index + 1
        if start == index:  # no word before the amount: one must follow
            if not self._is(index + 2, Kind.LATER):
                return 0
            last = index + 2
        if self._is(index + 1, Kind.WEEKEND):
            return 0
        days = self._value(index, Kind.NUMBER) * (_WEEK_DAYS if self._is(index + 1, Kind.WEEK) else 1)
        if not 0 < days <= 366:
            return 0
        moment = self._today + timedelta(days=days)
        week_day = self._week_day_at(last + 1, company=True)
        if week_day is not None:
            moment = moment - timedelta(days=moment.weekday()) + timedelta(days=week_day)
            last += 1
            self._add_week_day(week_day, last, last, moment)
        self._add_date(moment, start, last)
        return last - start + 1

    def _next_week_day(self, index: int) -> int:
        """ "volgende week dinsdag", "volgende dinsdag", "next tuesday", "deze week vrijdag", "dit weekend"."""
        if not self._is(index, Kind.NEXT, Kind.THIS):
            return 0
        upcoming = self._is(index, Kind.NEXT)
        week = index + 1 if self._is(index + 1, Kind.WEEK) else None
        if week is None and self._is(index, Kind.WEEK) and self._row[index].word == "haftaya":
            week = index
        if week is not None:
            return self._in_week(index, week, weeks=1 if upcoming else 0)
        if self._is(index + 1, Kind.WEEKEND):
            weeks = (
                1
                if upcoming and self._row[index].word not in ("komende", "komend", "coming", "aanstaande")
                else 0
            )
            self._add_weekend(index, index + 1, self._monday(weeks) + timedelta(days=5))
            return 2
        week_day = self._week_day_at(index + 1, company=True)
        if week_day is None or not (upcoming or self._is(index, Kind.THIS)):
            return 0
        moment = self._next(week_day)
        self._add_week_day(week_day, index, index + 1, moment)
        self._add_date(moment, index, index + 1)
        self._add_part_of(index + 1)
        return 2

    def _near_week(self, index: int) -> int:
        """ "la semaine prochaine", "haftaya salı", "الأسبوع القادم يوم الثلاثاء": the week comes first."""
        if not self._is(index, Kind.WEEK):
            return 0
        if self._is(index, Kind.NEXT):
            return self._in_week(index, index, weeks=1)
        if not self._is(index + 1, Kind.NEXT):
            return 0
        return self._in_week(index, index + 1, weeks=1)

    def _in_week(self, first: int, last: int, *, weeks: int) -> int:
        after = self._skip_links(last + 1)
        week_day = self._week_day_at(after, company=True)
        if week_day is not None:
            moment = self._monday(weeks) + timedelta(days=week_day)
            if moment < self._today:
                moment += timedelta(days=_WEEK_DAYS)
            self._add_week_day(week_day, first, after, moment)
            self._add_date(moment, first, after)
            self._add_part_of(after)
            return after - first + 1
        monday = self._monday(weeks)
        start = max(monday, self._today)
        self._add_date(start, first, last, until=monday + timedelta(days=6))
        return last - first + 1

    def _week_day_next(self, index: int) -> int:
        """ "dinsdag volgende week", "mardi prochain", "mardi de la semaine prochaine", "dinsdag over 2 weken"."""
        week_day = self._week_day_at(index, company=self._has_company(index))
        if week_day is None:
            return 0
        after = index + 1
        while after <= index + 3 and (self._is(after, Kind.LINK) or self._word(after, "de la")):
            after += 1
        last, weeks = self._week_after(after)
        if last is None:
            if not self._is(index + 1, Kind.NEXT):
                return 0
            moment = self._next(week_day)
            last = index + 1
        else:
            moment = self._monday(weeks) + timedelta(days=week_day)
        self._add_week_day(week_day, index, last, moment)
        self._add_date(moment, index, last)
        self._add_part_of(index)
        return last - index + 1

    def _week_after(self, index: int) -> tuple[int | None, int]:
        """The last atom and number of weeks of "volgende week", "semaine prochaine", "over 2 weken"."""
        if self._is(index, Kind.NEXT) and self._is(index + 1, Kind.WEEK):
            return index + 1, 1
        if self._is(index, Kind.THIS) and self._is(index + 1, Kind.WEEK):
            return index + 1, 0
        if self._is(index, Kind.WEEK) and self._is(index + 1, Kind.NEXT):
            return index + 1, 1
        if self._is(index, Kind.IN) and self._is(index + 1, Kind.NUMBER) and self._is(index + 2, Kind.WEEK):
            return index + 2, self._value(index + 1, Kind.NUMBER)
        return None, 0

    def _relative_day(self, index: int) -> int:
        if not self._is(index, Kind.DAY):
            return 0
        # "de morgen", "in de morgen" and "'s morgens" are mornings, not tomorrow.
        if (
            self._row[index].word == "morgen"
            and index
            and self._row[index - 1].word in ("de", "iedere", "elke")
        ):
            self._add_part(MORNING, index, index)
            return 1
        moment = self._today + timedelta(days=self._value(index, Kind.DAY))
        self._add_date(moment, index, index)
        self._add_part_of(index)
        return 1

    def _habit(self, index: int) -> int:
        if not self._is(index, Kind.EVERY_WEEKDAY):
            return 0
        self._add_week_day(self._value(index, Kind.EVERY_WEEKDAY), index, index, None)
        self._add_part_of(index)
        return 1

    def _week_day(self, index: int) -> int:
        week_day = self._week_day_at(index, company=self._has_company(index))
        if week_day is None:
            return 0
        moment = self._next(week_day)
        exact = self._exact_day_near(index)
        every = index > 0 and self._row[index - 1].word in (
            "elke",
            "iedere",
            "chaque",
            "every",
            "tous les",
            "her",
            "кожен",
            "каждый",
            "cada",
        )
        self._add_week_day(week_day, index, index, None if every else moment)
        if self._appointment and not every and not exact:
            self._add_date(moment, index, index)
        self._add_part_of(index)
        return 1

    def _weekend(self, index: int) -> int:
        if not self._is(index, Kind.WEEKEND) or (
            self._row[index].word == "we" and not self._has_company(index)
        ):
            return 0
        self._add_weekend(index, index, None)
        return 1

    def _clock(self, index: int) -> int:
        """ "om 14u30", "na 4u", "half 5", "kwart voor 9", "9 heures et quart", "saat 3"."""
        start, relation = index, "at"
        if self._is(index, Kind.AT, Kind.AFTER, Kind.BEFORE):
            relation = (
                "after" if self._is(index, Kind.AFTER) else "before" if self._is(index, Kind.BEFORE) else "at"
            )
            index += 1
            while (
                self._is(index, Kind.LINK, Kind.AT) and not self._is(index, Kind.NUMBER) and index < start + 3
            ):
                index += 1
        marked = index > start
        size, hour, minute, sure = self._clock_value(index, marked=marked)
        if not size:
            return 0
        near_day = any(slot.name in ("date", "weekday", "time_of_day") for slot in self._slots[-2:])
        if not sure and not marked and not near_day and not self._appointment and hour < 9:
            return 0  # "2 uur" is how long it takes
        last = index + size - 1
        self._add_time(hour, minute, sure, relation, start if marked else index, last)
        return last - start + 1

    def _clock_value(self, index: int, *, marked: bool) -> tuple[int, int, int, bool]:
        """How many atoms, hour, minute, and whether the hour is on the 24-hour clock for certain."""
        if self._is(index, Kind.CLOCK):
            hour, minute, sure = _triple(self._row[index].kinds[Kind.CLOCK])
            more, minute = self._minutes_after(index + 1, minute)
            return 1 + more, hour, minute, bool(sure)
        if self._is(index, Kind.HALF) and self._is(index + 1, Kind.NUMBER):  # half vijf = 4:30
            return 2 + self._hours_word(index + 2), self._value(index + 1, Kind.NUMBER) - 1, 30, False
        if self._is(index, Kind.HALF) and self._is(index + 1, Kind.CLOCK):
            hour, _, _ = _triple(self._row[index + 1].kinds[Kind.CLOCK])
            return 2, hour - 1, 30, False
        size = self._quarter(index)
        if size[0]:
            return size
        if self._is(index, Kind.NUMBER):
            number = self._value(index, Kind.NUMBER)
            hours = self._hours_word(index + 1)
            digits = self._row[index].word.isdecimal()
            if number <= 24 and (
                hours or (marked and (digits or self._appointment) and not self._counts_something(index + 1))
            ):
                if not hours and not self._takes_bare_hour(index):
                    return 0, 0, 0, False
                more, minute = self._minutes_after(index + 1 + hours, 0)
                return 1 + hours + more, number, minute, False
        return 0, 0, 0, False

    def _quarter(self, index: int) -> tuple[int, int, int, bool]:
        """ "kwart voor/over/na 9", "quarter to nine", "10 voor 5"."""
        amount = (
            15
            if self._is(index, Kind.QUARTER)
            else self._value(index, Kind.NUMBER)
            if self._is(index, Kind.NUMBER)
            else 0
        )
        if not amount or (
            not self._is(index + 1, Kind.BEFORE, Kind.AFTER, Kind.IN, Kind.MINUS)
            and not self._word(index + 1, "past", "to")
        ):
            return 0, 0, 0, False
        if not self._is(index + 2, Kind.NUMBER, Kind.CLOCK) or amount not in (5, 10, 15, 20):
            return 0, 0, 0, False
        if self._is(index + 2, Kind.CLOCK):
            hour, _, _ = _triple(self._row[index + 2].kinds[Kind.CLOCK])
        else:
            hour = self._value(index + 2, Kind.NUMBER)
        before = self._is(index + 1, Kind.BEFORE) or self._word(index + 1, "to")
        size = 3 + self._hours_word(index + 3)
        return (size, hour - 1, 60 - amount, False) if before else (size, hour, amount, False)

    def _minutes_after(self, index: int, minute: int) -> tuple[int, int]:
        """ "et demie", "et quart", "moins le quart", "buçuk", "ونصف" after an hour."""
        skip = 1 if self._word(index, "et", "y", "si", "و") else 0
        if self._is(index + skip, Kind.HALF) and not self._is(index + skip + 1, Kind.NUMBER):
            return skip + 1, 30
        if self._is(index + skip, Kind.QUARTER):
            return skip + 1, 15
        return 0, minute

    def _today_part(self, index: int) -> int:
        if not self._is(index, Kind.TODAY_PART):
            return 0
        self._add_date(self._today, index, index)
        self._add_part(str(self._row[index].kinds[Kind.TODAY_PART]), index, index)
        return 1

    def _part(self, index: int) -> int:
        if not self._is(index, Kind.PART) or (
            self._word(index, "nm", "vm", "noon", "vroeg") and not self._has_company(index)
        ):
            return 0
        self._add_part(str(self._row[index].kinds[Kind.PART]), index, index)
        return 1

    # --- helpers ------------------------------------------------------------------------------------------------

    def _word(self, index: int, *choices: str) -> bool:
        return 0 <= index < len(self._row) and self._row[index].word in choices

    def _hours_word(self, index: int) -> int:
        return 1 if self._is(index, Kind.HOURS) and not self._is(index, Kind.NUMBER) else 0

    def _counts_something(self, index: int) -> bool:
        """Whether a plain word follows a number: "na 2 lessen" is no time."""
        return self._is(index, Kind.OTHER, Kind.WEEK, Kind.UNIT, Kind.MONTH)

    def _takes_bare_hour(self, index: int) -> bool:
        """A number without "uur" is an hour after a preposition of time when a time is expected or a day stands near."""
        near = any(slot.name in ("date", "weekday", "time_of_day") for slot in self._slots[-2:])
        ahead = any(
            self._is(i, Kind.PART, Kind.WEEKDAY, Kind.DAY)
            for i in range(index + 1, min(index + 4, len(self._row)))
        )
        return self._appointment or near or ahead or self._word(index - 1, "om", "saat", "الساعه", "الساعة")

    def _has_company(self, index: int) -> bool:
        """Whether an abbreviation stands among words of time, or is the whole answer to "when?"."""
        if self._appointment and len(self._row) == 1:
            return True
        around = (Kind.CLOCK, Kind.PART, Kind.WEEK, Kind.NEXT, Kind.WEEKDAY)
        if self._is(index + 1, Kind.AT, Kind.AFTER, Kind.BEFORE) and self._is(
            index + 2, Kind.CLOCK, Kind.NUMBER
        ):
            return True
        short = any(self._is(index + step, Kind.SHORT_WEEKDAY) for step in (-2, -1, 1, 2))
        after_on = self._word(index - 1, "op", "on", "le") and not self._word(index, "zo", "do", "mer")
        return (
            self._is(index - 1, *around)
            or self._is(index + 1, *around)
            or after_on
            or (short and self._appointment)
        )

    def _exact_day_near(self, index: int) -> bool:
        """Whether a date follows the weekday ("dinsdag 24 november")."""
        after = self._skip_links(index + 1)
        if self._is(after, Kind.DATE):
            return True
        return self._is(after, Kind.NUMBER, Kind.ORDINAL) and self._is(
            self._skip_links(after + 1), Kind.MONTH
        )

    def _year_at(self, index: int) -> int | None:
        if (
            index >= len(self._row)
            or len(self._row[index].word) != 4
            or not self._row[index].word.isdecimal()
        ):
            return None
        year = int(self._row[index].word)
        return year if 2000 <= year <= 2100 else None

    def _monday(self, weeks: int) -> date:
        return self._today - timedelta(days=self._today.weekday()) + timedelta(weeks=weeks)

    def _next(self, week_day: int) -> date:
        """The first such weekday after today."""
        ahead = (week_day - self._today.weekday()) % _WEEK_DAYS or _WEEK_DAYS
        return self._today + timedelta(days=ahead)

    def _on(self, day: int, month: int | None, year: int | None) -> date | None:
        """That day, in the future unless a year is written; None when no calendar has it."""
        if year is not None:
            return _date_or_none(year, month or 1, day)
        first = self._today.replace(day=1)
        for step in range(13):
            months = first.month - 1 + step
            candidate_year, candidate_month = first.year + months // 12, months % 12 + 1
            if month is not None and candidate_month != month:
                continue
            found = _date_or_none(candidate_year, candidate_month, day)
            if found is not None and found >= self._today:
                return found
        return None

    # --- writing ------------------------------------------------------------------------------------------------

    def _add(
        self,
        name: str,
        value: str,
        first: int,
        last: int,
        data: Mapping[str, str],
        choices: tuple[str, ...] = (),
    ) -> None:
        start, end = self._row[first].start, self._row[last].end
        inside = [i for i, token in enumerate(self._tokens) if token.start < end and start < token.end]
        negated = bool(inside) and is_negated(self._tokens, inside[0], inside[-1])
        self._slots.append(
            Slot(
                name=name,
                value=value,
                text=self._text[start:end],
                start=start,
                end=end,
                negated=negated,
                choices=choices,
                data=data,
            )
        )

    def _add_date(self, moment: date, first: int, last: int, *, until: date | None = None) -> None:
        self._add("date", moment.isoformat(), first, last, {"until": until.isoformat()} if until else {})

    def _add_week_day(self, week_day: int, first: int, last: int, moment: date | None) -> None:
        self._add("weekday", WEEKDAYS[week_day], first, last, {"date": moment.isoformat()} if moment else {})

    def _add_weekend(self, first: int, last: int, saturday: date | None) -> None:
        self._add(
            "weekday", "sa", first, last, {"date": saturday.isoformat()} if saturday else {}, ("sa", "su")
        )
        if saturday is not None:
            self._add_date(saturday, first, last, until=saturday + timedelta(days=1))

    def _add_part(self, part: str, first: int, last: int) -> None:
        self._add("time_of_day", part, first, last, {})

    def _add_part_of(self, index: int) -> None:
        """The part of day inside a compound ("dinsdagavond")."""
        if self._is(index, Kind.PART):
            self._add_part(str(self._row[index].kinds[Kind.PART]), index, index)

    def _add_time(self, hour: int, minute: int, sure: bool, relation: str, first: int, last: int) -> None:
        if not sure or hour < 12:
            hour = self._on_long_clock(hour, sure, first, last)
        if 0 <= hour < 24:
            self._add("time", f"{hour:02}:{minute:02}", first, last, {"relation": relation})

    def _on_long_clock(self, hour: int, sure: bool, first: int, last: int) -> int:
        """9 in the evening is 21; 4 without more is 16, because nobody teaches or receives at four at night."""
        parts = [
            slot.value
            for slot in self._slots
            if slot.name == "time_of_day" and abs(slot.end - self._row[first].start) <= 12
        ]
        for index in range(last + 1, min(last + 4, len(self._row))):
            if self._is(index, Kind.PART):
                parts.append(str(self._row[index].kinds[Kind.PART]))
        part = parts[-1] if parts else None
        if hour < 12 and ((part == EVENING and hour >= 5) or part == AFTERNOON):
            return hour + 12
        if part is None and not (sure and len(self._row[first].word) >= 5) and 0 < hour < _LAST_MORNING_HOUR:
            return hour + 12
        return hour


def _triple(value: object) -> tuple[int, int, int]:
    """Year, month, day of a date (year 0: none written); hour, minute, certainty of a clock."""
    if not isinstance(value, tuple):
        raise TypeError(f"no date or clock: {value!r}")
    first, second, third = map(int, value)
    return first, second, third


def _first_of_next_month(moment: date) -> date:
    return (moment.replace(day=1) + timedelta(days=32)).replace(day=1)


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
