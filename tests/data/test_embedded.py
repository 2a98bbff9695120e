"""The private PostgreSQL: made whole or not at all, shared by processes, and back on its port after a death."""

import os
import stat
from pathlib import Path

import asyncpg
import pytest

from data import embedded


async def _answers(url: str) -> int:
    connection = await asyncpg.connect(url.replace("+asyncpg", "").replace("/leerlijn", "/postgres"))
    one: int = await connection.fetchval("SELECT 1")
    await connection.close()
    return one


async def test_a_set_up_that_was_cut_off_is_made_anew_and_shared(tmp_path: Path) -> None:
    folder = tmp_path / "een map met spatie"
    half = folder / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    (folder / "password").write_text("of the first try")
    first = embedded.start(folder)
    try:
        assert await _answers(first.url) == 1
        second = embedded.start(folder)
        assert second.url == first.url
        second.close()
        assert await _answers(first.url) == 1  # the first still uses it
    finally:
        first.close()
    with pytest.raises(OSError, match=r"."):
        await _answers(first.url)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the cluster to another user")
async def test_as_root_a_folder_closed_on_the_way_is_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "closed" / "postgres"
    server = embedded.start(folder)
    try:
        folder.parent.chmod(0o700)
        again = embedded.start(folder)
        assert stat.S_IMODE(folder.parent.stat().st_mode) & stat.S_IXOTH
        assert await _answers(again.url) == 1
        again.close()
    finally:
        server.close()


def test_what_does_not_start_says_where_to_look(tmp_path: Path) -> None:
    broken = tmp_path / "cluster"
    broken.mkdir()
    (broken / "PG_VERSION").write_text("nonsense")
    (tmp_path / "password").write_text("x")
    with pytest.raises(embedded.EmbeddedPostgresError, match="LEERLIJN_DATABASE_URL"):
        embedded.start(tmp_path)
