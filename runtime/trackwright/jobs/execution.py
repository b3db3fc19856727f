"""One message, one attempt: claim, run the body, write how it ended (the runtime page's Execution)."""

import logging
from typing import Any, NoReturn

from celery.exceptions import Ignore

from trackwright import query
from trackwright.dispatch import LONGEST_COUNTDOWN
from trackwright.error_text import describe
from trackwright.jobs.body import Body, make_run, perform
from trackwright.jobs.claims import Claimed, Delivery, NothingToDo, NotYet, claim
from trackwright.jobs.database import Database
from trackwright.jobs.endings import Ending, end
from trackwright.jobs.failing import Attempt, Resend, fail
from trackwright.jobs.measures import Measures
from trackwright.jobs.patience import patiently
from trackwright.jobs.policy import Policy
from trackwright.jobs.run import BaseRun, ClaimLost, TaskCancelled, domain_name
from trackwright.jobs.verdict import Again, Dropped, judge, signal_again, signal_over
from trackwright.metrics.definitions import TaskEvent
from trackwright.status import TrackingStatus

logger = logging.getLogger("trackwright.jobs")


def execute(
    policy: Policy,
    database: Database,
    body: Body,
    delivery: Delivery,
    *,
    hard_limit: float | None,
    resend: Resend,
) -> Any:
    """Run one attempt of a tracked task; give what the body returned.

    Raises:
        celery.exceptions.Ignore: nothing to do here, or cancelled, or the claim was lost meanwhile.
        celery.exceptions.Retry: failed, and another attempt is on its way.
        Exception: the body's own error, after the row became FAILED.
    """
    measures = Measures(policy.model, delivery)
    lease = policy.lease_seconds(database.dialect, hard_limit)
    match patiently(
        lambda: claim(database, policy.model, delivery, lease), _message_fields(policy, delivery)
    ):
        case Claimed(row):
            run = make_run(policy, row, database, body, lease)
        case NotYet(seconds, swept):
            measures.skipped()
            # A row that no sweep sends is kept in the queue, in hops that no broker takes for a lost message.
            if seconds <= LONGEST_COUNTDOWN or not swept:
                resend(delivery.tracking_id, min(seconds, LONGEST_COUNTDOWN))
            raise Ignore(f"row {delivery.tracking_id} is not free for {seconds:.0f} s")
        case NothingToDo(status):
            measures.skipped()
            _log_skipped(policy, delivery, status)
            raise Ignore(f"row {delivery.tracking_id} is {status}")
    measures.started(run)
    try:
        return _attempt(policy, run, body, resend)
    finally:
        measures.ended(run)
        _log_end(run)


_LEVELS = {
    TaskEvent.FAILED: logging.ERROR,
    TaskEvent.RETRIED: logging.WARNING,
    TaskEvent.CANCELLED: logging.INFO,
}


def _log_end(run: BaseRun[Any, Any]) -> None:
    level = _LEVELS.get(run.ended_as)
    if level is not None:  # a lost claim has been logged where it was noticed
        error = "" if run.error is None else f": {describe(run.error)}"
        logger.log(
            level,
            "attempt %s of %s %s: %s%s",
            *(run.attempt, domain_name(run.model), run.tracking.id, run.ended_as.value, error),
            extra=run.log_fields,
        )


def _log_skipped(policy: Policy, delivery: Delivery, status: str) -> None:
    fields = _message_fields(policy, delivery)
    logger.info("skipped %s %s: it is %s", fields["domain"], delivery.tracking_id, status, extra=fields)


def _message_fields(policy: Policy, delivery: Delivery) -> dict[str, Any]:
    """The `extra` of log records about a message that is no attempt yet."""
    row = {"domain": domain_name(policy.model), "tracking_id": delivery.tracking_id}
    return {**row, "celery_task_id": delivery.message_id, "attempt": None}


def _attempt(policy: Policy, run: BaseRun[Any, Any], body: Body, resend: Resend) -> Any:
    try:
        result = perform(run, body, Ending(TrackingStatus.COMPLETED, query.complete(policy.model)))
    except TaskCancelled:
        return _cancelled(policy, run)
    except ClaimLost:
        return _lost(run)
    except Exception as error:  # noqa: BLE001 -- whatever the body raises is an outcome to record
        run.error = error
        return _failed(policy, run, error, resend)
    run.ended_as = TaskEvent.SUCCEEDED
    return result


def _failed(policy: Policy, run: BaseRun[Any, Any], error: Exception, resend: Resend) -> NoReturn:
    verdict = judge(policy, error, run.attempt)
    if isinstance(verdict, Dropped):
        _dropped(run, describe(error), error)
    attempt = Attempt(run.database, run.model, run.tracking.id, run.attempt)
    run.ended_as = patiently(lambda: fail(attempt, error, verdict, resend), run.log_fields)
    if run.ended_as is TaskEvent.RETRIED and isinstance(verdict, Again):
        raise signal_again(error, verdict.delay) from error
    if run.ended_as is TaskEvent.FAILED:
        raise signal_over(error)
    if run.ended_as is TaskEvent.CANCELLED:
        message = f"row {run.tracking.id} was cancelled while it failed: {describe(error)}"
        raise Ignore(message) from error
    _lost(run)


def _dropped(run: BaseRun[Any, Any], text: str, error: Exception) -> NoReturn:
    noted = run.key | query.parameters(reason=text, actor="body")
    dropping = Ending(TrackingStatus.CANCELLED, query.drop(run.model))
    if end(run.database, run.model, dropping, noted) is None:
        _lost(run)
    run.ended_as = TaskEvent.CANCELLED
    raise error


def _cancelled(policy: Policy, run: BaseRun[Any, Any]) -> NoReturn:
    ending = Ending(TrackingStatus.CANCELLED, query.stop(policy.model))
    run.cleaning_up = True
    try:
        perform(run, policy.on_cancel or _no_cleanup, ending)
    except ClaimLost:
        _lost(run)
    except Exception:
        logger.exception(
            "clean-up of cancelled %s %s failed",
            *(domain_name(run.model), run.tracking.id),
            extra=run.log_fields,
        )
        end(run.database, run.model, ending, run.key)
    run.ended_as = TaskEvent.CANCELLED
    raise Ignore(f"row {run.tracking.id} was cancelled")


def _no_cleanup(run: BaseRun[Any, Any]) -> None:
    del run


def _lost(run: BaseRun[Any, Any]) -> NoReturn:
    logger.warning(
        "attempt %s of %s %s lost its claim; its writes are rolled back",
        *(run.attempt, domain_name(run.model), run.tracking.id),
        extra=run.log_fields,
    )
    raise Ignore(f"attempt {run.attempt} of row {run.tracking.id} lost its claim")
