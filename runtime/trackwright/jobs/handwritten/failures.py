"""Settling the row of a hand-written task that failed, and what Celery is told about it.

The order is the point: PENDING is committed before the retry's message leaves, or the message could find the row
still PROCESSING and be dropped as a duplicate.
"""

import logging
from dataclasses import dataclass
from typing import Any, NoReturn, assert_never

from celery.exceptions import Ignore, Retry

from trackwright import query
from trackwright import status as machine
from trackwright.backoff import Backoff
from trackwright.dispatch import LONGEST_COUNTDOWN, RESEND_AFTER
from trackwright.error_text import describe
from trackwright.errors import InvalidTransition
from trackwright.jobs.policy import Policy
from trackwright.jobs.verdict import Again, Dropped, judge, signal_again, signal_over
from trackwright.model import domain_of
from trackwright.service import SyncTaskTrackingService
from trackwright.status import TrackingStatus

logger = logging.getLogger("trackwright.handwritten")
EXPONENTIAL = Backoff()
Service = SyncTaskTrackingService[Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of a body, and how its task wants errors to be treated."""

    error: Exception
    backoff: Backoff
    give_up_on: tuple[type[Exception], ...]
    attempt: int | None
    """Settle the row only if this attempt still holds it; None: whichever does."""


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """The row is PENDING; `send`: a message has to be published with the delay as countdown."""

    delay: float
    send: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """The row is FAILED."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The row is CANCELLED, as somebody or the body had asked."""


@dataclass(frozen=True, slots=True)
class NotHeld:
    """The row was not this attempt's any more; nothing was changed."""

    status: str


Outcome = Rescheduled | Failed | Stopped | NotHeld


class UnsentRetry(Retry):
    """A retry that is still to be published, with the arguments for Task.retry."""

    def __init__(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        when = options.get("eta") or options.get("countdown")
        super().__init__("to be published", exc=options.get("exc"), when=when)
        self.arguments = arguments
        self.options = options


def settle(service: Service, tracking_id: int, failure: Failure) -> Outcome:
    """Roll the body's writes back, move its row and commit.

    Raises:
        celery.exceptions.Ignore: the body failed because its row is claimed, or ended, already: a duplicate.
    """
    service.db.rollback()
    row = service.get_status(tracking_id)
    if _is_duplicate(failure.error, tracking_id):
        _log(service, row, failure.error, logging.INFO, "skipped")
        service.db.rollback()
        raise Ignore(str(failure.error)) from failure.error
    if row.status == TrackingStatus.PROCESSING and failure.attempt in {None, row.attempts}:
        outcome = _move(service, row, failure)
    else:
        outcome = NotHeld(row.status)
    service.db.refresh(row)
    _log(service, row, failure.error, logging.ERROR, "failed")
    service.db.commit()
    return outcome


def _is_duplicate(error: Exception, tracking_id: int) -> bool:
    return (
        isinstance(error, InvalidTransition)
        and error.tracking_id == tracking_id
        and error.operation == machine.CLAIM.name
    )


def _move(service: Service, row: Any, failure: Failure) -> Outcome:
    model, text = service.model, describe(failure.error)
    key = query.parameters(tracking_id=row.id, attempt=row.attempts)
    match judge(_policy(service, failure), failure.error, row.attempts):
        case Again() as again:
            rescheduled = _reschedule(service, row, again, failure.error)
            if rescheduled is not None:
                return rescheduled
        case Dropped():
            reason = query.parameters(reason=text, actor="body")
            return Stopped() if _changed(service, query.drop(model), key | reason) else NotHeld(row.status)
        case _:
            pass
    told = key | query.parameters(error=text)
    if _changed(service, query.fail_unless_cancelled(model), told):
        return Failed()
    return Stopped() if _changed(service, query.stop_if_requested(model), key) else NotHeld(row.status)


def _policy(service: Service, failure: Failure) -> Policy:
    return Policy(
        model=service.model,
        session_factory=lambda: service.db,
        backoff=failure.backoff,
        retry_on=(Exception,),
        give_up_on=failure.give_up_on,
        on_cancel=None,
    )


def _reschedule(service: Service, row: Any, again: Again, error: Exception) -> Rescheduled | None:
    # A body's own retry, and what the broker requeues, have their message already.
    sent = again.requeued or (isinstance(error, Retry) and not isinstance(error, UnsentRetry))
    # Only a row that names its task can be sent by the sweep; any other one needs its own message.
    by_sweep = "dispatch" in row.task_metadata
    send = not sent and (again.delay <= LONGEST_COUNTDOWN or not by_sweep)
    resend = (again.delay + RESEND_AFTER if send or sent else again.delay) if by_sweep else None
    values = query.parameters(
        tracking_id=row.id,
        attempt=row.attempts,
        error=describe(error),
        delay=again.delay,
        dispatch_delay=resend,
    )
    changed = _changed(service, query.reschedule(service.model), values)
    return Rescheduled(again.delay, send) if changed else None


def _changed(service: Service, statement: Any, values: dict[str, Any]) -> bool:
    found = service.db.execute(statement, values, bind_arguments={"mapper": service.model})
    return found.first() is not None


def _log(service: Service, row: Any, error: Exception, level: int, what: str) -> None:
    domain = domain_of(service.model)
    logger.log(
        level,
        "%s %s %s, attempt %s; its row is %s: %s",
        *(domain, row.id, what, row.attempts, row.status, describe(error)),
        exc_info=error if level >= logging.ERROR else None,
        extra={
            "domain": domain,
            "tracking_id": row.id,
            "celery_task_id": row.celery_task_id,
            "attempt": row.attempts,
        },
    )


def signal(task: Any, tracking_id: int, outcome: Outcome, error: Exception) -> NoReturn:
    """Raise what tells Celery how the task ended; publishes the retry where one is due."""
    match outcome:
        case Rescheduled() if isinstance(error, UnsentRetry):
            raise error  # whoever carries the body's thread publishes it
        case Rescheduled(delay, send=True):
            # The row counts the attempts: Celery's own limit would end the task earlier.
            raise task.retry(exc=error, countdown=delay, max_retries=task.request.retries + 1)
        case Rescheduled(delay):
            raise signal_again(error, delay) from error
        case Failed():
            raise signal_over(error)
        case Stopped():
            raise Ignore(f"row {tracking_id} was cancelled: {describe(error)}") from error
        case NotHeld(status):
            raise Ignore(f"row {tracking_id} is {status}: this attempt no longer holds it") from error
        case _:
            assert_never(outcome)
