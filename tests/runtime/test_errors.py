"""Errors on their way from a worker's child to its main process."""

import pickle

import pytest
from celery.utils.serialization import get_pickleable_exception

from trackwright import InvalidTransition, TrackingModelError, TrackingNotFound, WaitTimeout
from trackwright.errors import MetadataTooLarge
from trackwright.jobs.body_session import CommitInBody
from trackwright.jobs.run import RetryRequested

ERRORS = (
    TrackingNotFound("price_task_tracking", 7),
    InvalidTransition("price_task_tracking", 7, status="FAILED", operation="claim", allowed=["PENDING"]),
    WaitTimeout("price_task_tracking", 7, status="PENDING", timeout=3),
    TrackingModelError("Price", ["no status"]),
    MetadataTooLarge(70_000, 65_536),
    CommitInBody(),
    RetryRequested(30.0, "later"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_arrives_as_it_was(error: Exception) -> None:
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 -- made in the line itself
    assert (type(arrived), str(arrived), vars(arrived)) == (type(error), str(error), vars(error))
    assert get_pickleable_exception(error) is error
