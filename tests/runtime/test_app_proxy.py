"""Tasks of `celery.current_app`: projects that make their app late have no other at the top of their modules."""

from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery
from celery.local import Proxy
from sqlalchemy.orm import Session, sessionmaker

from trackwright.jobs import tracked_task
from trackwright.jobs.task import declared_tasks


class Lazy:
    """A proxy such as lazy-object-proxy has: none of Celery's, and without weak references."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], Celery]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


@pytest.mark.parametrize("kind", [Proxy, Lazy])
def test_a_task_of_a_proxy_is_one_of_the_app_behind_it(
    sessions: sessionmaker[Session], model: Any, kind: Callable[[Any], Any]
) -> None:
    app = Celery("late", broker="memory://", set_as_current=False)
    proxy = kind(lambda: app)

    @tracked_task(proxy, model, session_factory=sessions, name="late.update")
    def update(run: Any) -> None:
        del run

    assert app.tasks["late.update"] in declared_tasks()
    assert update.app is app
