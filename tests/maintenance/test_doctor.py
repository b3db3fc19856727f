"""The doctor: nothing to say about what is well, a finding with a hint for everything that is not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typed_models
from ops_models import OrderTracking
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker
from workers import wait_until, worker

from trackwright.jobs.loop import process_loop
from trackwright.maintenance.doctor import Finding, Limits, examine
from trackwright.maintenance.doctor.failures import patterns_of
from trackwright.maintenance.doctor.load import CORE_INDEXES
from trackwright.registry import Domain

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def order(ops: Any) -> Domain:
    """The domain `order`, for a look without a process."""
    return Domain("order", OrderTracking, sessionmaker(ops.engine))


def look(domain: Domain, **limits: Any) -> dict[str, Finding]:
    """The findings about a domain by their codes."""
    found = examine(domain, Limits(**limits))
    assert all(finding.hint for finding in found)
    codes = [finding.code for finding in found]
    assert len(codes) == len(set(codes))
    return dict(zip(codes, found, strict=True))


def test_a_healthy_project_has_no_findings(ops: Any) -> None:
    now = datetime.now(UTC)
    ops.add("PENDING", "COMPLETED", age=MINUTE, dispatch_at=now + 4 * MINUTE)
    ops.add("PROCESSING", age=MINUTE, started_at=now - MINUTE, lease_until=now + MINUTE)
    ops.add(*["COMPLETED"] * 9, "FAILED", attempts=1)
    ops.add("PENDING", age=30 * HOUR, scheduled_at=now + HOUR, dispatch_at=now + HOUR)
    ended = ops.run("doctor")
    assert (ended.code, ended.out) == (0, "2 domains examined, no findings\n")
    assert ops.run("doctor", "--output-format", "json").json == []


def test_what_is_wrong_is_found_by_the_command(ops: Any, redis_url: str) -> None:
    start = datetime.now(UTC) - 2 * HOUR
    (stuck,) = ops.add("PROCESSING", age=3 * HOUR, started_at=start, attempts=2)
    ended = ops.run("doctor", "--output-format", "json", BROKER_URL=redis_url)
    assert ended.code == 1
    worker, finding = ended.json
    assert (worker["code"], worker["domain"]) == ("no_worker", None)
    assert (finding["code"], finding["domain"]) == ("stuck_in_processing", "order")
    (detail,) = finding["details"]
    assert detail.startswith(f"row {stuck}: for 2")  # hours, and the time that the command took to start
    assert detail.endswith(" h, attempt 2, without a lease: started by hand, nothing will recover it")
    text_of = ops.run("doctor", "--domain", "order", BROKER_URL=redis_url)
    assert text_of.code == 1
    assert "order: stuck_in_processing: 1 rows have been PROCESSING for more than 1 h" in text_of.out
    assert "  hint: are its workers alive" in text_of.out
    assert text_of.out.endswith("1 domain examined, 2 findings\n")
    assert ops.run("doctor", "--stuck-after", "3h", BROKER_URL=redis_url).code == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_broker_that_is_down_is_a_finding(ops: Any) -> None:
    ops.add("PENDING", age=HOUR)
    ended = ops.run("doctor", "--output-format", "json", BROKER_URL="redis://127.0.0.1:1/0")
    assert ended.code == 1
    assert [finding["code"] for finding in ended.json] == ["broker_unreachable", "old_queue"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_that_answers_is_no_finding(ops: Any, redis_url: str) -> None:
    environment = {**ops.environment, "BROKER_URL": redis_url}
    with worker("ops_app:celery_app", environment, ops.folder, "--pool", "solo", "-Q", "nothing"):
        log = ops.folder / "worker.log"
        wait_until("the worker", lambda: log.exists() and " ready." in log.read_text(), log)
        ops.add("PENDING", age=HOUR)
        ended = ops.run("doctor", "--output-format", "json", BROKER_URL=redis_url)
    assert [finding["code"] for finding in ended.json] == ["old_queue"]


@pytest.mark.parametrize("overdue", ["dispatch_at", "lease_until"])
def test_a_missing_sweep_is_seen_by_what_it_left(ops: Any, order: Domain, overdue: str) -> None:
    now = datetime.now(UTC)
    status = "PENDING" if overdue == "dispatch_at" else "PROCESSING"
    row = {"age": 10 * MINUTE, "started_at": None if status == "PENDING" else now}
    ops.add(status, **row, **{overdue: now - 4 * MINUTE})
    assert look(order) == {}
    ops.add(status, status, **row, **{overdue: now - 6 * MINUTE})
    found = look(order)
    assert list(found) == ["sweep_missing"]
    assert found["sweep_missing"].message.count("2 ") == 1
    ops.run("sweep", "--domain", "order")
    assert look(order) == {}


def test_stuck_rows_say_who_holds_them(ops: Any, order: Domain) -> None:
    now = datetime.now(UTC)
    lost = ops.add("PROCESSING", started_at=now - 2 * HOUR, lease_until=now - MINUTE, attempts=1)
    alive = ops.add("PROCESSING", started_at=now - 1.5 * HOUR, lease_until=now + MINUTE, attempts=3)
    finding = look(order)["stuck_in_processing"]
    assert finding.details == (
        f"row {lost[0]}: for 2 h, attempt 1, its worker is lost",
        f"row {alive[0]}: for 1.5 h, attempt 3, its worker is alive",
    )
    patient = Domain("order", OrderTracking, order.session_factory, stale_after=6 * 3600)
    assert look(patient) == {}, "a row may run for as long as its stale_after allows"


def test_an_old_queue(ops: Any, order: Domain) -> None:
    now = datetime.now(UTC)
    ops.add("PENDING", age=14 * MINUTE)
    ops.add("PENDING", age=HOUR, updated_at=now)  # retried just now
    ops.add("PENDING", age=HOUR, scheduled_at=now)
    ops.add("PENDING", age=HOUR, scheduled_at=now + MINUTE)
    ops.add("PENDING", age=HOUR, metadata={"waiting_for": 1})
    assert look(order) == {}
    ops.add("PENDING", age=16 * MINUTE)
    assert list(look(order)) == ["old_queue"]


def test_failures_come_with_their_patterns(ops: Any, order: Domain) -> None:
    ops.add("COMPLETED", "COMPLETED", "COMPLETED", "COMPLETED", "COMPLETED", age=HOUR)
    for number in range(4):
        ops.add("FAILED", age=HOUR, error_message=f"TimeoutError: order {number} took 3{number}.5 s\n  more")
    assert look(order) == {}, "nine rows say nothing yet"
    ops.add("FAILED", age=HOUR, error_message="KeyError: 'isin'", attempts=3)
    found = look(order, exhausted=1)
    assert list(found) == ["high_failure_rate", "retries_exhausted"]
    assert found["high_failure_rate"].message == "5 of 10 rows of the last 1 d FAILED (50%)"
    assert found["high_failure_rate"].details == (
        "4 x TimeoutError: order <n> took <n> s",
        "1 x KeyError: <text>",
    )
    assert found["retries_exhausted"].details[0].endswith("KeyError: 'isin'")
    assert "--failed-within 24h" in found["retries_exhausted"].hint
    assert list(look(order, failure_rate=0.6, exhausted=1)) == ["retries_exhausted"]
    assert look(order, window=30 * MINUTE) == {}


def test_single_rows_that_used_up_their_attempts_are_no_finding(ops: Any, order: Domain) -> None:
    ops.add(*["FAILED"] * 4, age=HOUR, attempts=3, error_message="KeyError: 'isin'")
    assert look(order) == {}
    ops.add("FAILED", age=HOUR, attempts=3)
    found = look(order)
    assert list(found) == ["retries_exhausted"]
    assert found["retries_exhausted"].message.startswith("5 rows made in the last 24h")
    assert ops.run("doctor", "--exhausted", "6").code == 0


@pytest.mark.parametrize(
    ("errors", "pattern"),
    [
        pytest.param(["E: 0x7f3a", "E: 0x11"], "E: <n>", id="addresses"),
        pytest.param(["E: at 10.0.0.1:80", "E: at 10.0.0.22:443"], "E: at <n>:<n>", id="numbers"),
        pytest.param(
            ["E: 0b0e7a54-0f5c-4d51-9f2e-0a4d7d8b1c11", "E: 1b0e7a54-0f5c-4d51-9f2e-0a4d7d8b1c12"],
            "E: <id>",
            id="ids",
        ),
        pytest.param(["", "  \n"], "(no message)", id="no message"),
    ],
)
def test_errors_that_differ_in_details_are_one_pattern(errors: list[str], pattern: str) -> None:
    assert patterns_of(errors) == [(pattern, len(errors))]


def test_a_table_that_is_not_there(ops: Any, order: Domain) -> None:
    with ops.engine.begin() as connection:
        connection.execute(text("DROP TABLE order_task_tracking"))
    assert list(look(order)) == ["table_missing"]


def test_a_table_that_differs(ops: Any, order: Domain) -> None:
    with ops.engine.begin() as connection:
        connection.execute(text("ALTER TABLE order_task_tracking DROP COLUMN note"))
        connection.execute(text("DROP INDEX idx_order_task_due"))
        connection.execute(text("ALTER TABLE order_task_tracking ADD COLUMN newer TEXT"))
    found = look(order)
    assert found["table_differs"].details == ("column note is missing",)
    assert found["index_missing"].details == (
        (
            "CREATE INDEX idx_order_task_due ON order_task_tracking (dispatch_at)"
            " WHERE status = 'PENDING' AND dispatch_at IS NOT NULL"
        ),
    )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_columns_and_checks_that_differ(ops: Any, order: Domain) -> None:
    table = "ALTER TABLE order_task_tracking"
    with ops.engine.begin() as connection:
        for change in (
            "ALTER COLUMN status TYPE VARCHAR(30)",
            "ALTER COLUMN error_message SET NOT NULL",
            "DROP CONSTRAINT ck_order_task_attempts",
            "DROP CONSTRAINT ck_order_task_status",
            "ADD CONSTRAINT ck_order_task_status CHECK (status IN ('PENDING', 'COMPLETED'))",
            "ADD COLUMN added INTEGER NOT NULL",
        ):
            connection.execute(text(f"{table} {change}"))
    assert look(order)["table_differs"].details == (
        "column status is VARCHAR(30), the model says VARCHAR(20)",
        "column error_message is NOT NULL, the model says otherwise",
        "column added is NOT NULL without a default and not in the model: every insert fails",
        "check ck_order_task_attempts is missing",
        "check ck_order_task_status does not allow PROCESSING, FAILED, CANCELLED",
    )


@pytest.fixture
def typed(database_url: str) -> Iterator[Engine]:
    """A table with many types."""
    engine = create_engine(database_url)
    typed_models.Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_no_type_is_taken_for_another(typed: Engine) -> None:
    assert look(Domain("typed", typed_models.TypedTracking, sessionmaker(typed))) == {}


def test_it_looks_over_async_sessions_too(typed: Engine) -> None:
    url = typed.url.render_as_string(hide_password=False).replace("sqlite:", "sqlite+aiosqlite:")
    engine = create_async_engine(url)
    try:
        assert look(Domain("typed", typed_models.TypedTracking, async_sessionmaker(engine))) == {}
    finally:
        process_loop().run(engine.dispose())


def test_core_indexes_are_those_that_every_model_has() -> None:
    prefix = "idx_order_task_"
    names = {str(index.name).removeprefix(prefix) for index in OrderTracking.__table__.indexes}  # type: ignore[attr-defined] # a Table
    assert names == CORE_INDEXES


def test_rows_that_nobody_prunes(ops: Any, order: Domain) -> None:
    ops.add("COMPLETED", age=timedelta(days=36))
    assert look(order) == {}
    ops.add("COMPLETED", age=timedelta(days=38))
    assert list(look(order)) == ["prune_missing"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_indexes_that_nobody_uses_or_that_are_broken(ops: Any, order: Domain) -> None:
    with ops.engine.begin() as connection:
        connection.execute(text("CREATE INDEX of_our_own ON order_task_tracking (note)"))
        connection.execute(text("CREATE INDEX half_built ON order_task_tracking (note)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_built'::regclass")
        )
        connection.execute(
            text(
                "INSERT INTO order_task_tracking (status, completed_at)"
                " SELECT 'COMPLETED', now() FROM generate_series(1, 20000)"
            )
        )
    _wait_for_statistics(ops, "n_live_tup >= 20000")
    found = look(order)
    assert found["index_invalid"].details == ('DROP INDEX CONCURRENTLY "half_built"',)
    assert found["index_unused"].details == ("of_our_own",)
    with ops.engine.begin() as connection:
        connection.execute(text("DELETE FROM order_task_tracking"))
    _wait_for_statistics(ops, "n_dead_tup >= 20000")
    assert "20000 dead rows beside 0" in look(order)["table_bloated"].message


def _wait_for_statistics(ops: Any, condition: str) -> None:
    """PostgreSQL's counters arrive a moment after the commit."""

    def arrived() -> bool:
        statement = f"SELECT {condition} FROM pg_stat_user_tables WHERE relname = 'order_task_tracking'"
        with ops.engine.connect() as connection:
            return bool(connection.execute(text(statement)).scalar_one())

    wait_until(condition, arrived)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_statements_that_wait_for_a_lock(ops: Any, order: Domain, tmp_path: Path) -> None:
    import threading

    (row,) = ops.add("PENDING")
    update = text(f"UPDATE order_task_tracking SET note = 'mine' WHERE id = {row}")

    def wait_for_the_row() -> None:
        with ops.engine.begin() as connection:
            connection.execute(update)

    waiting = threading.Thread(target=wait_for_the_row)
    with ops.engine.begin() as holder:
        holder.execute(update)
        waiting.start()
        wait_until("a blocked statement", lambda: bool(look(order, blocked_for=timedelta())))
        finding = look(order, blocked_for=timedelta())["blocked_statements"]
        assert look(order) == {}, "half a minute is nothing"
    waiting.join()
    assert "UPDATE order_task_tracking SET note" in finding.details[0]
