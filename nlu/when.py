# ruff: noqa: SIM905 - lists of words read better as one string
"""Days, dates, parts of the day and times, in the way people write them: "volgende week dinsdag na 4u".

A small grammar over atoms (`when_lexer`), because no library reads Flemish and text-message forms. Dates lie in the
future, in Europe/Brussels.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from nlu.text import Token
from nlu.values import Slot
from nlu.when_clock import ClockRules
from nlu.when_lexer import atoms
from nlu.when_row import WEEK_DAYS, triple
from nlu.when_words import MORNING, Kind

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
_EVERY = ("elke", "iedere", "chaque", "every", "tous les", "her", "кожен", "каждый", "cada")
_TIME_SLOTS = frozenset({"weekday", "date", "time", "time_of_day"})
_TIME_FILLERS = frozenset(
    "om op de het t liefst graag voor na vanaf rond s in ik kan wel dan is goed past best ja ok oke aub of en tegen van le la l a au vers apres"
    " avant je peux c est bon on at after before i can the for me mij me works uur u h of ou or ook ben vrij dat kom komt deze week volgende"
    " svp please gunu saat olur يوم في الساعة в у о na w el a las".split()
)


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


class _Grammar(ClockRules):
    """Reads atoms from left to right; each rule returns how many atoms it took, 0 for no match."""

    def read(self) -> list[Slot]:
        rules = (
            self._greeting, self._written_date, self._week_of_month, self._day_of_month, self._whole_month, self._in_amount, self._next_week_day, self._week_day_next,
            self._near_week, self._relative_day, self._habit, self._weekend, self._week_day, self._clock, self._today_part, self._part,
        )  # fmt: skip
        index = 0
        while index < len(self._row):
            index += next((size for rule in rules if (size := rule(index))), 1)
        return self._refused_together()

    def _greeting(self, index: int) -> int:
        return (
            2 if self._is(index, Kind.GREETING) and self._is(index + 1, Kind.PART, Kind.DAY, Kind.UNIT) else 0
        )

    def _written_date(self, index: int) -> int:
        if not self._is(index, Kind.DATE):
            return 0
        year, month, day = triple(self._row[index].kinds[Kind.DATE])
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
            one = self._amount_in_a_word(index)
            if one is not None:
                self._add_date(self._today + timedelta(days=one[1]), start, index + one[0] - 1)
                return one[0] + 1
        if not self._is(index, Kind.NUMBER) or not self._is(index + 1, Kind.WEEK, Kind.UNIT, Kind.WEEKEND):
            return 0
        last = index + 1
        if start == index:  # no word before the amount: one must follow
            if not self._is(index + 2, Kind.LATER):
                return 0
            last = index + 2
        if self._is(index + 1, Kind.WEEKEND):
            return 0
        days = self._value(index, Kind.NUMBER) * (WEEK_DAYS if self._is(index + 1, Kind.WEEK) else 1)
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

    def _amount_in_a_word(self, index: int) -> tuple[int, int] | None:
        """Atoms and days of "a week" and of the Arabic words that count themselves: a week, two days, two weeks."""
        if self._is(index, Kind.AMOUNT):
            return 1, self._value(index, Kind.AMOUNT)
        if self._word(index, "a", "an") and self._is(index + 1, Kind.WEEK):
            return 2, WEEK_DAYS
        return None

    def _week_of_month(self, index: int) -> int:
        """ "eerste week van december", "la première semaine de janvier": from its first day until its last."""
        after = self._skip_links(index + 2)
        if not (
            self._is(index, Kind.ORDINAL) and self._is(index + 1, Kind.WEEK) and self._is(after, Kind.MONTH)
        ):
            return 0
        found = self._on(7 * self._value(index, Kind.ORDINAL) - 6, self._value(after, Kind.MONTH), None)
        if found is None:
            return 0
        self._add_date(found, index, after, until=found + timedelta(days=6))
        return after - index + 1

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
                moment += timedelta(days=WEEK_DAYS)
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
        every = self._is_every(index)
        self._add_week_day(week_day, index, index, None if every else moment)
        if self._appointment and not every and not exact:
            self._add_date(moment, index, index)
        self._add_part_of(index)
        return 1

    def _is_every(self, index: int) -> bool:
        """ "elke dinsdag", and the second day of "elke maandag en dinsdag"."""
        if self._word(index - 1, *_EVERY):
            return True
        joined = self._word(index - 1, "en", "et", "and", "of", "ou", "or", "ve", "і", "и")
        return joined and self._is(index - 2, Kind.WEEKDAY, Kind.SHORT_WEEKDAY) and self._is_every(index - 2)

    def _weekend(self, index: int) -> int:
        if not self._is(index, Kind.WEEKEND) or (
            self._row[index].word == "we" and not self._has_company(index)
        ):
            return 0
        self._add_weekend(index, index, None)
        return 1

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


def _first_of_next_month(moment: date) -> date:
    return (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
