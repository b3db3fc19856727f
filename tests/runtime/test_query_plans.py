"""PostgreSQL's plans on a full table (PLAN_ROWS, 200,000): every statement of a hot path goes by its index.

With stale statistics after a burst of new rows, and as generic plans, which prepared statements get after a while.
"""

import os
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import servers
from full_table import PriceTracking, fill
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects import postgresql

from trackwright import TrackingStatus, query
from trackwright.crud import statements
from trackwright.crud.statements import Position

ROWS = int(os.environ.get("PLAN_ROWS", "200000"))
KEY = {
    "tracking_id": 100_000,
    "attempt": 1,
    "lease": 90.0,
    "task": "t",
    "celery_task_id": "c",
    "worker": "w 1",
}
ASKED = KEY | {"reason": "r", "actor": "a"}
FAR = Position(datetime.now(UTC) - timedelta(seconds=ROWS // 2), ROWS // 2)
LISTS = {"batch": 1_000, "stale_after": 3_600.0, "task": "prices.update"}


@pytest.fixture(scope="module")
def table(postgres_server: str) -> Iterator[Engine]:
    """The full table, analysed, and then a burst of new rows that nothing has analysed."""
    # A name of its own: the server may be one that other processes of this suite use, too.
    with servers.database(postgres_server, f"plans_{uuid.uuid4().hex[:16]}") as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        fill(engine, ROWS, burst=ROWS // 10)
        yield engine
        engine.dispose()


def plan(engine: Engine, statement: Any, values: dict[str, Any], *, mode: str) -> str:
    """The plan of a prepared statement, `generic` or `custom`."""
    dialect: Any = postgresql.dialect  # untyped in SQLAlchemy 2.0
    compiled = statement.compile(dialect=dialect(paramstyle="numeric_dollar"))
    bound = compiled.construct_params({f"tw_{name}": value for name, value in values.items()})
    arguments = [bound[name] for name in compiled.positiontup or []]
    sql = str(compiled)
    given = ", ".join(_literal(value) for value in arguments)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET plan_cache_mode = force_{mode}_plan")
        connection.exec_driver_sql("PREPARE it AS " + sql.replace("%", "%%"))
        lines = connection.exec_driver_sql(
            f"EXPLAIN EXECUTE it{f'({given})' if given else ''}".replace("%", "%%")
        )
        found = "\n".join(str(line) for (line,) in lines)
        connection.exec_driver_sql("DEALLOCATE it")
    return found


def _literal(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str | datetime) else str(value)


@pytest.mark.parametrize("mode", ["generic", "custom"])
@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        pytest.param(query.claim(PriceTracking), KEY, "price_task_tracking_pkey", id="claim"),
        pytest.param(query.take_over(PriceTracking), KEY, "price_task_tracking_pkey", id="take over"),
        pytest.param(query.held_by(PriceTracking), KEY, "price_task_tracking_pkey", id="held by"),
        pytest.param(query.revoke(PriceTracking), ASKED, "price_task_tracking_pkey", id="revoke"),
        pytest.param(query.renew(PriceTracking), KEY, "price_task_tracking_pkey", id="renew"),
        pytest.param(query.complete(PriceTracking), KEY, "price_task_tracking_pkey", id="complete"),
        pytest.param(
            query.cancel(PriceTracking),
            ASKED,
            "price_task_tracking_pkey",
            id="cancel",
        ),
        pytest.param(query.due(PriceTracking), LISTS, "idx_price_task_due", id="due"),
        pytest.param(query.lost(PriceTracking), LISTS, "idx_price_task_running", id="lost"),
        pytest.param(query.exhausted(PriceTracking), LISTS, "idx_price_task_running", id="exhausted"),
        pytest.param(query.reaped(PriceTracking), LISTS, "idx_price_task_running", id="reaped"),
        pytest.param(query.stale(PriceTracking), LISTS, "idx_price_task_running", id="stale"),
        pytest.param(
            statements.active(PriceTracking).limit(100), {}, "idx_price_task_(status|dates)", id="active"
        ),
        pytest.param(
            statements.by_celery_task_id(PriceTracking, "task-77"),
            {},
            "idx_price_task_celery_task_id",
            id="celery id",
        ),
        pytest.param(statements.page(PriceTracking), {}, "idx_price_task_dates", id="first page"),
        pytest.param(
            statements.page(PriceTracking, status=TrackingStatus.COMPLETED, after=FAR),
            {},
            "idx_price_task_dates",
            id="far page by status",
        ),
        pytest.param(
            statements.page(PriceTracking, status=TrackingStatus.PROCESSING),
            {},
            "idx_price_task_(status|running)",
            id="first page of a rare status",
        ),
        pytest.param(
            statements.stuck(PriceTracking, timedelta(hours=1)), {}, "idx_price_task_running", id="stuck"
        ),
    ],
)
def test_it_goes_by_its_index(
    table: Engine, statement: Any, values: dict[str, Any], index: str, mode: str
) -> None:
    found = plan(table, statement, values, mode=mode)
    assert re.search(index, found), found
    assert "Seq Scan" not in found, found


@pytest.mark.parametrize("mode", ["generic", "custom"])
def test_due_stops_at_the_first_row_that_is_not(table: Engine, mode: str) -> None:
    # A volatile clock cannot bound an index: every row that waits would be read at each sweep.
    found = plan(table, query.due(PriceTracking), LISTS, mode=mode)
    assert re.search(r"Index Cond: .*dispatch_at <= ", found), found


@pytest.mark.parametrize("mode", ["generic", "custom"])
def test_pruning_bounds_its_index_and_deletes_by_address(table: Engine, mode: str) -> None:
    moments = ("made_before", "completed_before", "cancelled_before", "failed_before")
    values = dict.fromkeys(moments, "yesterday") | {"made_after": "-infinity", "batch": 5_000}
    found = plan(table, query.prune(PriceTracking), values, mode=mode)
    assert re.search(r"Index Cond: .*created_at >= .* AND .*created_at < ", found), found
    assert "Tid Scan" in found
    assert "Seq Scan" not in found
