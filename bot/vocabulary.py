"""The names that understanding knows: all places and all subjects."""

from data import geo
from data.catalog.subjects import subjects
from data.catalog.words import empty_words
from nlu import PlaceEntry, SubjectEntry, Vocabulary
from nlu.text import words


def vocabulary() -> Vocabulary:
    """Places of `data.geo`, subjects and empty words of `data.catalog`, as nlu wants them."""
    return Vocabulary(
        places=[
            PlaceEntry(
                key=place.key, name=place.name, aliases=place.aliases, postcodes=place.postcodes,
                municipality=place.municipality, nis=place.nis, lat=place.lat, lon=place.lon,
                population=place.population,
            )
            for place in geo.places()
        ],
        subjects=[SubjectEntry(id=subject.id, terms=subject.terms) for subject in subjects()],
        empty_words=frozenset(part for word in empty_words() for part in words(word)),
    )  # fmt: skip
