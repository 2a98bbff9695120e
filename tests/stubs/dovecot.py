"""A real IMAP server for tests: Dovecot on free ports, with one mailbox, mail delivered by LMTP."""

import asyncio
import grp
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "leerlijn@leerlijn.example", 'gehe"im \\ x'

CONFIG = """
base_dir = {run}
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
mail_location = maildir:~/Maildir
first_valid_uid = 1
first_valid_gid = 0
lda_mailbox_autocreate = yes
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
namespace inbox {{
  inbox = yes
  mailbox Verwerkt {{
    auto = create
  }}
  mailbox Sent {{
    auto = create
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""


@dataclass(kw_only=True)
class Dovecot:
    """A running server. `imap`, `imaps` (0: no TLS) and `lmtp` are its ports."""

    folder: Path
    imap: int
    lmtp: int
    imaps: int = 0

    @property
    def maildir(self) -> Path:
        return self.folder / "home" / "Maildir"

    def deliver(self, mail: str | bytes, *, sender: str = "iemand@voorbeeld.be", to: str = USER) -> None:
        """Hand a mail to the server, as the world does."""
        raw = mail.encode() if isinstance(mail, str) else mail
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail(sender, [to], raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def new_uids(self) -> None:
        """Lose the index, as after a restored backup: another UIDVALIDITY, other UIDs, no keywords."""
        for path in self.maildir.rglob("dovecot*"):
            path.unlink(missing_ok=True)
        for path in [*self.maildir.glob("cur/*"), *self.maildir.glob("new/*")]:
            path.rename(path.parent.parent / "cur" / path.name.partition(":")[0])

    def empty(self) -> None:
        """As on the first day."""
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        (self.folder / "home").mkdir()
        owner = _owner()
        os.chown(self.folder / "home", owner.pw_uid, owner.pw_gid)

    def expunge(self) -> None:
        """Somebody throws all mail away."""
        for path in [*self.maildir.glob("cur/*"), *self.maildir.glob("new/*")]:
            path.unlink(missing_ok=True)


def _owner() -> pwd.struct_passwd:
    """Dovecot gives no mail to root."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _free_ports(count: int) -> list[int]:
    with ExitStack() as open_:
        probes = [open_.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextmanager
def running(folder: Path, *, tls: tuple[Path, Path] | None = None) -> Iterator[Dovecot]:
    """Start Dovecot in a folder of its own, and stop it by its own process id. `tls`: its certificate and key."""
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o755)  # pytest keeps its folders to root
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "users").chmod(0o644)
    for _ in range(3):  # another program may have taken a port meanwhile
        imap, lmtp, imaps = _free_ports(3)
        server = Dovecot(folder=folder, imap=imap, lmtp=lmtp, imaps=imaps if tls else 0)
        server.empty()
        process = _start(server, tls)
        try:
            if _answers(process, imap, b"* OK") and _answers(process, lmtp, b"220"):
                yield server
                return
        finally:
            process.terminate()
            process.wait(10)
    raise RuntimeError(f"Dovecot did not start: {(folder / 'log').read_text()}")


def _start(server: Dovecot, tls: tuple[Path, Path] | None) -> "subprocess.Popen[bytes]":
    assert PROGRAM is not None
    folder, owner = server.folder, _owner()
    secure = f"ssl = yes\nssl_cert = <{tls[0]}\nssl_key = <{tls[1]}" if tls else "ssl = no"
    (folder / "run").mkdir(exist_ok=True)
    config = folder / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            run=folder / "run", folder=folder, home=folder / "home", owner=owner.pw_name, uid=owner.pw_uid, gid=owner.pw_gid,
            group=grp.getgrgid(owner.pw_gid).gr_name, imap=server.imap, lmtp=server.lmtp, imaps=server.imaps, tls=secure,
        )
    )  # fmt: skip
    return subprocess.Popen([PROGRAM, "-F", "-c", str(config)])


def _answers(process: "subprocess.Popen[bytes]", port: int, greeting: bytes) -> bool:
    """Does it greet there, within a while?"""
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as probe:
                if probe.recv(len(greeting)) == greeting:
                    return True
        except OSError:
            pass
        time.sleep(0.05)
    return False


@dataclass(kw_only=True)
class Cable:
    """The network between us and a server, which can be cut."""

    port: int = 0
    connections: list[asyncio.StreamWriter] = field(default_factory=list)
    count: int = 0
    dead: bool = False  # connections stay open and nothing goes through

    def cut(self) -> None:
        """All connections are gone."""
        for writer in self.connections:
            writer.transport.abort()
        self.connections.clear()


@asynccontextmanager
async def cable(to: int) -> AsyncIterator[Cable]:
    """A port whose traffic goes to port `to`, until it is cut."""
    line = Cable()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                if not line.dead:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line.count += 1
        there_reader, there = await asyncio.open_connection("127.0.0.1", to)
        line.connections += [writer, there]
        await asyncio.gather(pump(reader, there), pump(there_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        line.cut()
        await asyncio.sleep(0.05)
