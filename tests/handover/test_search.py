"""Search in threads: all scripts, beginnings of words, one thread or all, and never what one may not see."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from data.tables import Attachment, Note, Role
from handover import search

SAID = {
    "accents": "Ik volgde een opleiding tot kinésithérapeute in Liège",
    "arabic": "أبحث عن دَوْرَة لُغَة هولندية في غنت",
    "ukrainian": "Шукаю курси Нідерландської мови у Ґенті",
    "polish": "Szukam kursu w Łodzi, zażółć gęślą jaźń",
    "turkish": "İstanbul'da IŞIK kursu bitirdim",
    "tigrinya": "ቋንቋ ሆላንድ፡ክመሃር ይደሊ",
    "greek": "Θέλω να μάθω Ολλανδικά",
    "persian": "دنبال کلاس زبان هلندی می‌گردم",
    "chinese": "我想学荷兰语",
    "thai": "ฉันอยากเรียนภาษาดัตช์",
    "hyphens": "NT2-cursus (avond), start 05/01: vraag aan an.peeters@cvo.example",
}
FINDS = [
    ("kinesi liege", "accents"), ("OPLEID", "accents"), ("لغه هولنديه", "arabic"), ("دورة", "arabic"),
    ("нідерландської", "ukrainian"), ("ґенті", "ukrainian"), ("lodzi zazolc", "polish"), ("istanbul ışık", "turkish"),
    ("ክመሃር", "tigrinya"), ("ολλανδικα", "greek"), ("كلاس", "persian"), ("荷兰", "chinese"), ("เรียน", "thai"),
    ("nt2 cursus", "hyphens"), ("an.peeters", "hyphens"), ("05/01", "hyphens"),
]  # fmt: skip


@pytest.fixture
async def said(world: Any) -> tuple[Any, dict[str, int]]:
    """Somebody of gent who wrote all of SAID; a dispatcher there; the ids of the messages."""
    staff, person = await world.staff(Role.DISPATCHER), await world.person()
    address, talk = await world.address(person), await world.conversation(person)
    made = {name: (await world.message(talk, address, text)).id for name, text in SAID.items()}
    return staff, made


@pytest.mark.parametrize(("words", "name"), FINDS)
async def test_words_of_any_script_are_found_by_their_beginning(
    world: Any, said: Any, words: str, name: str
) -> None:
    staff, made = said
    found = await search.find(world.session, staff, words)
    assert [hit.message_id for hit in found.hits] == [made[name]]
    assert "<mark>" in found.hits[0].excerpt(words) or name in (
        "chinese",
        "thai",
    )  # no spaces: shown, not marked


@pytest.mark.parametrize(
    "words", ["iding", "liege antwerpen", "zzz", "'); drop", "& | !", "zz:*", "\\", "'", "<->"]
)
async def test_the_inside_of_a_word_and_odd_signs_find_nothing_and_break_nothing(
    world: Any, said: Any, words: str
) -> None:
    found = await search.find(world.session, said[0], words)
    assert found.hits == []


async def test_the_database_folds_as_we_do(world: Any) -> None:
    """Or what was found would not be marked."""
    for name, text in SAID.items():
        if name not in ("chinese", "thai"):
            folded = await world.session.scalar(select(func.search_fold(text)))
            assert folded.split() == search.fold(text).split(), name


async def test_a_message_of_one_endless_word_is_stored_and_found_by_nobody(world: Any) -> None:
    person = await world.person()
    address, talk = await world.address(person), await world.conversation(person)
    assert (await world.message(talk, address, "a" * 300_000)).id


async def test_notes_subjects_and_written_out_voice_notes_are_found_too(world: Any, said: Any) -> None:
    staff, _ = said
    person = await world.person(name="Yusuf")
    address, talk = await world.address(person), await world.conversation(person)
    mail = await world.message(talk, address, "zie bijlage", subject="Vraag over rijbewijs")
    await world.add(
        Note(person_id=person.id, staff_id=staff.id, text="rijbewijs is een drempel", created_at=world.now)
    )
    spoken = await world.message(talk, address, "", created_at=world.now + timedelta(hours=1))
    await world.add(
        Attachment(message_id=spoken.id, ref="x", kind="audio", transcript="ik heb mijn rijbewijs niet gehaald")
    )  # fmt: skip
    found = await search.find(world.session, staff, "rijbew")
    assert {(hit.kind, hit.message_id) for hit in found.hits} == {
        ("message", mail.id), ("note", None), ("transcript", spoken.id),
    }  # fmt: skip
    assert found.hits[0].kind == "transcript", "newest first"


async def test_in_one_thread_only_that_thread_is_searched(world: Any, said: Any) -> None:
    staff, made = said
    other = await world.person(name="Yusuf")
    mine = await world.message(
        await world.conversation(other), await world.address(other), "opleiding lassen"
    )
    everywhere = await search.find(world.session, staff, "opleiding")
    assert {hit.message_id for hit in everywhere.hits} == {mine.id, made["accents"]}
    only = await search.find(world.session, staff, "opleiding", person_id=other.id)
    assert [hit.message_id for hit in only.hits] == [mine.id]


async def test_at_most_a_page_is_shown_and_that_there_is_more_is_said(world: Any, said: Any) -> None:
    staff, _ = said
    person = await world.person()
    address, talk = await world.address(person), await world.conversation(person)
    made = [(await world.message(talk, address, f"boekhouden {number}")).id for number in range(4)]
    found = await search.find(world.session, staff, "boekhouden", limit=3)
    assert ([hit.message_id for hit in found.hits], found.more) == (made[:0:-1], True)
    assert not (await search.find(world.session, staff, "boekhouden", limit=4)).more


@pytest.mark.parametrize("recent", [1, 3, 4, 100])
async def test_looking_at_the_newest_first_finds_the_same(
    world: Any, monkeypatch: pytest.MonkeyPatch, recent: int
) -> None:
    staff = await world.staff(Role.DISPATCHER)
    person, away = await world.person(), await world.person(region="antwerpen")
    expected = []
    for number in range(12):
        whose = away if number % 3 == 0 else person
        address, talk = (
            await world.address(whose),
            await world.conversation(whose, life="closed", closed_at=world.now),
        )
        at = world.now + timedelta(hours=number)
        row = await world.message(talk, address, f"lassen {number}", created_at=at)
        expected += [f"m{row.id}"] if whose is person else []
        if number % 4 == 0:
            note = await world.add(
                Note(
                    person_id=person.id,
                    staff_id=staff.id,
                    text="lassen",
                    created_at=at + timedelta(minutes=1),
                )
            )
            expected.append(f"n{note.id}")
    monkeypatch.setattr(search, "RECENT", recent)
    for limit in range(1, 13):
        found = await search.find(world.session, staff, "lass", limit=limit)
        assert [hit.key for hit in found.hits] == expected[::-1][:limit], limit
        assert found.more == (len(expected) > limit)


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_finds_what_it_may_see_and_nothing_else(world: Any, role: Role) -> None:
    """Every way in which a thread can be somebody's, held against who finds its messages, notes and people."""
    staff = await world.staff(role, None if role in (Role.ADMIN, Role.ANALYST) else "gent")
    here, there = await world.staff(), await world.staff(region="antwerpen")
    threads = {
        "queue here": {"holder": "queue"},
        "queue nowhere": {"holder": "queue", "region_id": None},
        "queue elsewhere": {"holder": "queue", "region_id": "antwerpen"},
        "bot here": {"holder": "bot"},
        "colleague here": {"holder": "staff", "staff_id": here.id},
        "colleague elsewhere": {"holder": "staff", "staff_id": there.id, "region_id": "antwerpen"},
        "mine": {"holder": "staff", "staff_id": staff.id, "region_id": "antwerpen"},
    }
    for name, more in threads.items():
        person = await world.person(region="antwerpen", name=f"Zoekwoord {name}")
        talk = await world.conversation(person, **{"region_id": "gent", **more})
        await world.message(talk, await world.address(person), f"zoekwoord {name}")
        await world.add(Note(person_id=person.id, staff_id=there.id, text=f"zoekwoord nota {name}"))
    near = {"queue here", "queue nowhere", "mine"}
    expected = {
        Role.COUNSELLOR: near, Role.DISPATCHER: near | {"bot here", "colleague here"},
        Role.COORDINATOR: near | {"bot here", "colleague here"}, Role.ANALYST: set(), Role.ADMIN: set(threads),
    }[role]  # fmt: skip
    found = await search.find(world.session, staff, "zoekwoord")
    assert {hit.text.removeprefix("zoekwoord ") for hit in found.hits if hit.kind == "message"} == expected
    assert {hit.text.removeprefix("zoekwoord nota ") for hit in found.hits if hit.kind == "note"} == expected
    people = await search.people(world.session, staff, "zoekwoord")
    assert {(person.name or "").removeprefix("Zoekwoord ") for person in people} == expected


def test_an_excerpt_is_inert_and_marks_every_word() -> None:
    shown = search.excerpt("<b>Cursus</b> lassen & CURSUSSEN", "curs")
    assert (
        shown
        == '<bdi dir="auto">&lt;b&gt;<mark>Cursus</mark>&lt;/b&gt; lassen &amp; <mark>CURSUSSEN</mark></bdi>'
    )
    long = search.excerpt("x " * 200 + "diploma" + " y" * 200, "dipl")
    assert long.startswith('<bdi dir="auto">…')
    assert "<mark>diploma</mark>" in long
    assert len(long) < 300
