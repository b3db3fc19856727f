"""`trackwright legacy data` and `verify` as processes; also killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parents[1] / "support"
COMMAND = Path(sys.executable).with_name("trackwright")


def start(old: Any, *arguments: str) -> "subprocess.Popen[str]":
    """The command as a process."""
    url = old.engine.url.render_as_string(hide_password=False)
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(SUPPORT), "COLUMNS": "160"}
    command = [str(COMMAND), "legacy", *arguments, "--app", "legacy_app:celery_app"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def run(old: Any, *arguments: str) -> tuple[int, Any]:
    """Its exit code and what it printed, read as JSON."""
    process = start(old, *arguments, "--output-format", "json")
    out, err = process.communicate()
    assert "Traceback" not in err, err
    return process.returncode, json.loads(out) if out else err


def test_copy_report_and_verify(old: Any, tmp_path: Path) -> None:
    for _ in range(3):
        old.add("done")
    strange = old.add("half-baked")
    counted = {"domain": "price", "source": "task_status", "copied": 0, "updated": 0, "refused": 0}
    assert run(old, "data", "--dry-run") == (0, [{**counted, "remaining": 4}])
    code, (verified,) = run(old, "verify")
    assert (code, verified["not_copied"], verified["passed"]) == (1, 4, False)

    report = tmp_path / "refused.csv"
    code, (copied,) = run(old, "data", "--report", str(report))
    assert (code, copied) == (1, {**counted, "copied": 3, "refused": 1, "remaining": 1})
    assert (
        report.read_text().splitlines()[1].startswith(f"task_status,{strange},price,,the status 'half-baked'")
    )

    assert run(old, "verify")[0] == 1
    code, (verified,) = run(old, "verify", "--accept-refused")
    assert (code, verified["compared"], verified["refused"]) == (0, 3, 1)
    old.change(strange, status="done")
    assert run(old, "data")[0] == 0
    assert run(old, "verify")[0] == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_copy_that_is_killed_goes_on_where_it_was(old: Any) -> None:
    keys = [old.add("done") for _ in range(300)]
    process = start(old, "data", "--batch", "3")
    while not 0 < len(rows := _copied(old)) < len(keys):
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(rows) < len(keys)
    code, (copied,) = run(old, "data")
    assert (code, copied["remaining"]) == (0, 0)
    assert sorted(old.rows()) == keys
    assert run(old, "verify")[0] == 0


def _copied(old: Any) -> dict[int, Any]:
    rows: dict[int, Any] = old.rows()
    return rows


def test_a_project_without_legacy_tables_is_told(old: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", old.engine.url.render_as_string(hide_password=False))
    environment = {**os.environ, "PYTHONPATH": str(SUPPORT)}
    command = [str(COMMAND), "legacy", "data", "--app", "ops_app:celery_app"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "no model has a `__legacy__`" in ended.stderr
