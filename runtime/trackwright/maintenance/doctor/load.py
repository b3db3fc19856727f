"""Can the database keep up: indexes nobody uses, dead rows, blocked statements (principles 8: performance)?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, text

from trackwright import query
from trackwright.maintenance.doctor.finding import Finding, Patient
from trackwright.maintenance.durations import in_words
from trackwright.model import table_of
from trackwright.retention import Retention

CORE_INDEXES = frozenset({"status", "dates", "celery_task_id", "due", "running"})
_LARGE = 10_000
_LATE = timedelta(days=7)
_UNUSED = text(
    "SELECT s.indexrelname AS name, s.idx_scan, i.indisvalid, i.indisunique, c.n_live_tup"
    " FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)"
    " JOIN pg_stat_user_tables c ON c.relid = s.relid WHERE s.relid = to_regclass(:name) ORDER BY 1"
)
_DEAD = text(
    "SELECT n_live_tup, n_dead_tup, greatest(last_vacuum, last_autovacuum) AS vacuumed"
    " FROM pg_stat_user_tables WHERE relid = to_regclass(:name)"
)
_BLOCKED = text(
    "SELECT a.pid, pg_blocking_pids(a.pid) AS blockers, left(a.query, 100) AS query,"
    " CAST(extract(epoch FROM clock_timestamp() - a.query_start) AS double precision) AS seconds"
    " FROM pg_stat_activity a WHERE a.datname = current_database()"
    " AND clock_timestamp() - a.query_start > make_interval(secs => :seconds)"
    " AND cardinality(pg_blocking_pids(a.pid)) > 0"
    " AND EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.relation = to_regclass(:name))"
    " ORDER BY a.query_start LIMIT 5"
)


def index_trouble(patient: Patient) -> Iterator[Finding]:
    """Indexes of PostgreSQL that are broken, or that only cost time."""
    if patient.database.dialect != "postgresql":
        return
    rows = patient.database.all(_UNUSED, {"name": _quoted(patient)})
    broken = tuple(f'DROP INDEX CONCURRENTLY "{row.name}"' for row in rows if not row.indisvalid)
    if broken:
        yield patient.finding(
            "index_invalid",
            "indexes were not built to their end: they cost time and serve nobody",
            "drop them and build them again",
            broken,
        )
    unused = tuple(row.name for row in rows if _is_unused(patient, row))
    if unused:
        yield patient.finding(
            "index_unused",
            "indexes of the domain's own have not been used since PostgreSQL began to count",
            "take them out of the spec if no rare query needs them: each one makes every write dearer",
            unused,
        )


def _is_unused(patient: Patient, row: Any) -> bool:
    core = row.name.removeprefix(f"idx_{patient.domain.name}_task_") in CORE_INDEXES
    return not (core or row.indisunique or row.idx_scan or not row.indisvalid or row.n_live_tup < _LARGE)


def table_bloated(patient: Patient) -> Iterator[Finding]:
    """More dead rows than living ones: autovacuum does not come, or is held up."""
    if patient.database.dialect != "postgresql":
        return
    for row in patient.database.all(_DEAD, {"name": _quoted(patient)}):
        if row.n_dead_tup >= max(_LARGE, row.n_live_tup):
            when = "never" if row.vacuumed is None else f"last {row.vacuumed:%Y-%m-%d %H:%M}"
            yield patient.finding(
                "table_bloated",
                f"{row.n_dead_tup} dead rows beside {row.n_live_tup} living ones, vacuumed {when}",
                "is autovacuum on? Does an old transaction or a replication slot keep it from cleaning up?",
            )


def blocked_statements(patient: Patient) -> Iterator[Finding]:
    """Statements on the table that wait for somebody's lock."""
    if patient.database.dialect != "postgresql":
        return
    longest = patient.limits.blocked_for.total_seconds()
    rows = patient.database.all(_BLOCKED, {"name": _quoted(patient), "seconds": longest})
    if rows:
        yield patient.finding(
            "blocked_statements",
            "statements on the table wait for locks of others",
            "what do the blocking sessions do (pg_stat_activity)? A transaction that was left open holds its "
            "locks for ever: set idle_in_transaction_session_timeout",
            tuple(
                f"pid {row.pid} for {in_words(row.seconds)} behind {', '.join(map(str, row.blockers))}: {row.query}"
                for row in rows
            ),
        )


def prune_missing(patient: Patient) -> Iterator[Finding]:
    """Rows that pruning should have deleted a week ago."""
    model = patient.domain.model
    retention = patient.domain.retention or Retention()
    cutoffs = retention.cutoffs(patient.now - _LATE)
    late = select(exists(query.past_retention(model)))
    ((found,),) = patient.database.all(late, query.prune_parameters(cutoffs))
    if found:
        yield patient.finding(
            "prune_missing",
            f"finished rows are there {_LATE.days} days and more after their retention was over",
            "put the task trackwright.prune into beat's schedule, or `trackwright prune` into cron",
        )


def _quoted(patient: Patient) -> str:
    table = table_of(patient.domain.model)
    parts = (table.schema, table.name) if table.schema else (table.name,)
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)
