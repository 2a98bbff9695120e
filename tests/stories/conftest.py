"""Both ends of the mail of a hub."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.hub import open_hub
from bot.settings import Settings
from channels.email.channel import Email
from channels.email.sending import Server
from tests.channels.mail import ADDRESS, SECRET
from tests.stories.post import Post
from tests.stubs import dovecot, smtp
from tests.stubs.dovecot import Dovecot
from tests.stubs.smtp import MailServer


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[MailServer]:
    async with smtp.running() as server:
        yield server


@pytest.fixture(scope="module")
def imap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with dovecot.running(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture(scope="module")
async def the_post(
    seeded_url: str, tmp_path_factory: pytest.TempPathFactory, server: MailServer
) -> AsyncIterator[Post]:
    var_dir = Path(tmp_path_factory.mktemp("var"))
    email = Email(
        address=ADDRESS, secret=SECRET, folder=var_dir / "mail",
        server=Server(host="127.0.0.1", port=server.port, security="none"),
    )  # fmt: skip
    settings = Settings(database_url=seeded_url, var_dir=var_dir)
    async with open_hub(settings, channels={"email": email}) as hub:
        yield Post(hub=hub, email=email, server=server)


@pytest.fixture
def post(the_post: Post) -> Post:
    the_post.server.taken.clear()
    the_post.server.script.clear()
    return the_post


@pytest.fixture
def client() -> str:
    """An address that nobody has used yet."""
    return f"c{uuid4().hex[:12]}@voorbeeld.be"
