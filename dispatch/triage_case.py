"""One message with what is known of the person, and the questions that the rules of triage ask about it."""

from dataclasses import dataclass

from data import geo
from data.geo import RegionId
from dispatch import triage_words as words
from dispatch.triage_values import Known
from nlu import Understanding
from nlu.values import ASIDES

ADULT_AT_LEAST = 12  # a lower age is a child's that somebody tells about
DOUBTFUL, WELL_POSSIBLE = 0.6, 0.25
NO_LONGER_A_PUPIL = frozenset(
    {"working", "job_seeker", "leefloon", "sick", "refugee", "newcomer", "detained"}
)
DUTCH_SUBJECTS = frozenset({"nt2"})


@dataclass(frozen=True, kw_only=True)
class Case:
    """A message in the light of what is known. `channel` is where it came from."""

    said: Understanding
    known: Known
    channel: str

    @property
    def intent(self) -> str:
        return self.said.intent

    @property
    def text(self) -> str:
        return self.said.text

    def value(self, name: str) -> str | None:
        return self.said.value(name)

    def hints_at(self, intent: str) -> bool:
        """Not what was understood first, but well possible, while the first is doubtful."""
        chance = dict(self.said.ranking).get(intent, 0.0)
        return self.said.confidence < DOUBTFUL and chance >= WELL_POSSIBLE

    @property
    def status(self) -> str | None:
        return self.value("status") or self.known.status

    @property
    def age(self) -> int | None:
        """The age of the one who learns: the highest named ("gestopt op mijn 17, nu 29"), else what we know."""
        named = [int(slot.value) for slot in self.said.slots if slot.name == "age" and slot.value.isdigit()]
        return max((age for age in named if age >= ADULT_AT_LEAST), default=self.known.age)

    @property
    def is_pupil(self) -> bool:
        """Compulsory school age, or still in secondary school; at 18 unless they tell of work or a diploma."""
        if words.is_in_secondary_school(self.text):
            return True
        if self.age is None or self.age > 18 or words.has_left_school(self.text):
            return False
        diploma = self.value("diploma") or self.known.diploma
        has_left = self.status in NO_LONGER_A_PUPIL or diploma in {"secondary", "higher"}
        return self.age < 18 or not has_left

    @property
    def region(self) -> RegionId | None:
        """Of the place in the message, else of where the person lives."""
        place = self.said.slot("place")
        if place is not None and not place.negated and "nis" in place.data:
            return geo.region_of(place.data["nis"])
        postcode = self.value("postcode") or (None if self.known.nis else self.known.postcode)
        if postcode is not None:
            return next((found.region for found in geo.by_postcode(postcode) if found.region), None)
        return geo.region_of(self.known.nis) if self.known.nis else None

    @property
    def wants_more_than_dutch(self) -> bool:
        """A course in Dutch about something else than Dutch."""
        subject = self.value("subject")
        return subject is not None and subject not in DUTCH_SUBJECTS

    @property
    def dutch_level(self) -> str | None:
        return self.value("nt2_level") or self.known.nt2_level

    @property
    def is_bare(self) -> bool:
        """Nothing to go on: no act, and no place, subject or time that may answer a question of ours."""
        return self.said.act is None and not any(
            slot.name not in ASIDES | {"topic"} for slot in self.said.slots
        )
