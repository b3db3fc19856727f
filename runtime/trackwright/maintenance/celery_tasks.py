"""Sweep and prune as Celery tasks for beat, and the sending of a row's message by what the row itself says."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from celery import Celery
from sqlalchemy import Row

from trackwright.dispatch import Message, send
from trackwright.jobs.patience import patiently
from trackwright.maintenance.pruning import PruneResult, prune
from trackwright.maintenance.sweep import Send, SweepResult, Unsendable, sweep
from trackwright.registry import Domain, domains

logger = logging.getLogger("trackwright.sweep")
ResultT = TypeVar("ResultT")
SWEEP_TASK = "trackwright.sweep"
PRUNE_TASK = "trackwright.prune"


def domains_of(app: Celery) -> tuple[Domain, ...]:
    """Every domain that the app's task modules make known, by name."""
    app.loader.import_default_modules()
    app.finalize(auto=True)
    return domains()


def sweep_all(app: Celery) -> list[SweepResult]:
    """Sweep every domain of an app."""
    send_row = sender(app)
    results, failure = _for_each(domains_of(app), lambda domain: sweep(domain, send_row))
    for result in results:
        if result.changed:
            logger.info("swept %s", result, extra={"domain": result.domain})
    if failure is not None:
        raise failure
    return results


def prune_all(app: Celery) -> list[PruneResult]:
    """Prune every domain of an app by its retention."""
    results, failure = _for_each(domains_of(app), prune)
    for result in results:
        if result.deleted:
            logger.info("pruned %s", result, extra={"domain": result.domain})
    if failure is not None:
        raise failure
    return results


def _for_each(
    each: Iterable[Domain], work: Callable[[Domain], ResultT]
) -> tuple[list[ResultT], Exception | None]:
    """Work on every domain, also after one whose database is away; the first failure is the caller's to raise."""
    results: list[ResultT] = []
    first: Exception | None = None
    for domain in each:
        try:
            results.append(patiently(_once(work, domain), {"domain": domain.name}, patience=0))
        except Exception as failure:
            logger.exception("maintenance of %s failed", domain.name, extra={"domain": domain.name})
            first = first or failure
    return results, first


def _once(work: Callable[[Domain], ResultT], domain: Domain) -> Callable[[bool], ResultT]:
    # What a sweep did without hearing so is not there to be done again.
    return lambda _: work(domain)


def sender(app: Celery) -> Send:
    """How a row's message is published over an app."""

    def publish(row: Row[Any]) -> bool:
        name = _task_name(row.metadata)
        task = app.tasks.get(name) if name else None
        if task is None:
            raise Unsendable(row.id, name)
        return send([Message(task, row.id, row.celery_task_id)]) == 1

    return publish


def _task_name(metadata: Any) -> str | None:
    # Callers own the column too: anything may be there.
    match metadata:
        case {"dispatch": {"task": str(name)}}:
            return name
        case _:
            return None


def register_maintenance(app: Celery) -> None:
    """Give an app the tasks `trackwright.sweep`, for every minute of beat, and `trackwright.prune`, for every day."""

    # trackwright: exempt[TW101] reason="maintenance has no row: it would sweep itself" approved-by="maintainers"
    @app.task(name=SWEEP_TASK, shared=False, ignore_result=True, acks_late=False)
    def run_sweep() -> None:
        sweep_all(app)

    # trackwright: exempt[TW101] reason="maintenance has no row: it would prune itself" approved-by="maintainers"
    @app.task(name=PRUNE_TASK, shared=False, ignore_result=True, acks_late=False)
    def run_prune() -> None:
        prune_all(app)
