"""The command line: which file has which command, and what is imported for it."""

import argparse
from importlib import import_module
from pathlib import Path

import pytest

from bot import commands
from bot.__main__ import COMMANDS, _modules, main


def test_every_file_of_commands_is_known() -> None:
    files = {path.stem for path in Path(commands.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == set(COMMANDS), "name the file and its commands in bot/__main__.py"


@pytest.mark.parametrize("module", COMMANDS)
def test_a_file_has_the_commands_that_bring_it(module: str) -> None:
    parsers = argparse.ArgumentParser().add_subparsers()
    import_module(f"bot.commands.{module}").add_to(parsers)
    assert set(parsers.choices) == set(COMMANDS[module])


@pytest.mark.parametrize(
    ("arguments", "modules"),
    [
        (["serve", "--no-work"], ["server"]),
        (["-v", "train", "--list"], ["model"]),
        (["--help"], list(COMMANDS)),
        (["server"], list(COMMANDS)),
        ([], list(COMMANDS)),
    ],
)
def test_only_what_runs_is_imported(arguments: list[str], modules: list[str]) -> None:
    assert _modules(arguments) == modules


def test_an_unknown_command_is_told_with_all_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["dans"])
    told = capsys.readouterr().err
    assert all(name in told for names in COMMANDS.values() for name in names)
