"""One message, one attempt: claim, run the body, write how it ended (the runtime page's Execution)."""

import logging
from typing import Any

from celery.exceptions import Ignore

from trackwright.dispatch import LONGEST_COUNTDOWN
from trackwright.jobs.attempt import attempt
from trackwright.jobs.body import Body, make_run
from trackwright.jobs.claims import Claimed, Delivery, NothingToDo, NotYet, claim
from trackwright.jobs.database import Database
from trackwright.jobs.failing import Resend
from trackwright.jobs.in_hand import in_hand
from trackwright.jobs.measures import Measures
from trackwright.jobs.patience import patiently
from trackwright.jobs.policy import Policy
from trackwright.jobs.run import BaseRun, domain_name

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
        TrackingNotFound: no row has this id.
        celery.exceptions.Ignore: nothing to do here, or cancelled, or the claim was lost meanwhile.
        celery.exceptions.Retry: failed, and another attempt is on its way.
        Exception: the body's own error, after the row became FAILED.
    """
    with in_hand(policy.model, delivery.tracking_id):
        run = _claimed(policy, database, body, delivery, hard_limit=hard_limit, resend=resend)
        return attempt(policy, run, body, delivery, resend)


def _claimed(
    policy: Policy,
    database: Database,
    body: Body,
    delivery: Delivery,
    *,
    hard_limit: float | None,
    resend: Resend,
) -> BaseRun[Any, Any]:
    """Take the row for an attempt, or say why there is nothing to do here, by Ignore."""
    lease = policy.lease_seconds(database.dialect, hard_limit)
    match patiently(
        lambda again: claim(database, policy.model, delivery, lease, again=again),
        _message_fields(policy, delivery),
    ):
        case Claimed(row):
            return make_run(policy, row, database, body, lease)
        case NotYet(seconds, swept):
            Measures(policy.model, delivery).skipped()
            # A row that no sweep sends is kept in the queue, in hops that no broker takes for a lost message.
            if seconds <= LONGEST_COUNTDOWN or not swept:
                resend(delivery.tracking_id, min(seconds, LONGEST_COUNTDOWN))
            raise Ignore(f"row {delivery.tracking_id} is not free for {seconds:.0f} s")
        case NothingToDo(status):
            Measures(policy.model, delivery).skipped()
            _log_skipped(policy, delivery, status)
            raise Ignore(f"row {delivery.tracking_id} is {status}")


def _log_skipped(policy: Policy, delivery: Delivery, status: str) -> None:
    fields = _message_fields(policy, delivery)
    logger.info("skipped %s %s: it is %s", fields["domain"], delivery.tracking_id, status, extra=fields)


def _message_fields(policy: Policy, delivery: Delivery) -> dict[str, Any]:
    """The `extra` of log records about a message that is no attempt yet."""
    row = {"domain": domain_name(policy.model), "tracking_id": delivery.tracking_id}
    return {**row, "celery_task_id": delivery.message_id, "attempt": None}
