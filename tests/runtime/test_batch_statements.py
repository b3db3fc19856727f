"""Each statement over a batch: which rows it takes, what it writes, and that it waits for nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, select, text

from trackwright import query
from trackwright.model import table_of
from trackwright.status import TrackingStatus

STATUSES = tuple(status.value for status in TrackingStatus)
P, R = "PENDING", "PROCESSING"


@pytest.mark.parametrize("name", ["due", "lost", "prune"])
def test_a_batch_passes_over_a_row_that_somebody_holds(
    name: str, postgres_url: str, model: Any, an_hour_ago: datetime
) -> None:
    engine = create_engine(postgres_url)
    model.metadata.create_all(engine)
    table, moments = (
        table_of(model),
        ("created_at", "completed_at", "started_at", "lease_until", "dispatch_at"),
    )
    status = {"due": P, "lost": R, "prune": "COMPLETED"}[name]
    values = {"status": status, "etf_id": "IE00", **dict.fromkeys(moments, an_hour_ago)}
    given = query.parameters(batch=10)
    if name == "prune":
        given |= query.prune_parameters({TrackingStatus.COMPLETED: datetime.now(UTC)})
    with engine.begin() as connection:
        held, *free = connection.scalars(insert(table).returning(table.c.id), [values] * 3)
    with engine.begin() as other, engine.begin() as connection:
        other.execute(select(table).where(table.c.id == held).with_for_update())
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        assert len(connection.execute(getattr(query, name)(model), given).all()) == len(free)
    engine.dispose()


SWEEPS = {
    "due": (query.due, P, "running", P, {"dispatch_at"}, set(), {}),
    "lost": (
        query.lost,
        R,
        "running",
        P,
        {"dispatch_at", "error_message"},
        {"started_at", "lease_until"},
        {},
    ),
    "exhausted": (
        query.exhausted,
        R,
        "used up",
        "FAILED",
        {"completed_at", "error_message"},
        {"lease_until"},
        {},
    ),
    "reaped": (query.reaped, R, "cancelled", "CANCELLED", {"completed_at"}, {"lease_until"}, {}),
    "stale": (
        *(query.stale, R, "running", "CANCELLED", {"completed_at"}, {"lease_until"}),
        {"stale_after": 60.0, "task": ""},
    ),
}
"""Statement, status and kind of the rows that it takes, the status that it leaves, columns set and cleared."""


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_takes_its_kind_of_rows_and_writes_what_it_names(
    name: str, model: Any, rows: Any, run: Any, stored: Any
) -> None:
    statement, status, kind, leaves, writes, clears, values = SWEEPS[name]
    later = datetime.now(UTC) + timedelta(hours=1)
    kinds = {"running": rows(), "leased": rows(lease_until=later, dispatch_at=later, started_at=later)}
    if name not in {"due", "stale"}:  # these ask neither for attempts nor for requests
        kinds |= {"used up": rows(attempts=5), "cancelled": rows(metadata={"cancel": {"reason": "x"}})}
    before = stored()
    number = kinds[kind][STATUSES.index(status)]
    assert [row.id for row in run(statement(model), batch=100, **values)] == [number]
    after = stored()
    assert {key for key in after if after[key] != before[key]} == {number}
    changed = {column for column, value in after[number].items() if value != before[number][column]}
    noted = set() if name == "due" else {"status", "updated_at", "metadata"}
    assert changed == writes | clears | noted
    assert (after[number]["status"], {after[number][column] for column in clears} - {None}) == (leaves, set())


@pytest.mark.parametrize(("statement", "status"), [(query.due, P), (query.lost, R)])
def test_a_batch_is_filled_by_rows_of_its_own_status(
    statement: Any, status: str, model: Any, rows: Any, run: Any, an_hour_ago: datetime
) -> None:
    place, later = STATUSES.index(status), an_hour_ago + timedelta(minutes=1)
    first = rows()[place]
    second = rows(dispatch_at=later, started_at=later, lease_until=later)[place]
    assert [[row.id for row in run(statement(model), batch=1)] for _ in range(3)] == [[first], [second], []]
