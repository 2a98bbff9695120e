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

ABROAD = ""  # the NIS code of places outside Belgium, and of those that are not told
NOT_TOLD = "zonder-plaats"  # in an id
_ADDRESS = re.compile(
    r"(?:(.*?)[,;]?\s+)?(?:BE?\s?-\s?)?(\d{4})\s+([^\d,;]+)(?:[,;]\s*(?:België|Belgium|BE))?", re.I
)
_ABROAD = re.compile(r"(?:(.*),\s+)?(\S*\d\S*(?:\s[A-Z]{2})?)\s+(\D+)")


def place_of(found: Found, provider_id: str | None) -> dict[str, Any]:
    """The columns of a place: of a Belgian town as its postcode or name tells, elsewhere only with coordinates.

    Coordinates that are told go before those of the town. Where nothing is told, or only the name of a building, the
    town is empty and there is no point: it is shown as such, and is near nothing. Raises Wrong.
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
    if point is None and not postcode and not municipality and not reading.is_abroad(country):
        return _not_told(provider_id, place_id, place_name or address, street, wheelchair)
    town = _town(postcode, municipality, country)
    if town is None and point is None:
        raise Wrong(
            f"{municipality or postcode or whole or country} lies outside Belgium, so its coordinates must be given."
        )
    name = reading.words(place_name, "name of the place", 200)
    where = town.municipality if town else municipality
    # Several places of a provider may share a building's name, or have none.
    derived = f"{provider_id}/{geo.slug(' '.join(filter(None, (postcode or where, street, name))))}"
    return {
        "place_id": short_id(place_id or derived),
        "place_name": name or street or where,
        "street": street,
        "postcode": postcode if postcode or town is None else town.postcodes[0],
        "municipality": where,
        "country": "BE" if town or not (country or postcode) else reading.country(country, postcode),
        "nis": town.nis if town else ABROAD,
        "lat": point[0] if point else town.lat if town else None,
        "lon": point[1] if point else town.lon if town else None,
        "wheelchair": reading.yes_or_no(wheelchair, "wheelchair access"),
    }


def _not_told(
    provider_id: str | None, place_id: str | None, said: str | None, street: str | None, wheelchair: object
) -> dict[str, Any]:
    name = reading.words(said, "name of the place", 200) or street or ""
    return {
        "place_id": short_id(place_id or f"{provider_id}/{geo.slug(name) or NOT_TOLD}"),
        "place_name": name,
        "street": street if street != name else None,
        "postcode": "",
        "municipality": "",
        "country": "BE",
        "nis": ABROAD,
        "lat": None,
        "lon": None,
        "wheelchair": reading.yes_or_no(wheelchair, "wheelchair access"),
    }


@lru_cache(maxsize=4096)
def _town(postcode: str, name: str, country: str | None) -> geo.Place | None:
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
    return None


def _names(place: geo.Place) -> set[str]:
    return {geo.slug(name) for name in (place.name, place.municipality, *place.aliases)}
