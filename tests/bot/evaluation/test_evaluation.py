"""Cases from a file, tiers by triage, the table and the page."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from bot.evaluation.cases import CaseError, read_cases
from bot.evaluation.report import Measured, page, table
from bot.evaluation.slot_names import read_by
from bot.evaluation.tiers import score_tiers, tier_of
from bot.replies import BRUSSELS
from nlu.evaluate import Answer, Case, Share, Wanted, measure
from nlu.values import Slot, Understanding


def answer(intent: str, given: str, confidence: float, **case: object) -> Answer:
    found = Understanding(
        text="x", language="nl", language_confidence=1, intent=given, confidence=confidence,
        ranking=((given, confidence),), act=None, crisis=given == "distress_crisis", opt_out=False, opt_in=False,
        slots=(Slot(name="place", value="gent", text="Gent", start=0, end=4),), model_version="1",
    )  # fmt: skip
    return Answer(
        case=Case(**{"text": "<b>wat</b> & hoe", "intent": intent, "language": "nl", **case}), found=found
    )


ANSWERS = (
    answer("evc", "evc", 0.9, tier="information", variety="sms"),
    answer("evc", "complaint", 0.8, tier="information", slots=(Wanted(name="place", value="Gent"),)),
    answer("distress_crisis", "distress_crisis", 1.0, tier="referral"),
)


def measured() -> Measured:
    return Measured(
        source="De berichten in proef.jsonl", model="4-x", made=datetime(2026, 11, 23, 9, 5, tzinfo=BRUSSELS),
        answers=ANSWERS, found=measure(ANSWERS), tiers=score_tiers(ANSWERS),
    )  # fmt: skip


def test_a_file_of_messages(tmp_path: Path) -> None:
    rows = [
        {"text": "les in Gent", "intent": "find_course", "language": "nl", "tier": "information", "variety": "sms",
         "slots": {"place": "Gent", "not_time_of_day": ["evening", "morning"]}},
        {"text": "dag", "intent": "smalltalk", "slots": [{"name": "place", "value": "Gent", "start": 0, "end": 4}]},
        {"text": "STOP", "intent": "opt_out", "channel": "sms"},
    ]  # fmt: skip
    file = tmp_path / "proef.jsonl"
    file.write_text("\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    first, second, third = read_cases(file)
    assert (first.variety, first.tier, first.language) == ("sms", "information", "nl")
    assert first.slots == (
        Wanted(name="place", value="Gent"),
        Wanted(name="time_of_day", value="evening", negated=True),
        Wanted(name="time_of_day", value="morning", negated=True),
    )
    assert second.slots == (Wanted(name="place", value="Gent", start=0, end=4),)
    assert (third.slots, third.channel, third.tier) == (None, "sms", None)


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "x"}', '{"text": "x", "intent": "y", "slots": 3}', ""])
def test_a_line_that_is_no_message_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "proef.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(CaseError, match=r"proef\.jsonl"):
        read_cases(file)
    with pytest.raises(CaseError, match="cannot be read"):
        read_cases(tmp_path / "none.jsonl")


def test_tiers_are_those_of_triage() -> None:
    assert [tier_of(one) for one in ANSWERS] == ["information", "service", "referral"]
    score = score_tiers(ANSWERS)
    assert score.share == Share(right=2, of=3)
    assert score.confusions == (("information", "service", 1),)
    assert score_tiers([answer("evc", "evc", 1.0)]).share.of == 0


def test_the_table_says_the_figures() -> None:
    lines = dict(line.rsplit(None, 1) for line in table(measured()).splitlines())
    assert lines["messages"] == "3"
    assert "intent                                        66.7%  2/3" in table(measured())
    assert "crisis recall                                100.0%  1/1" in table(measured())
    assert "evc read as complaint" in table(measured())
    assert "slots F1" in table(measured())


def test_the_page_stands_alone_and_shows_what_people_wrote_as_text() -> None:
    html = page(measured())
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert "<b>wat</b>" not in html
    assert "&lt;b&gt;wat&lt;/b&gt; &amp; hoe" in html
    assert html.count('<svg role="img"') == 6
    assert "ervaring laten erkennen, gelezen als" in html
    assert "66,7 %" in html
    assert 'lang="nl"' in html


def test_names_and_normal_forms_of_others(tmp_path: Path) -> None:
    slots = {
        "profession": "nurse", "status": "unemployed", "exclude_subject": "frans", "date": "monday", "date_to": "friday",
        "level": "master", "right": "access", "pii": "national_number",
    }  # fmt: skip
    file = tmp_path / "proef.jsonl"
    file.write_text(json.dumps({"text": "x", "intent": "evc", "slots": slots}), encoding="utf-8")
    (case,) = read_cases(file)
    assert case.slots is not None
    assert {("!" if slot.negated else "") + f"{slot.name}={slot.value}" for slot in case.slots} == {
        "occupation=nurse", "status=job_seeker", "!subject=frans", "weekday=mo", "weekday=fr", "diploma=higher",
        "right=access", "personal_number=***",
    }  # fmt: skip


def test_a_label_in_another_language_has_our_normal_form() -> None:
    class Reads:
        def understand(self, text: str, hints: object) -> Understanding:
            value = {"Courtrai": "Kortrijk", "hasta bakıcı": "zorgkundige"}.get(text)
            slots = (Slot(name="place", value=value, text=text, start=0, end=len(text)),) if value else ()
            return Understanding(
                text=text, language="fr", language_confidence=1, intent="x", confidence=1, ranking=(), slots=slots,
                act=None, crisis=False, opt_out=False, opt_in=False, model_version="1",
            )  # fmt: skip

    assert read_by(Reads(), Wanted(name="place", value="Courtrai")).value == "Kortrijk"
    assert read_by(Reads(), Wanted(name="place", value="ergens")).value == "ergens"  # unknown: left as it is
    assert read_by(Reads(), Wanted(name="age", value="Courtrai")).value == "Courtrai"


def test_the_table_tells_apart_what_messages_are_read_for() -> None:
    wanted = (Wanted(name="place", value="Gent"), Wanted(name="mood", value="low"))
    answers = (answer("evc", "evc", 0.9, slots=wanted),)
    found = measure(answers)
    assert (found.known_slots.wanted, found.all_slots.wanted) == (1, 2)
    text = table(
        Measured(
            source="x", model="4-x", made=datetime(2026, 11, 23, 9, 5, tzinfo=BRUSSELS), answers=answers, found=found,
            tiers=score_tiers(answers),
        )
    )  # fmt: skip
    assert "slots F1, names that are read for" in text
    assert "mood 1" in text
