"""Legacy rows become tracking rows: completely, once, and again when old code changes them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from legacy_models import HOUR, MOMENT, PriceTracking
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from trackwright import LegacyMapping, SyncTaskTrackingCRUD
from trackwright.legacy import legacy_view
from trackwright.maintenance.legacy import CopyStep, copy_rows

ENDED = """
CREATE FUNCTION ended() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the time is over' USING ERRCODE = 'query_canceled'; END $$
"""
TRIGGER = "CREATE TRIGGER ended BEFORE INSERT ON price_task_tracking FOR EACH ROW EXECUTE FUNCTION ended()"


class Meanwhile:
    """A database where something happens after a copy has begun and before it copies its first batch."""

    def __init__(self, database: Any, happens: Any) -> None:
        self.database = database
        self.happens = [happens]

    def transact(self, work: Any) -> Any:
        """Let the work be done, and after the first what happens."""
        done = self.database.transact(work)
        while self.happens:
            self.happens.pop()()
        return done


def test_a_row_keeps_its_story(old: Any) -> None:
    key = old.add(
        "Error",
        error="KeyError: 'x'",
        retry_count=2,
        priority=7,
        task_metadata={"price": "12.5", "day": "2026-02-28", "note": "kept"},
        finished_at=MOMENT + HOUR,
    )
    assert old.copy().copied == 1
    row = old.rows()[key]
    assert (row.status, row.etf_id, row.attempts) == ("FAILED", f"e{key}", 2)
    assert (row.price, row.day) == (Decimal("12.5"), date(2026, 2, 28))
    assert row.error_message == "KeyError: 'x'"
    assert row.created_at == MOMENT.replace(tzinfo=UTC)
    assert row.completed_at == (MOMENT + HOUR).replace(tzinfo=UTC)
    assert (row.dispatch_at, row.lease_until, row.max_attempts) == (None, None, 3)
    assert row.metadata["note"] == "kept"
    assert row.metadata["legacy"] == {
        "table": "task_status",
        "id": str(key),
        "status": "Error",
        "row": {"priority": 7},
    }


@pytest.mark.parametrize(
    ("word", "status"),
    [("success", "COMPLETED"), ("RUNNING", "PROCESSING"), ("parked", "PENDING"), ("revoked", "CANCELLED")],
)
def test_status_words_are_understood_in_any_case(old: Any, word: str, status: str) -> None:
    key = old.add(word)
    old.copy()
    assert old.rows()[key].status == status


def test_rows_of_other_tasks_stay_where_they_are(old: Any) -> None:
    old.add("done", task_type="report")
    assert (old.copy().copied, old.rows()) == (0, {})


def test_what_cannot_be_copied_is_reported_with_its_reason_and_the_rest_arrives(old: Any) -> None:
    keys = [old.add("done") for _ in range(20)]
    unknown = old.add("half-baked")
    twice = old.add("done", resource_id=f"e{keys[3]}")
    step = old.copy()
    assert (step.copied, step.refused) == (20, 2)
    assert sorted(old.rows()) == keys
    reasons = old.reasons()
    assert reasons[unknown] == "the status 'half-baked' has no meaning: add it to `status`"
    assert "unique" in reasons[twice].lower()
    old.change(twice, resource_id="other")
    old.change(unknown, status="done")
    assert old.copy().copied == 2
    assert old.reasons() == {}


def test_a_second_run_copies_nothing_and_batches_cover_all(old: Any) -> None:
    keys = [old.add("done") for _ in range(25)]
    assert old.copy(batch=4).copied == 25
    assert sorted(old.rows()) == keys
    assert old.copy(batch=4) == type(old.copy())()
    new = old.add("pending")
    assert old.copy().copied == 1
    assert new in old.rows()


def test_what_old_code_changes_later_follows(old: Any) -> None:
    key = old.add("running")
    old.copy()
    old.change(key, status="done", finished_at=MOMENT + HOUR)
    assert old.verify().stale == 1
    step = old.copy()
    assert (step.copied, step.updated, step.refused) == (0, 1, 0)
    row = old.rows()[key]
    assert (row.status, row.completed_at) == ("COMPLETED", (MOMENT + HOUR).replace(tzinfo=UTC))
    assert old.verify().passed()


def test_a_row_that_went_on_in_the_new_table_is_not_changed_back(old: Any) -> None:
    key = old.add("pending")
    old.copy()
    with old.engine.begin() as connection:
        connection.execute(
            update(PriceTracking).values(status="CANCELLED", updated_at=MOMENT.replace(tzinfo=UTC) + HOUR)
        )
    old.change(key, status="done")
    step = old.copy()
    assert (step.updated, step.refused) == (0, 1)
    assert old.rows()[key].status == "CANCELLED"
    assert "had changed" in old.reasons()[key]


def test_verification_finds_what_is_not_as_it_was_copied(old: Any) -> None:
    keys = [old.add("done", task_metadata={"price": "1.50"}) for _ in range(3)]
    assert old.verify().not_copied == 3
    old.copy()
    found = old.verify()
    assert found.passed()
    assert (found.rows, found.compared) == (3, 3)
    ids = {key: row.id for key, row in old.rows().items()}
    with old.engine.begin() as connection:
        changed = update(PriceTracking).where(PriceTracking.id == ids[keys[0]])
        connection.execute(changed.values(error_message="x", updated_at=PriceTracking.updated_at))
    (difference,) = old.verify().differences
    assert (difference.status, difference.day) == ("COMPLETED", "2026-03-01")
    assert difference.expected[0] == difference.found[0] == 3
    with old.engine.begin() as connection:
        connection.execute(delete(PriceTracking).where(PriceTracking.id == ids[keys[1]]))
    assert old.verify().gone == 1
    assert not old.verify().passed(accept_gone=True)


def test_an_old_id_leads_to_the_new_row(old: Any) -> None:
    crud = SyncTaskTrackingCRUD(PriceTracking)
    key = old.add("done")
    with Session(old.engine) as session:
        assert crud.get_by_legacy_id(session, key) is None
    old.copy()
    with Session(old.engine) as session:
        row = crud.get_by_legacy_id(session, key)
        assert row is not None
        assert row.etf_id == f"e{key}"
        assert crud.get_by_legacy_id(session, key + 1) is None


def test_metadata_that_the_runtime_would_misread_is_kept_aside(old: Any) -> None:
    strange = old.add("done", task_metadata={"trail": "a path", "mine": 1})
    listed = old.add("done", task_metadata=[1, 2])
    old.copy()
    rows = old.rows()
    assert (rows[strange].metadata["mine"], "trail" in rows[strange].metadata) == (1, False)
    assert rows[strange].metadata["legacy"]["metadata"] == {"trail": "a path", "mine": 1}
    assert rows[listed].metadata["legacy"]["metadata"] == [1, 2]
    assert old.verify().passed()


def test_what_old_code_changes_while_the_first_copy_runs_follows_in_the_same_run(old: Any) -> None:
    keys = [old.add("running") for _ in range(8)]
    steps = copy_rows(old.database, old.move(), batch=3)
    assert next(steps).copied == 3
    old.change(keys[0], status="done")
    rest = sum(steps, CopyStep())
    assert (rest.copied, rest.updated, rest.refused) == (5, 1, 0)
    assert old.rows()[keys[0]].status == "COMPLETED"
    assert old.verify().passed()


@pytest.mark.parametrize("batches", [1, 9])
def test_a_copy_beside_another_repeats_none_of_its_rows(old: Any, batches: int) -> None:
    keys = [old.add("done") for _ in range(10)]
    move = old.move()
    database: Any = Meanwhile(
        old.database, lambda: list(islice(copy_rows(old.database, move, batch=2), batches))
    )
    step = sum(copy_rows(database, move, batch=4), CopyStep())
    assert (step.copied, step.refused) == (max(0, 10 - 2 * batches), 0)
    assert sorted(old.rows()) == keys
    assert old.verify().passed()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_error_that_no_row_is_to_blame_for_ends_the_copy_and_refuses_nothing(old: Any) -> None:
    keys = [old.add("done") for _ in range(4)]
    with old.engine.begin() as connection:
        connection.execute(text(ENDED))
        connection.execute(text(TRIGGER))
    with pytest.raises(DBAPIError, match="the time is over"):
        old.copy()
    assert old.reasons() == {}
    with old.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER ended ON price_task_tracking"))
    assert old.copy().copied == 4
    assert sorted(old.rows()) == keys


def test_metadata_keeps_its_nulls_and_every_key_with_a_meaning_to_the_runtime(old: Any) -> None:
    told = {"note": None, "deep": {"x": None}}
    plain = old.add("done", task_metadata=told)
    own = {**told, "legacy": True, "level": 3, "on_failure": "stop"}
    strange = old.add("done", task_metadata=own)
    old.copy()
    rows = old.rows()
    assert rows[plain].metadata == {**told, "legacy": rows[plain].metadata["legacy"]}
    assert rows[plain].metadata["legacy"]["row"] == {"priority": None}
    assert rows[strange].metadata == {**told, "legacy": rows[strange].metadata["legacy"]}
    assert rows[strange].metadata["legacy"]["metadata"] == own
    assert old.verify().passed()
    with Session(old.engine) as session:
        view: Any = legacy_view(session.get_one(PriceTracking, rows[strange].id))
        assert (view.priority, view.task_metadata) == (None, {**own, "price": None, "day": None})


def test_rows_without_a_status_and_words_with_blanks_have_a_meaning_too(
    old: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    none, blank, word = old.add(None), old.add(" "), old.add("Halted ")
    old.copy()
    said_so = "the row has no status: say what that means as '' in `status`"
    assert old.reasons() == {
        none: said_so,
        blank: said_so,
        word: "the status 'Halted ' has no meaning: add it to `status`",
    }
    words = {"": "FAILED", "HALTED ": "PENDING"}
    mapping: Any = PriceTracking.__legacy__
    monkeypatch.setattr(PriceTracking, "__legacy__", replace(mapping, status=words))
    assert old.copy().copied == 3
    rows = old.rows()
    assert [rows[key].status for key in (none, blank, word)] == ["FAILED", "FAILED", "PENDING"]
    assert rows[none].metadata["legacy"]["status"] is None
    assert old.verify().passed()
    with Session(old.engine) as session:
        view: Any = legacy_view(session.get_one(PriceTracking, rows[none].id))
        assert view.status == "failed"


WRITTEN = {
    "2026-03-01T10:00:00+02:00": "2026-03-01T08:00:00",
    "2026-03-01T10:00:00Z": "2026-03-01T10:00:00",
    "2026-03-01 10:00:00": "2026-03-01T10:00:00",
    "2026-03-01": "2026-03-01T00:00:00",
    "": None,
}


def test_moments_that_are_texts_numbers_or_days_are_understood(
    old: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = LegacyMapping("jobs", fields={"name": "etf_id"})
    monkeypatch.setattr(PriceTracking, "__legacy__", mapping)
    columns = "name VARCHAR(9), state VARCHAR(9), created BIGINT, started DATE, finished_at VARCHAR(40)"
    with old.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE jobs (id INTEGER PRIMARY KEY, {columns})"))
        for key, written in enumerate(WRITTEN):
            values = f"({key}, '{key}', 'done', 1767225600, '2026-03-01', '{written}')"
            connection.execute(text(f"INSERT INTO jobs VALUES {values}"))
    if old.engine.dialect.name == "postgresql":
        # The moment must not depend on where the database thinks it is.
        with old.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ALTER DATABASE {old.engine.url.database} SET timezone = 'Asia/Tokyo'"))
        old.engine.dispose()
    assert old.copy().copied == len(WRITTEN)
    rows = old.rows()
    for key, moment in enumerate(WRITTEN.values()):
        row = rows[key]
        assert row.completed_at == (datetime.fromisoformat(f"{moment}+00:00") if moment else None)
        assert row.created_at == datetime(2026, 1, 1, tzinfo=UTC)
        assert row.started_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert old.verify().passed()
