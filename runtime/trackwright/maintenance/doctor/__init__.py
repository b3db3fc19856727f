"""The doctor: what is wrong with tracked domains, from their tables, the database's statistics and the workers."""

from celery import Celery

from trackwright.jobs.database import database_of
from trackwright.maintenance.doctor.failures import high_failure_rate, retries_exhausted
from trackwright.maintenance.doctor.finding import Check, Finding, Limits, Patient
from trackwright.maintenance.doctor.flow import old_queue, stuck, sweep_missing
from trackwright.maintenance.doctor.load import (
    blocked_statements,
    index_trouble,
    prune_missing,
    table_bloated,
)
from trackwright.maintenance.doctor.tables import (
    index_missing,
    lacks_columns,
    no_table,
    table_differs,
    table_missing,
)
from trackwright.maintenance.doctor.workers import no_worker
from trackwright.maintenance.pruning import database_time
from trackwright.registry import Domain

__all__ = ["CHECKS", "Finding", "Limits", "examine", "examine_all"]

CHECKS: tuple[Check, ...] = (
    table_differs,
    index_missing,
    sweep_missing,
    stuck,
    old_queue,
    high_failure_rate,
    retries_exhausted,
    blocked_statements,
    index_trouble,
    table_bloated,
    prune_missing,
)
"""In the order in which the findings are shown."""


def examine(domain: Domain, limits: Limits) -> list[Finding]:
    """Look at one domain."""
    database = database_of(domain.session_factory, domain.model)
    patient = Patient(domain, database, database_time(database), limits)
    if table_missing(patient):
        return [no_table(patient)]
    # The other checks read the columns of the model.
    checks = (table_differs, index_missing) if lacks_columns(patient) else CHECKS
    return [finding for check in checks for finding in check(patient)]


def examine_all(app: Celery, domains: tuple[Domain, ...], limits: Limits) -> list[Finding]:
    """Look at domains, and at the workers if rows do not move."""
    found = [finding for domain in domains for finding in examine(domain, limits)]
    return [*no_worker(app, found), *found]
