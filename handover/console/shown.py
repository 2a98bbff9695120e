"""How much of a list stands on a page: its first rows, further only to the one that is open, and more when one asks.

`toon=80` in the address says how many. It goes along with every link of the list, so that the list stays as long as one
made it; the page works the same without scripts.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from handover.console.desk import Desk

STEP = 40
MOST = 2_000  # rows


def asked(desk: Desk) -> int:
    """How many rows the address asks for: whole steps, one at least."""
    text = desk.request.query_params.get("toon", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else STEP
    return min(max(_steps(wanted), STEP), MOST)


def as_many(ids: Sequence[int], wanted: int, open_id: int | None) -> int:
    """How many of `ids` to show: as many as wanted, and on to the one that is open when it stands further down."""
    if open_id is not None and open_id in ids[wanted:]:
        return _steps(ids.index(open_id) + 1)
    return wanted


def address(path: str, query: dict[str, str], shown: int) -> str:
    """The address of a list that is `shown` rows long, without what is empty or usual."""
    said = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(said | ({'toon': str(shown)} if shown > STEP else {}))}"


def _steps(rows: int) -> int:
    return -(-rows // STEP) * STEP
