"""What is exported is valid, and imports as the same catalogue."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from sqlalchemy import text

from data.catalog.exporters import elm, schemaorg
from data.catalog.search import runs_by_id
from tests.data.elm_schema import complete
from tests.data.importing import NOTHING, SAMPLES, TODAY, Imports, document, sample, totals

ALL = sorted(path.name for path in SAMPLES.iterdir() if path.suffix != ".md")


async def exported(imports: Imports, module: Any, source: str | None = "test", **options: Any) -> str:
    return "".join(
        [piece async for piece in module.write(imports.session, today=TODAY, source=source, **options)]
    )


@pytest.mark.parametrize("module", [schemaorg, elm])
@pytest.mark.parametrize("name", ALL)
async def test_an_export_imports_as_the_same_catalogue(imports: Imports, name: str, module: Any) -> None:
    await imports(sample(name))
    before = await imports.everything()
    report = await imports(await exported(imports, module), format=module.NAME)
    assert not report.refused, imports.problems
    assert (totals(report), report.changes) == (NOTHING, [])
    assert [
        {**row, "source_url": None} for rows in (await imports.everything()).values() for row in rows
    ] == [{**row, "source_url": None} for rows in before.values() for row in rows]


@pytest.mark.parametrize("module", [schemaorg, elm])
async def test_the_whole_of_all_sources_imports_into_an_empty_catalogue(
    imports: Imports, module: Any
) -> None:
    for name in ALL:
        await imports(sample(name), source=name)
    assert (await imports.session.execute(text("SELECT count(*) FROM run"))).scalar() == 16
    report = await imports(await exported(imports, module, source=None), source="copy")
    assert (report.counts["run"]["new"], report.refused) == (16, "")
    places = "SELECT name, street, postcode, lat, lon FROM place WHERE source {} 'copy' ORDER BY name, street"
    assert await imports.rows(places.format("=")) == await imports.rows(places.format("<>"))


async def test_what_is_gone_or_invented_is_not_exported(imports: Imports) -> None:
    await imports(sample("davinci.csv"))
    fewer = (SAMPLES / "davinci.csv").read_bytes().splitlines(keepends=True)[:-1]
    await imports(b"".join(fewer))
    assert len(json.loads(await exported(imports, schemaorg))["@graph"]) == 2
    await imports.session.execute(text("UPDATE course SET invented = true WHERE title = 'Boekhouden basis'"))
    (left,) = json.loads(await exported(imports, schemaorg))["@graph"]
    assert left["name"] == "Beginnersgidsen en cafés"
    assert left["hasCourseInstance"][0]["eventStatus"] == "https://schema.org/EventCancelled"
    assert len(json.loads(await exported(imports, schemaorg, invented=True))["@graph"]) == 2
    assert "urn:leerlijn:run:71002" in await exported(imports, elm)


async def test_a_run_that_was_found_as_json_ld_for_its_page(imports: Imports) -> None:
    await imports(sample("davinci.csv"))
    ids: Sequence[int] = list(await imports.session.scalars(text("SELECT id FROM run ORDER BY source_id")))
    (hit,) = await runs_by_id(imports.session, ids[:1])
    told = schemaorg.course_jsonld(hit, url="https://leerlijn.example/aanbod/1")
    assert (told["@context"], told["@type"], told["@id"]) == (
        "https://schema.org",
        "Course",
        "https://leerlijn.example/aanbod/1",
    )
    assert told["offers"]["price"] == "120.00"
    assert told["hasCourseInstance"]["location"]["address"]["postalCode"] == "9000"
    # A page of ours is a page like any other: it can be imported.
    page = f'<!doctype html><script type="application/ld+json">{json.dumps(told)}</script>'
    assert totals(await imports(page, source="page"))["new"] == 4


@pytest.fixture(scope="module")
def loq(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> xmlschema.XMLSchema:
    folder = tmp_path_factory.mktemp("loq")
    return xmlschema.XMLSchema(complete(shared / "domain" / "samples" / "elm" / "loq.xsd", folder))


def test_the_schema_accepts_its_own_sample_and_nothing_else(loq: xmlschema.XMLSchema, shared: Path) -> None:
    whole = (shared / "domain" / "samples" / "elm" / "loq_v3.1_generated.xml").read_text()
    loq.validate(whole)
    for wrong in (
        whole.replace("<priceDetail>", "<price>", 1).replace("</priceDetail>", "</price>", 1),
        whole.replace('idref="http://ORG-01"', 'idref="http://ORG-99"'),
        whole.replace("learning-assessment/729f3bed4b", "learning-assessment/nonsense"),
    ):
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            loq.validate(wrong)


async def test_elm_is_valid(imports: Imports, loq: xmlschema.XMLSchema) -> None:
    for name in ALL:
        await imports(sample(name), source=name)
    abroad = (SAMPLES / "offerings.json").read_text().replace("3000", "4811 XR").replace('"BE"', '"NL"')
    await imports(document(abroad), source="abroad")
    await imports.session.execute(
        text(
            "UPDATE course SET language = 'fa', title = 'Kaas & <wijn> \"proeven\"' WHERE title = 'Zelf naaien'"
        )
    )
    written = await exported(imports, elm, source=None)
    loq.validate(written)
    assert written.count("<learningOpportunity ") == 17
    assert "Kaas &amp; &lt;wijn&gt;" in written


async def test_an_empty_catalogue_is_exported_as_an_empty_document(
    imports: Imports, loq: xmlschema.XMLSchema
) -> None:
    assert json.loads(await exported(imports, schemaorg))["@graph"] == []
    loq.validate(await exported(imports, elm))


async def test_ended_runs_keep_their_dates_when_exported_later(imports: Imports) -> None:
    await imports(sample("davinci.csv"))
    later = date(2027, 12, 1)
    written = "".join([piece async for piece in elm.write(imports.session, today=later, source="test")])
    report = await imports(written, today=later)
    assert report.counts["run"] == {"new": 0, "changed": 2, "gone": 0}  # two are over, one was cancelled
    states = await imports.rows("SELECT status FROM run ORDER BY source_id")
    assert [row["status"] for row in states] == ["ended", "cancelled", "ended"]


@pytest.mark.parametrize("module", [schemaorg, elm])
async def test_a_place_abroad_goes_out_and_comes_back(imports: Imports, module: Any) -> None:
    abroad = (SAMPLES / "offerings.json").read_text().replace("3000", "4811 XR").replace('"BE"', '"NL"')
    await imports(abroad.replace("Leuven", "Breda"))
    report = await imports(await exported(imports, module))
    assert (totals(report), report.changes, report.refused) == (NOTHING, [], "")
