"""Pointing domains and their tasks at other sessions for the length of a test."""

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

from trackwright.jobs.task import declared_tasks
from trackwright.registry import domains, register
from trackwright.testing.messages import replaced


@contextlib.contextmanager
def redirected(session_factory: Callable[[], Any], models: Sequence[type[Any]]) -> Generator[None]:
    """Let the models' tasks, and whatever finds their domains by name, use other sessions for a while."""
    with contextlib.ExitStack() as cleanup:
        for task in declared_tasks():
            if task.model in models:
                cleanup.enter_context(replaced(task, session_factory=session_factory))
        for domain in domains():
            if domain.model in models:
                register(replace(domain, session_factory=session_factory))
                cleanup.callback(register, domain)
        yield
