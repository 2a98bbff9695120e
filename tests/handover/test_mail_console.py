"""E-mail in the console: the subject is told, and what a machine wrote is told as such."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from channels.media import Media
from data.db import Database
from data.tables import Role
from handover import auth


@pytest.mark.parametrize(
    "subject", ["Nederlands leren", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>']
)
async def test_a_mail_is_shown_with_its_subject(
    world: Any, browser: httpx.AsyncClient, app: FastAPI, database: Database, tmp_path: Any, subject: str
) -> None:
    app.state.media = Media(database, tmp_path, {})
    person = await world.person()
    talk = await world.conversation(person, holder="queue", waiting_on="us")
    message = await world.message(talk, await world.address(person), "Ik ben er maandag weer")
    message.subject, message.automatic, message.channel = subject, True, "email"
    staff = await world.staff(Role.DISPATCHER, "gent")
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)
    page = await browser.get(f"/console/gesprek/{talk.id}", follow_redirects=True)
    assert page.status_code == 200
    shown = page.text.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
    assert f"Onderwerp: <bdi>{subject}</bdi>" in shown
    assert "automatisch bericht" in page.text
    if "<" in subject:
        assert subject not in page.text
