"""`python -m bot …`: the command line."""

import argparse
import logging
import sys
from collections.abc import Sequence
from importlib import import_module

import uvloop
from pydantic import ValidationError

from bot.settings import Settings

COMMANDS = {  # by the module of bot.commands that has them
    "server": ("demo", "serve", "work"),
    "database": ("migrate", "seed"),
    "catalog": ("import-catalog", "export-catalog"),
    "offer": ("index-courses", "neutrality"),
    "gaps": ("gaps",),
    "erase_old": ("erase-old",),
    "model": ("train",),
    "evaluate": ("evaluate",),
    "understand": ("understand",),
    "chat": ("chat",),
    "simulate": ("simulate",),
    "why": ("why",),
    "rehearse": ("rehearse",),
    "telegram": ("telegram",),
    "channels": ("channels",),
    "doctor": ("doctor",),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what the user can mend is told in one sentence, without a traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Leerlijn, the front door of the leerwinkels."
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _modules(sys.argv[1:] if arguments is None else arguments):
        import_module(f"bot.commands.{module}").add_to(commands)
    given = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if given.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for noisy in ("httpx", "httpcore", "telegram", "asyncio", "alembic"):  # they log addresses, ids and texts
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        settings = Settings()
        result: int = uvloop.run(given.run(settings, given))
    except ValidationError as error:
        for problem in error.errors():
            name = "LEERLIJN_" + "__".join(str(part).upper() for part in problem["loc"])
            print(f"{name}: {problem['msg']}. See the settings table in README.md.", file=sys.stderr)
        return 2
    except _expected() as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # who reads us has enough
        sys.stderr.close()
        return 141
    except KeyboardInterrupt:
        return 130
    return result


def _modules(arguments: Sequence[str]) -> list[str]:
    """Only the module of the command that is asked for, so that `serve` does not wait for what `evaluate` needs; or all."""
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    return [module for module, names in COMMANDS.items() if asked in names] or list(COMMANDS)


def _expected() -> tuple[type[Exception], ...]:
    """What the user can mend; imported when something went wrong."""
    from bot.commands.server import PortTaken
    from bot.evaluation.cases import CaseError
    from data.embedded import EmbeddedPostgresError
    from data.migrate import SchemaError
    from nlu import ModelError, TrainingDataError
    from nlu.encoders import EncoderError

    return (
        SchemaError, EmbeddedPostgresError, ModelError, TrainingDataError, CaseError, EncoderError, PortTaken,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
