"""Letting Celery run a hand-written `async def` task: on the loop that all async work of the process shares."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

from celery import Task

from trackwright.jobs.handwritten.failures import UnsentRetry
from trackwright.jobs.loop import process_loop

ResultT = TypeVar("ResultT")


def awaited(body: Callable[..., Coroutine[Any, Any, ResultT]]) -> Callable[..., ResultT]:
    """Make a plain function of an `async def` body: Celery itself would never await it.

    Put it below `@app.task`. With bind=True the body's `self` has the task's request and its retry().
    """

    @functools.wraps(body)
    def run(*arguments: Any, **options: Any) -> ResultT:
        bound: Any = next(iter(arguments), None)
        if not isinstance(bound, Task):
            return process_loop().run(body(*arguments, **options))
        try:
            return process_loop().run(body(_OnLoop(bound), *arguments[1:], **options))
        except UnsentRetry as wanted:
            # The row counts the attempts: Celery's own limit would leave it PENDING without a message.
            options = {**wanted.options, "max_retries": bound.request.retries + 1}
            raise bound.retry(*wanted.arguments, **options) from wanted

    return run


class _OnLoop:
    """A bound task as seen from the loop's thread.

    Celery keeps a task's request per thread: on the loop it would look as if the task was called directly, and
    retry() would raise the error instead of publishing a message.
    """

    def __init__(self, task: Any) -> None:
        self._task = task
        self.request = task.request

    def retry(self, *arguments: Any, **options: Any) -> NoReturn:
        """Ask for a retry; the thread that runs the task publishes it when the body has ended."""
        raise UnsentRetry(arguments, options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)
