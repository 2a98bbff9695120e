"""All public pages, put on an application in one call."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot.pages import (
    agenda_feed,
    answers,
    appointment,
    chat,
    choose_time,
    crawlers,
    front,
    handover,
    offer,
    offered,
    own_chat,
    own_file,
    own_steps,
    received,
    refer,
    report,
    socket,
    uploads,
)
from bot.pages.errors import add_error_pages

STATIC = Path(__file__).parent.parent / "static"


def add_pages(app: FastAPI) -> None:
    """The pages, their files and their error pages. They read `app.state.chat` and `app.state.database`."""
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for pages in (
        front,
        chat,
        uploads,
        socket,
        offered,
        offer,
        answers,
        report,
        choose_time,
        appointment,
        handover,
        received,
        refer,
        own_chat,
        own_steps,
        own_file,
        agenda_feed,
        crawlers,
    ):
        app.include_router(pages.router)
    add_error_pages(app)
