"""One attempt on a claimed row: run the body, write how it ended, say so to Celery, to the log and to the metrics."""

import logging
from typing import Any, NoReturn

from celery.exceptions import Ignore

from trackwright import query
from trackwright.error_text import describe
from trackwright.jobs.body import AnswerLost, Body, perform
from trackwright.jobs.claims import Delivery
from trackwright.jobs.endings import Ending
from trackwright.jobs.failing import Attempt, Resend, fail
from trackwright.jobs.measures import Measures
from trackwright.jobs.patience import patiently
from trackwright.jobs.policy import Policy
from trackwright.jobs.run import BaseRun, ClaimLost, TaskCancelled, domain_name
from trackwright.jobs.verdict import Again, Dropped, Over, judge, signal_again, signal_over
from trackwright.metrics.definitions import TaskEvent
from trackwright.status import TrackingStatus

logger = logging.getLogger("trackwright.jobs")
Run = BaseRun[Any, Any]
_LEVELS = {
    TaskEvent.FAILED: logging.ERROR,
    TaskEvent.RETRIED: logging.WARNING,
    TaskEvent.CANCELLED: logging.INFO,
}


def attempt(policy: Policy, run: Run, body: Body, delivery: Delivery, resend: Resend) -> Any:
    """Work on a claimed row; give what the body returned, or raise what tells Celery how it ended."""
    measures = Measures(policy.model, delivery)
    measures.started(run)
    try:
        return _work(policy, run, body, resend)
    finally:
        measures.ended(run)
        _log_end(run)


def _log_end(run: Run) -> None:
    level = _LEVELS.get(run.ended_as)
    if level is not None:  # a lost claim has been logged where it was noticed
        error = "" if run.error is None else f": {describe(run.error)}"
        logger.log(
            level,
            "attempt %s of %s %s: %s%s",
            *(run.attempt, domain_name(run.model), run.tracking.id, run.ended_as.value, error),
            extra=run.log_fields,
        )


def _work(policy: Policy, run: Run, body: Body, resend: Resend) -> Any:
    completing = Ending(TrackingStatus.COMPLETED, query.complete(policy.model))
    try:
        result = perform(run, body, completing)
    except TaskCancelled:
        return _cancelled(policy, run)
    except ClaimLost:
        _lost(run)
    except AnswerLost as lost:
        return _unanswered(policy, run, completing, lost, resend)
    except Exception as error:  # noqa: BLE001 -- whatever the body raises is an outcome to record
        return _failed(run, error, judge(policy, error, run.attempt), resend)
    run.ended_as = TaskEvent.SUCCEEDED
    return result


def _unanswered(policy: Policy, run: Run, completing: Ending, lost: AnswerLost, resend: Resend) -> Any:
    """The body is done, and nobody knows whether COMPLETED was written."""
    if not lost.wrote:
        # Nothing was rolled back: only the ending is missing, and can be written again.
        run.ended_as = _end(run, completing)
        return run.result if run.ended_as is TaskEvent.SUCCEEDED else _lost(run)
    error = lost.__cause__
    if not isinstance(error, Exception):
        raise lost
    # The body did nothing wrong: another attempt is not for retry_on to refuse.
    return _failed(run, error, Again(policy.delay(error, run.attempt)), resend)


def _failed(run: Run, error: Exception, verdict: Again | Over | Dropped, resend: Resend) -> Any:
    run.error = error
    if isinstance(verdict, Dropped):
        _dropped(run, describe(error), error)
    ending = _attempt(run)
    run.ended_as = patiently(
        lambda again: fail(ending, error, verdict, resend, in_doubt=again or run.in_doubt), run.log_fields
    )
    if run.ended_as is TaskEvent.SUCCEEDED:
        run.error = None
        return run.result
    if run.ended_as is TaskEvent.RETRIED and isinstance(verdict, Again):
        raise signal_again(error, verdict.delay) from error
    if run.ended_as is TaskEvent.FAILED:
        raise signal_over(error)
    if run.ended_as is TaskEvent.CANCELLED:
        message = f"row {run.tracking.id} was cancelled while it failed: {describe(error)}"
        raise Ignore(message) from error
    return _lost(run)


def _dropped(run: Run, text: str, error: Exception) -> NoReturn:
    dropping = Ending(TrackingStatus.CANCELLED, query.drop(run.model))
    run.ended_as = _end(run, dropping, reason=text, actor="body")
    if run.ended_as is not TaskEvent.CANCELLED:
        _lost(run)
    raise error


def _cancelled(policy: Policy, run: Run) -> Any:
    stopping = Ending(TrackingStatus.CANCELLED, query.stop(policy.model))
    if run.in_doubt and _outcome(run) is TaskEvent.SUCCEEDED:
        run.ended_as = TaskEvent.SUCCEEDED  # the request came while COMPLETED was being written
        return run.result
    run.cleaning_up = True
    try:
        perform(run, policy.on_cancel or _no_cleanup, stopping)
    except ClaimLost:
        _lost(run)
    except Exception as error:
        if not isinstance(error, AnswerLost) or _outcome(run) is not TaskEvent.CANCELLED:
            logger.exception(
                "clean-up of cancelled %s %s failed",
                *(domain_name(run.model), run.tracking.id),
                extra=run.log_fields,
            )
            if _end(run, stopping) is not TaskEvent.CANCELLED:
                _lost(run)
    run.ended_as = TaskEvent.CANCELLED
    raise Ignore(f"row {run.tracking.id} was cancelled")


def _no_cleanup(run: Run) -> None:
    del run


def _end(run: Run, ending: Ending, **values: Any) -> TaskEvent:
    """End the row outside of the body's transaction, and wait for a database that is away."""
    return patiently(
        lambda again: _attempt(run).ended(ending, in_doubt=again or run.in_doubt, **values), run.log_fields
    )


def _outcome(run: Run) -> TaskEvent:
    return patiently(lambda _: _attempt(run).outcome(), run.log_fields)


def _attempt(run: Run) -> Attempt:
    return Attempt(run.database, run.model, run.tracking.id, run.attempt)


def _lost(run: Run) -> NoReturn:
    run.ended_as = TaskEvent.LOST
    logger.warning(
        "attempt %s of %s %s lost its claim; its writes are rolled back",
        *(run.attempt, domain_name(run.model), run.tracking.id),
        extra=run.log_fields,
    )
    raise Ignore(f"attempt {run.attempt} of row {run.tracking.id} lost its claim")
