"""The utilities for `async def` tasks: the same names and rules, to be awaited.

@celery_app.task(bind=True)
@awaited
async def update_etf_price(self, tracking_id):
    ...
"""

from typing import Any, NoReturn

from trackwright.backoff import Backoff
from trackwright.jobs.handwritten.bridge import awaited
from trackwright.jobs.handwritten.domains import AsyncDomainOrService, in_service_async, register_domain
from trackwright.jobs.handwritten.failures import EXPONENTIAL, Failure, settle, signal

__all__ = ["awaited", "handle_task_error", "register_domain", "retry_with_backoff", "update_task_status"]


async def update_task_status(
    tracking_id: int,
    status: str,
    error_message: str | None = None,
    *,
    domain: AsyncDomainOrService,
    attempt: int | None = None,
) -> None:
    """Move a row to a status and commit; see trackwright.jobs.handwritten.update_task_status."""
    await in_service_async(
        domain,
        lambda service: service.update_status(
            tracking_id, status, error_message, attempt=attempt, commit=True
        ),
    )


async def handle_task_error(
    task: Any,
    tracking_id: int,
    error: Exception,
    *,
    domain: AsyncDomainOrService,
    backoff: Backoff = EXPONENTIAL,
    give_up_on: tuple[type[Exception], ...] = (),
    attempt: int | None = None,
) -> NoReturn:
    """Settle the row of a failed body and raise; see trackwright.jobs.handwritten.handle_task_error."""
    failure = Failure(error, backoff, give_up_on, attempt)
    outcome = await in_service_async(domain, lambda service: settle(service, tracking_id, failure))
    signal(task, tracking_id, outcome, error)


async def retry_with_backoff(
    task: Any,
    tracking_id: int,
    error: Exception,
    *,
    domain: AsyncDomainOrService,
    backoff: Backoff = EXPONENTIAL,
    attempt: int | None = None,
) -> NoReturn:
    """Give a row another attempt; see trackwright.jobs.handwritten.retry_with_backoff."""
    await handle_task_error(task, tracking_id, error, domain=domain, backoff=backoff, attempt=attempt)
