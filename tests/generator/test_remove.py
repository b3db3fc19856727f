"""`trackwright remove` in real projects: what nobody edited goes without a trace, the rest stays and is named."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from file_tree import files_of
from target_projects import target_project

from trackwright_gen.cli.group import trackwright

Files = Callable[[], dict[str, bytes]]
Generate = Callable[..., Any]
ETF, BOOKING = "etf_price_update", "contribution_realization"


def remove(project: Path, *arguments: str) -> Any:
    """Run `trackwright remove`."""
    return CliRunner().invoke(trackwright, ["remove", "-C", str(project), *arguments])


def of_the_user(files: dict[str, bytes]) -> dict[str, bytes]:
    """All files but migrations and snapshots, which removing leaves."""
    return {
        path: text
        for path, text in files.items()
        if not path.startswith("migrations/versions/") and not path.endswith("/schema.json")
    }


@pytest.mark.parametrize(
    ("layout", "is_async", "first"),
    [
        pytest.param("layered", False, ETF, id="layered"),
        pytest.param("package", True, BOOKING, id="package, the other one first"),
    ],
)
def test_all_domains_removed_leave_no_trace(
    tmp_path: Path, layout: str, first: str, *, is_async: bool
) -> None:
    project = target_project(tmp_path / "project", layout=layout, is_async=is_async)
    before = files_of(project)
    for domain in (ETF, BOOKING):
        assert CliRunner().invoke(trackwright, ["generate", "-C", str(project), domain]).exit_code == 0
    second = BOOKING if first == ETF else ETF
    assert remove(project, first).exit_code == 0
    assert not [
        path for path in of_the_user(files_of(project)) if first in path and not path.startswith("tracking/")
    ]
    assert CliRunner().invoke(trackwright, ["generate", "--check", "-C", str(project), second]).exit_code == 0
    result = remove(project, second)
    assert result.exit_code == 0, result.output
    assert "note: the table stays" in result.stdout
    assert of_the_user(files_of(project)) == of_the_user(before)


def test_a_drop_migration_takes_the_table_and_brings_it_back(generate: Generate, project: Path) -> None:
    generate()
    _alembic(project, "upgrade", "head")
    result = remove(project, ETF, "--drop-migration", "--output-format", "json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    (revision,) = report["revisions"]
    assert "DROP TABLE etf_price_update_task_tracking" in revision["sql"]
    assert {hazard["kind"] for hazard in revision["hazards"]} == {"data loss", "running code"}
    assert (project / revision["path"]).is_file()
    _alembic(project, "upgrade", "head")
    assert _tables(project) & {f"{ETF}_task_tracking", f"{BOOKING}_task_tracking"} == {
        f"{BOOKING}_task_tracking"
    }
    _alembic(project, "downgrade", "-1")
    assert f"{ETF}_task_tracking" in _tables(project)
    _alembic(project, "upgrade", "head")
    _alembic(project, "check")
    # The domain can be generated anew: its table is created again, behind the revision that dropped it.
    again = json.loads(generate("--output-format", "json").out)
    assert [one["down_revision"] for one in again["revisions"]] == [revision["revision"]]
    _alembic(project, "upgrade", "head")
    _alembic(project, "check")


def test_without_it_the_table_is_still_known(generate: Generate, project: Path) -> None:
    generate()
    remove(project, ETF)
    report = json.loads(generate("--output-format", "json").out)
    assert report["revisions"] == []
    assert (project / f"app/models/{ETF}.py").is_file()
    remove(project, ETF)
    dropped = json.loads(remove(project, ETF, "--drop-migration", "--output-format", "json").stdout)
    assert len(dropped["revisions"]) == 1
    assert remove(project, ETF).exit_code == 2


def test_what_you_edited_stays_and_what_breaks_is_named(generate: Generate, project: Path) -> None:
    generate()
    service, task = project / f"app/services/{ETF}.py", project / f"app/tasks/{ETF}.py"
    service.write_text(f"{service.read_text()}\n\nMINE = 1\n")
    task.write_bytes(task.read_bytes().replace(b"\n", b"\r\n"))  # a checkout's newlines are no edit
    (project / "app/report.py").write_text(
        "from app.models import EtfPriceUpdateTracking as Tracking\n\n\ndef f() -> None:\n"
        "    from app.tasks import etf_price_update\n"
    )
    result = remove(project, ETF)
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert f"keep app/services/{ETF}.py edited by you" in lines
    assert f"delete app/tasks/{ETF}.py" in lines
    assert f"broken app/report.py row 1 imports app.models.{ETF}, which goes" in lines
    assert f"broken app/report.py row 5 imports app.tasks.{ETF}, which goes" in lines
    assert any(line.startswith(f"broken app/services/{ETF}.py row") for line in lines)
    assert any(line.startswith(f"keep tracking/{ETF}.yaml your spec") for line in lines)
    assert "MINE" in service.read_text()
    assert not task.exists()
    assert ETF not in (project / "app/models/__init__.py").read_text()
    assert ETF not in (project / "app/worker.py").read_text()


def test_the_base_that_your_own_tables_use_stays(generate: Generate, project: Path) -> None:
    generate(ETF)
    (project / "app/models/mine.py").write_text(
        "from app.models.base_task_tracking import BaseTaskTracking\n\n\n"
        "class Mine(BaseTaskTracking):\n    __tablename__ = 'mine_task_tracking'\n"
    )
    result = remove(project, ETF)
    assert result.exit_code == 0
    assert (project / "app/models/base_task_tracking.py").is_file()
    assert "broken" not in result.stdout


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_looking_writes_nothing(generate: Generate, project: Path, files: Files, option: str) -> None:
    generate()
    before = files()
    result = remove(project, ETF, option, "--drop-migration")
    assert result.exit_code == 0
    assert f"app/models/{ETF}.py" in result.stdout
    assert "data loss" in result.stdout
    assert files() == before


def test_a_domain_that_was_never_generated(generate: Generate, project: Path) -> None:
    result = remove(project, "nothing")
    assert result.exit_code == 2
    assert "nothing was generated here" in result.stderr
    generate(ETF)
    assert "did you mean 'etf_price_update'?" in remove(project, "etf_price").stderr


def _alembic(project: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=project,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _tables(project: Path) -> set[str]:
    connection = sqlite3.connect(project / "app.db")
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()
