"""The JSON API over the demo data: what it finds, what it says about its sources, and how it refuses."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from bot.app import create_app
from bot.settings import Settings
from data.catalog.demand import DemandLog
from data.db import Database
from data.tables import ShownList, Staff

SOURCED = {"source", "source_url", "checked_on", "invented"}


@pytest.fixture(scope="module")
async def seeded(seeded_url: str) -> AsyncIterator[Database]:
    database = Database(seeded_url)
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def client(seeded: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The application as it is served, over a database with the demo data."""
    app = create_app(Settings())
    app.state.database = seeded
    app.state.demand = DemandLog(b"test", k=5)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://hub.example") as client:
        yield client


async def ask(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_courses_by_subject_near_a_postcode(client: httpx.AsyncClient) -> None:
    found = await ask(client, "courses", subject="spaans", postcode="9000", limit=5)
    assert found["place"]["name"] == "Gent"
    assert "9000" in found["place"]["postcodes"]
    assert found["total"] >= len(found["courses"]) > 1
    assert found["alike"] == 0
    for course in found["courses"]:
        assert "spaans" in course["subjects"]
        assert course.keys() >= SOURCED
        assert course["source"]
        assert course["checked_on"]
        assert course["invented"] is True
        assert course["distance_km"] is None or course["distance_km"] <= 15
        price = course["price"]
        assert price.keys() >= SOURCED
        assert price["words"]
        assert price["sentences"]
        assert price["amount"] is None or float(price["amount"]) >= 0
        assert course["page"] == f"https://hub.example/aanbod/{course['run_id']}"


async def test_a_place_by_name_is_the_place_of_its_postcode(client: httpx.AsyncClient) -> None:
    by_name = await ask(client, "courses", subject="frans", place="gent", limit=3)
    by_code = await ask(client, "courses", subject="frans", postcode="9000", limit=3)
    assert by_name["courses"] == by_code["courses"]


async def test_filters_hold_or_are_said_to_be_let_go(client: httpx.AsyncClient) -> None:
    found = await ask(
        client, "courses", subject="engels", time_of_day="evening", weekday=[1, 3], mode="contact"
    )
    assert found["relaxed"] == []
    for course in found["courses"]:
        assert "evening" in course["parts_of_day"]
        assert {1, 3} & set(course["weekdays"])
        assert course["mode"] == "contact"
    impossible = await ask(client, "courses", subject="spaans", postcode="9000", weekday=6)
    assert "weekday" in impossible["relaxed"]
    assert impossible["courses"]


async def test_level_language_price_start_and_when_one_cannot_come(client: httpx.AsyncClient) -> None:
    found = await ask(client, "courses", subject="spaans", level="A1", limit=20)
    assert {course["level"] for course in found["courses"]} == {"A1"}
    assert "level" in (await ask(client, "courses", subject="spaans", level="Z9"))["relaxed"]
    assert (await ask(client, "courses", subject="spaans", taught_in="fr"))["courses"] == []
    cheap = await ask(client, "courses", subject="spaans", max_price="125", limit=20)
    assert cheap["courses"]
    for course in cheap["courses"]:
        assert float(course["price"]["amount"]) + float(course["price"]["material"]) <= 125
    day = "2027-03-01"
    later = await ask(
        client, "courses", subject="spaans", starts_from=day, starts_until="2027-06-30", limit=20
    )
    assert later["relaxed"] or all(day <= course["start_date"] <= "2027-06-30" for course in later["courses"])
    free = await ask(
        client, "courses", subject="spaans", not_time_of_day="evening", not_weekday=[0, 5], limit=20
    )
    assert free["courses"]
    for course in free["courses"]:
        assert "evening" not in course["parts_of_day"]
        assert not {0, 5} & set(course["weekdays"])


@pytest.mark.parametrize(
    "wrong", [{"max_price": "-1"}, {"taught_in": "Dutch!"}, {"starts_from": "soon"}, {"not_weekday": 7}]
)
async def test_a_wrong_filter_gets_a_sentence(client: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    response = await client.get("/api/v1/courses", params={"subject": "spaans", **wrong})
    assert response.status_code == 422
    assert next(iter(wrong)) in response.json()["detail"]


async def test_openapi_describes_the_filters(client: httpx.AsyncClient) -> None:
    described = (await client.get("/api/v1/openapi.json")).json()["paths"]["/api/v1/courses"]["get"][
        "parameters"
    ]
    by_name = {parameter["name"]: parameter for parameter in described}
    for name in (
        "level",
        "taught_in",
        "max_price",
        "starts_from",
        "starts_until",
        "not_time_of_day",
        "not_weekday",
    ):
        assert by_name[name]["description"], name


async def test_pages_follow_each_other_and_are_kept_for_the_audit(
    client: httpx.AsyncClient, seeded: Database
) -> None:
    first = await ask(client, "courses", text="boekhouden geheimwoord", limit=3)
    second = await ask(client, "courses", text="boekhouden geheimwoord", limit=3, offset=3)
    ids = [[course["run_id"] for course in page["courses"]] for page in (first, second)]
    assert len(ids[0]) == 3
    assert not set(ids[0]) & set(ids[1])
    async with seeded.transaction() as session:
        kept = list(await session.scalars(select(ShownList).order_by(ShownList.id.desc()).limit(2)))
    assert [row.run_ids for row in reversed(kept)] == ids
    assert {row.query["by"] for row in kept} == {"api"}
    assert "geheimwoord" not in json.dumps([row.query for row in kept]), "free words are nobody's business"


async def test_one_run_in_the_language_asked_for(client: httpx.AsyncClient) -> None:
    listed = (await ask(client, "courses", subject="spaans", limit=1))["courses"][0]
    assert await ask(client, f"courses/{listed['run_id']}") == listed
    english = await ask(client, f"courses/{listed['run_id']}", language="en")
    assert english["price"]["sentences"] != listed["price"]["sentences"]
    assert english["price"]["amount"] == listed["price"]["amount"]


async def test_counters_near_a_postcode_with_their_week(client: httpx.AsyncClient, seeded: Database) -> None:
    found = await ask(client, "counters", postcode="9300")
    counters = found["counters"]
    assert counters[0]["municipality"] == "Aalst"
    distances = [counter["distance_km"] for counter in counters]
    assert distances == sorted(distances)
    for counter in counters:
        assert counter.keys() >= SOURCED
        assert counter["invented"] is True
        assert counter["hours"]
        assert all(block["starts"] < block["ends"] for block in counter["hours"])
    async with seeded.transaction() as session:
        names = await session.scalars(select(Staff.name))
        assert not [name for name in names if name in json.dumps(found)], "nobody who works there is named"


async def test_subjects_can_be_asked_for_by_their_id(client: httpx.AsyncClient) -> None:
    listed = (await ask(client, "subjects"))["subjects"]
    assert len({item["id"] for item in listed}) == len(listed) > 50
    assert {"nl", "fr", "en"} <= listed[0]["labels"].keys()
    await ask(client, "courses", subject=[item["id"] for item in listed[:3]])


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("courses?subject=toveren", 422, "There is no subject 'toveren'; /api/v1/subjects lists them."),
        ("courses?place=Nergenshuizen", 422, "There is no place 'Nergenshuizen'; give a name or a postcode."),
        ("courses?postcode=0001", 422, "There is no postcode 0001 in Belgium."),
        ("courses?postcode=9000x", 422, "'postcode' is wrong: string should match pattern '^(\\d{4})?$'."),
        ("courses?limit=51", 422, "'limit' is wrong: input should be less than or equal to 50."),
        ("courses?limit=veel", 422, "'limit' is wrong: input should be a valid integer"),
        ("courses?offset=-1", 422, "'offset' is wrong: "),
        ("courses?weekday=7", 422, "'weekday' is wrong: input should be less than or equal to 6."),
        ("courses?time_of_day=noon", 422, "'time_of_day' is wrong: "),
        ("courses?mode=telepathy", 422, "'mode' is wrong: "),
        ("courses?subjet=spaans", 422, "There is no parameter 'subjet'."),
        ("courses/999999999", 404, "There is no course run 999999999."),
        ("courses/9223372036854775808", 422, "'run_id' is wrong: "),
        ("courses/frans", 422, "'run_id' is wrong: "),
        ("counters", 422, "'postcode' is wrong: field required."),
        ("counters?postcode=0001", 422, "There is no postcode 0001 in Belgium."),
        ("nothing", 404, "Not Found"),
    ],
)
async def test_a_refusal_is_one_sentence(
    client: httpx.AsyncClient, path: str, status: int, sentence: str
) -> None:
    answer = await client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["detail"]
    assert sentence in answer.json()["detail"]


@pytest.mark.parametrize("words", ["%00", "%ED%A0%80", "'; DROP TABLE run --", "a" * 200, "<b>&", "🙂"])
async def test_no_words_break_it(client: httpx.AsyncClient, words: str) -> None:
    answer = await client.get(f"/api/v1/courses?text={words}")
    assert answer.status_code == 200, answer.text


async def test_it_only_reads(client: httpx.AsyncClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await client.request(method, "/api/v1/courses")).status_code == 405


async def test_the_document_describes_this_and_nothing_else(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    assert set(document["paths"]) == {
        "/api/v1/courses", "/api/v1/courses/{run_id}", "/api/v1/counters", "/api/v1/subjects", "/api/v1/answers",
        "/api/v1/answers/{card_id}",
        "/api/v1/referrals",
    }  # fmt: skip
    parameters = {item["name"] for item in document["paths"]["/api/v1/courses"]["get"]["parameters"]}
    assert parameters == {
        "subject", "text", "place", "postcode", "time_of_day", "weekday", "mode", "language", "limit", "offset",
        "level", "taught_in", "max_price", "starts_from", "starts_until", "not_time_of_day", "not_weekday",
    }  # fmt: skip
    assert "HTTPValidationError" not in document["components"]["schemas"], "our refusals have another form"


async def test_nothing_in_it_is_about_a_person(client: httpx.AsyncClient, seeded: Database) -> None:
    said = "".join(
        [
            (await client.get(path)).text
            for path in ("/api/v1/courses?limit=50", "/api/v1/counters?postcode=9000", "/api/v1/subjects")
        ]
    )
    async with seeded.transaction() as session:
        paths = [path for (path,) in await session.execute(text("SELECT path FROM address"))]
    assert paths
    assert not [path for path in paths if path in said]
    assert "staff" not in said


async def test_answers_in_any_language_with_their_sources(client: httpx.AsyncClient) -> None:
    listed = (await ask(client, "answers", language="tr"))["answers"]
    assert len(listed) >= 16
    for answer in listed:
        assert answer["language"] == "tr"
        assert answer["translated"] is True
        assert 1 <= len(answer["sentences"]) <= 3
        assert len(answer["options"]) != 1
        assert answer["sources"], answer["id"]
    evc = await ask(client, "answers/evc")
    assert evc["translated"] is False
    assert evc["disputed"] is True
    assert evc["corrected"] == []
    assert evc["page"] == "https://hub.example/antwoorden/evc?lang=nl"
    refused = await client.get("/api/v1/answers/nothing")
    assert refused.status_code == 404
    assert refused.json() == {"detail": "There is no answer 'nothing'; /api/v1/answers lists them."}
    assert (await client.get("/api/v1/answers", params={"language": "xx"})).status_code == 422
