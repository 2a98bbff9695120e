"""Bring a database to the schema of this code, or say that it is behind."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "vector")


class SchemaError(RuntimeError):
    """The database does not have the schema that this code needs; the sentence says what to run."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def head() -> str:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def create_database(url: str) -> None:
    """Create the database of `url` if its server does not have it."""
    server, name = url.rsplit("/", 1)
    engine = create_async_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            query = text("SELECT 1 FROM pg_database WHERE datname = :name")
            # Two processes may start together on an empty server.
            await connection.execute(text("SELECT pg_advisory_lock(71174)"))
            if await connection.scalar(query, {"name": name}) is None:
                quoted = name.replace('"', '""')
                await connection.execute(text(f'CREATE DATABASE "{quoted}"'))
    finally:
        await engine.dispose()


async def upgrade(url: str, revision: str = "head") -> None:
    """Migrate to `revision`; one process at a time (advisory lock), all or nothing."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(71170)"))
            try:
                for extension in EXTENSIONS:
                    await connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
            except DBAPIError as error:
                raise SchemaError(
                    f"PostgreSQL lacks an extension ({', '.join(EXTENSIONS)} are needed). Install its contrib "
                    "and pgvector packages, or let an administrator run CREATE EXTENSION."
                ) from error
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def check(url: str) -> None:
    """Raise SchemaError unless the database is at the newest revision."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(
                lambda c: MigrationContext.configure(c).get_current_revision()
            )
    finally:
        await engine.dispose()
    if current != head():
        raise SchemaError(
            f"The database is at revision {current or 'none'}, this program needs {head()}. "
            "Run: python -m bot migrate"
        )
