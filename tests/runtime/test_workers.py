"""Around a worker's tasks: a pool that cannot carry them is refused, a child opens its own connections."""

from typing import Any

import pytest
from celery import signals
from celery.app.task import Context
from sqlalchemy import Engine

from trackwright.dispatch import Message, publisher
from trackwright.jobs import TrackedTask


class Worker:
    """What Celery sends with its signal, as far as it is looked at."""

    def __init__(self, pool_cls: Any) -> None:
        self.pool_cls = pool_cls


@pytest.mark.parametrize("pool", ["eventlet", "gevent"])
@pytest.mark.parametrize("named", ["by alias", "by class"])
def test_a_pool_that_cannot_carry_tracked_tasks_stops_the_worker(pool: str, named: str) -> None:
    by_class = type("TaskPool", (), {"__module__": f"celery.concurrency.{pool}"})
    worker = Worker(pool if named == "by alias" else by_class)
    with pytest.raises(SystemExit, match=f"do not run under the {pool} pool"):
        signals.worker_init.send(sender=worker)


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo", None])
def test_other_pools_are_taken(pool: str | None) -> None:
    signals.worker_init.send(sender=Worker(pool))


def test_a_child_forgets_connections_that_the_parent_opened_before_any_task_ran(
    task: TrackedTask, engine: Engine
) -> None:
    assert task.name
    with engine.connect() as connection:
        inherited: Any = connection.connection.driver_connection
    signals.worker_process_init.send(sender=None)
    with engine.connect() as connection:
        assert connection.connection.driver_connection is not inherited
    inherited.close()


def test_threads_are_told_that_they_have_no_time_limits(caplog: pytest.LogCaptureFixture) -> None:
    signals.worker_init.send(sender=Worker("prefork"))
    assert "no time limits" not in caplog.text
    signals.worker_init.send(sender=Worker("threads"))
    assert "under the threads pool tasks have no time limits" in caplog.text


def test_a_message_is_sent_again_like_it_was_sent_first(
    task: TrackedTask, tracking_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Message] = []
    monkeypatch.setattr(publisher, "publish", sent.append)
    delivery = {"exchange": "", "routing_key": "urgent", "priority": 7}
    request = Context(id="the-message", args=[tracking_id], kwargs={}, delivery_info=delivery, expires=60)
    task.resend(request, tracking_id, 5.0)
    (message,) = sent
    options = message.options
    assert (message.tracking_id, message.celery_task_id) == (tracking_id, "the-message")
    assert (options["queue"], options["priority"], options["countdown"]) == ("urgent", 7, 5.0)
    assert options["expires"] is None
