"""The Celery task of contribution_realization."""

from trackwright import Backoff, Retention
from trackwright.jobs import TaskRun, tracked_task

from app.database import SessionLocal
from app.models.contribution_realization import ContributionRealizationTracking
from app.worker import celery_app


async def clean_up_process_contribution(
    run: TaskRun[ContributionRealizationTracking],
) -> None:
    """Undo what a cancelled run left outside the database; its writes are rolled back."""
    del run


@tracked_task(
    celery_app,
    ContributionRealizationTracking,
    session_factory=SessionLocal,
    queue="contributions",
    soft_time_limit=600,
    time_limit=660,
    stale_after=1800,
    retention=Retention(completed=90, cancelled=90, failed=365),
    backoff=Backoff(base=120, cap=21600),
    on_cancel=clean_up_process_contribution,
)
async def process_contribution(run: TaskRun[ContributionRealizationTracking]) -> None:
    """Turns one planned pension contribution into a booked one.

    `run.tracking` is the row, frozen. What is written through `run.session` commits
    together with COMPLETED. Call `run.checkpoint()` between steps: there a
    cancelled run stops.
    """
    # Your work goes here, in place of the lines below.
    message = (
        f"process_contribution has no body yet; row {run.tracking.id} waits for it"
    )
    raise NotImplementedError(message)
