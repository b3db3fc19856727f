"""One message, one attempt: claim, run the body, write how it ended (the runtime page's Execution)."""

import logging
from collections.abc import Callable
from typing import Any, NoReturn

from celery.exceptions import Ignore, Retry

from trackwright import query
from trackwright.dispatch import RESEND_AFTER
from trackwright.jobs.body import Body, make_run, perform
from trackwright.jobs.claims import Claimed, NothingToDo, NotYet, claim
from trackwright.jobs.database import Database
from trackwright.jobs.policy import Policy
from trackwright.jobs.run import BaseRun, ClaimLost, TaskCancelled
from trackwright.service import ERROR_LENGTH

logger = logging.getLogger("trackwright.jobs")
LONGEST_COUNTDOWN = 300.0
"""Seconds; later messages are sent by the sweep, because brokers redeliver what waits too long unacknowledged."""
Resend = Callable[[int, float], None]


def execute(
    policy: Policy,
    database: Database,
    body: Body,
    tracking_id: int,
    *,
    hard_limit: float | None,
    resend: Resend,
) -> Any:
    """Run one attempt of a tracked task; give what the body returned.

    `resend(tracking_id, countdown)` publishes another message for the row.

    Raises:
        celery.exceptions.Ignore: nothing to do here, or cancelled, or the claim was lost meanwhile.
        celery.exceptions.Retry: failed, and another attempt is on its way.
        Exception: the body's own error, after the row became FAILED.
    """
    lease = policy.lease_seconds(database.dialect, hard_limit)
    match claim(database, policy.model, tracking_id, lease):
        case Claimed(row):
            run = make_run(policy, row, database, body, lease)
        case NotYet(seconds):
            if seconds <= LONGEST_COUNTDOWN:
                resend(tracking_id, seconds)
            raise Ignore(f"row {tracking_id} is not free for {seconds:.0f} s")
        case NothingToDo(status):
            logger.info("skipped %s %s: it is %s", policy.model.__name__, tracking_id, status)
            raise Ignore(f"row {tracking_id} is {status}")
    try:
        return perform(run, body, query.complete(policy.model))
    except TaskCancelled:
        return _cancelled(policy, run)
    except ClaimLost:
        return _lost(run)
    except Exception as error:  # noqa: BLE001 -- whatever the body raises is an outcome to record
        return _failed(policy, run, error, resend)


def _failed(policy: Policy, run: BaseRun[Any, Any], error: Exception, resend: Resend) -> NoReturn:
    text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    key = run.key | query.parameters(error=text)
    if policy.is_retryable(error):
        delay = policy.delay(error, run.attempt)
        soon = delay <= LONGEST_COUNTDOWN
        timing = query.parameters(delay=delay, dispatch_delay=delay + RESEND_AFTER if soon else delay)
        if run.database.first(query.reschedule(policy.model), key | timing) is not None:
            if soon:
                resend(run.tracking.id, delay)
            raise Retry(text, exc=error, when=_when(delay)) from error
    if run.database.first(query.stop_if_requested(policy.model), run.key) is not None:
        raise Ignore(f"row {run.tracking.id} was cancelled while it failed: {text}") from error
    if run.database.first(query.fail(policy.model), key) is None:
        _lost(run)
    raise error


def _cancelled(policy: Policy, run: BaseRun[Any, Any]) -> NoReturn:
    ending = query.stop(policy.model)
    run.cancel_requested = False
    try:
        perform(run, policy.on_cancel or _no_cleanup, ending)
    except ClaimLost:
        _lost(run)
    except Exception:
        logger.exception("clean-up of cancelled %s %s failed", policy.model.__name__, run.tracking.id)
        run.database.first(ending, run.key)
    raise Ignore(f"row {run.tracking.id} was cancelled")


def _no_cleanup(run: BaseRun[Any, Any]) -> None:
    del run


def _lost(run: BaseRun[Any, Any]) -> NoReturn:
    logger.warning(
        "attempt %s of %s %s lost its claim; its writes are rolled back",
        run.attempt,
        run.model.__name__,
        run.tracking.id,
    )
    raise Ignore(f"attempt {run.attempt} of row {run.tracking.id} lost its claim")


def _when(delay: float) -> Any:
    # Celery's stubs ask for numbers.Real, which type checkers do not match with float.
    return delay
