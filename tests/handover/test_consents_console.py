"""A region puts what people agree to in its own words: what must stay in them, versions for ever, and who read which."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Consent, ConsentKind, ConsentText, Event, Region, Role
from handover import auth, consent_texts, consents, readability
from handover.conversation import NotAllowed

ORIGIN = "http://test"
FILE = ConsentKind.FILE
HERE = "/console/beheer/toestemming/gent/file/nl"
OURS = {
    "text": "We maken een map voor jou. {begeleider} leest ze. We houden ze {termijn} bij. Je mag ze altijd lezen.",
    "ask": "Mag dat? Typ 1 voor ja, 2 voor nee.",
    "yes": "Dank je. {begeleider} maakt je map.",
    "no": "Goed, we maken geen map.",
}


async def log_in(world: Any, browser: httpx.AsyncClient, role: Role, region: str | None = "gent") -> str:
    staff = await world.staff(role, region or "gent", name="Griet Peeters")
    staff.region_id = region
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)
    return who.csrf if who else ""


async def post(browser: httpx.AsyncClient, csrf: str, path: str = HERE, **form: str) -> httpx.Response:
    return await browser.post(path, data={"csrf": csrf, **form}, headers={"origin": ORIGIN})


def form(base: int = 0, **other: str) -> dict[str, str]:
    return {f"part_{part}": words for part, words in (OURS | other).items()} | {"base": str(base)}


async def save(world: Any, language: str = "nl", **parts: str) -> ConsentText | None:
    region = await world.session.get_one(Region, "gent")
    staff = await world.staff(Role.COORDINATOR, name="Griet Peeters")
    was = (await consent_texts.standing(world.session, "gent"))[FILE][language]
    now = consents.of_row(was.newest, FILE, language, region)
    return await consent_texts.save(
        world.session,
        region,
        FILE,
        language,
        {**now.parts, **parts},
        base=None,
        by_id=staff.id,
        now=world.now,
    )


@pytest.mark.parametrize("kind", consent_texts.KINDS)
@pytest.mark.parametrize("language", consent_texts.LANGUAGES)
def test_the_standard_texts_pass_their_own_gate(kind: str, language: str) -> None:
    standard = consents.standard(kind, language)
    assert consent_texts.wrong(kind, language, standard) == {}
    for part in consent_texts.editable(kind, language):
        assert set(consent_texts._PLACE.findall(standard[part])) == consent_texts.asked_of(kind, part)
        assert consent_texts.asked_of(kind, part) <= consent_texts.MEANS.keys()


@pytest.mark.parametrize(
    ("part", "words", "says"),
    [
        ("text", "{begeleider} leest je map.", "{termijn} ontbreekt: daar komt hoe lang we een dossier bijhouden"),
        ("text", "We houden je map {termijn} bij.", "{begeleider} ontbreekt: daar komt de voornaam"),
        ("yes", "Dank je.", "{begeleider} ontbreekt"),
        ("text", "We houden je map bij.", "moet dat weten. {termijn} ontbreekt"),
        ("text", OURS["text"] + " {naam}", "alleen {begeleider}, {regio}, {termijn}"),
        ("text", OURS["text"] + " {", "alleen {begeleider}, {regio}, {termijn}"),
        ("ask", "Mag dat? Typ 1 voor ja.", "1 ja is en 2 nee"),
        ("ask", "Mag dat? Bel 12.", "1 ja is en 2 nee"),
        ("no", "", "Hier moet een tekst staan"),
        ("no", "Goed. " * 200, "hoogstens 900 tekens, nu 1200"),
        ("text", OURS["text"] + " Dit is conform de wet.", "zeg liever “volgens”"),
        ("no", "Goed, " + "en nog een woord " * 6 + "zo.", "Lange zin"),
    ],
)  # fmt: skip
def test_what_may_not_be_asked_says_what_to_do(part: str, words: str, says: str) -> None:
    found = consent_texts.wrong(FILE, "nl", OURS | {part: words})
    assert found.keys() == {part}
    assert says in found[part]
    assert consent_texts.wrong(FILE, "nl", OURS) == {}


def test_the_name_of_the_region_may_stand_anywhere() -> None:
    assert consent_texts.wrong(FILE, "nl", OURS | {"no": "Goed. {regio} opent niets."}) == {}
    named = consents.Wording(language="nl", parts={"no": "Goed. {regio} opent niets."}, region="Gent")
    assert named.said("no") == "Goed. Gent opent niets."


def test_an_arabic_question_ends_a_sentence() -> None:
    assert len(readability.sentences("هل توافق؟ اكتب 1 لنعم.")) == 2


async def test_each_change_is_a_version_and_what_somebody_read_stays(world: Any) -> None:
    first, second = await save(world, **OURS), await save(world, text=OURS["text"] + " Dat is gratis.")
    assert first is not None
    assert second is not None
    assert (first.version, second.version) == (1, 2)
    assert await save(world) is None, "the same words are no version"
    current = await consents.current(world.session, "gent", FILE, "nl")
    assert (current.version, current.text_id) == (2, second.id)
    assert current.said("text", staff="Els").startswith(
        "We maken een map voor jou. Els leest ze. We houden ze 5 jaar"
    )
    read = await consents.version(world.session, first.id, "gent", FILE, "nl")
    assert (read.version, "gratis" in read.parts["text"]) == (1, False), "what was read, not what is said now"
    elsewhere = await consents.current(world.session, "antwerpen", FILE, "nl")
    assert (elsewhere.text_id, elsewhere.parts["text"][:9]) == (None, "We willen")
    wrong_region = await consents.version(world.session, first.id, "antwerpen", FILE, "nl")
    assert wrong_region.text_id is None, "a version of another region is never said here"


async def test_other_languages_keep_the_standard_text_and_are_marked(world: Any) -> None:
    async def behind() -> set[str]:
        found = (await consent_texts.standing(world.session, "gent"))[FILE]
        return {language for language, one in found.items() if one.behind}

    await save(world, "fr", no="Bien, pas de dossier.")
    assert await behind() == set(), "the Dutch did not change"
    await save(world, **OURS)
    assert await behind() == set(consent_texts.LANGUAGES) - {"nl"}
    french = await consents.current(world.session, "gent", FILE, "fr")
    polish = await consents.current(world.session, "gent", FILE, "pl-PL")
    assert french.parts["no"] == "Bien, pas de dossier."
    assert polish.parts == consents.standard(FILE, "pl")
    assert (await save(world, "fr")) is not None, "the same words again: somebody looked"
    assert await behind() == set(consent_texts.LANGUAGES) - {"nl", "fr"}
    assert (await consents.current(world.session, "gent", FILE, "ro")).parts["no"] == OURS["no"], (
        "Dutch where we write nothing"
    )
    region = await world.session.get_one(Region, "gent")
    staff = await world.staff(Role.COORDINATOR)
    back = await consent_texts.put_back(world.session, region, FILE, "nl", by_id=staff.id, now=world.now)
    assert back is not None
    assert (back.version, back.parts) == (2, {})
    assert await behind() == {"fr"}, "the standard texts say the same; the French of our own may not"
    assert (await consents.current(world.session, "gent", FILE, "nl")).text_id is None
    assert (
        await consent_texts.put_back(world.session, region, FILE, "nl", by_id=staff.id, now=world.now) is None
    )


async def test_two_who_write_at_once_do_not_wipe_each_other_out(world: Any) -> None:
    region, staff = await world.session.get_one(Region, "gent"), await world.staff(name="Bart Claes")
    await save(world, **OURS)
    with pytest.raises(
        consent_texts.Meanwhile, match="Griet Peeters veranderde deze tekst terwijl jij schreef"
    ):
        await consent_texts.save(
            world.session,
            region,
            FILE,
            "nl",
            OURS | {"no": "Oké, geen map."},
            base=0,
            by_id=staff.id,
            now=world.now,
        )
    with pytest.raises(NotAllowed, match=r"\{termijn\} ontbreekt"):
        await consent_texts.save(
            world.session,
            region,
            FILE,
            "nl",
            OURS | {"text": "{begeleider}"},
            base=1,
            by_id=staff.id,
            now=world.now,
        )


async def test_a_coordinator_writes_looks_keeps_and_puts_back(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get(HERE)).text
    assert "We willen een dossier voor je openen. Daarin staan je gegevens" in page
    assert "Griet, de vervanger en collega" in page, "read with a name in the place of the counsellor"
    refused = await post(browser, csrf, **form(text="We maken een map voor jou. {begeleider} leest ze."))
    assert refused.status_code == 422
    assert "{termijn} ontbreekt" in refused.text
    assert "We maken een map voor jou." in refused.text, "what was typed is not lost"
    looked = await post(browser, csrf, **form(), doe="bekijk")
    assert looked.status_code == 200
    assert "We maken een map voor jou. Griet leest ze. We houden ze 5 jaar bij." in looked.text
    async with database.transaction() as session:
        assert (await session.scalars(select(ConsentText))).all() == [], "looking keeps nothing"
    assert (await post(browser, csrf, **form())).status_code == 303
    overview = (await browser.get("/console/beheer/toestemmingen")).text
    assert "eigen tekst, versie 1" in overview
    assert overview.count("vertaling nakijken") == 7
    assert 'lang="ar" dir="rtl"' in overview
    assert (
        "Het Nederlands veranderde na deze vertaling." in (await browser.get(HERE.replace("/nl", "/ar"))).text
    )
    late = await post(browser, csrf, **form(no="Oké, geen map."))
    assert late.status_code == 409
    assert "Griet Peeters veranderde deze tekst terwijl jij schreef" in late.text
    assert 'name="base" value="1"' in late.text
    assert (await post(browser, csrf, f"{HERE}/standaard")).status_code == 303
    page = (await browser.get(HERE)).text
    assert "standaardtekst teruggezet" in page
    assert "We maken een map voor jou." in page, "an old version stays to be read"
    changes = (await browser.get("/console/beheer/wijzigingen?onderwerp=consent_text")).text
    assert "Toestemmingstekst: dossier in het Nederlands, versie 1" in changes
    assert "dossier in het Nederlands, versie 2, standaardtekst teruggezet" in changes
    async with database.transaction() as session:
        events = (await session.scalars(select(Event).where(Event.kind == consent_texts.CHANGED))).all()
    assert [event.region_id for event in events] == ["gent", "gent"]
    assert "map" not in str([event.data for event in events]), "the words are in the versions, not in the log"


async def test_an_admin_keeps_every_region_and_a_coordinator_only_the_own(
    world: Any, browser: httpx.AsyncClient
) -> None:
    far = "/console/beheer/toestemming/antwerpen/file/nl"
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await browser.get(far)).status_code == 404
    assert (await post(browser, csrf, far, **form())).status_code == 404
    assert (await post(browser, csrf, f"{far}/standaard")).status_code == 404
    assert (await browser.get("/console/beheer/toestemmingen?regio=antwerpen")).status_code == 404
    for path in ("gent/news/nl", "gent/file/ro", "nergens/file/nl"):
        assert (await browser.get(f"/console/beheer/toestemming/{path}")).status_code == 404, path
    csrf = await log_in(world, browser, Role.ADMIN, None)
    assert (await post(browser, csrf, far, **form())).status_code == 303
    assert (
        "eigen tekst, versie 1" in (await browser.get("/console/beheer/toestemmingen?regio=antwerpen")).text
    )
    assert "eigen tekst" not in (await browser.get("/console/beheer/toestemmingen?regio=gent")).text
    assert (
        "dossier in het Nederlands, versie 1 · Antwerpen"
        in (await browser.get("/console/beheer/wijzigingen")).text
    )


async def test_a_file_is_opened_with_the_version_that_was_read_out(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    row = await save(world, **OURS)
    assert row is not None
    person, els = await world.person(), await world.staff(Role.COUNSELLOR, name="Els Maes")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    track = f"/console/client/{person.id}/traject"
    assert "We maken een map voor jou. … leest ze." in (await browser.get(track)).text
    said = {"agreed": "1", "staff_id": str(els.id), "channel": "desk", "question": ""}
    old = await post(browser, csrf, track, **said, read_out="We willen een dossier voor je openen.")
    assert old.status_code == 409
    assert "lees hem nog eens voor" in old.text
    now = OURS["text"].replace("{begeleider}", "…").replace("{termijn}", "5 jaar")
    assert (await post(browser, csrf, track, **said, read_out=now)).status_code == 303
    async with database.transaction() as session:
        consent = (await session.scalars(select(Consent))).one()
    assert (consent.text_id, consent.keep_years) == (row.id, 5)
    assert consent.wording.startswith("We maken een map voor jou. Els leest ze. We houden ze 5 jaar bij.")
    assert "1 persoon zei ja" in (await browser.get(HERE)).text
    assert f'href="{HERE}#v1"' in (await browser.get(f"/console/client/{person.id}")).text


def test_what_could_be_plainer_is_said_and_not_refused() -> None:
    long = OURS | {
        "no": "Goed, dan maken we nu geen map voor jou en kan je ons later altijd nog iets vragen."
    }
    assert consent_texts.wrong(FILE, "nl", long) == {}
    assert consent_texts.advice(FILE, "nl", long).keys() == {"no"}


async def test_who_may_be_written_later_heard_the_words_that_stood_beside_it(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    async def say(words: str) -> ConsentText:
        region, staff = await world.session.get_one(Region, "gent"), await world.staff(Role.COORDINATOR)
        row = await consent_texts.save(
            world.session,
            region,
            ConsentKind.FOLLOW_UP,
            "nl",
            {"text": words},
            base=None,
            by_id=staff.id,
            now=world.now,
        )
        assert row is not None
        return row

    person, polish = await world.person(), await world.person(name="Ola")
    polish.language = "pl"
    for one in (person, polish):
        await world.address(one)
        await world.conversation(one, holder="queue", waiting_on="us", waiting_since=world.now)
    first = await say("Mag {regio} je later schrijven?")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get(f"/console/client/{person.id}")).text
    assert f'name="agreed_text" value="{first.id}"' in page
    assert "“Mag Gent je later schrijven?”" in page
    page = (await browser.get(f"/console/client/{polish.id}")).text
    assert consents.standard("follow_up", "pl")["text"] in page
    await say("Mogen we je nog eens schrijven?")
    await world.session.commit()
    later = {
        "text": "Hoe gaat het?",
        "due_at": "2030-01-07T10:00",
        "agreed": "1",
        "agreed_text": str(first.id),
    }
    assert (await post(browser, csrf, f"/console/client/{person.id}/later", **later)).status_code == 303
    async with database.transaction() as session:
        consent = (await session.scalars(select(Consent))).one()
    assert (consent.wording, consent.text_id) == ("Mag Gent je later schrijven?", first.id)
