"""Random operations of several workers on one set of rows, held against a small model of the diagram.

Workers hold claims that others take over or the sweep takes back; every late ending must be refused by its
attempt, whatever came between. After each step the rows are compared with the model.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, Float, delete, literal, select, update
from sqlalchemy.orm import Session

from trackwright import InvalidTransition, SyncTaskTrackingService, query
from trackwright.clock import clock_plus
from trackwright.jobs.claims import Claimed, Delivery, claim
from trackwright.jobs.database import SyncDatabase
from trackwright.maintenance import sweep
from trackwright.model import table_of
from trackwright.registry import Domain

LEASE = 600.0
ROWS = 2


@dataclass(slots=True)
class Expected:
    """What a row must be."""

    status: str = "PENDING"
    attempts: int = 0
    max_attempts: int = 2
    leased: bool = False
    expired: bool = False
    cancel_asked: bool = False
    trail: list[str] = field(default_factory=list[str])

    def end(self, status: str) -> None:
        """Leave PROCESSING."""
        self.status, self.leased, self.expired = status, False, False

    @property
    def reapable(self) -> bool:
        """Whether the lease has run out."""
        return self.status == "PROCESSING" and self.leased and self.expired


@dataclass(frozen=True, slots=True)
class Held:
    """A worker's belief that a row is its own."""

    row: int
    attempt: int


class Machine(RuleBasedStateMachine):
    """The operations, on a database that the test hands over."""

    engine: Engine
    tracking: type[Any]
    rows = Bundle("rows")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[int, Expected] = {}
        self.session = Session(self.engine, expire_on_commit=False)
        self.service = SyncTaskTrackingService(self.session, self.tracking)
        self.database = SyncDatabase(self.engine)
        self.domain = Domain("price", self.tracking, lambda: Session(self.engine))
        self.session.execute(delete(self.tracking))
        self.session.commit()

    def teardown(self) -> None:
        """Give the session back."""
        self.session.close()

    # Few rows, so that the operations meet: with many a fault in one of them was not found.
    @precondition(lambda self: len(self.model) < ROWS)
    @rule(target=rows, max_attempts=st.integers(1, 3))
    def create(self, max_attempts: int) -> int:
        """A new row."""
        made = self.service.create_tracking(etf_id="A", max_attempts=max_attempts, commit=True)
        self.model[made] = Expected(max_attempts=max_attempts)
        return made

    @rule(target=claims, row=rows)
    def deliver(self, row: int) -> Any:
        """A worker gets the row's message: it claims, takes over, or finds nothing to do."""
        expected = self.model[row]
        may_take = (
            expected.reapable and expected.attempts < expected.max_attempts and not expected.cancel_asked
        )
        got = claim(self.database, self.tracking, Delivery(row, "prices.update", None, "a worker 1"), LEASE)
        assert isinstance(got, Claimed) == (expected.status == "PENDING" or may_take)
        if not isinstance(got, Claimed):
            return multiple()
        if may_take:
            expected.trail.append("LOST")
        expected.status, expected.leased, expected.expired = "PROCESSING", True, False
        expected.attempts += 1
        assert got.row.attempts == expected.attempts
        return Held(row, expected.attempts)

    @rule(target=claims, row=rows)
    def deliver_to_a_worker_that_stalls(self, row: int) -> Any:
        """The same, and no heartbeat follows: what the rarest paths begin with."""
        held = self.deliver(row)
        if isinstance(held, Held):
            self.let_the_lease_run_out(row)
        return held

    @rule(row=rows)
    def cancel_what_runs(self, row: int) -> None:
        """Somebody cancels a row that a worker has."""
        if self.model[row].status == "PROCESSING":
            self.cancel(row)

    @rule(row=rows)
    def let_the_lease_run_out(self, row: int) -> None:
        """Time passes without a heartbeat."""
        table = table_of(self.tracking)
        self.session.execute(
            update(table)
            .where(table.c.id == row, table.c.lease_until.is_not(None))
            .values(lease_until=clock_plus(_seconds(-60)))
        )
        self.session.commit()
        self.model[row].expired = self.model[row].leased

    @rule(held=claims)
    def beat(self, held: Held) -> None:
        """A heartbeat keeps the claim and learns of a cancel request."""
        parameters = self._fence(held) | query.parameters(lease=LEASE)
        renewed = self.database.first(query.renew(self.tracking), parameters)
        assert (renewed is not None) == self._holds(held)
        if renewed is not None:
            assert renewed.cancel_requested == self.model[held.row].cancel_asked
            self.model[held.row].expired = False

    @rule(held=claims)
    def complete(self, held: Held) -> None:
        """The body returned."""
        done = self.database.first(query.complete(self.tracking), self._fence(held))
        assert (done is not None) == self._holds(held)
        if done is not None:
            self.model[held.row].end("COMPLETED")

    @rule(held=consumes(claims))
    def fail(self, held: Held) -> None:
        """The body raised what is not retried; a cancel request wins over FAILED."""
        expected, holds = self.model[held.row], self._holds(held)
        parameters = self._fence(held) | query.parameters(error="E: no")
        failed = self.database.first(query.fail_unless_cancelled(self.tracking), parameters)
        assert (failed is not None) == (holds and not expected.cancel_asked)
        stopped = self.database.first(query.stop_if_requested(self.tracking), self._fence(held))
        assert (stopped is not None) == (holds and expected.cancel_asked)
        if failed is not None:
            expected.trail.append("FAILED")
        if holds:
            expected.end("FAILED" if failed is not None else "CANCELLED")

    @rule(held=claims)
    def reschedule(self, held: Held) -> None:
        """The body raised what is retried."""
        expected = self.model[held.row]
        may = self._holds(held) and expected.attempts < expected.max_attempts and not expected.cancel_asked
        timing = query.parameters(error="E: again", delay=0.0, dispatch_delay=300.0)
        again = self.database.first(query.reschedule(self.tracking), self._fence(held) | timing)
        assert (again is not None) == may
        if may:
            expected.end("PENDING")
            expected.trail.append("FAILED")

    @rule(held=claims)
    def stop(self, held: Held) -> None:
        """The body saw the cancel request and stopped."""
        expected = self.model[held.row]
        may = self._holds(held) and expected.cancel_asked
        stopped = self.database.first(query.stop_if_requested(self.tracking), self._fence(held))
        assert (stopped is not None) == may
        if may:
            expected.end("CANCELLED")

    @rule(row=rows)
    def cancel(self, row: int) -> None:
        """Somebody cancels."""
        expected = self.model[row]
        if expected.status not in {"PENDING", "PROCESSING"}:
            with pytest.raises(InvalidTransition):
                self.service.cancel(row, "enough", commit=True)
            self.session.rollback()
            return
        expected.cancel_asked = True
        if expected.status == "PENDING":
            expected.end("CANCELLED")
        assert self.service.cancel(row, "enough", by="ops", commit=True) == expected.status

    @rule(row=rows)
    def retry(self, row: int) -> None:
        """Somebody retries by hand."""
        expected = self.model[row]
        if expected.status != "FAILED":
            with pytest.raises(InvalidTransition):
                self.service.retry(row, commit=True)
            self.session.rollback()
            return
        self.service.retry(row, commit=True)
        expected.status, expected.cancel_asked = "PENDING", False
        expected.max_attempts = max(expected.max_attempts, expected.attempts + 1)

    @rule(
        row=rows, target_status=st.sampled_from(["PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "PENDING"])
    )
    def move_by_hand(self, row: int, target_status: str) -> None:
        """update_status of a hand-written task."""
        expected = self.model[row]
        sources = {"PROCESSING": ["PENDING"], "PENDING": ["FAILED"], "CANCELLED": ["PENDING", "PROCESSING"]}
        if expected.status not in sources.get(target_status, ["PROCESSING"]):
            with pytest.raises(InvalidTransition):
                self.service.update_status(row, target_status, commit=True)
            self.session.rollback()
            return
        self.service.update_status(row, target_status, "by hand", commit=True)
        match target_status:
            case "PROCESSING":
                expected.attempts += 1
            case "FAILED":
                expected.trail.append("FAILED")
            case "PENDING":
                expected.max_attempts = max(expected.max_attempts, expected.attempts + 1)
                expected.cancel_asked = False
            case "CANCELLED":
                expected.cancel_asked = True
            case _:
                pass
        expected.end(target_status)

    # Without it two steps of three were sweeps that found nothing.
    @precondition(lambda self: any(row.reapable for row in self.model.values()))
    @rule()
    def sweep(self) -> None:
        """The sweep takes back what ran out of its lease."""
        self.session.rollback()
        result = sweep(self.domain, lambda _: True)
        reaped = [row for row in self.model.values() if row.reapable]
        assert result.cancelled == sum(row.cancel_asked for row in reaped)
        for row in reaped:
            used_up = row.attempts >= row.max_attempts
            if row.cancel_asked:
                row.trail.append("CANCELLED")
                row.end("CANCELLED")
            else:
                row.trail.append("FAILED" if used_up else "LOST")
                row.end("FAILED" if used_up else "PENDING")

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        """Compare every row, and what its status demands of its moments."""
        self.session.expire_all()
        found = {row.id: row for row in self.session.scalars(select(self.tracking))}
        assert found.keys() == self.model.keys()
        for tracking_id, expected in self.model.items():
            row = found[tracking_id]
            trail = [entry["outcome"] for entry in row.task_metadata.get("trail", [])]
            assert (row.status, row.attempts, row.max_attempts, trail) == (
                expected.status,
                expected.attempts,
                expected.max_attempts,
                expected.trail[-20:],
            )
            assert ("cancel" in row.task_metadata) == expected.cancel_asked
            assert (row.lease_until is not None) == expected.leased
            assert (row.completed_at is not None) == (row.status in {"COMPLETED", "FAILED", "CANCELLED"})
            if row.status == "PROCESSING":
                assert row.started_at is not None
            if row.status == "PENDING":
                assert row.started_at is None
        self.session.rollback()

    def _holds(self, held: Held) -> bool:
        expected = self.model[held.row]
        return (expected.status, expected.attempts) == ("PROCESSING", held.attempt)

    def _fence(self, held: Held) -> dict[str, Any]:
        self.session.rollback()
        return query.parameters(tracking_id=held.row, attempt=held.attempt)


def _seconds(number: float) -> Any:

    return literal(number, Float())


@pytest.fixture
def machine(engine: Engine, model: type[Any]) -> type[Machine]:
    """The machine over one of the databases."""
    return type("MachineOverOneDatabase", (Machine,), {"engine": engine, "tracking": model})


def test_rows_follow_the_diagram_whatever_workers_do(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=50,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
