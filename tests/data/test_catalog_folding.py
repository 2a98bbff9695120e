"""k-anonymity: whatever people ask, no figure has fewer than k of them behind it, and the figures add up."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from data.catalog.folding import REST, Row, fold, whatever


def quarter(place: str) -> str:
    return {"a": "noord", "b": "noord", "c": "zuid", "d": "zuid"}.get(place, place)


STEPS = ({2: whatever}, {1: quarter}, {1: whatever}, {0: whatever})
ROWS = st.lists(
    st.builds(
        Row,
        key=st.tuples(st.sampled_from("xyz"), st.sampled_from("abcd"), st.sampled_from(("", "avond", "dag"))),
        asker=st.integers(0, 11),
        count=st.integers(1, 3),
    ),
    max_size=60,
)


@given(rows=ROWS, k=st.integers(2, 6))
def test_every_figure_is_of_k_people_and_the_figures_add_up(rows: list[Row], k: int) -> None:
    cells = fold(rows, STEPS, k)
    assert all(len({row.asker for row in cell.rows}) >= k for cell in cells)
    if len({row.asker for row in rows}) < k:
        assert cells == []
    else:
        assert sum(cell.count for cell in cells) == sum(row.count for row in rows)
        assert Counter(id(row) for cell in cells for row in cell.rows) == Counter(map(id, rows))


@given(rows=ROWS, k=st.integers(2, 6))
def test_no_hidden_figure_follows_from_those_shown(rows: list[Row], k: int) -> None:
    """Whatever shown cells one subtracts from whatever total of shown cells, k people or nobody is left."""
    cells = fold(rows, STEPS, k)[:8]
    for chosen in product((False, True), repeat=len(cells)):
        left = [row for cell, taken in zip(cells, chosen, strict=True) if not taken for row in cell.rows]
        askers = {row.asker for row in left}
        assert not askers or len(askers) >= k


@given(rows=ROWS, k=st.integers(2, 6))
def test_a_cell_holds_what_it_says(rows: list[Row], k: int) -> None:
    for cell in fold(rows, STEPS, k):
        for row in cell.rows:
            for place, (shown, real) in enumerate(zip(cell.key, row.key, strict=True)):
                assert shown in (real, REST) or (place == 1 and shown == quarter(real))


def asked(key: tuple[str, ...], *askers: int) -> list[Row]:
    return [Row(key=key, asker=asker) for asker in askers]


def test_the_rare_goes_one_step_up_and_no_further() -> None:
    rows = [
        *asked(("x", "a", "avond"), 1, 2, 3),
        *asked(("x", "a", "dag"), 4, 5),
        *asked(("x", "a", ""), 6),
        *asked(("x", "c", "dag"), 7, 8, 9),
    ]
    shown = {cell.key: cell.count for cell in fold(rows, STEPS, 3)}
    assert shown == {("x", "a", "avond"): 3, ("x", "c", "dag"): 3, ("x", "a", REST): 3}


def test_what_is_rare_even_at_the_coarsest_goes_with_the_nearest() -> None:
    rows = [
        *asked(("x", "a", "avond"), 1, 2, 3, 4),
        *asked(("y", "c", "dag"), 10, 11, 12),
        *asked(("x", "b", "dag"), 20),
    ]
    shown = {cell.key: cell.count for cell in fold(rows, STEPS, 3)}
    assert shown == {("x", "noord", REST): 5, ("y", "c", "dag"): 3}


def test_only_what_differs_is_told_less_finely() -> None:
    rows = [
        *asked(("x", "a", "avond"), 1, 2, 3),
        *asked(("x", "d", "dag"), 4, 5, 6),
        *asked(("z", "a", "avond"), 7),
    ]
    shown = {cell.key: cell.count for cell in fold(rows, STEPS, 3)}
    assert shown == {(REST, "a", "avond"): 4, ("x", "d", "dag"): 3}


def test_one_person_who_asks_often_is_one_person() -> None:
    rows = [Row(key=("x", "a", "avond"), asker=1, count=50), Row(key=("x", "a", "avond"), asker=2)]
    assert fold(rows, STEPS, 3) == []
