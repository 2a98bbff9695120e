"""Names and normal forms of slots that others use for what we know by our own.

A label is taken over under our name where both mean the same thing; where theirs tells a role ("work_region"),
ours tells the thing. What we have no slot for (a feeling, a way of paying) keeps its name, and is not measured.
"""

from collections.abc import Mapping
from dataclasses import replace

from nlu import work_moves
from nlu.acts import PLACE
from nlu.evaluate import Understands, Wanted
from nlu.text import tokens
from nlu.values import Hints

SAME: Mapping[str, str] = {
    "city": "place", "municipality": "place", "work_region": "place", "home_region": "place",
    "zip": "postcode", "postal_code": "postcode",
    "course_subject": "subject", "interest": "subject", "interest2": "subject",
    "profession": "occupation", "job": "occupation",
    "channel_wish": "mode", "delivery": "mode",
    "day": "weekday", "date_from": "weekday", "date_to": "weekday",
    "daypart": "time_of_day", "level": "diploma", "education": "diploma",
    "dutch_level": "nt2_level", "budget": "price_max", "country": "origin", "pii": "personal_number",
    "for_whom": "for", "docs": "document",
}  # fmt: skip

VALUES: Mapping[tuple[str, str], str] = {
    ("status", "unemployed"): "job_seeker", ("status", "fired"): "job_seeker", ("status", "cpas"): "leefloon",
    ("status", "ocmw"): "leefloon", ("status", "employed"): "working", ("status", "sick_leave"): "sick",
    ("diploma", "so"): "secondary", ("diploma", "bachelor"): "higher", ("diploma", "master"): "higher",
    ("language", "ary"): "ar", ("personal_number", "national number"): "***",
    **{("for", name): "parent" for name in ("father", "mother")},
    **{("for", name): "child" for name in ("son", "daughter")},
    **{("for", name): "partner" for name in ("husband", "wife", "spouse")},
    ("role", "prison"): "gevangenis", ("role", "career centre"): "loopbaancentrum",
    ("goal", "help children homework"): "help_children", ("need", "integration contract"): "integration",
    ("document", "annexe26"): "bijlage26", ("document", "annex 26"): "bijlage26",
    **{("weekday", day): day[:2] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")},
}  # fmt: skip

_DAYS = frozenset(day for name, day in VALUES if name == "weekday")
_EXCLUDED = "exclude_"


def ours(label: Wanted) -> Wanted:
    """The same label under our name, in our normal form."""
    name, negated = label.name, label.negated
    if name.startswith(_EXCLUDED):
        name, negated = name.removeprefix(_EXCLUDED), True
    name = SAME.get(name, name)
    if name == "date" and label.value.lower() in _DAYS:
        name = "weekday"
    value = VALUES.get((name, label.value.lower().replace("_", " ")), label.value)
    return Wanted(name=name, value=value, start=label.start, end=label.end, negated=negated)


def read_by(understander: Understands, label: Wanted) -> Wanted:
    """The label in the normal form that its own words have for us: "Courtrai" becomes "Kortrijk", "welder" "lasser"."""
    said = label.value.replace("_", " ")
    if label.name in _WORK:
        named = work_moves.find(said, tokens(said))
        return replace(label, value=named[0].value) if len(named) == 1 else label
    if label.name not in _BY_WORDS:
        return label
    hints = Hints(expected=frozenset({PLACE} if label.name == "place" else ()))
    found = [slot.value for slot in understander.understand(said, hints).slots if slot.name == label.name]
    return replace(label, value=found[0]) if len(found) == 1 else label


_WORK = frozenset({"occupation", work_moves.FROM, work_moves.TO})
_BY_WORDS = frozenset({"place", "subject", "origin", "status", "diploma", "barrier"})
