"""Short messages about the list that was shown."""

import pytest

from bot.flows import follow_words
from nlu import Slot


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("wat kost de tweede?", (2,)), ("en de derde", (3,)), ("combien coûte le deuxième ?", (2,)), ("the last one", (-1,)),
        ("ikinci ne kadar?", (2,)), ("كم سعر الثاني؟", (2,)), ("متى يبدأ الأول؟", (1,)), ("скільки коштує друга?", (2,)),
        ("1 en 2", (1, 2)), ("wat kost nr 3", (3,)), ("verschil tussen 1 en 2", (1, 2)), ("2", (2,)),
        ("om 7 uur", ()), ("3 jaar ervaring", ()), ("20", ()), ("liever online", ()), ("0", ()),
    ],
)  # fmt: skip
def test_which_one_is_meant(text: str, numbers: tuple[int, ...]) -> None:
    assert follow_words.chosen(text) == numbers


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("maakt niet uit welke dag", {"weekday"}), ("gelijk wanneer", {"weekday", "time_of_day"}), ("n'importe quel jour", {"weekday"}),
        ("any day is fine", {"weekday"}), ("maakt niet uit waar", {"place"}), ("overal", {"place"}), ("eender welk uur", {"weekday", "time_of_day"}),
        ("fark etmez, hangi gün olursa", {"weekday"}), ("welke dag?", set()), ("waar is dat", set()), ("many days", set()),
    ],
)  # fmt: skip
def test_what_does_not_matter(text: str, wishes: set[str]) -> None:
    assert follow_words.let_go(text) == wishes


@pytest.mark.parametrize("text", ["terug", "Vorige!", "retour", "go back", "geri", "назад", "ارجع"])
def test_going_back(text: str) -> None:
    assert follow_words.goes_back(text)


@pytest.mark.parametrize("text", ["ik wil terug naar school", "background", "come back later please"])
def test_not_going_back(text: str) -> None:
    assert not follow_words.goes_back(text)


@pytest.mark.parametrize(
    "text", ["goedkoper", "de goedkoopste", "moins cher", "cheaper please", "daha ucuz", "أرخص", "дешевше"]
)
def test_cheaper(text: str) -> None:
    assert follow_words.asks_cheaper(text)


@pytest.mark.parametrize(
    ("text", "start", "end", "bare"),
    [
        ("en Frans?", 3, 8, True), ("liever Frans", 7, 12, True), ("what about French?", 11, 17, True), ("peki Fransızca?", 5, 14, True),
        ("ik spreek Frans", 10, 15, False), ("niet Frans", 5, 10, True), ("en Frans kost hoeveel", 3, 8, False),
    ],
)  # fmt: skip
def test_nothing_beside_the_slot(text: str, start: int, end: int, bare: bool) -> None:
    slot = Slot(name="subject", value="frans", text=text[start:end], start=start, end=end)
    assert follow_words.is_bare(text, [slot]) is bare
