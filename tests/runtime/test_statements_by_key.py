"""Each statement by key: which rows it takes, what it writes, and that it leaves all else alone, on both databases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, select, text, update

from trackwright import query
from trackwright.model import table_of
from trackwright.status import TrackingStatus

STATUSES = tuple(status.value for status in TrackingStatus)
Row = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """A statement by key, and what it does to a row all of whose columns are set."""

    statement: Callable[..., Any]
    takes: tuple[str, ...]
    leaves: str
    writes: tuple[str, ...]
    clears: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    fenced: bool = False


CANCELLING = {"reason": "no need", "actor": "someone"}
ERROR = {"error": "KeyError: 'x'"}
DELAYS = {"delay": 60.0, "dispatch_delay": 90.0}
CLAIM = {"lease": 60.0, "task": "t", "celery_task_id": "other", "worker": "w"}
ENDED = ("completed_at",)
P, R = "PENDING", "PROCESSING"
OPERATIONS = {
    "claim": Operation(
        query.claim,
        *((P,), R, ("attempts", "started_at", "lease_until", "metadata"), ("completed_at", "dispatch_at")),
        CLAIM,
    ),
    "start": Operation(
        query.start, (P,), R, ("attempts", "started_at"), ("completed_at", "lease_until", "dispatch_at")
    ),
    "take_over": Operation(
        query.take_over,
        *((R,), R, ("attempts", "started_at", "lease_until", "metadata"), ()),
        {"lease": 60.0, "worker": "w"},
    ),
    "complete": Operation(query.complete, (R,), "COMPLETED", ENDED, ("lease_until",), fenced=True),
    "fail": Operation(
        query.fail,
        (R,),
        "FAILED",
        (*ENDED, "error_message", "metadata"),
        ("lease_until",),
        ERROR,
        fenced=True,
    ),
    "fail_unless_cancelled": Operation(
        query.fail_unless_cancelled,
        *((R,), "FAILED", (*ENDED, "error_message", "metadata"), ("lease_until",), ERROR),
        fenced=True,
    ),
    "reschedule": Operation(
        query.reschedule,
        *((R,), P, ("scheduled_at", "dispatch_at", "error_message", "metadata")),
        *(("started_at", "completed_at", "lease_until"), ERROR | DELAYS),
        fenced=True,
    ),
    "stop": Operation(query.stop, (R,), "CANCELLED", ENDED, ("lease_until",), fenced=True),
    "drop": Operation(
        query.drop, (R,), "CANCELLED", (*ENDED, "metadata"), ("lease_until",), CANCELLING, fenced=True
    ),
    "revoke": Operation(
        query.revoke,
        *((P,), "CANCELLED", (*ENDED, "metadata"), ("dispatch_at",)),
        CANCELLING | {"celery_task_id": "m1"},
    ),
    "abandon": Operation(
        query.abandon,
        *((P, R), "CANCELLED", (*ENDED, "metadata"), ("lease_until", "dispatch_at"), CANCELLING),
    ),
    "retry": Operation(
        query.retry,
        *(("FAILED",), P, ("dispatch_at",), ("scheduled_at", "started_at", "completed_at")),
        {"dispatch_delay": 90.0},
    ),
}

FAILED = [(2, "FAILED")]
OUTCOMES = {"take_over": [(2, "LOST")], "fail": FAILED, "fail_unless_cancelled": FAILED, "reschedule": FAILED}
"""What the trail of past attempts says afterwards."""


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_takes_its_statuses_and_writes_what_it_names(
    name: str, model: Any, rows: Any, run: Any, stored: Any
) -> None:
    operation = OPERATIONS[name]
    attempt = {"attempt": 2} if operation.fenced else {}
    for number, status in zip(rows(), STATUSES, strict=True):
        before = stored()
        returned = run(operation.statement(model), tracking_id=number, **operation.parameters, **attempt)
        after = stored()
        assert len(returned) == (status in operation.takes), status
        assert {key: row for key, row in after.items() if key != number} == {
            key: row for key, row in before.items() if key != number
        }
        if not returned:
            assert after[number] == before[number], status
            continue
        assert returned[0].id == number
        changed = {column for column, value in after[number].items() if value != before[number][column]}
        moved = {"status"} if operation.leaves != status else set()
        assert changed == {"updated_at", *moved, *operation.writes, *operation.clears}
        assert after[number]["status"] == operation.leaves
        assert [after[number][column] for column in operation.clears] == [None] * len(operation.clears)
        assert None not in [after[number][column] for column in operation.writes]
        trail = after[number]["metadata"].get("trail", [])
        assert [(one["attempt"], one["outcome"]) for one in trail] == OUTCOMES.get(name, [])


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.fenced])
def test_another_attempt_ends_nothing_unless_any_may(name: str, model: Any, rows: Any, run: Any) -> None:
    operation = OPERATIONS[name]
    number = rows()[STATUSES.index(R)]
    for attempt in (1, 3):
        values = {"tracking_id": number, "attempt": attempt, **operation.parameters}
        assert run(operation.statement(model), **values) == []
    if name in {"complete", "fail", "reschedule", "stop"}:
        any_attempt = operation.statement(model, any_attempt=True)
        assert len(run(any_attempt, tracking_id=number, **operation.parameters)) == 1


def test_a_claim_waits_for_its_time_and_keeps_a_message_id(
    model: Any, rows: Any, run: Any, stored: Any
) -> None:
    later, now = rows(scheduled_at=datetime.now(UTC) + timedelta(hours=1))[0], rows(celery_task_id=None)[0]
    assert run(query.claim(model), tracking_id=later, **CLAIM) == []
    (claimed,) = run(query.claim(model), tracking_id=now, **CLAIM)
    assert (claimed.attempts, claimed.celery_task_id, claimed.status) == (3, "other", R)
    assert claimed.lease_until - claimed.started_at >= timedelta(seconds=59)
    assert stored()[now]["metadata"]["mine"] == 1


def test_a_row_is_taken_over_only_after_its_lease_with_attempts_left_and_nobody_asking_to_cancel(
    model: Any, rows: Any, run: Any
) -> None:
    place = STATUSES.index(R)
    kept = [
        rows(lease_until=datetime.now(UTC) + timedelta(hours=1)),
        rows(attempts=5),
        rows(lease_until=None),
        rows(metadata={"cancel": {"reason": "no need"}}),
    ]
    for numbers in kept:
        assert run(query.take_over(model), tracking_id=numbers[place], lease=60.0, worker="w") == []
    (taken,) = run(query.take_over(model), tracking_id=rows(attempts=4)[place], lease=60.0, worker="w")
    assert taken.attempts == 5
    assert taken.task_metadata["trail"][-1]["outcome"] == "LOST"


def test_a_lease_is_renewed_by_its_attempt_and_says_whether_to_stop(
    model: Any, rows: Any, run: Any, stored: Any
) -> None:
    place = STATUSES.index(R)
    numbers, asked = rows(), rows(metadata={"cancel": {"reason": "no need"}})[place]
    for number in (one for one in numbers if one != numbers[place]):
        assert run(query.renew(model), tracking_id=number, attempt=2, lease=60.0) == []
    for attempt in (1, 3):
        assert run(query.renew(model), tracking_id=numbers[place], attempt=attempt, lease=60.0) == []
    before = stored()
    assert [bool(row.cancel_requested) for row in _renewed(run, model, numbers[place])] == [False]
    assert [bool(row.cancel_requested) for row in _renewed(run, model, asked)] == [True]
    after = stored()
    moved = {key for key in after if after[key] != before[key]}
    assert moved == {numbers[place], asked}
    assert after[asked]["lease_until"] > datetime.now(UTC) + timedelta(seconds=30)


def _renewed(run: Any, model: Any, number: int) -> list[Any]:
    found: list[Any] = run(query.renew(model), tracking_id=number, attempt=2, lease=60.0)
    return found


def test_a_renewal_does_not_wait_for_a_body_that_holds_the_row(postgres_url: str, model: Any) -> None:
    engine = create_engine(postgres_url)
    table = table_of(model)
    model.metadata.create_all(engine)
    with engine.begin() as connection:
        values = {"status": R, "attempts": 2, "etf_id": "IE00"}
        number = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    with engine.begin() as body, engine.begin() as heartbeat:
        body.execute(update(table).where(table.c.id == number).values(id=number, etf_id="LU00"))
        body.execute(select(table).where(table.c.id == number).with_for_update())
        heartbeat.execute(text("SET LOCAL lock_timeout = '10s'"))
        given = query.parameters(tracking_id=number, attempt=2, lease=60.0)
        assert heartbeat.execute(query.renew(model), given).all() == []
    with engine.begin() as body, engine.begin() as heartbeat:
        # Rows that refer to it hold it so: they are in nobody's way.
        body.execute(select(table).where(table.c.id == number).with_for_update(read=True, key_share=True))
        assert len(heartbeat.execute(query.renew(model), given).all()) == 1
    engine.dispose()


def test_a_worker_holds_what_it_claimed(
    model: Any, rows: Any, run: Any, table: Any, engine: Engine, an_hour_ago: datetime
) -> None:
    numbers = rows()
    run(query.claim(model), tracking_id=numbers[0], **CLAIM)
    ask = query.held_by(model)
    assert [row.attempts for row in run(ask, tracking_id=numbers[0], worker="w")] == [3]
    assert run(ask, tracking_id=numbers[0], worker="another") == []
    assert run(ask, tracking_id=numbers[1], worker="w") == []
    for values in ({"lease_until": None}, {"lease_until": an_hour_ago, "status": "FAILED"}, {"status": P}):
        with engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == numbers[0]).values(values))
        assert run(ask, tracking_id=numbers[0], worker="w") == []


def test_what_stands_in_a_claims_way_is_told_of_its_row(
    model: Any, rows: Any, run: Any, an_hour_ago: datetime
) -> None:
    rows(attempts=4)
    number = rows(metadata={"cancel": {"reason": "no need"}})[STATUSES.index("FAILED")]
    (state,) = run(query.claim_state(model), tracking_id=number)
    assert (state.status, state.attempts, state.max_attempts) == ("FAILED", 2, 5)
    assert (state.scheduled_at, state.dispatch_at, state.lease_until) == (
        an_hour_ago,
        an_hour_ago,
        an_hour_ago,
    )
    assert bool(state.cancel_requested)
    assert state.waiting_for is None
    assert abs(state.database_time - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_request_to_cancel_ends_what_waits_and_is_noted_on_what_runs(
    model: Any, rows: Any, run: Any, stored: Any, an_hour_ago: datetime
) -> None:
    numbers = rows()
    before = stored()
    for number, status in zip(numbers, STATUSES, strict=True):
        returned = run(query.cancel(model), tracking_id=number, **CANCELLING)
        assert [row.status for row in returned] == {P: ["CANCELLED"], R: [R]}.get(status, [])
        assert [(row.celery_task_id, row.attempts) for row in returned] == [("m1", 2)] * len(returned)
    after = stored()
    pending, processing, *ended = numbers
    assert [after[number] for number in ended] == [before[number] for number in ended]
    assert after[pending]["completed_at"] > an_hour_ago
    assert after[processing]["completed_at"] == an_hour_ago
    for number in (pending, processing):
        assert after[number]["dispatch_at"] is None
        assert after[number]["updated_at"] > an_hour_ago
        assert after[number]["metadata"]["cancel"]["by"] == "someone"
        assert "frees_dependents" not in str(after[number]["metadata"])
    kept = rows()[0]
    run(query.cancel(model, cascade=False), tracking_id=kept, **CANCELLING)
    assert "frees_dependents" in str(stored()[kept]["metadata"])


def test_endings_that_ask_for_a_request_or_for_none(model: Any, rows: Any, run: Any) -> None:
    place = STATUSES.index(R)
    for asked in (False, True):
        metadata = {"cancel": {"reason": "no need"}} if asked else {"mine": 1}
        values = {"attempt": 2, **ERROR}
        failed = run(query.fail_unless_cancelled(model), tracking_id=rows(metadata=metadata)[place], **values)
        assert len(failed) == (not asked)
        number = rows(metadata=metadata)[place]
        assert run(query.reschedule(model), tracking_id=number, **values, **DELAYS) == [(number,)] * (
            not asked
        )
        stopped = run(query.stop_if_requested(model), tracking_id=rows(metadata=metadata)[place], attempt=2)
        assert len(stopped) == asked


def test_a_reschedule_needs_an_attempt_that_is_left(model: Any, rows: Any, run: Any, stored: Any) -> None:
    place = STATUSES.index(R)
    used_up, left = rows(max_attempts=2)[place], rows(max_attempts=3)[place]
    for number, done in ((used_up, 0), (left, 1)):
        assert len(run(query.reschedule(model), tracking_id=number, attempt=2, **ERROR, **DELAYS)) == done
    row = stored()[left]
    assert [(one["attempt"], one["outcome"]) for one in row["metadata"]["trail"]] == [(2, "FAILED")]
    assert row["error_message"] == "KeyError: 'x'"
    between = row["dispatch_at"] - row["scheduled_at"]
    assert timedelta(seconds=29) < between < timedelta(seconds=31)


def test_a_retry_adds_an_attempt_only_where_none_is_left(model: Any, rows: Any, run: Any) -> None:
    place = STATUSES.index("FAILED")
    for most, then in ((3, 3), (2, 3), (1, 3)):
        number = rows(max_attempts=most, metadata={"cancel": {"reason": "x"}, "mine": 1})[place]
        (row,) = run(query.retry(model), tracking_id=number, dispatch_delay=90.0)
        assert (row.attempts, row.max_attempts, row.task_metadata) == (2, then, {"mine": 1})
        assert row.dispatch_at > datetime.now(UTC) + timedelta(seconds=60)


def test_a_message_is_revoked_by_its_own_id_or_where_none_is_known(model: Any, rows: Any, run: Any) -> None:
    for known, message, done in (("m1", "m1", 1), ("m1", "m2", 0), (None, "m2", 1)):
        number = rows(celery_task_id=known)[0]
        assert len(run(query.revoke(model), tracking_id=number, celery_task_id=message, **CANCELLING)) == done
