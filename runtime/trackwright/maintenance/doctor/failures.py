"""How do rows end: too many failures and which, attempts used up (principles 8: high failure rate)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import and_, func, select

from trackwright.maintenance.doctor.finding import Finding, Patient
from trackwright.maintenance.durations import in_words
from trackwright.maintenance.figures import window_of
from trackwright.model import table_of
from trackwright.query import has_status
from trackwright.status import TrackingStatus

_ENOUGH = 10
"""Rows that must have ended before a rate says something."""
_READ = 1_000
"""Errors that are read for their patterns, newest first."""
_SHOWN = 5
_VARYING = (
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE), "<n>"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "<text>"),
    (re.compile(r"\d+(?:\.\d+)*"), "<n>"),
)


def patterns_of(errors: Iterable[str]) -> list[tuple[str, int]]:
    """Errors that differ only in ids, numbers and quoted texts, counted together; the most frequent first."""
    return Counter(_pattern(error) for error in errors).most_common()


def _pattern(error: str) -> str:
    lines = error.strip().splitlines()
    line = lines[0] if lines else "(no message)"
    for varying, stand_in in _VARYING:
        line = varying.sub(stand_in, line)
    return line[:160]


def high_failure_rate(patient: Patient) -> Iterator[Finding]:
    """The share of FAILED among the rows of the window that ended by themselves."""
    window = window_of(patient.domain, patient.database, now=patient.now, length=patient.limits.window)
    rate, ended = window.failure_rate, window.completed + window.failed
    if rate is None or ended < _ENOUGH or rate < patient.limits.failure_rate:
        return
    errors = _recent_errors(patient)
    yield patient.finding(
        "high_failure_rate",
        f"{window.failed} of {ended} rows of the last {in_words(window.seconds)} FAILED ({rate:.0%})",
        "look at the errors: is something that the task depends on down? Do retry_on, give_up_on, max_attempts "
        "and backoff suit them?",
        tuple(f"{count} x {pattern}" for pattern, count in patterns_of(errors)[:_SHOWN]),
    )


def _recent_errors(patient: Patient) -> list[str]:
    model = patient.domain.model
    columns = table_of(model).c
    failed = and_(
        has_status(model, TrackingStatus.FAILED), columns.created_at >= patient.now - patient.limits.window
    )
    newest = select(func.coalesce(columns.error_message, "").label("error")).where(failed)
    rows = patient.database.all(newest.order_by(columns.created_at.desc()).limit(_READ), {})
    return [row.error for row in rows]


def retries_exhausted(patient: Patient) -> Iterator[Finding]:
    """Many rows of the window that FAILED with no attempt left: nothing but a person brings them back."""
    model = patient.domain.model
    columns = table_of(model).c
    exhausted = and_(
        has_status(model, TrackingStatus.FAILED),
        columns.attempts >= columns.max_attempts,
        columns.created_at >= patient.now - patient.limits.window,
    )
    newest = select(columns.id, columns.error_message, func.count().over().label("all")).where(exhausted)
    rows = patient.database.all(newest.order_by(columns.created_at.desc()).limit(_SHOWN), {})
    if rows and rows[0].all >= patient.limits.exhausted:
        window = f"{patient.limits.window.total_seconds() / 3600:g}h"
        yield patient.finding(
            "retries_exhausted",
            f"{rows[0].all} rows made in the last {window} FAILED with all attempts used up",
            "once the cause is gone: "
            f"`trackwright retry {patient.domain.name} --failed-within {window}`, or the ids one by one",
            tuple(f"row {row.id}: {(row.error_message or '(no message)')[:160]}" for row in rows),
        )
