"""What counts as worse."""

from __future__ import annotations

import pytest

from nlu.compare import Check, check, compare
from nlu.evaluate import Answer, Case
from nlu.values import Understanding


def answers(*pairs: tuple[str, str], language: str = "nl") -> list[Answer]:
    """(meant, understood) each."""
    return [
        Answer(
            case=Case(text=f"{number}", intent=meant, language=language),
            found=Understanding(
                text="", language=language, language_confidence=1, intent=given, confidence=1, ranking=(), slots=(),
                act=None, crisis=given == "distress_crisis", opt_out=given == "opt_out", opt_in=False, model_version="",
            ),
        )
        for number, (meant, given) in enumerate(pairs)
    ]  # fmt: skip


def row(checks: tuple[Check, ...], what: str) -> Check:
    return next(check for check in checks if check.what == what)


@pytest.mark.parametrize(
    ("lost", "won", "worse"),
    [
        (0, 0, False),
        (1, 0, False),
        (4, 0, False),
        (5, 0, True),
        (10, 9, False),
        (30, 15, True),
        (15, 30, False),
    ],
)
def test_a_loss_is_worse_when_chance_would_hardly_do_it(lost: int, won: int, worse: bool) -> None:
    pairs = [(True, False)] * lost + [(False, True)] * won + [(True, True)] * 500
    found = check("x", pairs)
    assert (found.lost, found.won, found.worse) == (lost, won, worse)
    assert found.candidate - found.current == won - lost


def test_one_crisis_or_stop_missed_or_one_false_alarm_more_is_worse() -> None:
    same = [("evc", "evc")] * 40
    for meant, given, what in (
        ("distress_crisis", "evc", "crisis seen"),
        ("evc", "distress_crisis", "no crisis seen where there is none"),
        ("opt_out", "evc", "opt-out seen"),
        ("evc", "opt_out", "no opt-out seen where there is none"),
    ):
        checks = compare(answers(*same, (meant, meant)), answers(*same, (meant, given)))
        assert {check.what for check in checks if check.worse} == {what}
        back = compare(answers(*same, (meant, given)), answers(*same, (meant, meant)))
        assert not any(check.worse for check in back)


def test_a_language_counts_by_itself_when_it_has_enough_messages() -> None:
    dutch = answers(*[("evc", "evc")] * 300)
    good, bad = answers(*[("evc", "evc")] * 30, language="tr"), answers(*[("evc", "x")] * 30, language="tr")
    checks = compare([*dutch, *good], [*dutch, *bad])
    assert row(checks, "in tr").worse
    assert not row(checks, "in nl").worse
    few = compare([*dutch, *good[:29]], [*dutch, *bad[:29]])
    assert "in tr" not in {check.what for check in few}


def test_corrected_messages_are_a_check_of_their_own() -> None:
    before, after = answers(("evc", "x"), ("evc", "evc")), answers(("evc", "evc"), ("evc", "evc"))
    found = row(compare(before, after, {0}), "corrected messages")
    assert (found.current, found.candidate, found.of, found.won) == (0, 1, 1, 1)


def test_other_messages_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same messages"):
        compare(answers(("evc", "evc")), answers(("complaint", "evc")))
