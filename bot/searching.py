"""Where searching meets understanding: vectors for questions and for courses. The catalogue itself knows no encoder."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from fastapi import Request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.understanding import Understanders
from data.catalog.indexing import index_texts, keep_vectors, unembedded
from data.catalog.search import CourseQuery, SearchResult, search
from data.catalog.words import telling_text
from data.db import Database
from data.tables.course_text import WIDTH

log = logging.getLogger(__name__)
LOOK_EVERY = 60.0  # seconds between looks for new courses
BATCH = 64
_LOCK = text("SELECT pg_try_advisory_xact_lock(71173)")  # one process at a time embeds

VectorOf = Callable[[str], Sequence[float] | None]
"""The meaning of a text as a vector of length one; None when there is no encoder, or it is busy."""


async def find_runs(
    session: AsyncSession, query: CourseQuery, *, today: date, vector_of: VectorOf | None = None
) -> SearchResult:
    """Search the catalogue; free words are also looked up by meaning when there is an encoder."""
    if query.text and vector_of is not None:
        vector = await asyncio.to_thread(vector_of, telling_text(query.text))
        query = replace(query, vector=vector if vector is not None and len(vector) == WIDTH else None)
    return await search(session, query, today=today)


def vector_of(request: Request) -> VectorOf | None:
    """What this server embeds with; None when it serves pages only."""
    found: VectorOf | None = getattr(request.app.state, "vector_of", None)
    return found


async def embed_courses(
    database: Database, vector_of: VectorOf, encoder: str, *, tell: Callable[[int], None] = lambda _: None
) -> int:
    """Bring what search reads up to date and embed what this encoder has not yet; returns how many texts it embedded.

    In batches of a transaction each, so that it can be broken off; stops when the encoder does not answer.
    """
    done = 0
    async with database.transaction() as session:
        await index_texts(session)
    while True:
        async with database.transaction() as session:
            if not await session.scalar(_LOCK):
                return done
            wanted = await unembedded(session, encoder, limit=BATCH)
            vectors = await asyncio.to_thread(_vectors, vector_of, [item.text for item in wanted])
            embedded = [
                (item, vector)
                for item, vector in zip(wanted, vectors, strict=True)
                if vector is not None and len(vector) == WIDTH
            ]
            await keep_vectors(session, encoder, embedded)
        if not embedded:
            return done
        done += len(embedded)
        tell(done)


async def keep_embedding(database: Database, understanders: Understanders) -> None:
    """Embed new and changed courses within a minute, until cancelled."""
    while True:
        encoder = understanders.encoder_name
        if encoder is not None:
            try:
                done = await embed_courses(database, understanders.vector_of, encoder)
            except SQLAlchemyError:
                log.warning("the courses could not be embedded; trying again later", exc_info=True)
            else:
                if done:
                    log.info("embedded %d texts of courses and subjects", done)
        await asyncio.sleep(LOOK_EVERY)


def _vectors(vector_of: VectorOf, texts: Sequence[str]) -> list[Sequence[float] | None]:
    return [vector_of(text) for text in texts]
