"""Is anybody there to work? Asked over the broker, and only when rows do not move: the answer takes a second."""

from collections.abc import Iterable, Iterator

from celery import Celery
from kombu.exceptions import OperationalError

from trackwright.maintenance.doctor.finding import Finding

ABOUT_WORKERS = frozenset({"sweep_missing", "stuck_in_processing", "old_queue"})
_PATIENCE = 2


def no_worker(app: Celery, found: Iterable[Finding]) -> Iterator[Finding]:
    """Nobody answers, or the broker cannot be reached."""
    if not any(finding.code in ABOUT_WORKERS for finding in found):
        return
    try:
        with app.connection_for_write(connect_timeout=_PATIENCE) as connection:
            connection.ensure_connection(max_retries=1, timeout=_PATIENCE)
            answers = app.control.ping(timeout=_PATIENCE, connection=connection)
    except (OperationalError, OSError) as error:
        yield Finding(
            "broker_unreachable",
            None,
            f"the broker does not answer: {str(error).strip() or type(error).__name__}",
            "is it running, at the URL of the app? Nothing is lost: the sweep sends what could not be sent",
        )
        return
    if not answers:
        yield Finding(
            "no_worker",
            None,
            f"no worker answered within {_PATIENCE} s",
            "start workers for the queues of the tasks; one whose pool is `solo` cannot answer while it works",
        )
