"""The utilities of principles 3.4, for Celery tasks that write their own tracking instead of using tracked_task.

    @celery_app.task(bind=True)
    def update_etf_price(self, tracking_id):
        try:
            update_task_status(tracking_id, "PROCESSING", domain="etf_price_update")
            ...
            update_task_status(tracking_id, "COMPLETED", domain="etf_price_update")
        except Exception as error:
            handle_task_error(self, tracking_id, error, domain="etf_price_update")

`domain` is a name that `register_domain` or a tracked task made known, or a service: then its session carries the
body's writes and the status, and both are committed, or rolled back, together. `async def` tasks take the same
functions from `trackwright.jobs.handwritten.aio`, and `awaited`, which lets Celery run them.
"""

from typing import Any, NoReturn

from trackwright.backoff import Backoff
from trackwright.jobs.handwritten.bridge import awaited
from trackwright.jobs.handwritten.domains import DomainOrService, in_service, register_domain
from trackwright.jobs.handwritten.failures import EXPONENTIAL, Failure, settle, signal

__all__ = ["awaited", "handle_task_error", "register_domain", "retry_with_backoff", "update_task_status"]


def update_task_status(
    tracking_id: int,
    status: str,
    error_message: str | None = None,
    *,
    domain: DomainOrService,
    attempt: int | None = None,
) -> None:
    """Move a row to a status and commit; with `attempt` only while that attempt still holds it.

    Raises:
        TrackingNotFound: no such row.
        InvalidTransition: the row's status does not allow it. For PROCESSING that is how a message which was
            delivered twice shows; handle_task_error then leaves the row alone.
        UnknownStatus: no such status.
        UnknownDomain: nothing registered the domain.
    """
    in_service(
        domain,
        lambda service: service.update_status(
            tracking_id, status, error_message, attempt=attempt, commit=True
        ),
    )


def handle_task_error(
    task: Any,
    tracking_id: int,
    error: Exception,
    *,
    domain: DomainOrService,
    backoff: Backoff = EXPONENTIAL,
    give_up_on: tuple[type[Exception], ...] = (),
    attempt: int | None = None,
) -> NoReturn:
    """Log an error of a task's body, settle the row, and raise what tells Celery how the task ended.

    While attempts remain the row goes back to PENDING, committed before the retry is published; else to FAILED,
    or to CANCELLED where somebody asked for that. The body's uncommitted writes are rolled back.

    Args:
        task: the bound Celery task, the `self` of its body.
        tracking_id: the row.
        error: what the body raised.
        domain: the domain's name or service.
        backoff: how long to wait until the next attempt.
        give_up_on: errors that deserve no other attempt.
        attempt: settle the row only if this attempt still holds it.

    Raises:
        celery.exceptions.Retry: another attempt is on its way.
        celery.exceptions.Ignore: a duplicate, or cancelled.
        Exception: the error itself, after the row became FAILED.
    """
    failure = Failure(error, backoff, give_up_on, attempt)
    outcome = in_service(domain, lambda service: settle(service, tracking_id, failure))
    signal(task, tracking_id, outcome, error)


def retry_with_backoff(
    task: Any,
    tracking_id: int,
    error: Exception,
    *,
    domain: DomainOrService,
    backoff: Backoff = EXPONENTIAL,
    attempt: int | None = None,
) -> NoReturn:
    """Give a row another attempt after the backoff's delay, whatever the error; FAILED when none remains.

    Takes and raises the same as handle_task_error.
    """
    handle_task_error(task, tracking_id, error, domain=domain, backoff=backoff, attempt=attempt)
