"""Do rows move: is there a sweep, does something hang, does the queue wait (principles 8: stuck in processing)?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from trackwright.maintenance.doctor.finding import Finding, Patient
from trackwright.maintenance.durations import in_words
from trackwright.maintenance.figures import longest_wait
from trackwright.model import table_of
from trackwright.query import has_status
from trackwright.status import TrackingStatus

_SHOWN = 5


def sweep_missing(patient: Patient) -> Iterator[Finding]:
    """Rows that a sweep would have moved are still there: every sweep moves what is due."""
    model = patient.domain.model
    columns = table_of(model).c
    latest = patient.now - patient.limits.sweep_gap
    unsent = and_(has_status(model, TrackingStatus.PENDING), columns.dispatch_at < latest)
    lost = and_(has_status(model, TrackingStatus.PROCESSING), columns.lease_until < latest)
    counts = select(
        func.count().filter(unsent).label("unsent"), func.count().filter(lost).label("lost")
    ).where(or_(unsent, lost))
    (row,) = patient.database.all(counts, {})
    if row.unsent or row.lost:
        gap = in_words(patient.limits.sweep_gap.total_seconds())
        yield patient.finding(
            "sweep_missing",
            f"no sweep for more than {gap}, or it cannot keep up: {row.unsent} messages were to be sent, "
            f"{row.lost} rows of lost workers were to be recovered",
            "is Celery beat running, with the task trackwright.sweep every minute in its schedule, and a worker "
            "for it? `trackwright sweep` makes up for it now",
        )


def stuck(patient: Patient) -> Iterator[Finding]:
    """Rows that have been PROCESSING for longer than they should."""
    model = patient.domain.model
    columns = table_of(model).c
    said = [*patient.domain.stale_tasks.values(), patient.domain.stale_after]
    longest = max((one for one in said if one is not None), default=None)
    allowed = patient.limits.stuck_after if longest is None else timedelta(seconds=longest)
    hanging = and_(has_status(model, TrackingStatus.PROCESSING), columns.started_at < patient.now - allowed)
    oldest = select(
        columns.id,
        columns.started_at,
        columns.attempts,
        columns.lease_until,
        func.count().over().label("all"),
    )
    rows = patient.database.all(oldest.where(hanging).order_by(columns.started_at).limit(_SHOWN), {})
    if rows:
        name = patient.domain.name
        yield patient.finding(
            "stuck_in_processing",
            f"{rows[0].all} rows have been PROCESSING for more than {in_words(allowed.total_seconds())}",
            "are its workers alive (`celery status`)? Does the task have time limits, and stale_after? Does it "
            f"wait for a lock? `trackwright cancel {name} ID --reason ...` asks it to stop",
            tuple(_hanging(patient, row) for row in rows),
        )


def _hanging(patient: Patient, row: Row[Any]) -> str:
    age = in_words((patient.now - row.started_at).total_seconds())
    if row.lease_until is None:
        holder = "without a lease: started by hand, nothing will recover it"
    elif row.lease_until < patient.now:
        holder = "its worker is lost"
    else:
        holder = "its worker is alive"
    return f"row {row.id}: for {age}, attempt {row.attempts}, {holder}"


def old_queue(patient: Patient) -> Iterator[Finding]:
    """Rows that are due and wait for a worker for too long."""
    waiting = longest_wait(patient.domain, patient.database, patient.now)
    if waiting is not None and waiting > patient.limits.queue_age.total_seconds():
        yield patient.finding(
            "old_queue",
            f"the longest waiting row has been due for {in_words(waiting)}",
            "does a worker listen to the task's queue (`celery worker --queues`)? Are there enough of them?",
        )
