"""Belgian places, read once from the CSV files next to this module (origins and licences: `README.md`)."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

EARTH_RADIUS_KM = 6371.0
MIN_ALIAS_LENGTH = 4
LARGE_TOWN = 100_000


class RegionId(StrEnum):
    """The eight regional and city leerwinkels: one per Flemish province, and three cities apart from theirs."""

    WEST_VLAANDEREN = "west-vlaanderen"
    OOST_VLAANDEREN = "oost-vlaanderen"
    ANTWERPEN = "antwerpen"
    VLAAMS_BRABANT = "vlaams-brabant"
    LIMBURG = "limburg"
    GENT = "gent"
    ANTWERPEN_STAD = "antwerpen-stad"
    BRUSSEL = "brussel"


_CITY_REGIONS = {"44021": RegionId.GENT, "11002": RegionId.ANTWERPEN_STAD}
_PROVINCE_REGIONS = {
    "West-Vlaanderen": RegionId.WEST_VLAANDEREN,
    "Oost-Vlaanderen": RegionId.OOST_VLAANDEREN,
    "Antwerpen": RegionId.ANTWERPEN,
    "Vlaams-Brabant": RegionId.VLAAMS_BRABANT,
    "Limburg": RegionId.LIMBURG,
}
BRUSSELS_NIS_PREFIX = "21"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A town, village or district, with one point.

    `key` is a slug that stays put ("gent", "aalst-3800"); `region` is None outside Flanders and Brussels;
    `population` is 0 where GeoNames knows none; coordinates are WGS84 degrees.
    """

    key: str
    name: str
    name_fr: str
    aliases: tuple[str, ...]
    postcodes: tuple[str, ...]
    municipality: str
    nis: str
    province: str
    region: RegionId | None
    lat: float
    lon: float
    population: int

    def named(self, language: str) -> str:
        """Its name as one says it in that language: the French one in French where we know it, else the Dutch one."""
        return self.name_fr if language == "fr" and self.name_fr else self.name


@dataclass(frozen=True, kw_only=True)
class Prison:
    """A Belgian prison, for the partners who teach there."""

    key: str
    name: str
    street: str
    postcode: str
    town: str
    nis: str
    region: RegionId | None


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in kilometres between two points in degrees (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = (
        math.sin((phi2 - phi1) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


@cache
def places() -> tuple[Place, ...]:
    """All places, the most populous first."""
    rows: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in _rows("places"):
        rows[row["place_nl"], row["nis"]].append(row)
    extra = _geonames()
    renamed = _names_lost_in_mergers(rows)
    drafts = [
        _draft(name, found, extra.get((name, nis), ((), 0)), renamed.get((name, nis), ()))
        for (name, nis), found in rows.items()
    ]
    drafts += _nameless_municipalities(rows)
    return _with_keys(sorted(drafts, key=lambda place: (-place.population, place.postcodes[0], place.name)))


def by_key(key: str) -> Place | None:
    """The place with this key, or None."""
    return _index().get(key)


def by_postcode(postcode: str) -> tuple[Place, ...]:
    """Places with this postcode, the most populous first (a tie goes to the municipality's own); empty if unknown."""
    return _postcodes().get(postcode, ())


def region_of(nis: str) -> RegionId | None:
    """The leerwinkel region of a municipality (NIS code of 2025); None outside Flanders and Brussels."""
    if nis in _CITY_REGIONS:
        return _CITY_REGIONS[nis]
    if nis.startswith(BRUSSELS_NIS_PREFIX):
        return RegionId.BRUSSEL
    return _PROVINCE_REGIONS.get(_provinces().get(nis, ""))


@cache
def prisons() -> tuple[Prison, ...]:
    """The Belgian prisons."""
    return tuple(
        Prison(
            key=row["id"],
            name=row["name_nl"],
            street=row["street"],
            postcode=row["postcode"],
            town=row["city"],
            nis=row["nis"],
            region=region_of(row["nis"]),
        )
        for row in _rows("prisons")
    )


def slug(text: str) -> str:
    """Lower-case ASCII with hyphens: "Sint-Genesius-Rode" → "sint-genesius-rode"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@cache
def _index() -> Mapping[str, Place]:
    return {place.key: place for place in places()}


@cache
def _postcodes() -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places():
        for postcode in place.postcodes:
            found[postcode].append(place)
    return {
        postcode: tuple(
            sorted(items, key=lambda place: (-place.population, place.name != place.municipality))
        )
        for postcode, items in found.items()
    }


@cache
def _provinces() -> Mapping[str, str]:
    return {row["nis"]: row["province_nl"] for row in _rows("municipalities")}


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _geonames() -> Mapping[tuple[str, str], tuple[tuple[str, ...], int]]:
    """(place, NIS) → the names that people may write, and the population."""
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    population: dict[tuple[str, str], int] = {}
    for row in _rows("aliases"):
        where, people = (row["place_nl"], row["nis"]), int(row["population"] or 0)
        population[where] = max(people, population.get(where, 0))
        if _is_written_by_people(row["alias"], row["script"], people):
            names[where].append(row["alias"])
    return {where: (tuple(names[where]), people) for where, people in population.items()}


def _is_written_by_people(alias: str, script: str, population: int) -> bool:
    # GeoNames gives transliterations in lower case ("sharbyk") and codes in three letters ("GNE", "OST"). Three
    # Arabic letters are mostly a common word ("اور" is "and"), except that they are also how one writes Gent.
    if script == "latin":
        return len(alias) >= MIN_ALIAS_LENGTH and alias != alias.lower()
    return len(alias) >= MIN_ALIAS_LENGTH or script != "arabic" or population >= LARGE_TOWN


def _names_lost_in_mergers(
    known: Mapping[tuple[str, str], object],
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Old municipality names that no place bears: Beveren lives on in the place Beveren-Waas."""
    lost: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in _rows("mergers_2025"):
        old, nis = row["old_name"], row["new_nis"]
        if (old, nis) in known:
            continue
        heir = next(((n, k) for n, k in known if k == nis and n.startswith(f"{old}-")), None)
        if heir:
            lost[heir] = (old,)
    return lost


def _draft(
    name: str, rows: list[dict[str, str]], geonames: tuple[tuple[str, ...], int], old_names: tuple[str, ...]
) -> Place:
    first = min(rows, key=lambda row: row["postcode"])
    aliases, population = geonames
    municipal = (first["municipality_fr"],) if first["is_municipality_name"] == "1" else ()
    candidates = [*old_names, *(row["place_fr"] for row in rows), *municipal, *aliases]
    return Place(
        key=slug(name),
        name=name,
        name_fr=first["place_fr"]
        or (first["municipality_fr"] if first["is_municipality_name"] == "1" else ""),
        aliases=tuple(dict.fromkeys(alias for alias in candidates if alias and alias != name)),
        postcodes=tuple(sorted({row["postcode"] for row in rows})),
        municipality=first["municipality_nl"],
        nis=first["nis"],
        province=first["province_nl"],
        region=region_of(first["nis"]),
        lat=float(first["lat"]),
        lon=float(first["lon"]),
        population=population,
    )


def _nameless_municipalities(known: Mapping[tuple[str, str], object]) -> list[Place]:
    """Merged municipalities whose new name no place bears (Pajottegem)."""
    postcodes: dict[str, list[str]] = defaultdict(list)
    for row in _rows("postcode_municipality"):
        postcodes[row["nis"]].append(row["postcode"])
    return [
        Place(
            key=slug(row["name_nl"]),
            name=row["name_nl"],
            name_fr=row["name_fr"],
            aliases=(row["name_fr"],) if row["name_fr"] != row["name_nl"] else (),
            postcodes=tuple(sorted(postcodes[row["nis"]])),
            municipality=row["name_nl"],
            nis=row["nis"],
            province=row["province_nl"],
            region=region_of(row["nis"]),
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            population=0,
        )
        for row in _rows("municipalities")
        if (row["name_nl"], row["nis"]) not in known
    ]


def _with_keys(drafts: list[Place]) -> tuple[Place, ...]:
    """Give the best-known bearer of a name the plain slug, the others the slug with their postcode."""
    taken: set[str] = set()
    result = []
    for draft in sorted(drafts, key=lambda place: place.name != place.municipality):
        key = draft.key if draft.key not in taken else f"{draft.key}-{draft.postcodes[0]}"
        taken.add(key)
        result.append(Place(**{**draft.__dict__, "key": key}))
    return tuple(sorted(result, key=lambda place: (-place.population, place.key)))
