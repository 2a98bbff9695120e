"""The real program as a process of its own, to be killed; one storage folder for all tests of this folder.

The last of them reads what all the others logged, so they run in one worker, in their order.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data import embedded
from tests.faults.program import Program, lend_model
from tests.stubs import twilio
from tests.stubs.twilio import TwilioStub


@pytest.fixture(scope="session")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a model; the database in it is stopped at the end, whatever a test left running."""
    folder = tmp_path_factory.mktemp("faults") / "var met spatie"
    folder.mkdir()
    lend_model(folder)
    yield folder
    embedded.start(folder / "postgres").close()


@pytest.fixture(scope="session")
def stub() -> Iterator[TwilioStub]:
    with twilio.running() as server:
        yield server


@pytest.fixture(scope="session")
def the_program(var_dir: Path, stub: TwilioStub) -> Iterator[Program]:
    program = Program(var_dir, sms_api=stub.url)
    yield program
    program.close()


@pytest.fixture
def program(the_program: Program) -> Program:
    """`serve`, running; started again when a test before this one ended it."""
    if the_program.process is None:
        the_program.start()
    return the_program
