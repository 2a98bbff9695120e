"""Times of the day: "om 14u30", "na 4u", "half 5", "kwart voor 9", "9 heures et quart", "saat 3"."""

from __future__ import annotations

from nlu.when_row import Row, triple
from nlu.when_words import AFTERNOON, EVENING, Kind

_LAST_MORNING_HOUR = 7  # "om 4u" is in the afternoon, "om 8u" is not


class ClockRules(Row):
    """The rule for times; it returns how many atoms it took, 0 for no match."""

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
            hour, minute, sure = triple(self._row[index].kinds[Kind.CLOCK])
            less = self._less_quarter(index + 1)
            if less:
                return 1 + less, hour - 1, 45, bool(sure)
            more, minute = self._minutes_after(index + 1, minute)
            return 1 + more, hour, minute, bool(sure)
        if self._is(index, Kind.HALF) and self._is(index + 1, Kind.NUMBER):  # half vijf = 4:30
            return 2 + self._hours_word(index + 2), self._value(index + 1, Kind.NUMBER) - 1, 30, False
        if self._is(index, Kind.HALF) and self._is(index + 1, Kind.CLOCK):
            hour, _, _ = triple(self._row[index + 1].kinds[Kind.CLOCK])
            return 2, hour - 1, 30, False
        if self._is(index, Kind.HALF) and self._word(index + 1, "past") and self._is(index + 2, Kind.NUMBER):
            return 3, self._value(index + 2, Kind.NUMBER), 30, False
        size = self._near_half(index)
        size = size if size[0] else self._quarter(index)
        if size[0]:
            return size
        if self._word(index, "midi") and self._minutes_after(index + 1, 0)[0]:
            more, minute = self._minutes_after(index + 1, 0)
            return 1 + more, 12, minute, True
        if self._is(index, Kind.NUMBER):
            number = self._value(index, Kind.NUMBER)
            hours = self._hours_word(index + 1)
            digits = self._row[index].word.isdecimal()
            if number <= 24 and (
                hours or (marked and (digits or self._appointment) and not self._counts_something(index + 1))
            ):
                if not hours and not self._takes_bare_hour(index):
                    return 0, 0, 0, False
                less = self._less_quarter(index + 1 + hours)
                if less:
                    return 1 + hours + less, number - 1, 45, False
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
            hour, _, _ = triple(self._row[index + 2].kinds[Kind.CLOCK])
        else:
            hour = self._value(index + 2, Kind.NUMBER)
        before = self._is(index + 1, Kind.BEFORE) or self._word(index + 1, "to")
        size = 3 + self._hours_word(index + 3)
        return (size, hour - 1, 60 - amount, False) if before else (size, hour, amount, False)

    def _near_half(self, index: int) -> tuple[int, int, int, bool]:
        """ "5 voor half 3", "10 over half vier"."""
        if not (
            self._is(index, Kind.NUMBER)
            and self._is(index + 1, Kind.BEFORE, Kind.AFTER, Kind.IN)
            and self._is(index + 2, Kind.HALF)
            and self._is(index + 3, Kind.NUMBER)
        ):
            return 0, 0, 0, False
        amount, hour = self._value(index, Kind.NUMBER), self._value(index + 3, Kind.NUMBER) - 1
        if amount not in (5, 10):
            return 0, 0, 0, False
        return 4, hour, 30 - amount if self._is(index + 1, Kind.BEFORE) else 30 + amount, False

    def _less_quarter(self, index: int) -> int:
        """How many atoms "moins le quart" and "إلا ربع" are, 0 for none."""
        if not self._is(index, Kind.MINUS):
            return 0
        after = index + 1 if self._is(index + 1, Kind.QUARTER) else index + 2
        return after - index + 1 if self._is(after, Kind.QUARTER) else 0

    def _minutes_after(self, index: int, minute: int) -> tuple[int, int]:
        """ "et demie", "et quart", "moins le quart", "buçuk", "ونصف" after an hour."""
        skip = 1 if self._word(index, "et", "y", "si", "و") else 0
        if self._is(index + skip, Kind.HALF) and not self._is(index + skip + 1, Kind.NUMBER):
            return skip + 1, 30
        if self._is(index + skip, Kind.QUARTER):
            return skip + 1, 15
        return 0, minute

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
