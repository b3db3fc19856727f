"""stats, cancel and retry as processes, on both kinds of sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

HOUR = timedelta(hours=1)


def test_stats_count_rows_and_measure_the_window(ops: Any) -> None:
    end = datetime.now(UTC)
    ops.add("COMPLETED", age=HOUR, started_at=end - timedelta(seconds=4), completed_at=end)
    ops.add("COMPLETED", age=HOUR, started_at=end - timedelta(seconds=2), completed_at=end)
    ops.add("FAILED", "CANCELLED", "PENDING", "PROCESSING", age=2 * HOUR)
    ops.add("PENDING", age=5 * HOUR, scheduled_at=end + HOUR)
    ops.add("FAILED", age=48 * HOUR)
    ended = ops.run("stats", "--output-format", "json")
    order, report = ended.json
    assert order["counts"] == {
        "PENDING": 2,
        "PROCESSING": 1,
        "COMPLETED": 2,
        "FAILED": 2,
        "CANCELLED": 1,
    }
    assert order["longest_wait_seconds"] == pytest.approx(7200, abs=60)
    window = order["window"]
    assert (window["created"], window["completed"], window["failed"]) == (7, 2, 1)
    assert window["failure_rate"] == pytest.approx(1 / 3)
    assert window["mean_duration_seconds"] == pytest.approx(3, abs=0.01)
    assert window["longest_duration_seconds"] == pytest.approx(4, abs=0.01)
    assert report["window"]["failure_rate"] is None
    text = ops.run("stats", "--window", "7d")
    assert text.code == 0
    assert "last 7 d" in text.out
    assert "50.0%" in text.out


def test_cancel_says_of_each_row_what_became_of_it(ops: Any) -> None:
    waiting, running, done = ops.add("PENDING", "PROCESSING", "COMPLETED")
    ids = map(str, (waiting, running, done, 4711))
    ended = ops.run(
        "cancel", "order", *ids, "--reason", "wrong price", "--by", "ops", "--output-format", "json"
    )
    assert ended.code == 1
    assert [(row["id"], row["status"]) for row in ended.json["rows"]] == [
        (waiting, "CANCELLED"),
        (running, "PROCESSING"),
        (done, None),
        (4711, None),
    ]
    rows = ops.rows()
    assert (rows[waiting].status, rows[running].status, rows[done].status) == (
        "CANCELLED",
        "PROCESSING",
        "COMPLETED",
    )
    assert {rows[one].metadata["cancel"]["reason"] for one in (waiting, running)} == {"wrong price"}
    assert rows[waiting].metadata["cancel"]["by"] == "ops"


def test_cancel_works_over_async_sessions(ops: Any) -> None:
    (waiting,) = ops.add("PENDING", domain="report")
    ended = ops.run("cancel", "report", str(waiting), "--reason", "no longer wanted")
    assert (ended.code, ended.out) == (0, f"report {waiting}: CANCELLED\n")
    assert ops.rows("report")[waiting].status == "CANCELLED"


@pytest.mark.parametrize(("domain", "task"), [("order", "place_order"), ("report", "write_report")])
def test_retry_sends_the_message_of_the_row(ops: Any, redis_url: str, domain: str, task: str) -> None:
    (failed,) = ops.add(
        "FAILED",
        domain=domain,
        attempts=3,
        max_attempts=3,
        celery_task_id=f"id-of-{domain}",
        metadata={"dispatch": {"task": task}},
    )
    ended = ops.run("retry", domain, str(failed), BROKER_URL=redis_url)
    assert (ended.code, ended.out) == (0, f"{domain} {failed}: PENDING\n")
    row = ops.rows(domain)[failed]
    assert (row.status, row.max_attempts) == ("PENDING", 4)
    assert f"id-of-{domain}" in _messages(redis_url)


def _messages(redis_url: str) -> str:
    with Redis.from_url(redis_url) as client:
        messages = "\n".join(str(one) for one in client.lrange("celery", 0, -1))
        client.delete("celery")
    return messages


def test_retry_finds_what_failed_alike(ops: Any) -> None:
    alike = ops.add("FAILED", "FAILED", age=HOUR, error_message="ConnectionError: 100% busy")
    others = ops.add("FAILED", age=HOUR, error_message="ValueError: 1000 busy")
    others += ops.add("FAILED", age=48 * HOUR, error_message="ConnectionError: 100% busy")
    ended = ops.run("retry", "order", "--failed-within", "24h", "--error", "100% busy")
    assert ended.code == 0
    rows = ops.rows()
    assert {rows[one].status for one in alike} == {"PENDING"}
    assert {rows[one].status for one in others} == {"FAILED"}
    assert "names the task None" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="neither ids nor a time"),
        pytest.param(["1", "--failed-within", "1h"], id="both"),
        pytest.param(["1", "--error", "busy"], id="an error without a time"),
    ],
)
def test_retry_must_know_which_rows(ops: Any, arguments: list[str]) -> None:
    ended = ops.run("retry", "order", *arguments)
    assert ended.code == 2
    assert "--failed-within" in ended.err
