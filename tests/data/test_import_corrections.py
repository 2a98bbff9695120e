"""What staff corrected outlives the next import of the same file, and yields when the source says it itself."""

from data.catalog.corrections import correct
from data.tables import RecordKind, Staff
from tests.data.importing import NOTHING, Imports, totals
from tests.data.test_catalog_importing import table

AS_SENT = table("1;Naaien;2027-02-02", "2;Koken;2027-03-02")
STARTS = "SELECT source_id, start_date::text AS start FROM run ORDER BY source_id"


async def corrected(imports: Imports) -> None:
    await imports(AS_SENT)
    els = Staff(name="Els", email="els@x.example", role="admin", password_hash="-")
    imports.session.add(els)
    await imports.session.flush()
    await correct(
        imports.session, RecordKind.RUN, "test", "1", {"start_date": "2027-02-09"}, accepted_by=els.id,
        reason="gebeld met de school",
    )  # fmt: skip


async def test_a_correction_outlives_the_same_file(imports: Imports) -> None:
    await corrected(imports)
    report = await imports(AS_SENT)
    assert totals(report) == NOTHING
    assert report.corrected.laid == 1
    assert [row["start"] for row in await imports.rows(STARTS)] == ["2027-02-09", "2027-03-02"]


async def test_a_source_that_says_it_too_ends_the_correction(imports: Imports) -> None:
    await corrected(imports)
    report = await imports(AS_SENT.replace("2027-02-02", "2027-02-09"))
    assert len(report.corrected.taken_over) == 1
    again = await imports(AS_SENT.replace("2027-02-02", "2027-02-16"))
    assert again.corrected.laid == 0
    assert [row["start"] for row in await imports.rows(STARTS)] == ["2027-02-16", "2027-03-02"]


async def test_a_source_that_says_something_else_is_told_and_does_not_win(imports: Imports) -> None:
    await corrected(imports)
    report = await imports(AS_SENT.replace("2027-02-02", "2027-02-23"))
    (changed,) = report.corrected.changed
    assert (changed.source_id, changed.field, changed.now) == ("1", "start_date", "2027-02-23")
    assert [row["start"] for row in await imports.rows(STARTS)] == ["2027-02-09", "2027-03-02"]


async def test_a_refused_or_dry_import_leaves_the_correction_lying(imports: Imports) -> None:
    await corrected(imports)
    await imports(AS_SENT.replace("2027-02-02", "2027-02-23"), dry_run=True)
    assert (await imports(AS_SENT.replace("2027-03-02", "1899-03-02"))).refused
    assert [row["start"] for row in await imports.rows(STARTS)] == ["2027-02-09", "2027-03-02"]
