"""The names that understanding knows: all places and all subjects."""

from data import geo
from data.catalog.subjects import subjects
from nlu import PlaceEntry, SubjectEntry, Vocabulary


def vocabulary() -> Vocabulary:
    """Places of `data.geo` and subjects of `data.catalog`, as nlu wants them."""
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
    )  # fmt: skip
