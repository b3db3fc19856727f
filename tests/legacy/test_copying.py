"""Legacy rows become tracking rows: completely, once, and again when old code changes them."""

from datetime import UTC, date
from decimal import Decimal
from typing import Any

import pytest
from legacy_models import HOUR, MOMENT, PriceTracking
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from trackwright import SyncTaskTrackingCRUD


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
