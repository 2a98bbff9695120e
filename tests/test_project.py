"""The project's own rules, which no tool knows. Each failure says what to do instead."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel

from bot.__main__ import main
from bot.replies import LANGUAGES
from bot.settings import Settings
from nlu.training_data import load_examples

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "nlu", "channels", "dispatch", "handover", "data")
LONGEST = 400  # lines: about what one person keeps in mind at once
# Why something may be longer: a stylesheet is read by section, a migration is never edited again, words are data.
LONGER = {".css": 600, ".md": 800}
README = ROOT / "README.md"


def tracked(*patterns: str) -> list[Path]:
    """The files git knows, or would take, that match the patterns."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def product() -> list[Path]:
    """Our own Python, without tests and migrations."""
    return [
        path
        for path in tracked(*(f"{package}/*.py" for package in PACKAGES))
        if "migrations" not in path.parts
    ]


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """'path:number: line' of every line that the pattern is found in."""
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    return found


def test_files_are_short_enough_to_read() -> None:
    long = []
    for path in tracked("*.py", "*.js", "*.css", "*.html", "*.md", "Makefile", ".ci/run"):
        if "migrations" in path.parts:
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGER.get(path.suffix, LONGEST):
            long.append(f"{path.relative_to(ROOT)} has {lines} lines")
    assert not long, f"split by subject, at most {LONGEST} lines a file: {long}"


def test_only_data_commits() -> None:
    outside = [path for path in product() if path.relative_to(ROOT).parts[0] != "data"]
    found = lines_with(re.compile(r"\.commit\("), outside)
    assert not found, f"use data.db.transaction(), the only place that commits: {found}"


def test_product_code_is_finished() -> None:
    unfinished = re.compile(
        r"\b(TO" + r"DO|FIX" + r"ME|XXX|HACK)\b|\bNotImplementedError\b|[Nn]ot implemented"
    )
    found = lines_with(unfinished, product() + tracked("bot/**/*.js", "handover/**/*.js", "*.html"))
    assert not found, f"finish it, or leave it out and say so in the README: {found}"


def test_no_place_of_work_is_named() -> None:
    """Who clones this has other folders and maybe another registry."""
    hosts = r"pypi[.]org|pythonhosted[.]|npmjs[.](org|com)|registry[.](npm|yarn)|crates[.]io|deb[.]debian"
    folders = r"/ro" + r"ot/|/ho" + r"me/|/wo" + r"rk/|/tmp" + r"/"
    files = [path for path in tracked() if path.name != "LICENSE"]
    found = lines_with(re.compile(rf"{hosts}|(?<![\w.])({folders})"), files)
    assert not found, f"name no registry host and no folder of your machine: {found}"


def test_lock_files_name_no_address() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock, (
        "run npm in this folder, so that it reads .npmrc, and commit the lock file again"
    )


def test_requirements_lock_fits_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *(name for group in project["dependency-groups"].values() for name in group),
    ]
    pins = dict(
        line.split("==")
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if not line.startswith("#")
    )
    locked = {canonicalize_name(name): version for name, version in pins.items()}
    for requirement in map(Requirement, wanted):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in requirements.lock: run make lock"
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}: run make lock"


CHANNELS = sorted(
    {"web"}
    | {
        found[1]
        for path in (ROOT / "channels").rglob("*.py")
        if (found := re.search(r"^    name: ClassVar\[str\] = \"(\w+)\"", path.read_text("utf-8"), re.M))
    }
)


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_is_tested_and_told(channel: str) -> None:
    assert (ROOT / "tests" / "channels" / f"test_{channel}.py").is_file(), (
        f"write tests/channels/test_{channel}.py"
    )
    row = re.compile(rf"^\|.*`{channel}`.*\|$", re.MULTILINE)
    assert row.search(README.read_text(encoding="utf-8")), (
        f"add a row for `{channel}` to the README's table of channels"
    )


def settings_of(model: type[BaseModel], prefix: str = "LEERLIJN_") -> dict[str, str]:
    """Every environment variable and its help."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= settings_of(field.annotation, f"{prefix}{name.upper()}__")
        else:
            found[prefix + name.upper()] = field.description or ""
    return found


@pytest.mark.parametrize(("name", "help_text"), settings_of(Settings).items())
def test_every_setting_is_explained(name: str, help_text: str) -> None:
    assert help_text, f"give {name} a description in bot/settings.py"
    assert f"`{name}`" in README.read_text(encoding="utf-8"), (
        f"add `{name}` to the README's table of settings"
    )


def test_every_command_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    usage = capsys.readouterr().out
    commands = re.findall(r"^    (\w[\w-]*) ", usage, re.MULTILINE)
    assert "demo" in commands, f"python -m bot --help names no commands: {usage}"
    readme = README.read_text(encoding="utf-8")
    missing = [name for name in commands if f"`{name}`" not in readme and f"-m bot {name}" not in readme]
    assert not missing, f"tell in the README what these commands do: {missing}"


@pytest.mark.parametrize("page", ["README.md", "docs/pages.md"])
def test_a_page_shows_pictures_that_exist(page: str) -> None:
    here = (ROOT / page).parent
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert pictures, "show the product: make screenshots, then ![what it shows](docs/screenshots/….png)"
    missing = [name for name in pictures if not (here / name).is_file()]
    assert not missing, f"run make screenshots and commit: {missing}"
    heavy = [name for name in pictures if (here / name).stat().st_size > 200_000]
    assert not heavy, f"at most 200 kB a picture: {heavy}"


def test_every_intent_has_examples_in_the_three_languages() -> None:
    examples = load_examples(ROOT / "nlu" / "training")
    intents = {example.intent for example in examples}
    assert len(intents) >= 31
    for language in LANGUAGES:
        taught = {example.intent for example in examples if example.language == language}
        assert not intents - taught, (
            f"add examples in {language} to nlu/training/ for: {sorted(intents - taught)}"
        )


@pytest.mark.parametrize("folder", ["bot/replies", "bot/pages/texts"])
def test_every_sentence_exists_in_the_three_languages(folder: str) -> None:
    """The same keys, and within each sentence the same words to fill in."""
    entries = {
        language: yaml.safe_load((ROOT / folder / f"{language}.yaml").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }
    for language in LANGUAGES[1:]:
        differ = entries["nl"].keys() ^ entries[language].keys()
        assert not differ, f"{folder}: in nl or in {language} only: {sorted(differ)}"
        for key, sentence in entries["nl"].items():
            other = entries[language][key]
            assert type(sentence) is type(other), f"{folder}/{language}.yaml: {key} is another kind of value"
            if isinstance(sentence, str):
                assert blanks(sentence) == blanks(other), (
                    f"{folder}/{language}.yaml: {key} fills in other words"
                )


def blanks(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", sentence))


def test_advisory_locks_do_not_share_a_number() -> None:
    """Two that did kept reminders waiting for as long as courses were being embedded."""
    taken = [
        number
        for path in tracked("*.py")
        for number in re.findall(r"pg_\w*advisory\w*lock\((\d+)\)", path.read_text("utf-8"))
        if "tests" not in path.parts
    ]
    assert len(taken) > 2
    assert len(taken) == len(set(taken))
