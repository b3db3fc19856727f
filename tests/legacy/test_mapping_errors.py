"""What is wrong with a mapping is said before anything is copied."""

from typing import Any

import pytest
from legacy_models import PriceTracking
from sqlalchemy import text

from trackwright import LegacyMapping, UnknownStatus
from trackwright.maintenance.legacy import LegacyTableError


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (LegacyMapping("task_statuses"), "the database has no table task_statuses"),
        (
            LegacyMapping("task_status", fields={"resorce_id": "etf_id"}),
            "has no column 'resorce_id'; it has id, ",
        ),
        (LegacyMapping("task_status", fields={"resource_id": "etf"}), "nothing can be copied into etf"),
        (LegacyMapping("task_status", fields={"resource_id": "lease_until"}), "copied into lease_until"),
        (LegacyMapping("task_status", task_type="x", type_column="kind"), "has no column 'kind'"),
        (LegacyMapping("heap"), "heap has no primary key of one column"),
        (LegacyMapping("bare"), "bare has no column for the status"),
    ],
)
def test_said(old: Any, monkeypatch: pytest.MonkeyPatch, mapping: LegacyMapping, said: str) -> None:
    monkeypatch.setattr(PriceTracking, "__legacy__", mapping)
    with old.engine.begin() as connection:
        connection.execute(text("CREATE TABLE heap (status VARCHAR(20))"))
        connection.execute(text("CREATE TABLE bare (id INTEGER PRIMARY KEY)"))
    with pytest.raises(LegacyTableError, match=said):
        old.copy()


def test_a_word_that_is_no_status() -> None:
    with pytest.raises(UnknownStatus, match="'DONE' is no status"):
        LegacyMapping("task_status", status={"ok": "DONE"})
