"""Nothing that staff read stands in the code in Dutch alone: templates and sentences go through `_`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.translation import speaking
from handover.console.in_scripts import said_by_scripts

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "handover/console/templates").glob("*.html"))
SCRIPTS = sorted((ROOT / "handover/console/static").glob("*.js"))
LABELS = (
    ROOT / "handover/console/labels.py"
)  # its tables are words as a whole: scripts.texts reads them there
CODE = sorted({*(ROOT / "handover").rglob("*.py"), *(ROOT / "dispatch").glob("*.py")} - {LABELS})
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<svg\b.*?</svg>|<kbd>.*?</kbd>|<!.*?>|<[^>]*>|&\w+;", re.S)
SAID = re.compile(
    r'\b(?:aria-label|aria-description|title|placeholder|alt|data-(?:say|empty|confirm)[\w-]*)="([^"]*)"'
)
WORD = re.compile(r"[^\W\d_]{2,}")
SAME = {"Leerlijn", "min", "km", "kB", "MB", "CSV", "XLSX", "ID", "URL", "PIN", "SMS", "WhatsApp", "QR"}
DUTCH = re.compile(r"\b(je|de|het|een|niet|geen|deze|dit|nog|kan|voor|met|van|zijn|wordt|werd|al|op)\b", re.I)
TRANSLATED = {"_", "N_", "_n", "forms"}
FOR_CLIENTS = {
    "handover/referral_in.py",  # what a professional states, kept as the consent
    "handover/referral_mail.py",  # mail to partners
}
"""Files whose Dutch is said to clients or partners, or is kept."""


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_says_nothing_in_dutch_alone(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    bare = JINJA.sub(" ", text)
    said = " ".join([MARKUP.sub(" ", bare), *SAID.findall(bare)])
    assert set(WORD.findall(said)) - SAME == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_nor_in_what_a_template_computes(file: Path) -> None:
    """Strings inside Jinja's tags that are words and are not asked for in a language."""
    text = file.read_text(encoding="utf-8")
    for tag in JINJA.findall(text):
        untold = re.sub(r'\b_n?\((?:\s*"(?:[^"\\]|\\.)*"\s*,?)+', "", tag)
        for string in re.findall(r'"([^"]*)"', untold):
            assert not (DUTCH.search(string) and " " in string.strip()), f"{string!r} in {tag}"


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_sentence_for_staff_can_be_translated(file: Path) -> None:
    if str(file.relative_to(ROOT)) in FOR_CLIENTS:
        pytest.skip("said to clients, beside its other languages")
    assert [f"{line}: {text}" for line, text in _untold(ast.parse(file.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_says_what_the_page_lets_it_say(file: Path) -> None:
    text = re.sub(r"^\s*(?://|/?\*).*$|\s// .*$", "", file.read_text(encoding="utf-8"), flags=re.M)
    found = [*re.findall(r'"([^"\n]*)"', text), *re.findall(r"`([^`]*)`", text)]
    strings = [re.sub(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", " ", one) for one in found]
    assert [
        one
        for one in strings
        if DUTCH.search(one) or (len(WORD.findall(one)) > 3 and not re.search(r"[=\[]", one))
    ] == []
    assert set(re.findall(r'\bsay\("(\w+)"', text)) <= said_by_scripts().keys()


def test_everything_the_page_lets_scripts_say_is_said() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in SCRIPTS)
    assert [name for name in said_by_scripts() if f'"{name}"' not in text] == []
    with speaking("fr"):
        said = said_by_scripts()
    assert (said["now"], said["days"]) == ("à l’instant", ("{count} jour", "{count} jours"))


def _untold(node: ast.AST, inside: bool = False) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATED:
        inside = True
    if isinstance(node, ast.Dict) and {"nl", "fr"} <= {getattr(key, "value", None) for key in node.keys}:
        return  # said to clients: its other languages stand beside it
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and not inside:
        words = node.value.split()
        if len(words) > 2 and len(DUTCH.findall(node.value)) > 1 and not re.search(r"[\n<>|\\]", node.value):
            yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        # A docstring, or a word on why, is read by who builds.
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from _untold(child, inside)
