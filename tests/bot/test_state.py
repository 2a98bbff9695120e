"""What the bot remembers survives storage, and a change of version."""

from bot.state import Asked, Dialogue, Goal, Search


def test_there_and_back() -> None:
    dialogue = Dialogue(
        greeted=True, asked=Asked.COURSE, goal=Goal.COURSES, options=("1", "2"),
        search=Search(subject_ids=("spaans",), weekdays=(1, 3), max_price="90"),
    )  # fmt: skip
    assert Dialogue.from_json(dialogue.to_json()) == dialogue


def test_fields_of_another_version_are_left_out() -> None:
    stored = Dialogue(asked=Asked.SLOT).to_json() | {"from_the_future": 1}
    assert Dialogue.from_json(stored).asked is Asked.SLOT
    assert Dialogue.from_json({}) == Dialogue()


def test_settled_waits_for_nothing_but_keeps_the_search() -> None:
    dialogue = Dialogue(asked=Asked.COURSE, options=("1",), search=Search(text="hout"), misses=1)
    settled = dialogue.settled()
    assert settled.asked is None
    assert settled.options == ()
    assert settled.misses == 0
    assert settled.search == Search(text="hout")
