"""The Celery task of etf_price_update."""

from trackwright import Backoff, Retention
from trackwright.jobs import TaskRun, tracked_task

from app.database import SessionLocal
from app.tracking.etf_price_update.model import EtfPriceUpdateTracking
from app.worker import celery_app


def clean_up_update_etf_price(run: TaskRun[EtfPriceUpdateTracking]) -> None:
    """Undo what a cancelled run left outside the database; its writes are rolled back."""
    del run


@tracked_task(
    celery_app,
    EtfPriceUpdateTracking,
    session_factory=SessionLocal,
    queue="prices",
    soft_time_limit=300,
    time_limit=360,
    stale_after=900,
    retention=Retention(completed=30, cancelled=30, failed=90),
    backoff=Backoff(base=60, cap=3600),
    on_cancel=clean_up_update_etf_price,
)
def update_etf_price(run: TaskRun[EtfPriceUpdateTracking]) -> None:
    """Daily price refresh of one ETF.

    `run.tracking` is the row, frozen. What is written through `run.session` commits
    together with COMPLETED. Call `run.checkpoint()` between steps: there a
    cancelled run stops.
    """
    # Your work goes here, in place of the lines below.
    message = f"update_etf_price has no body yet; row {run.tracking.id} waits for it"
    raise NotImplementedError(message)
