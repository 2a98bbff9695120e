"""One course with its runs, and one provider with its places and courses: what their pages show, each in a plain order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.search import RunHit, runs_by_id
from data.tables.catalog import Course, Place, Provider, Run, RunStatus

RUNS_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class CoursePage:
    """A course, who gives it, and its runs by start: those one can still join, and those that are full or have begun."""

    course: Course
    provider: Provider
    open: tuple[RunHit, ...]
    closed: tuple[RunHit, ...]

    def is_over(self, today: date) -> bool:
        """Whether the source no longer has the course."""
        return self.course.valid_to is not None and self.course.valid_to < today


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A course of a provider and how many of its runs one can still join."""

    id: int
    title: str
    level: str | None
    open_runs: int


@dataclass(frozen=True, kw_only=True)
class ProviderPage:
    """A provider, where it teaches (by town), and one page of its courses (by title) with how many there are in all."""

    provider: Provider
    places: tuple[Place, ...]
    courses: tuple[Offered, ...]
    total: int

    def is_over(self, today: date) -> bool:
        """Whether the source no longer has the provider."""
        return self.provider.valid_to is not None and self.provider.valid_to < today


async def course_page(session: AsyncSession, course_id: int, *, today: date) -> CoursePage | None:
    """The page of a course; None when there is no such course."""
    row = (
        await session.execute(
            select(Course, Provider)
            .join(Provider, Provider.id == Course.provider_id)
            .where(Course.id == course_id)
        )
    ).one_or_none()
    if row is None:
        return None
    shown = (RunStatus.OPEN, RunStatus.FULL)
    ids = await session.scalars(
        select(Run.id)
        .where(Run.course_id == course_id, Run.status.in_(shown), _valid(Run, today), _not_ended(today))
        .order_by(Run.start_date.nulls_last(), Run.id)
        .limit(RUNS_SHOWN)
    )
    runs = await runs_by_id(session, list(ids))
    return CoursePage(
        course=row.Course,
        provider=row.Provider,
        open=tuple(run for run in runs if can_join(run, today)),
        closed=tuple(run for run in runs if not can_join(run, today)),
    )


async def provider_page(
    session: AsyncSession, provider_id: int, *, today: date, limit: int, offset: int
) -> ProviderPage | None:
    """The page of a provider; None when there is no such provider."""
    provider = await session.get(Provider, provider_id)
    if provider is None:
        return None
    places = await session.scalars(
        select(Place)
        .where(Place.provider_id == provider_id, _valid(Place, today))
        .order_by(Place.municipality, Place.name, Place.id)
    )
    joinable = and_(
        Run.course_id == Course.id,
        Run.status == RunStatus.OPEN,
        func.coalesce(Run.enrol_until, Run.start_date, Run.end_date, today) >= today,
        _valid(Run, today),
    )
    of_provider = (Course.provider_id == provider_id, _valid(Course, today))
    rows = await session.execute(
        select(Course.id, Course.title, Course.level, func.count(Run.id))
        .outerjoin(Run, joinable)
        .where(*of_provider)
        .group_by(Course.id)
        .order_by(Course.title, Course.id)
        .limit(limit)
        .offset(offset)
    )
    return ProviderPage(
        provider=provider,
        places=tuple(places),
        courses=tuple(
            Offered(id=course_id, title=title, level=level, open_runs=runs)
            for course_id, title, level, runs in rows
        ),
        total=await session.scalar(select(func.count()).select_from(Course).where(*of_provider)) or 0,
    )


async def whose(session: AsyncSession, run_id: int) -> tuple[int, date | None]:
    """The id of the provider that gives a run, and the day until which the source had the run."""
    row = (
        await session.execute(
            select(Course.provider_id, Run.valid_to)
            .join(Course, Course.id == Run.course_id)
            .where(Run.id == run_id)
        )
    ).one()
    return row.provider_id, row.valid_to


async def listed_courses(session: AsyncSession, *, today: date, limit: int) -> Sequence[int]:
    """The ids of the courses that search engines may find: real ones that the source still has."""
    found = await session.scalars(
        select(Course.id).where(~Course.invented, _valid(Course, today)).order_by(Course.id).limit(limit)
    )
    return found.all()


def can_join(run: RunHit, today: date) -> bool:
    """Whether one can still enrol."""
    return (
        run.status == RunStatus.OPEN and (run.enrol_until or run.start_date or run.end_date or today) >= today
    )


def _valid(table: type[Course] | type[Run] | type[Place], today: date) -> ColumnElement[bool]:
    return and_(
        or_(table.valid_from.is_(None), table.valid_from <= today),
        or_(table.valid_to.is_(None), table.valid_to >= today),
    )


def _not_ended(today: date) -> ColumnElement[bool]:
    return or_(Run.end_date.is_(None), Run.end_date >= today)
