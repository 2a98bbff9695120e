"""Whole messages, with a small model: what rules are sure of, and that no string whatever makes it fail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu import Hints, ModelError, Understander, Vocabulary, load, model_file
from nlu.training_data import ACTS

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Brussels"))


def test_a_course_question(understander: Understander) -> None:
    read = understander.understand("Spaanse les in Gent op dinsdagavond?", Hints(now=NOW))
    assert read.language == "nl"
    assert not read.intent.startswith("appt_")
    assert {slot.name: slot.value for slot in read.slots} == {
        "subject": "spaans",
        "place": "Gent",
        "weekday": "tu",
        "time_of_day": "evening",
    }
    assert read.act is None
    assert all(read.text[slot.start : slot.end] == slot.text for slot in read.slots)


def test_the_ranking_is_of_intents_only_and_sorted(understander: Understander) -> None:
    read = understander.understand("wat kost een cursus boekhouden")
    assert not {name for name, _ in read.ranking} & set(ACTS)
    chances = [chance for _, chance in read.ranking]
    assert chances == sorted(chances, reverse=True)
    assert (read.intent, read.confidence) == read.ranking[0]
    assert 0 <= sum(chances) <= 1.01


@pytest.mark.parametrize("text", ["STOP", "stop aub", "tsop", "Arrêt"])
def test_stop_is_certain(understander: Understander, text: str) -> None:
    read = understander.understand(text, Hints(channel="sms"))
    assert (read.opt_out, read.intent, read.confidence, read.act) == (True, "opt_out", 1.0, None)


@pytest.mark.parametrize(
    "text", ["kwil nie meer leven", "je veux mourir", "i want to kill myself", "хочу померти"]
)
def test_danger_is_certain(understander: Understander, text: str) -> None:
    read = understander.understand(text)
    assert (read.crisis, read.intent, read.confidence) == (True, "distress_crisis", 1.0)


def test_danger_comes_before_stop(understander: Understander) -> None:
    read = understander.understand("stop ik wil dood")
    assert read.crisis
    assert not read.opt_out


@pytest.mark.parametrize(
    ("text", "hints", "act"),
    [
        ("ja", Hints(expected=frozenset({"yes_no"})), "confirm"),
        ("nee", Hints(), "deny"),
        ("2", Hints(expected=frozenset({"choice"})), "choose"),
        ("Aalst", Hints(expected=frozenset({"place"})), "place"),
        ("9300", Hints(), "place"),
        ("dinsdag na 4u", Hints(expected=frozenset({"time"}), now=NOW), "time"),
        ("bedankt", Hints(), "thanks"),
        ("meer", Hints(), "more"),
        ("wablief", Hints(), "repeat"),
    ],
)
def test_answers_are_acts(understander: Understander, text: str, hints: Hints, act: str) -> None:
    assert understander.understand(text, hints).act == act


def test_the_chosen_number_is_a_slot(understander: Understander) -> None:
    assert understander.understand("de tweede", Hints(expected=frozenset({"choice"}))).value("choice") == "2"


def test_a_bare_number_after_a_question_for_a_place_is_a_postcode(understander: Understander) -> None:
    read = understander.understand("2000", Hints(expected=frozenset({"place"})))
    assert (read.act, read.value("postcode")) == ("place", "2000")


def test_a_weekday_in_an_appointment_has_a_date(understander: Understander) -> None:
    read = understander.understand("vrijdag om 2", Hints(expected=frozenset({"time"}), now=NOW))
    assert (read.value("date"), read.value("time")) == ("2026-11-27", "14:00")


def test_what_is_refused_is_no_value(understander: Understander) -> None:
    read = understander.understand("niet in Gent maar in Aalst")
    assert read.value("place") == "Aalst"
    wanted, refused = read.slot("place"), [slot for slot in read.slots if slot.negated]
    assert wanted is not None
    assert wanted.value == "Aalst"
    assert [slot.value for slot in refused] == ["Gent"]


def test_a_national_number_never_leaves_in_a_slot(understander: Understander) -> None:
    read = understander.understand("mijn rijksregisternummer is 93.05.18-223.61")
    assert read.value("personal_number") == "***"
    assert "223" not in read.text
    assert all("223" not in slot.text + slot.value for slot in read.slots)


def test_a_topic_is_kept_when_the_catalogue_has_no_such_subject(understander: Understander) -> None:
    assert understander.understand("cursus drone vliegen in Gent").value("topic") == "drone vliegen"


HOSTILE = [
    "", " ", "\x00", "\ud800", "\udfff" * 50, "😀" * 1_000_000, "a" * 1_000_000, "1" * 100_000, "ik wil " * 20_000, "?" * 5_000, "\u202eabc",
    "[" * 5_000, "(a" * 5_000, "ü" * 5_000, "0470 " * 1_000, "a@" * 5_000, "a." * 5_000, "12/" * 5_000, "- - " * 5_000, "<script>alert(1)</script>",
    "'; DROP TABLE person; --", "{{7*7}}", "\n" * 5_000, "ال" * 5_000, "9" * 4 + " " + "0" * 5_000, "€" * 3_000, "u" * 3_000 + "30",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_string_makes_it_fail_or_hang(understander: Understander, text: str) -> None:
    started = datetime.now(NOW.tzinfo)
    read = understander.understand(text)
    assert len(read.text) <= 2_000
    read.text.encode()
    assert (datetime.now(NOW.tzinfo) - started).total_seconds() < 5


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(), max_size=80),
    expected=st.sampled_from(["place", "choice", "time", "yes_no"]),
)
def test_any_text_is_understood_somehow(understander: Understander, text: str, expected: str) -> None:
    read = understander.understand(text, Hints(expected=frozenset({expected})))
    assert read.language
    assert all(0 <= slot.start < slot.end <= len(read.text) for slot in read.slots)


def test_threads_share_it(understander: Understander) -> None:
    texts = ["Spaanse les in Gent", "wat kost dat", "ja", "STOP", "je cherche un cours", "morgen om 10u"] * 20
    alone = [understander.understand(text, Hints(now=NOW)) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: understander.understand(text, Hints(now=NOW)), texts))
    assert together == alone


def test_a_missing_model_names_the_command(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(ModelError, match="python -m bot train"):
        load(tmp_path / "none.npz", vocabulary)


def test_a_model_of_another_format_names_the_command(
    small_model: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    content = model_file.read(small_model)
    path = tmp_path / "old.npz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_file, "FORMAT", 0)
        model_file.save(path, content)
    with pytest.raises(ModelError, match=r"format 0.*python -m bot train"):
        load(path, vocabulary)


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04broken"])
def test_a_broken_model_names_the_command(tmp_path: Path, vocabulary: Vocabulary, content: bytes) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="python -m bot train"):
        load(path, vocabulary)


def test_a_model_that_would_run_code_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ModelError, match="python -m bot train"):
        load(path, vocabulary)
