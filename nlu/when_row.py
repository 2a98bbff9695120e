"""A row of atoms being read: looking ahead and back, reckoning dates, writing slots down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from nlu.negation import are_joined, is_negated, is_wanted_after
from nlu.text import tokens
from nlu.values import Slot
from nlu.when_lexer import Atom
from nlu.when_words import WEEKDAYS, Kind

WEEK_DAYS = 7

_Span = tuple[int, int]


class Row:
    """What every rule of the grammar stands on. Indices are of atoms; out of range, nothing is there."""

    def __init__(self, text: str, row: list[Atom], today: date, appointment: bool) -> None:
        self._text = text
        self._row = row
        self._today = today
        self._appointment = appointment
        self._tokens = tokens(text)
        self._slots: list[Slot] = []

    def _is(self, index: int, *kinds: Kind) -> bool:
        return 0 <= index < len(self._row) and not self._row[index].kinds.keys().isdisjoint(kinds)

    def _value(self, index: int, kind: Kind) -> int:
        return int(str(self._row[index].kinds[kind]))

    def _refused_together(self) -> list[Slot]:
        """The slots, where a refusal counts for all that is named with it.

        "niet op vrijdag of in de voormiddag" refuses both, "vrijdag en zaterdag kan niet" as well; in "niet op vrijdag,
        maandag wel" only Friday. A comma joins when a word does so further on ("niet op maandag, dinsdag of vrijdag").
        """
        if not any(slot.negated for slot in self._slots):
            return self._slots
        moments = self._moments()
        refused = {span for span in moments for slot in self._slots if slot.negated and _holds(span, slot)}
        for row in self._named_together(moments):
            first = next((place for place, span in enumerate(row) if span in refused), None)
            begin, end = self._within(row[-1])[0], self._within(row[-1])[-1]
            if first is None or is_wanted_after(self._tokens, end):
                continue
            # What is said only after the last of them ("... kan niet") goes back to the first.
            behind = row[-1] in refused and is_negated(self._tokens[begin:], 0, end - begin)
            refused.update(row if behind else row[first:])
        return [replace(slot, negated=any(_holds(span, slot) for span in refused)) for slot in self._slots]

    def _moments(self) -> list[_Span]:
        """The spans of the slots in order; a day and the part of it that follows are one ("mardi soir")."""
        found: list[_Span] = []
        for span in sorted({(slot.start, slot.end) for slot in self._slots}):
            if found and span[0] - found[-1][1] <= 1:
                found[-1] = (found[-1][0], max(found[-1][1], span[1]))
            else:
                found.append(span)
        return found

    def _named_together(self, spans: list[_Span]) -> list[list[_Span]]:
        """Spans in rows that are joined; what hangs on by commas alone stands apart."""
        rows: list[list[_Span]] = []
        loose: list[_Span] = []
        for span in spans:
            before = (loose or (rows[-1] if rows else []))[-1:]
            joined = (
                are_joined(self._tokens, self._within(before[0])[-1], self._within(span)[0])
                if before
                else None
            )
            if joined:
                rows[-1] += [*loose, span]
                loose = []
            elif joined is False and before:
                loose.append(span)
            else:
                rows += [[one] for one in loose] + [[span]]
                loose = []
        return rows + [[one] for one in loose]

    def _within(self, span: _Span) -> list[int]:
        """The indices of the tokens in a span of characters."""
        return [i for i, token in enumerate(self._tokens) if token.start < span[1] and span[0] < token.end]

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

    def _word(self, index: int, *choices: str) -> bool:
        return 0 <= index < len(self._row) and self._row[index].word in choices

    def _has_company(self, index: int) -> bool:
        """Whether an abbreviation stands among words of time, or is the whole answer to "when?"."""
        if self._appointment and len(self._row) == 1:
            return True
        around = (Kind.CLOCK, Kind.PART, Kind.WEEK, Kind.NEXT, Kind.WEEKDAY, Kind.DATE, Kind.DAY)
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
        ahead = (week_day - self._today.weekday()) % WEEK_DAYS or WEEK_DAYS
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
        inside = self._within((start, end))
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


def _holds(span: _Span, slot: Slot) -> bool:
    return span[0] <= slot.start and slot.end <= span[1]


def triple(value: object) -> tuple[int, int, int]:
    """Year, month, day of a date (year 0: none written); hour, minute, certainty of a clock."""
    if not isinstance(value, tuple):
        raise TypeError(f"no date or clock: {value!r}")
    first, second, third = map(int, value)
    return first, second, third


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
