"""`make demo` as its users run it: a new project, real migrations, a real prefork worker, on both sets of servers."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parents[2] / "docs" / "demo" / "demo.py"


def run_demo(tmp_path: Path, *options: str) -> dict[tuple[str, str], Any]:
    """Run the demo; its rows by domain and case."""
    report = tmp_path / "rows.json"
    result = subprocess.run(
        [sys.executable, str(DEMO), "--keep", str(tmp_path), "--report", str(report), *options],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "every row ended as it should" in result.stdout
    return {(row["domain"], row["case"]): row for row in json.loads(report.read_text())}


@pytest.mark.parametrize("options", [(), ("--services",)], ids=["SQLite and files", "PostgreSQL and Redis"])
def test_every_row_ends_as_it_should(tmp_path: Path, options: tuple[str, ...]) -> None:
    rows = run_demo(tmp_path, *options)
    assert len(rows) == 6
    flaky = rows["etf_price_update", "fails once"]
    assert (flaky["status"], flaky["attempts"]) == ("COMPLETED", 2)
    assert flaky["error_message"] == "ConnectionError: the quote server did not answer"
    exhausted = rows["etf_price_update", "never succeeds"]
    assert (exhausted["status"], exhausted["attempts"]) == ("FAILED", 3)
    assert [entry["attempt"] for entry in exhausted["metadata"]["trail"]] == [1, 2, 3]
    for case in ("cancelled while it runs", "cancelled in the queue"):
        cancelled = rows["contribution_realization", case]
        assert cancelled["status"] == "CANCELLED"
        assert cancelled["metadata"]["cancel"]["by"] == "demo"
    for row in rows.values():
        order = ("created_at", "started_at", "completed_at")
        moments = [datetime.fromisoformat(row[name]) for name in order if row[name]]
        assert moments == sorted(moments)
        assert all(moment.tzinfo is not None for moment in moments)
