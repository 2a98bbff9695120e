"""`python -m bot …`: the command line."""

import argparse
import logging
import sys
from collections.abc import Sequence

import uvloop
from pydantic import ValidationError

from bot.commands import chat, database, doctor, evaluate, gaps, model, server, understand
from bot.evaluation.cases import CaseError
from bot.settings import Settings
from data.embedded import EmbeddedPostgresError
from data.migrate import SchemaError
from nlu import ModelError, TrainingDataError
from nlu.encoders import EncoderError

COMMANDS = (server, database, model, evaluate, understand, chat, gaps, doctor)
EXPECTED = (
    SchemaError, EmbeddedPostgresError, ModelError, TrainingDataError, CaseError, EncoderError, server.PortTaken,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what the user can mend is told in one sentence, without a traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Leerlijn, the front door of the leerwinkels."
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    given = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if given.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for noisy in ("httpx", "httpcore", "asyncio", "alembic"):  # httpx logs addresses with ids in them
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        settings = Settings()
        result: int = uvloop.run(given.run(settings, given))
    except ValidationError as error:
        for problem in error.errors():
            name = "LEERLIJN_" + "__".join(str(part).upper() for part in problem["loc"])
            print(f"{name}: {problem['msg']}. See the settings table in README.md.", file=sys.stderr)
        return 2
    except EXPECTED as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return result


if __name__ == "__main__":
    sys.exit(main())
