"""One PostgreSQL a test session, one database a worker, built by the migrations; each test starts empty."""

import asyncio
import gc
import os
import traceback
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from data import embedded
from data.db import Database
from nlu.blas import use_one_thread
from nlu.encoders import E5
from tests.databases import EMPTY, Databases
from tests.once import making

pytest_plugins = ["tests.hub_fixtures", "tests.desk_fixtures"]

FOR_TESTS = {
    "LEERLIJN_SHARED",
    "LEERLIJN_REQUIRE_BROWSER",
    "LEERLIJN_RASA_URL",
}  # the rest would change what is tested
for name in [name for name in os.environ if name.startswith("LEERLIJN_") and name not in FOR_TESTS]:
    del os.environ[name]

use_one_thread()  # the workers of a run share the cores: more threads in each would mostly wait for each other

TOGETHER = ("browser", "faults")  # folders that share one running program
SLOW = (  # part of make check: processes that are killed, models that are trained, whole programs with a provider's stub
    "faults", "bot/test_learning.py", "bot/test_understanding.py", "bot/calls", "bot/telegram", "bot/test_demo_phone.py",
    "bot/test_doctor.py", "bot/test_meta_webhooks.py", "bot/test_own_channel.py", "bot/test_own_channel_faults.py",
    "bot/pages/test_socket_limits.py", "channels/test_oracle.py", "channels/test_email_mailbox.py",
    "channels/test_telegram_sending.py", "dispatch/test_booking_at_once.py", "handover/test_access.py",
    "stories/test_email.py", "stories/test_email_loops.py", "stories/test_one_slot.py", "stories/test_own_file_story.py",
    "stories/test_referral_story.py", "stories/test_absence_story.py",
)  # fmt: skip
LONG = (
    "faults", "browser", "bot/test_learning.py", "bot/test_understanding.py", "stories/test_stories.py",
    "bot/calls/test_calls.py", "handover/test_access.py", "bot/test_meta_webhooks.py",
)  # fmt: skip


def group(nodeid: str) -> str:
    """What one worker runs as a whole: a file, or a folder of TOGETHER."""
    file = nodeid.partition("::")[0].removeprefix("tests/")
    folder = file.partition("/")[0]
    return folder if folder in TOGETHER else file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first."""
    for item in items:
        if group(item.nodeid).startswith(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: LONG.index(group(item.nodeid)) if group(item.nodeid) in LONG else len(LONG))


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """One worker runs the tests of a group, in order: they share what is costly to make."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup:
    return ByGroup(config, log)


# Durability is tested against servers of their own (tests/faults); here it would only cost time.
IN_HASTE = ("fsync", "synchronous_commit", "full_page_writes")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Of a test that hung it is told what every task waited for: the stack shows the event loop only."""
    report = yield
    if report.failed and "Timeout" in str(report.longrepr):
        tasks = [one for one in gc.get_objects() if isinstance(one, asyncio.Task) and not one.done()]
        stacks = ["".join(traceback.format_list(traceback.StackSummary.extract(
            (frame, frame.f_lineno) for frame in task.get_stack()))) for task in tasks]  # fmt: skip
        report.sections.append(("tasks", "\n".join(map("{0!r}\n{1}".format, tasks, stacks))))
    return report


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that all workers of this run share."""
    root = tmp_path_factory.getbasetemp()
    return root if worker_id == "master" else root.parent


@pytest.fixture(scope="session")
def encoder_folder(run_folder: Path) -> Path:
    """A folder with the graph of the sentence encoder, made once a run; not to be written in."""
    folder = run_folder / "encoder"
    with making(folder) as missing:
        if missing:
            folder.mkdir(exist_ok=True)
            E5.prepare(folder)
    return folder


@pytest.fixture(scope="session")
async def databases(run_folder: Path, worker_id: str) -> AsyncIterator[Databases]:
    """The server that all workers of this run share."""
    server = embedded.start(run_folder / "postgres")
    databases = Databases(server, worker_id)
    await databases.administer(
        *(f"ALTER SYSTEM SET {name} = off" for name in IN_HASTE),
        "ALTER SYSTEM SET lock_timeout = '60s'",  # a transaction that a test left open is named, not waited for
        "SELECT pg_reload_conf()",
    )
    yield databases
    server.close()


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    """A migrated, empty database of this worker's own."""
    return await databases.new("test")


@pytest.fixture(scope="session")
async def the_database(database_url: str) -> AsyncIterator[Database]:
    """Connected once: that takes longer than most tests."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def database(the_database: Database) -> Database:
    """The database of design.md, empty; real commits, emptied again before the next test."""
    async with the_database.transaction() as session:
        await session.execute(EMPTY)
    return the_database


@pytest.fixture(scope="session")
def shared() -> Path:
    """The founders' reference folder; tests that use it skip where it is absent."""
    folder = Path(os.environ.get("LEERLIJN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the reference folder ../shared is not here; set LEERLIJN_SHARED to run this")
    return folder
