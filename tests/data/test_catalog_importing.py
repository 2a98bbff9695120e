"""New, changed and gone; all or nothing; and what is refused leaves the catalogue as it was."""

import pytest
from sqlalchemy import text

from data.catalog.importers.base import Unreadable
from data.catalog.search import CourseQuery, search
from tests.data.importing import NOTHING, SAMPLES, TODAY, Imports, sample, totals

HEADER = "id;aanbieder;soort;postcode;gemeente;titel;start;einde;dagen;van;tot;lestijden;prijs;status;link\n"


def table(*rows: str) -> str:
    """Rows of the plain table: "id;titel;start" with whatever comes after it."""
    whole = []
    for row in rows:
        number, title, start, *rest = row.split(";")
        rest += [""] * (8 - len(rest))
        whole.append(";".join((number, "Avansa Proef", "", "9000", "Gent", title, start, *rest)))
    return HEADER + "\n".join(whole) + "\n"


TWO = table("1;Naaien;2027-02-02", "2;Koken;2027-03-02;;di;19:00;22:00;;45")


async def test_changed_gone_and_back_again(imports: Imports) -> None:
    assert totals(await imports(TWO)) == {"new": 6, "changed": 0, "gone": 0}
    (ids,) = await imports.rows("SELECT array_agg(id ORDER BY source_id) AS ids FROM run")

    later = table("2;Koken en bakken;2027-03-09;;di;19:00;22:00;;45;volzet", "3;Zingen;2027-04-01")
    report = await imports(later)
    assert report.counts["run"] == {"new": 1, "changed": 1, "gone": 1}
    assert report.counts["course"] == {"new": 2, "changed": 0, "gone": 2}
    (change,) = [change for change in report.changes if change.what == "changed"]
    assert change.label == "Koken en bakken, Gent, 2027-03-09"
    assert change.fields["start_date"] == ("2027-03-02", "2027-03-09")
    assert change.fields["status"] == ("open", "full")
    state = await imports.rows("SELECT source_id, status, valid_to FROM run ORDER BY source_id")
    assert state[0] == {"source_id": "1", "status": "ended", "valid_to": TODAY}
    assert [row["status"] for row in state[1:]] == ["full", "open"]
    assert totals(await imports(later)) == NOTHING, "what is gone is gone once"

    report = await imports(TWO)
    assert report.counts["run"] == {"new": 0, "changed": 2, "gone": 1}
    back = await imports.rows(
        "SELECT id, status, valid_to FROM run WHERE source_id <> '3' ORDER BY source_id"
    )
    assert [row["id"] for row in back] == ids["ids"]
    assert [(row["status"], row["valid_to"]) for row in back] == [("open", None)] * 2


async def test_another_source_is_left_alone(imports: Imports) -> None:
    await imports(TWO)
    await imports(table("9;Tuinieren;2027-02-02"), source="other")
    alive = await imports.rows(
        "SELECT source, count(*) AS n FROM run WHERE status = 'open' GROUP BY 1 ORDER BY 1"
    )
    assert alive == [{"source": "other", "n": 1}, {"source": "test", "n": 2}]


async def test_a_dry_run_tells_and_leaves_nothing(imports: Imports) -> None:
    await imports(TWO)
    before = await imports.everything()
    report = await imports(table("2;Koken;2027-03-30"), dry_run=True)
    assert report.counts["run"] == {"new": 0, "changed": 1, "gone": 1}
    assert [change.what for change in report.changes if change.kind == "run"] == ["changed", "gone"]
    assert await imports.everything() == before
    assert await imports.rows("SELECT count(*) AS n FROM catalogue_import") == [{"n": 1}]


async def test_the_new_and_changed_courses_are_named_for_who_makes_vectors_of_them(imports: Imports) -> None:
    first = await imports(TWO)
    ids = [row["id"] for row in await imports.rows("SELECT id FROM course ORDER BY id")]
    assert first.course_ids == ids
    described = (
        TWO.replace("titel;", "titel;beschrijving;")
        .replace("Koken;", "Koken;Je kookt.;")
        .replace("Naaien;", "Naaien;;")
    )
    second = await imports(described)
    assert len(second.course_ids) == 1
    assert second.counts["course"]["changed"] == 1


async def test_what_is_over_has_ended_and_what_has_started_is_open(imports: Imports) -> None:
    await imports(table("1;Naaien;2026-09-01;2026-10-01", "2;Koken;2026-09-01;2027-06-01"))
    rows = await imports.rows("SELECT status FROM run ORDER BY source_id")
    assert [row["status"] for row in rows] == ["ended", "open"]


async def test_most_of_a_source_does_not_vanish_by_accident(imports: Imports) -> None:
    await imports(table(*(f"{n};Les {n};2027-02-02" for n in range(12))))
    before = await imports.everything()
    few = table(*(f"{n};Les {n};2027-02-02" for n in range(5)))
    report = await imports(few)
    assert report.refused.startswith("7 of the 12 runs that test had are not in this file.")
    assert await imports.everything() == before
    assert (await imports(few, many_gone=True)).counts["run"]["gone"] == 7


async def test_rejected_rows_can_be_left_out_and_stay_as_they_were(imports: Imports) -> None:
    await imports(TWO)
    mixed = table("1;Naaien;2027-02-31", "2;Koken;2027-03-16", "3;Zingen;2027-04-01")
    assert (await imports(mixed)).refused.startswith("1 of 3 records were rejected.")
    assert [problem.line for problem in imports.problems] == [2]
    report = await imports(mixed, skip_rejected=True)
    assert not report.refused
    assert report.counts["run"] == {"new": 1, "changed": 1, "gone": 0}
    kept = await imports.rows("SELECT status, start_date::text FROM run WHERE source_id = '1'")
    assert kept == [{"status": "open", "start_date": "2027-02-02"}]


async def test_nothing_is_ended_while_it_is_not_sure_what_was_rejected(imports: Imports) -> None:
    await imports(TWO)
    report = await imports(table("3;Zingen;2027-04-01") + "2;Koken;", skip_rejected=True)
    assert report.notes[-1] == "Nothing was ended: among what was rejected there is something without an id."
    assert report.counts["run"] == {"new": 1, "changed": 0, "gone": 0}
    assert await imports.rows("SELECT DISTINCT status FROM run") == [{"status": "open"}]


async def test_a_refusal_is_written_down_with_its_reasons(imports: Imports) -> None:
    await imports(table("1;Naaien;1899-12-30", "2;Koken;2027-03-02"))
    (kept,) = await imports.rows(
        "SELECT outcome, counts, problems, notes, started_by, bytes FROM catalogue_import"
    )
    assert (kept["outcome"], kept["started_by"], kept["counts"]) == (
        "refused",
        "tester",
        {"read": 2, "rejected": 1},
    )
    assert kept["problems"] == [{"line": 2, "page": "", "sentence": imports.problems[0].sentence}]
    assert kept["notes"][-1].startswith("1 of 2 records were rejected.")


WRONG_ROWS = [
    ("1;Naaien;1899-12-30", "The start 1899-12-30 lies outside 2000-2100 (spreadsheets write that"),
    ("1;Naaien;2027-13-01", "The start “2027-13-01” is no date."),
    ("1;Naaien;2027-02-02;2027-01-02", "The end (2027-01-02) is before the start (2027-02-02)."),
    ("1;Naaien;2027-02-02;;dinsdagg", "“dinsdagg” is no day of the week."),
    ("1;Naaien;2027-02-02;;8", "“8” is no day of the week."),
    ("1;Naaien;2027-02-02;;di;25:00", "The first hour “25:00” is no time of day."),
    ("1;Naaien;2027-02-02;;di;21:00;19:00", "The lesson ends (19:00) before it begins (21:00)."),
    ("1;Naaien;2027-02-02;;;;;-5", "“-5” is no number of lesson hours."),
    ("1;Naaien;2027-02-02;;;;;;-5", "The price is -5, below zero."),
    ("1;Naaien;2027-02-02;;;;;;£ 20", "The price is in £; only euro can be shown."),
    ("1;Naaien;2027-02-02;;;;;;1e9", "The price 1e9 is no price of a course."),
    ("1;Naaien;2027-02-02;;;;;;NaN", "The price NaN is no price of a course."),
    ("1;Naaien;2027-02-02;;;;;;veel", "The price “veel” is no amount."),
    ("1;Naaien;2027-02-02;;;;;;;misschien", "The status “misschien” is not known."),
    (
        "1;Naaien;2027-02-02;;;;;;;;javascript:alert(1)",
        "The link “javascript:alert(1)” is no web address.",
    ),
    ("1;;2027-02-02", "There is no title."),
    ("1;BeÃ«ldhouwen;2027-02-02", "was saved in another encoding than it was read in."),
]


async def test_rows_that_cannot_be_right(imports: Imports) -> None:
    await imports(TWO)
    before = await imports.everything()
    report = await imports(table("2;Koken;2027-03-30", *(row for row, _ in WRONG_ROWS)))
    assert report.refused.startswith(f"{len(WRONG_ROWS)} of {len(WRONG_ROWS) + 1} records were rejected.")
    for line, ((_, sentence), problem) in enumerate(zip(WRONG_ROWS, imports.problems, strict=True), start=3):
        assert sentence in problem.sentence
        assert problem.line == line
    assert await imports.everything() == before


WRONG_PLACES = [
    ("9000;Gent", "1234;Gent", "The postcode 1234 does not exist in Belgium."),
    ("9000;Gent", "9000;Aalst", "The postcode 9000 is that of Gent, not of Aalst."),
    ("9000;Gent", ";Nergenshuizen", "no Belgian place is called “Nergenshuizen”"),
    ("Avansa Proef;", ";", "There is no provider."),
    ("Proef;;", "Proef;school;", "The kind of provider “school” is not known."),
]


async def test_places_and_providers_that_cannot_be_right(imports: Imports) -> None:
    right = table("1;Naaien;2027-02-02").removeprefix(HEADER)
    await imports(HEADER + "".join(right.replace(old, new) for old, new, _ in WRONG_PLACES))
    for (_, _, sentence), problem in zip(WRONG_PLACES, imports.problems, strict=True):
        assert sentence in problem.sentence
    assert await imports.rows("SELECT id FROM provider") == []


async def test_an_id_that_stands_there_twice(imports: Imports) -> None:
    report = await imports(table("1;Naaien;2027-02-02", "2;Koken;2027-03-02", "1;Breien;2027-02-02"))
    assert str(imports.problems[0]) == "line 4: The id “1” stands on line 2 already."
    assert report.refused
    assert await imports.rows("SELECT id FROM run") == []


BOMB = '<!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
XCRI = '<catalog xmlns="http://xcri.org/profiles/1.2/catalog"><provider>{}</provider></catalog>'


WRONG_FILES: list[tuple[str | bytes, str]] = [
    (BOMB + XCRI.format("<course>&c;</course>"), "declares a document type or entities"),
    (OUTSIDE + XCRI.format("<course>&x;</course>"), "declares a document type or entities"),
    ('<?xml version="1.0"?>' + XCRI.format("<course>")[:-20], "The XML breaks off on line 1"),
    (XCRI.format("<course>" + "<a>" * 80 + "</a>" * 80 + "</course>"), "nested deeper than 64"),
    (XCRI.format("<course><b/>" + "<b/>" * 60_000 + "</course>"), "far too large for a course"),
    (XCRI.format("<course>" + "a" * 9_000_000 + "</course>"), "far too large for a course"),
    (XCRI.format("<course>" + "<!--" + "a" * 9_000_000), "has no end"),
    (XCRI.format("<course><provider>" + "<a>" * 80), "nested deeper than 64"),
    ("<!doctype html><!--" + "a" * 17_000_000, "This is larger than 16 MB, so no page."),
    (XCRI.format(""), "There is no course in this XCRI-CAP catalogue."),
    (b'<?xml version="1.0" encoding="UTF-8"?>' + XCRI.format("<course>\xe9</course>").encode("latin-1"),
     "The XML breaks off on line 1"),
    ('<?xml version="1.0" encoding="klingon"?>' + XCRI.format(""), "unknown encoding"),
    ("", "The file is empty."),
    (" \r\n", "The file is empty."),
    ("<!doctype html><html><body>Welkom</body></html>", "There is no JSON-LD with a Course on this page."),
    ("<!doctype html><p itemscope itemtype='https://schema.org/Course'>",
     "Its courses are marked up as microdata or RDFa, which is not read."),
    ('{"@context": "https://schema.org", "@type": "Organization"}', "There is no schema.org Course"),
    ('{"@context": "https://schema.org", "@graph": [{"@type": "Course", "name": "Naa', "cut off"),
    ('{"@context": "https://schema.org", "@graph": [{"@type": "Course"}', "cut off"),
    ('{"@context": "https://schema.org", "@graph": [7]}', "there should be an object"),
    ('{"@context": "https://schema.org"}{}', "there is more"),
    ('{"@context": "https://schema.org", "a": ' + "[" * 200_000, "nested too deep"),
    ('{"@context": "https://schema.org", "a": ' + "9" * 5000 + "}", "cannot be read"),
    (b'{"courseOfferingId": "x' + b'\xff"}', "The JSON is not UTF-8."),
    (b"PK\x03\x04 and so on", "a zip file or an Excel workbook; save the sheet as CSV (UTF-8)"),
    (b"%PDF-1.7", "This is a PDF"),
    ("Beste collega, in bijlage het aanbod.", "This looks like no format we read."),
    (TWO.encode().replace(b"Koken", b"Ko\x00ken"), "There is a NUL byte on line 3"),
    (b"id;aanbieder;titel\n1;a;\x81\n", "The text is not cp1252. Save the table as UTF-8."),
    ("id;aanbieder\n1;a\n", "The first line has no column titel."),
    ("id;aanbieder;titel;titel\n", "The first line has the column titel more than once."),
    ('id;aanbieder;titel\n1;a;"' + "x" * 200_000, "Is a quotation mark not closed?"),
    ("id;aanbieder;titel\n" + "x" * 2_000_000, "A line is longer than 1,000,000 characters"),
    ("id;aanbieder;titel\n", "There is not a single record in this file."),
]  # fmt: skip


async def test_files_that_cannot_be_read(imports: Imports) -> None:
    await imports(TWO)
    before = await imports.everything()
    for content, sentence in WRONG_FILES:
        try:
            told = (await imports(content)).refused
        except Unreadable as error:  # before anything is opened
            told = str(error)
        assert sentence in told, content[:80]
    assert await imports.everything() == before


async def test_a_table_that_was_cut_off(imports: Imports) -> None:
    await imports(TWO[:-30])
    assert "This row has" in imports.problems[0].sentence
    assert "may have been cut off" in imports.problems[0].sentence


async def test_another_format_than_was_told(imports: Imports) -> None:
    with pytest.raises(Unreadable) as error:
        await imports((SAMPLES / "catalog.xml").read_bytes(), format="davinci")
    assert str(error.value) == "This is not DAVINCI columns; it looks like XCRI-CAP 1.2: --format xcri."


async def test_utf_16_from_a_spreadsheet(imports: Imports) -> None:
    report = await imports(TWO.replace(";", "\t").replace("Naaien", "Café").encode("utf-16"))
    assert report.notes == ["Read as a table of 15 columns divided by tabs, in UTF-16."]
    assert {"title": "Café"} in await imports.rows("SELECT title FROM course")


async def test_a_line_above_the_table_that_names_the_separator(imports: Imports) -> None:
    assert totals(await imports("\ufeffsep=;\r\n" + TWO))["new"] == 6
    await imports("sep=;\n" + table("1;;2027-01-01"))
    assert imports.problems[0].line == 3


async def test_what_breaks_off_in_the_middle_leaves_the_session_in_order(imports: Imports) -> None:
    truncated = (SAMPLES / "offerings.json").read_bytes()[:-200]
    assert "cut off" in (await imports(truncated)).refused
    assert await imports.session.scalar(text("SELECT 1")) == 1
    assert totals(await imports(sample("offerings.json")))["new"] == 4


async def test_what_cannot_be_stored_is_left_out_of_texts_ids_and_sentences(imports: Imports) -> None:
    content = (SAMPLES / "offerings.json").read_text()
    odd = content.replace('"off-1"', '"off\\u0000-\\ud8001"').replace(
        "Programmeren", "Pro\\ud800gram\\u0007meren"
    )
    assert totals(await imports(odd))["new"] == 4
    (run,) = await imports.rows("SELECT run.source_id, title FROM run JOIN course ON course.id = course_id")
    assert run == {"source_id": "off - 1", "title": "Pro gram meren in Python"}
    wrong = content.replace("2027-02-01T22:30:00Z", "2027\\ud800\\u0000")
    assert (
        await imports(wrong)
    ).refused == "1 of 2 records were rejected. Correct them, or leave them out with --skip-rejected."
    assert imports.problems[0].sentence == "The start “2027 ” is no date. Write it as 2027-02-01."


async def test_a_title_is_about_the_subjects_whose_words_it_has_in_any_form(imports: Imports) -> None:
    await imports(
        table("1;Fietsen leren;2027-02-02", "2;Imkeren voor beginners;2027-02-02", "3;Schaken;2027-02-02")
    )
    assert await imports.rows("SELECT title, subject_ids FROM course ORDER BY title") == [
        {"title": "Fietsen leren", "subject_ids": ["fietsen"]},
        {"title": "Imkeren voor beginners", "subject_ids": ["bijenteelt"]},
        {"title": "Schaken", "subject_ids": []},
    ]


async def test_a_run_that_two_sources_offer_is_listed_once_with_both_named(imports: Imports) -> None:
    """Other marks and capitals are no difference; another day is, and so are two groups of one source."""
    row = "Naaien;2027-02-02;;di;19:00"
    await imports(table(f"1;{row}", f"2;{row}", "3;Naaien;2027-03-02"), source="school")
    await imports(table(f"x;{row}".replace("Naaien", "NAAIEN!"), f"y;{row}", f"z;{row}"), source="stad")
    twins = await imports.rows(
        "SELECT run.source_id AS run, first.source_id AS first FROM run JOIN run AS first ON first.id = run.same_as"
        " ORDER BY run.id"
    )
    assert twins == [{"run": "x", "first": "1"}, {"run": "y", "first": "2"}]  # z is a third group
    found = await search(imports.session, CourseQuery(subject_ids=("naaien",), limit=20), today=TODAY)
    assert found.total == 4
    assert sorted((hit.source, hit.also_from) for hit in found.hits) == [
        ("school", ()), ("school", ("stad",)), ("school", ("stad",)), ("stad", ()),
    ]  # fmt: skip
    await imports(table(f"2;{row}", "3;Naaien;2027-03-02"), source="school", many_gone=True)
    found = await search(imports.session, CourseQuery(subject_ids=("naaien",), limit=20), today=TODAY)
    assert found.total == 4, "what was hidden behind a run that is gone is listed again"
