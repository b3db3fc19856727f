"""The pytest plugin: fixtures for tests of tracked domains (principles 6).

A package of its own, so that pytest, which imports plugins at every start, does not import SQLAlchemy and Celery
in projects and runs that need none of it: everything else is imported by the fixture that is asked for.
"""

from collections.abc import Generator
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from trackwright.testing import (
        AssertTransition,
        AsyncWaitForTask,
        EagerTasks,
        TrackingFactory,
        WaitForTask,
    )
    from trackwright.testing.rows import Place

__all__ = [
    "assert_transition",
    "eager_tracked_tasks",
    "tracking_factory",
    "tracking_models",
    "tracking_session",
    "tracking_session_factory",
    "tracking_sessions",
    "wait_for_task",
]


def pytest_pycollect_makeitem(name: str, obj: object) -> list[pytest.Item] | None:
    """Take nothing of a tracked domain for a test, though a domain or task may be called `test_run`."""
    if name.lower().startswith("test") and _belongs_to_a_domain(obj):
        return []
    return None


def _belongs_to_a_domain(obj: object) -> bool:
    # By __class__: a task is a stand-in until Celery's app is finalized.
    kinds = obj.__mro__ if isinstance(obj, type) else obj.__class__.__mro__
    return any(kind is Enum or kind.__module__.partition(".")[0] == "trackwright" for kind in kinds)


@pytest.fixture
def tracking_models() -> tuple[type[Any], ...]:
    """The models whose tables a test needs: those of all tracked tasks that are imported.

    Override it to have fewer, or to add models of your own that bodies write.
    """
    from trackwright.jobs.task import declared_tasks
    from trackwright.registry import domains

    declared_tasks()  # Celery has not made them yet where nothing has used its app
    found = tuple(domain.model for domain in domains())
    if not found:
        pytest.fail(
            "no tracked domain is known: import the modules of your tracked tasks in conftest.py, or override "
            "the fixture tracking_models",
            pytrace=False,
        )
    return found


@pytest.fixture
def tracking_session_factory(tracking_models: tuple[type[Any], ...]) -> Any:
    """The project's own sessionmaker or async_sessionmaker, as its tracked tasks have it."""
    from trackwright.registry import domains

    by_model = {domain.model: domain.session_factory for domain in domains()}
    factories = {by_model[model] for model in tracking_models if model in by_model}
    if len(factories) != 1:
        names = ", ".join(model.__name__ for model in tracking_models)
        pytest.fail(
            f"{names}: not of one session factory that a tracked task names. Override the fixture "
            "tracking_session_factory to return your sessionmaker, or tracking_models to name fewer",
            pytrace=False,
        )
    return factories.pop()


@pytest.fixture
def tracking_sessions(
    tracking_session_factory: Any, tracking_models: tuple[type[Any], ...]
) -> Generator[Any]:
    """A session factory like the project's, over a throwaway place with the models' tables, for their tasks too.

    Override it to return your own factory where tests share a database with real workers.
    """
    from trackwright.testing import redirected, throwaway_sessions

    with (
        throwaway_sessions(tracking_session_factory, *tracking_models) as made,
        redirected(made, tracking_models),
    ):
        yield made


@pytest.fixture
def tracking_session(tracking_sessions: Any) -> Generator[Any]:
    """An open session; in a project of AsyncSessions one to be used in `async with tracking_session:`."""
    from sqlalchemy.orm import Session

    opened = tracking_sessions()
    if isinstance(opened, Session):
        with opened:
            yield opened
    else:
        yield opened


@pytest.fixture
def _tracking_place(tracking_sessions: Any, tracking_models: tuple[type[Any], ...]) -> "Place":
    from trackwright.testing.rows import Place

    return Place(tracking_sessions, tracking_models)


@pytest.fixture
def tracking_factory(_tracking_place: "Place") -> "TrackingFactory":
    """Makes committed rows: `tracking_factory(Model, status="FAILED", **fields)`."""
    from trackwright.testing import TrackingFactory

    return TrackingFactory(_tracking_place)


@pytest.fixture
def assert_transition(_tracking_place: "Place") -> "AssertTransition":
    """Holds a block to the change of status that it makes.

    `with assert_transition(row, "PENDING", "COMPLETED"):`
    """
    from trackwright.testing import AssertTransition

    return AssertTransition(_tracking_place)


@pytest.fixture
def eager_tracked_tasks(_tracking_place: "Place") -> "Generator[EagerTasks]":
    """Tracked tasks run in this process, as soon as their message is sent or `deliver`ed."""
    from trackwright.testing import EagerTasks

    with EagerTasks(_tracking_place).active() as eager:
        yield eager


@pytest.fixture
def wait_for_task(_tracking_place: "Place") -> "WaitForTask | AsyncWaitForTask":
    """Waits for a row's end: `wait_for_task(tracking_id)`, to be awaited in a project of AsyncSessions."""
    from sqlalchemy.ext.asyncio import AsyncSession

    from trackwright.testing import AsyncWaitForTask, WaitForTask

    is_async = isinstance(_tracking_place.sessions(), AsyncSession)
    return AsyncWaitForTask(_tracking_place) if is_async else WaitForTask(_tracking_place)
