from __future__ import annotations

import pytest

from data import geo
from data.geo import RegionId


def test_every_place_has_its_own_key_and_lies_in_belgium() -> None:
    places = geo.places()
    assert len(places) > 2_700
    assert len({place.key for place in places}) == len(places)
    assert all(49.4 < place.lat < 51.6 and 2.5 < place.lon < 6.5 for place in places)
    assert all(place.postcodes for place in places)


def test_every_row_of_the_source_ends_up_in_a_place() -> None:
    known = {(postcode, place.nis) for place in geo.places() for postcode in place.postcodes}
    assert {postcode for postcode, _ in known} == {p for place in geo.places() for p in place.postcodes}
    assert len({postcode for postcode, _ in known}) >= 1_149
    assert len({place.nis for place in geo.places()}) == 565


def test_a_city_with_many_postcodes_is_one_place() -> None:
    antwerp = geo.by_key("antwerpen")
    assert antwerp is not None
    assert {"2000", "2018", "2060"} <= set(antwerp.postcodes)
    assert "Anvers" in antwerp.aliases


def test_the_better_known_bearer_of_a_name_has_the_plain_key() -> None:
    large, small = geo.by_key("aalst"), geo.by_key("aalst-3800")
    assert large is not None
    assert small is not None
    assert large.postcodes == ("9300",)
    assert small.municipality == "Sint-Truiden"


@pytest.mark.parametrize(
    ("key", "municipality"),
    [
        ("kruibeke", "Beveren-Kruibeke-Zwijndrecht"),
        ("beveren-waas", "Beveren-Kruibeke-Zwijndrecht"),
        ("galmaarden", "Pajottegem"),
        ("pajottegem", "Pajottegem"),
        ("melle", "Merelbeke-Melle"),
        ("kortessem", "Hasselt"),
    ],
)
def test_places_know_their_municipality_after_the_mergers_of_2025(key: str, municipality: str) -> None:
    place = geo.by_key(key)
    assert place is not None
    assert place.municipality == municipality


def test_a_municipality_name_that_no_place_bears_any_more_is_an_alias() -> None:
    beveren, moerbeke = geo.by_key("beveren-waas"), geo.by_key("moerbeke-waas")
    assert beveren is not None
    assert "Beveren" in beveren.aliases
    assert moerbeke is not None
    assert "Moerbeke" in moerbeke.aliases


def test_names_in_other_scripts_stay_and_codes_go() -> None:
    ghent = geo.by_key("gent")
    assert ghent is not None
    assert {"Gand", "Ghent", "Гент", "غنت"} <= set(ghent.aliases)
    assert not {"GNE", "ghnt", "gen te"} & set(ghent.aliases)


@pytest.mark.parametrize(
    ("postcode", "first"),
    [("9300", "aalst"), ("1000", "brussel"), ("9120", "beveren-waas"), ("2060", "antwerpen"), ("9999", None)],
)
def test_by_postcode_puts_the_largest_place_first(postcode: str, first: str | None) -> None:
    found = geo.by_postcode(postcode)
    assert (found[0].key if found else None) == first


@pytest.mark.parametrize(
    ("nis", "region"),
    [
        ("44021", RegionId.GENT),
        ("11002", RegionId.ANTWERPEN_STAD),
        ("21015", RegionId.BRUSSEL),
        ("11001", RegionId.ANTWERPEN),
        ("41002", RegionId.OOST_VLAANDEREN),
        ("34022", RegionId.WEST_VLAANDEREN),
        ("24062", RegionId.VLAAMS_BRABANT),
        ("71072", RegionId.LIMBURG),
        ("62063", None),
        ("00000", None),
    ],
)
def test_region_of(nis: str, region: RegionId | None) -> None:
    assert geo.region_of(nis) == region


def test_distance_is_in_kilometres() -> None:
    ghent, brussels = geo.by_key("gent"), geo.by_key("brussel")
    assert ghent is not None
    assert brussels is not None
    assert geo.distance_km(ghent.lat, ghent.lon, brussels.lat, brussels.lon) == pytest.approx(49.6, abs=1.0)
    assert geo.distance_km(51.0, 4.0, 51.0, 4.0) == 0.0


def test_prisons_lie_in_a_region_where_they_are_ours() -> None:
    regions = {prison.key: prison.region for prison in geo.prisons()}
    assert len(regions) == 39
    assert regions["gevangenis-gent"] == RegionId.GENT
    assert regions["prison-arlon"] is None
