"""Where a record says that it takes place: an address as a place on the map."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import attrgetter
from typing import Any

from data import geo
from data.catalog import reading
from data.catalog.importers.base import Found
from data.catalog.reading import Wrong, short_id

ABROAD = ""  # the NIS code of places outside Belgium
_ADDRESS = re.compile(
    r"(?:(.*?)[,;]?\s+)?(?:BE?\s?-\s?)?(\d{4})\s+([^\d,;]+)(?:[,;]\s*(?:België|Belgium|BE))?", re.I
)
_ABROAD = re.compile(r"(?:(.*),\s+)?(\S*\d\S*(?:\s[A-Z]{2})?)\s+(\D+)")


def place_of(found: Found, provider_id: str | None) -> dict[str, Any]:
    """The columns of a place: of a Belgian town as its postcode or name tells, elsewhere only with coordinates.

    Coordinates that are told go before those of the town. Raises Wrong.
    """
    return _place_of(provider_id, *_TOLD(found))


_TOLD = attrgetter(
    "place_id", "place_name", "street", "postcode", "municipality", "address", "country", "lat", "lon", "wheelchair"
)  # fmt: skip


@lru_cache(maxsize=4096)  # many runs share a place
def _place_of(
    provider_id: str | None,
    place_id: str | None,
    place_name: str | None,
    told_street: str | None,
    told_postcode: str | None,
    told_municipality: str | None,
    address: str | None,
    country: str | None,
    lat: object,
    lon: object,
    wheelchair: object,
) -> dict[str, Any]:
    street = reading.words(told_street, "street", 200)
    postcode = re.sub(r"^BE?\s*-\s*", "", reading.words(told_postcode, "postcode", 20) or "", flags=re.I)
    municipality = reading.words(told_municipality, "municipality", 100) or ""
    whole = reading.words(address, "address", 400)
    if whole and not postcode:
        parts = (_ABROAD if reading.is_abroad(country) else _ADDRESS).fullmatch(whole)
        if parts:
            street, postcode, municipality = street or parts[1] or None, parts[2], parts[3].strip()
    point = reading.degrees(lat, lon)
    town = _town(postcode, municipality, country, whole)
    if town is None and point is None:
        raise Wrong(
            f"{municipality or postcode or whole} lies outside Belgium, so its coordinates must be given."
            if municipality or postcode or whole
            else "There is no place: give a postcode."
        )
    name = reading.words(place_name, "name of the place", 200)
    where = (town.municipality if town else municipality) or "?"
    # Several places of a provider may share a building's name, or have none.
    derived = f"{provider_id}/{geo.slug(' '.join(filter(None, (postcode or where, street, name))))}"
    return {
        "place_id": short_id(place_id or derived),
        "place_name": name or street or where,
        "street": street,
        "postcode": postcode if postcode or town is None else town.postcodes[0],
        "municipality": where,
        "country": "BE" if town else reading.country(country, postcode),
        "nis": town.nis if town else ABROAD,
        "lat": point[0] if point else town.lat if town else None,
        "lon": point[1] if point else town.lon if town else None,
        "wheelchair": reading.yes_or_no(wheelchair, "wheelchair access"),
    }


@lru_cache(maxsize=4096)
def _town(postcode: str, name: str, country: str | None, whole: str | None) -> geo.Place | None:
    """The Belgian place; None for one abroad. Raises Wrong for a place that is not there."""
    if reading.is_abroad(country) or (postcode and not re.fullmatch(r"\d{4}", postcode)):
        return None
    slug = geo.slug(name)
    if postcode:
        there = geo.by_postcode(postcode)
        if not there:
            raise Wrong(f"The postcode {postcode} does not exist in Belgium.")
        named = [place for place in there if slug in _names(place)]
        elsewhere = geo.by_key(slug) if slug and not named else None
        if elsewhere:
            raise Wrong(
                f"The postcode {postcode} is that of {there[0].name}, not of {name}. One of the two is wrong."
            )
        return named[0] if named else there[0]
    if slug:
        place = geo.by_key(slug)
        if place is None:
            raise Wrong(f"There is no postcode, and no Belgian place is called “{name[:60]}”.")
        return place
    raise Wrong(
        f"No postcode is found in “{whole[:80]}”." if whole else "There is no place: give a postcode."
    )


def _names(place: geo.Place) -> set[str]:
    return {geo.slug(name) for name in (place.name, place.municipality, *place.aliases)}
