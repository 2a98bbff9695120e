from __future__ import annotations

import re
from datetime import UTC, date, datetime

from data.catalog.facts import facts_for, shipped
from data.db import Database
from data.tables import Fact

TODAY = date(2026, 11, 23)


async def test_facts_for_gives_what_holds_today(database: Database) -> None:
    def fact(source_id: str, **columns: object) -> Fact:
        return Fact(
            topic="evc", statement="EVC kent vier stappen.", as_of="2019", status="seen", source="vlaanderen.be",
            source_id=source_id, fetched_at=datetime(2026, 11, 1, tzinfo=UTC), checked_on=date(2026, 11, 1), **columns,
        )  # fmt: skip

    async with database.transaction() as session:
        session.add_all(
            [
                fact("holds"),
                fact("over", valid_to=date(2026, 11, 22)),
                fact("later", valid_from=date(2027, 1, 1)),
                fact("disputed", conflicts_with="holds"),
            ]
        )
        await session.flush()
        found = await facts_for(session, "evc", on=TODAY)
        assert [item.id for item in found] == ["holds", "disputed"]
        assert [item.disputed for item in found] == [False, True]
        assert await facts_for(session, "naric", on=TODAY) == ()


FOR_STAFF = {"norm", "indicators", "distress_crisis"}


def test_every_fact_that_a_client_may_read_is_there_in_plain_words() -> None:
    for fact in shipped():
        if fact.topic in FOR_STAFF:
            continue
        assert set(fact.plain) == {"nl", "fr", "en"}, fact.id
        for language, words in fact.plain.items():
            sentences = re.split(r"(?<=[.?:])\s", words)
            assert max(len(sentence.split()) for sentence in sentences) <= 22, (fact.id, language)
            assert "!" not in words


def test_said_falls_back_to_dutch_and_to_the_statement() -> None:
    facts = {fact.id: fact for fact in shipped()}
    assert facts["nt2.gent"].said("fr").startswith("À Gand")
    assert facts["nt2.gent"].said("tr").startswith("In Gent")
    assert facts["wcag"].said("en") == facts["wcag"].statement


def test_no_fact_promises_that_a_benefit_goes_on() -> None:
    said = " ".join(words for fact in shipped() for words in fact.plain.values()).lower()
    assert "uitkering blijft" not in said
    assert "behoud" not in said


async def test_plain_words_go_when_the_stored_fact_was_corrected(database: Database) -> None:
    (shipped_fact,) = (fact for fact in shipped() if fact.id == "evc.duration")
    columns = {
        "topic": "evc", "as_of": "2019", "status": "seen", "source": "vlaanderen.be",
        "fetched_at": datetime(2026, 11, 1, tzinfo=UTC), "checked_on": date(2026, 11, 1), "source_id": "evc.duration",
    }  # fmt: skip
    async with database.transaction() as session:
        row = Fact(statement=shipped_fact.statement, **columns)
        session.add(row)
        await session.flush()
        (same,) = await facts_for(session, "evc", on=TODAY)
        assert same.said("en") == "From the first talk to recognition takes a few weeks."
        row.statement = "Reken op drie maanden."
        await session.flush()
        (corrected,) = await facts_for(session, "evc", on=TODAY)
        assert corrected.said("en") == "Reken op drie maanden."
