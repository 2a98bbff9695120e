"""What each format says arrives in the catalogue."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.catalog.importers import IMPORTERS, plain_csv
from tests.data.importing import NOTHING, SAMPLES, Imports, document, sample, totals

FILES = {
    "davinci.csv": "davinci",
    "offer.csv": "csv",
    "page.html": "schemaorg",
    "offerings.json": "ooapi",
    "catalog.xml": "xcri",
    "opportunities.xml": "elm",
}
RUNS = """
    SELECT run.*, course.title, course.subject_ids, course.language, course.requirements, course.certificate,
           course.description, provider.name AS provider, provider.kind, place.name AS place, place.street,
           place.postcode, place.municipality, place.nis, place.wheelchair, round(place.lat::numeric, 3) AS lat,
           price_rule.source_id AS rule, price_rule.fixed
      FROM run JOIN course ON course.id = run.course_id JOIN provider ON provider.id = course.provider_id
      JOIN place ON place.id = run.place_id JOIN price_rule ON price_rule.id = run.price_rule_id
     ORDER BY run.source_id
"""


def subset(row: dict[str, Any], **wanted: Any) -> None:
    assert {name: row[name] for name in wanted} == wanted


@pytest.mark.parametrize(("name", "format"), FILES.items())
async def test_a_format_is_recognised_and_a_second_import_changes_nothing(
    imports: Imports, name: str, format: str
) -> None:
    first = await imports(sample(name))
    assert not first.refused, (first.refused, imports.problems)
    assert totals(first)["new"] > 2
    before = await imports.everything()
    second = await imports(sample(name), format=format)
    assert (totals(second), second.course_ids) == (NOTHING, [])
    assert await imports.everything() == before
    (kept,) = await imports.rows("SELECT count(*) AS n, max(format) AS format FROM catalogue_import")
    assert kept == {"n": 2, "format": format}


async def test_every_format_has_a_file_here() -> None:
    assert set(FILES.values()) == set(IMPORTERS)


async def test_davinci(imports: Imports) -> None:
    report = await imports(sample("davinci.csv"))
    assert report.notes == ["Read as a table of 13 columns divided by semicolons, in Windows-1252."]
    first, second, third = await imports.rows(RUNS)
    subset(
        first, source_id="71001", title="Boekhouden basis", provider="CVO Vlasrivier", kind="cvo", place="campus Spoor",
        street="Kerkstraat 4", postcode="9000", municipality="Gent", nis="44021", start_date=date(2027, 2, 1),
        end_date=date(2027, 6, 11), lesson_hours=80, rule="cvo-standard", mode="contact", status="open",
        subject_ids=["boekhouden"], weekdays=[], licence="CC0", checked_on=date(2026, 11, 27), invented=False,
    )  # fmt: skip
    subset(
        second,
        title="Beginnersgidsen en cafés",
        start_date=date(2027, 3, 1),
        mode="blended",
        status="cancelled",
    )
    subset(third, kind="cbe", rule="cbe-standard", municipality="Genk")


async def test_the_table_that_any_office_can_fill_in(imports: Imports) -> None:
    report = await imports(sample("offer.csv"))
    assert "The example row was passed over." in report.notes
    sewing, full, album, walk = await imports.rows(RUNS)
    subset(
        sewing, provider="Avansa Heuvelrug", kind="avansa", municipality="Oudenaarde", wheelchair=True, weekdays=[1],
        starts=time(19), ends=time(21, 30), day_parts=["evening"], fixed=Decimal("45.00"), material_cost=Decimal(12),
        enrol_until=date(2027, 1, 26), description="Je maakt een tas, met de machine.", lesson_hours=0,
        url="https://www.heuvelrug.example/naaien",
    )  # fmt: skip
    subset(full, weekdays=[1, 3], starts=time(9, 30), day_parts=["morning"], status="full")
    subset(album, mode="online", fixed=Decimal(0), status="cancelled", wheelchair=False)
    subset(walk, rule="cvo-standard", lesson_hours=20)
    assert sewing["course_id"] == full["course_id"]


async def test_the_template_imports_without_its_example(imports: Imports) -> None:
    row = plain_csv.EXAMPLE | {"id": "A-9"}
    filled = plain_csv.template() + ";".join(row.values())
    assert totals(await imports(filled))["new"] == 4
    report = await imports(plain_csv.template(), source="empty")
    assert report.refused == "There is not a single record in this file."


def test_the_columns_of_the_table_are_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "catalogue-csv.md").read_text(encoding="utf-8")
    assert not [name for name in plain_csv.EXAMPLE if f"| `{name}` |" not in page]


async def test_a_page_with_json_ld(imports: Imports) -> None:
    assert not (await imports(sample("page.html"))).refused
    autumn, spring = await imports.rows(RUNS)
    subset(
        spring, title="Bloemschikken", description="Je leert boeketten maken.", provider="CVO Parkschool", kind="cvo",
        place="Parkschool", street="Parklaan 3", municipality="Mechelen", start_date=date(2027, 3, 2),
        weekdays=[1], starts=time(19), ends=time(21, 30), lesson_hours=20, fixed=Decimal(95), status="full",
        mode="contact", language="nl", source_id="https://www.parkschool.example/bloemen#voorjaar",
        url="https://www.parkschool.example/bloemen",
    )  # fmt: skip
    subset(autumn, mode="blended", street="Parklaan 3", postcode="2800", rule="price-unknown", starts=None)


async def test_an_id_that_any_page_could_have_is_no_id(imports: Imports) -> None:
    content = (SAMPLES / "page.html").read_text().replace("https://www.parkschool.example/bloemen#", "#")
    await imports(content.replace('"@id": "https://www.parkschool.example/#school"', '"@id": "/#school"'))
    (course,) = await imports.rows("SELECT source_id FROM course")
    assert course == {"source_id": "https://www.parkschool.example/bloemen"}, "its address, not #cursus"
    runs = await imports.rows("SELECT source_id FROM run ORDER BY source_id")
    assert [row["source_id"].split("/")[-1] for row in runs] == ["Tuesday", "2027-09-07"]


async def test_a_sitemap_is_read_page_by_page(imports: Imports) -> None:
    asked = []

    def fetch(address: str) -> Any:
        asked.append(address)
        if address.endswith(".xml"):
            return document(sitemap, address)
        content = (
            (SAMPLES / "page.html").read_bytes() if address.endswith("bloemen") else b"<html>niets</html>"
        )
        return document(content, address)

    pages = "".join(
        f"<url><loc>https://www.parkschool.example/{name}</loc></url>" for name in ("bloemen", "over")
    )
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'
    index = "<sitemapindex><sitemap><loc>https://www.parkschool.example/sitemap-1.xml</loc></sitemap></sitemapindex>"
    report = await imports(document(index, "sitemap.xml", fetch=fetch))
    assert len(asked) == 3
    assert report.notes == ["Pages without a Course in JSON-LD were passed over.", "A sitemap of 2 pages."]
    runs = await imports.rows("SELECT source_url FROM run")
    assert runs == [{"source_url": "https://www.parkschool.example/bloemen"}] * 2


async def test_ooapi(imports: Imports) -> None:
    await imports(sample("offerings.json"))
    (run,) = await imports.rows(RUNS)
    subset(
        run, source_id="off-1", title="Programmeren in Python", provider="Vaarthogeschool", kind="other",
        street="Vaartkaai 9", municipality="Leuven", mode="blended", status="full", fixed=Decimal(210),
        start_date=date(2027, 2, 1), enrol_until=date(2027, 1, 20), lat=Decimal("50.883"),
    )  # fmt: skip
    courses = await imports.rows("SELECT source_id FROM course")
    assert courses == [{"source_id": "c-1"}]


async def test_xcri_cap(imports: Imports) -> None:
    await imports(sample("catalog.xml"))
    baking, welding = await imports.rows(RUNS)
    subset(
        welding, title="Lassen voor beginners", provider="Syntra Lindeveld", kind="syntra", place="Werkplaats Linde",
        street="Lindelaan 8", municipality="Hasselt", start_date=date(2027, 2, 3), end_date=date(2027, 6, 16),
        enrol_until=date(2027, 1, 31), day_parts=["evening"], fixed=Decimal(395), status="full",
        certificate="Attest lasser", mode="contact",
    )  # fmt: skip
    subset(baking, street="Stationsplein 1", fixed=Decimal(0), status="open")


async def test_elm(imports: Imports) -> None:
    await imports(sample("opportunities.xml"))
    (run,) = await imports.rows(RUNS)
    subset(
        run, source_id="https://www.poort.example/run/1", title="Italiaans 1", provider="CVO Poort", kind="cvo",
        place="campus Poort", street="Poortstraat 5", postcode="8000", municipality="Brugge", mode="blended",
        weekdays=[0], starts=time(18, 30), ends=time(21), start_date=date(2027, 2, 1), enrol_until=date(2027, 1, 25),
        fixed=Decimal("120.50"), requirements="Geen.", subject_ids=["italiaans"], lat=Decimal("51.209"),
        status="open", url="https://www.poort.example/italiaans",
    )  # fmt: skip


async def test_a_place_abroad_needs_its_coordinates(imports: Imports) -> None:
    content = (SAMPLES / "offerings.json").read_text().replace("3000", "4811 XR").replace('"BE"', '"NL"')
    await imports(content.replace("Leuven", "Breda"))
    assert await imports.rows("SELECT municipality, country, nis FROM place") == [
        {"municipality": "Breda", "country": "NL", "nis": ""}
    ]
    without = content.replace("geolocation", "other")
    assert (await imports(without, source="other")).refused
    assert "coordinates must be given" in imports.problems[0].sentence


@pytest.mark.parametrize(
    ("path", "new", "refused"),
    [
        ("davinci/registratierapport_synthetic.csv", 11, ""),
        ("ooapi/v6_CourseOffering_example.json", 4, ""),
        ("ooapi/v6_ProgrammeOffering_example.json", 4, ""),
        ("ooapi/v6_Course_example.json", 2, ""),
        ("ooapi/v6_Organisation_example.json", 0, "only organisations"),
        ("schemaorg/sdo-course-examples.txt", 0, "8 of 10 records were rejected"),
        ("elm/loq_v3.1_generated.xml", 0, "Every record was rejected"),  # random dates and coordinates
    ],
)
async def test_the_samples_of_others(
    imports: Imports, shared: Path, path: str, new: int, refused: str
) -> None:
    content = (shared / "domain" / "samples" / path).read_bytes()
    report = await imports(content)
    assert refused in report.refused
    assert bool(report.refused) == bool(refused)
    assert (totals(report) if not refused else NOTHING)["new"] == new
    assert all(len(problem.sentence) > 15 for problem in imports.problems)
    if not refused:
        assert totals(await imports(content)) == NOTHING


async def test_what_is_marked_up_otherwise_is_told(imports: Imports, shared: Path) -> None:
    report = await imports(
        (shared / "domain" / "samples" / "schemaorg" / "sdo-course-examples.txt").read_bytes()
    )
    assert report.notes[:1] == ["Courses marked up as microdata or RDFa are not read, only those in JSON-LD."]


async def test_the_official_examples_when_it_is_told_whose_they_are(imports: Imports, shared: Path) -> None:
    content = (shared / "domain" / "samples" / "schemaorg" / "sdo-course-examples.txt").read_bytes()
    report = await imports(content, provider="School van de bron", skip_rejected=True)
    assert not report.refused
    assert [problem.sentence for problem in imports.problems] == [
        "There is no title.",
        "The price is in GBP; only euro can be shown.",
        "The price is in GBP; only euro can be shown.",
    ]
    assert await imports.rows(
        "SELECT title, start_date, status, place.name, municipality, lat FROM run JOIN course ON course.id = course_id"
        " JOIN place ON place.id = place_id ORDER BY title, start_date, place.name"
    ) == [
        {"title": "HNC Accounting", "start_date": date(2016, 8, 29), "status": "ended",
         "name": "Halbeath Campus Dunfermline", "municipality": "", "lat": None},
        {"title": "HNC Accounting", "start_date": date(2016, 8, 29), "status": "ended",
         "name": "St Brycedale Campus Kirkcaldy", "municipality": "", "lat": None},
        {"title": "HNC Accounting", "start_date": date(2016, 8, 31), "status": "ended",
         "name": "St Brycedale Campus Kirkcaldy", "municipality": "", "lat": None},
        {"title": "The Data Scientist's Toolbox", "start_date": None, "status": "open",
         "name": "", "municipality": "", "lat": None},
    ]  # fmt: skip
    assert "1 of the runs have no first day: they are shown as such, and fit no filter on it." in report.notes
    assert totals(await imports(content, provider="School van de bron", skip_rejected=True)) == NOTHING


async def test_a_school_that_is_named_again_without_its_address_is_the_same_school(imports: Imports) -> None:
    assert not (await imports(sample("school.html"))).refused
    assert await imports.rows("SELECT source_id, name FROM provider") == [
        {"source_id": "https://wilg.example", "name": "Volkshogeschool De Wilg"}
    ]
    assert totals(await imports(sample("school.html"))) == NOTHING
