"""Tasks of `celery.current_app`: projects that make their app late have no other at the top of their modules."""

from typing import Any

from celery import Celery, current_app
from celery.local import Proxy
from sqlalchemy.orm import Session, sessionmaker

from trackwright.jobs import tracked_task
from trackwright.jobs.task import declared_tasks


def test_a_task_of_a_proxy_is_one_of_the_app_behind_it(sessions: sessionmaker[Session], model: Any) -> None:
    app = Celery("late", broker="memory://", set_as_current=False)
    proxy: Any = Proxy(lambda: app)
    assert type(current_app) is type(proxy)

    @tracked_task(proxy, model, session_factory=sessions, name="late.update")
    def update(run: Any) -> None:
        del run

    assert app.tasks["late.update"] in declared_tasks()
    assert update.app is app
