"""Asking where one's question is: in the words of each language, and not what looks like it."""

import pytest

from dispatch.triage import Action, Known
from dispatch.waiting_words import asks_where_it_is
from tests.dispatch.spoken import ask, said


@pytest.mark.parametrize(
    "text",
    [
        "waar is mijn vraag?", "Waar blijft mijn antwoord", "wanneer hoor ik iets?", "wie heeft mijn vraag?",
        "hoe lang moet ik nog wachten?", "ik heb nog altijd geen antwoord", "hebben jullie mijn vraag gelezen",
        "wanneer krijg ik antwoord van jullie", "où est ma question ?", "toujours pas de réponse",
        "Quand est-ce que j'aurai une réponse ?", "where is my question", "when will I get an answer?",
        "did you get my message", "sorum nerede", "Gdzie jest moje pytanie?", "де моє питання",
        "где мой вопрос?", "وين سؤالي", "¿Dónde está mi pregunta?", "Wo ist meine Frage?",
    ],
)  # fmt: skip
def test_asks(text: str) -> None:
    assert asks_where_it_is(text)
    waiting = ask(said("out_of_scope", text), Known(waits=True))
    assert (waiting.action, waiting.reasons[0].code) == (Action.STATUS, "where_is_it")


@pytest.mark.parametrize(
    "text",
    [
        "waar is mijn pakje", "wanneer krijg ik antwoord van de school", "wanneer krijg ik mijn diploma",
        "hoe lang moet ik wachten op een plaats", "dat is niet mijn vraag", "not my question",
        "hoe lang duurt de opleiding", "nog geen antwoord van de VDAB", "wanneer hoor ik iets van de VDAB",
        "where is my course", "où est mon cours",
    ],
)  # fmt: skip
def test_does_not_ask(text: str) -> None:
    assert not asks_where_it_is(text)


def test_a_crisis_and_a_stop_go_before_it() -> None:
    text = "waar is mijn vraag"
    assert ask(said("distress_crisis", text), Known(waits=True)).action is Action.CRISIS
    assert ask(said("opt_out", text), Known(waits=True)).action is Action.OPT_OUT


def test_a_complaint_of_somebody_who_does_not_wait_goes_to_a_person() -> None:
    assert ask(said("complaint", "nog altijd geen antwoord")).action is Action.COMPLAINT
    nothing = ask(said("out_of_scope", "waar is mijn vraag"))
    assert (nothing.action, nothing.reasons[0].code) == (Action.STATUS, "nothing_waits")
