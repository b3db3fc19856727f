"""Counting: the three functions of principles 3.4, and what tracked tasks call by themselves.

A backend that fails (a full disk under multiprocess mode) must not change how a task ended: it is logged.
"""

import functools
import inspect
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, cast

from trackwright.metrics.definitions import DURATION, ERRORS, EVENTS, Metric
from trackwright.metrics.selection import current

logger = logging.getLogger("trackwright.metrics")
P = ParamSpec("P")
ResultT = TypeVar("ResultT")
_ERROR_TYPE = re.compile(r"(?P<name>[A-Za-z_][\w.]{0,99})(:|\(|$)")


def increment_task_counter(task: str, event: str, *, domain: str = "", amount: float = 1) -> None:
    """Count an event of a task: a name of TaskEvent, or one of your own.

    Tracked tasks count theirs by themselves. Use few different names: each is a time series of its own.
    """
    count(EVENTS, (domain, task, event), amount)


def record_task_error(task: str, error: BaseException | str, *, domain: str = "") -> None:
    """Count an error of a task by its type.

    Of a text only a leading type name is used (`ValueError: ...`), else `unnamed`: messages carry ids and amounts,
    and every different label would be a time series of its own.
    """
    count(ERRORS, (domain, task, _error_type(error)))


def track_task_duration(
    task: str, *, domain: str = ""
) -> Callable[[Callable[P, ResultT]], Callable[P, ResultT]]:
    """Observe how long every call of a plain or `async def` function takes, however it ends."""

    def decorate(function: Callable[P, ResultT]) -> Callable[P, ResultT]:
        labels = (domain, task)
        if inspect.iscoroutinefunction(function):
            return cast("Callable[P, ResultT]", _timed_async(function, labels))

        @functools.wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> ResultT:
            begun = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                observe(DURATION, labels, time.perf_counter() - begun)

        return timed

    return decorate


def _timed_async(function: Callable[..., Awaitable[Any]], labels: tuple[str, ...]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def timed(*args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            return await function(*args, **kwargs)
        finally:
            observe(DURATION, labels, time.perf_counter() - begun)

    return timed


def _error_type(error: BaseException | str) -> str:
    if isinstance(error, BaseException):
        return type(error).__name__
    match = _ERROR_TYPE.match(error)
    return match["name"] if match else "unnamed"


def count(metric: Metric, labels: tuple[str, ...], amount: float = 1) -> None:
    """Add to a counter of the current backend."""
    backend = current()
    if backend is None:
        return
    try:
        backend.count(metric, labels, amount)
    except Exception:
        logger.exception("%s was not counted", metric.name)


def observe(metric: Metric, labels: tuple[str, ...], value: float) -> None:
    """Add an observation to a histogram of the current backend."""
    backend = current()
    if backend is None:
        return
    try:
        backend.observe(metric, labels, value)
    except Exception:
        logger.exception("%s was not observed", metric.name)
