"""The console's first page fetches little: people work on slow lines too."""

import re
from pathlib import Path

from handover.console.routes import FILES, STATIC

ROOT = Path(__file__).resolve().parents[2]
MOST = 150_000  # bytes of script and style, as they lie here: a server in front may still pack them
PLACES = {
    "/console/static/": STATIC,
    "/static/vendor/": ROOT / "node_modules" / "htmx.org" / "dist",
    "/static/": ROOT / "bot" / "static",
}
PAGE = (STATIC.parent / "templates" / "console.html").read_text("utf-8")


def _file(address: str) -> Path:
    place = next(place for place in PLACES if address.startswith(place))
    return PLACES[place] / address.removeprefix(place)


def _fetched() -> set[Path]:
    """What the page names, and what those scripts import in turn."""
    wanted = [_file(address) for address in re.findall(r'(?:src|href)="(/[^"{]+\.(?:js|css))"', PAGE)]
    found: set[Path] = set()
    while wanted:
        path = wanted.pop()
        if path not in found:
            found.add(path)
            wanted += [
                path.parent / name for name in re.findall(r'from "\./([\w.]+)"', path.read_text("utf-8"))
            ]
    return found


def test_script_and_style_stay_small() -> None:
    fetched = _fetched()
    assert {"leerlijn.css", "console.css", "console.js", "drafts.js", "htmx.min.js"} <= {
        path.name for path in fetched
    }
    assert sum(path.stat().st_size for path in fetched) <= MOST


def test_every_script_that_is_imported_is_served() -> None:
    ours = {path.name for path in _fetched() if path.parent == STATIC}
    assert ours <= FILES.keys()
    assert {path.name for path in STATIC.iterdir()} == FILES.keys(), "nothing lies there unused"
