"""The same over TLS, with a certificate that is made for the test: what is not trusted gets no password and no mail."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels.base import Misconfigured, Outgoing, Unavailable
from channels.email import sending
from channels.email.channel import Email
from channels.email.mailbox import Account, Mailbox
from channels.email.sending import Server
from tests.channels.mail import ADDRESS, CLIENT, SECRET
from tests.stubs import dovecot, smtp
from tests.stubs.dovecot import Dovecot
from tests.stubs.smtp import MailServer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Of `localhost`, signed by itself."""

    certificate: Path
    key: Path

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    @property
    def served(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("tls")
    made = Certificate(certificate=folder / "cert.pem", key=folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(made.key), "-out", str(made.certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def mailbox_server(tmp_path_factory: pytest.TempPathFactory, certificate: Certificate) -> Iterator[Dovecot]:
    if dovecot.PROGRAM is None:
        pytest.skip("Dovecot is not installed (Debian: dovecot-imapd dovecot-lmtpd)")
    with dovecot.running(
        tmp_path_factory.mktemp("dovecot"), tls=(certificate.certificate, certificate.key)
    ) as server:
        yield server


@pytest.fixture
async def mail_server(certificate: Certificate) -> AsyncIterator[MailServer]:
    async with smtp.running(password="juist", tls=certificate.served) as server:
        yield server


async def test_a_mailbox_over_tls(mailbox_server: Dovecot, certificate: Certificate) -> None:
    mailbox_server.deliver("From: a@b.be\n\nDag")
    account = Account(
        host="localhost", port=mailbox_server.imaps, user=dovecot.USER, password=dovecot.PASSWORD,
        context=certificate.trusted,
    )  # fmt: skip
    assert await Mailbox(account).check() == 1


async def test_a_mailbox_that_nobody_vouches_for_gets_no_password(mailbox_server: Dovecot) -> None:
    account = Account(
        host="localhost", port=mailbox_server.imaps, user=dovecot.USER, password=dovecot.PASSWORD
    )
    with pytest.raises(Unavailable):
        await Mailbox(account).check()


def channel(server: MailServer, folder: Path) -> Email:
    there = Server(host="localhost", port=server.port, user="leerlijn", password="juist")
    return Email(address=ADDRESS, secret=SECRET, folder=folder, server=there)


async def test_mail_leaves_over_starttls(
    mail_server: MailServer, certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "trusted", lambda: certificate.trusted)
    await channel(mail_server, tmp_path).send(Outgoing(message_id=1, path=CLIENT, text="Dag"))
    assert len(mail_server.taken) == 1


async def test_a_server_that_nobody_vouches_for_gets_no_mail(mail_server: MailServer, tmp_path: Path) -> None:
    with pytest.raises((Unavailable, Misconfigured)):
        await channel(mail_server, tmp_path).send(Outgoing(message_id=1, path=CLIENT, text="Dag"))
    assert not mail_server.taken
