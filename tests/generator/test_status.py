"""`trackwright status`: how every domain stands, and what waits for somebody."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trackwright_gen.cli.group import trackwright

Files = Callable[[], dict[str, bytes]]
Generate = Callable[..., Any]
ETF, BOOKING = "etf_price_update", "contribution_realization"
SPEC = f"tracking/{ETF}.yaml"


def status(project: Path, *arguments: str) -> Any:
    """Run `trackwright status`."""
    return CliRunner().invoke(trackwright, ["status", "-C", str(project), *arguments])


def of_domain(project: Path, domain: str, *, code: int) -> dict[str, Any]:
    """One domain of the JSON report."""
    result = status(project, "--output-format", "json")
    assert result.exit_code == code, result.output
    found: dict[str, Any] = next(
        one for one in json.loads(result.stdout)["domains"] if one["domain"] == domain
    )
    return found


def states(domain: dict[str, Any]) -> dict[str, str]:
    """The files of a domain that are not clean."""
    return {file["path"]: file["state"] for file in domain["files"] if file["state"] != "clean"}


def test_nothing_waits_behind_a_run(generate: Generate, project: Path, files: Files) -> None:
    report = json.loads(generate("--output-format", "json").out)
    before = files()
    result = status(project)
    assert result.exit_code == 0, result.output
    assert files() == before
    (revision,) = [one["revision"] for one in report["revisions"] if ETF in one["message"]]
    assert result.stdout.splitlines()[4:] == [
        f"{ETF}  {SPEC}",
        "  files      7 clean",
        f"  migration  head {revision}",
        "  lint       clean",
    ]


def test_before_the_first_run_everything_is_new(generate: Generate, project: Path) -> None:
    domain = of_domain(project, ETF, code=1)
    assert set(states(domain).values()) == {"new"}
    assert domain["migration"] == {"heads": [], "pending": [f"create {ETF}_task_tracking"]}
    shown = json.loads(status(project, "--output-format", "json").stdout)
    assert shown["shared"] == [
        "app/crud/__init__.py",
        "app/models/__init__.py",
        "app/models/base_task_tracking.py",
        "app/schemas/__init__.py",
        "app/services/__init__.py",
        "app/tasks/__init__.py",
        "app/worker.py",
    ]


def test_what_you_edited_and_deleted_waits_for_nobody(generate: Generate, project: Path) -> None:
    generate()
    service, docs = project / f"app/services/{ETF}.py", project / f"docs/tracking/{ETF}.md"
    service.write_text(f"{service.read_text()}\n\nMINE = 1\n")
    docs.unlink()
    domain = of_domain(project, ETF, code=0)
    assert states(domain) == {f"app/services/{ETF}.py": "edited", f"docs/tracking/{ETF}.md": "missing"}
    text = status(project).stdout
    assert "  files      5 clean, 1 edited, 1 missing\n" in text
    assert f"    edited           app/services/{ETF}.py\n" in text


def test_a_changed_spec_makes_files_stale_and_a_migration_pending(generate: Generate, project: Path) -> None:
    generate()
    model = project / f"app/models/{ETF}.py"
    model.write_text(f"{model.read_text()}\n    mine = 1\n")
    spec = project / SPEC
    spec.write_text(spec.read_text().replace("  source:", "  size: {type: integer}\n  source:"))
    domain = of_domain(project, ETF, code=1)
    assert states(domain)[f"app/models/{ETF}.py"] == "stale"
    assert [file for file in domain["files"] if file["edited"]] == [
        {"path": f"app/models/{ETF}.py", "state": "stale", "edited": True}
    ]
    assert domain["migration"]["pending"] == [f"{ETF}_task_tracking: add size"]
    assert states(of_domain(project, BOOKING, code=1)) == {}
    assert f"    stale, edited    app/models/{ETF}.py\n" in status(project).stdout
    (written,) = json.loads(generate("--output-format", "json").out)["revisions"]
    assert of_domain(project, ETF, code=0)["migration"] == {"heads": [written["revision"]], "pending": []}


def test_a_mistake_in_one_domain_does_not_hide_the_others(generate: Generate, project: Path) -> None:
    generate()
    spec = project / SPEC
    text = spec.read_text()
    spec.write_text(text.replace("type: date", "type: dat"))
    broken = of_domain(project, ETF, code=1)
    assert f"{spec}:5:" in broken["errors"][0]
    assert len(broken["files"]) == 7
    assert of_domain(project, BOOKING, code=1)["errors"] == []
    spec.write_text(text.replace("  source: {type: string, length: 50}\n", ""))
    refused = of_domain(project, ETF, code=1)
    assert "allow_drop" in refused["errors"][0]
    assert "  error      " in status(project).stdout
    assert states(of_domain(project, BOOKING, code=1)) == {}


def test_conflicts_findings_and_lost_specs_wait_for_you(generate: Generate, project: Path) -> None:
    generate()
    task = project / f"app/tasks/{ETF}.py"
    task.write_text(task.read_text() + "\n\n@celery_app.task\ndef untracked() -> None:\n    return\n")
    findings = of_domain(project, ETF, code=1)["lint"]
    assert {(one["code"], one["path"]) for one in findings} == {("TW101", f"app/tasks/{ETF}.py")}
    assert "  lint       1 TW101\n" in status(project).stdout
    task.write_text(task.read_text().replace('queue="prices"', 'queue="mine"'))
    (project / SPEC).write_text((project / SPEC).read_text().replace("queue: prices", "queue: quotes"))
    assert states(of_domain(project, ETF, code=1))[f"app/tasks/{ETF}.py"] == "conflict"
    (project / SPEC).unlink()
    assert of_domain(project, ETF, code=1)["spec"] is None
    assert f"{ETF}  (spec missing)\n" in status(project).stdout


def test_a_removed_domain_whose_table_was_left(generate: Generate, project: Path) -> None:
    generate()
    CliRunner().invoke(trackwright, ["remove", "-C", str(project), ETF])
    (project / SPEC).unlink()
    result = status(project)
    assert result.exit_code == 0, result.output
    assert f"{ETF}  (removed; its table was left)\n  files      none\n  migration  head " in result.stdout


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_a_project_without_domains(project: Path, output_format: str) -> None:
    for spec in (project / "tracking").iterdir():
        spec.unlink()
    result = status(project, "--output-format", output_format)
    assert result.exit_code == 0
    assert ("trackwright new DOMAIN" in result.stdout) == (output_format == "text")
