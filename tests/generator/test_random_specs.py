"""Random specs, many domains of one project at once: imported, type-checked, migrated up and down, tested."""

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import servers
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, assume, given, settings
from spec_strategies import Batch, batches
from target_projects import target_project

from trackwright_gen.cli.group import trackwright

BATCHES = int(os.environ.get("TRACKWRIGHT_SPEC_BATCHES", "1"))
DOMAINS = 6
"""In one project: tools cost the more the more often they start."""


@settings(
    max_examples=BATCHES,
    derandomize="TRACKWRIGHT_SPEC_BATCHES" not in os.environ,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a smaller project would take as long to try as a large one
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(batch=batches(DOMAINS))
def test_any_spec_becomes_a_domain_that_works(
    batch: Batch, tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> None:
    # The first that hypothesis makes is the smallest of all.
    assume(sum(len(spec.get("fields", ())) for spec in batch.specs.values()) > DOMAINS)
    root = generated(batch, tmp_path_factory.mktemp("random"))
    cache = str(tmp_path_factory.getbasetemp() / "mypy")
    run(root, "mypy", "--strict", "app", "tests", MYPY_CACHE_DIR=cache)
    run(root, "ruff", "format", "--check", "app", "tests")
    with servers.database(postgres_server, f"t_{uuid.uuid4().hex[:16]}") as url:
        for database in (url, f"sqlite:///{root / 'test.db'}"):
            used(root, database.replace("sqlite://", "sqlite+aiosqlite://") if batch.is_async else database)
    shutil.rmtree(root)


def generated(batch: Batch, folder: Path) -> Path:
    """A project with the batch's domains."""
    root = target_project(folder / "project", layout=batch.layout, is_async=batch.is_async)
    shutil.rmtree(root / "tracking")
    (root / "tracking").mkdir()
    for domain, spec in batch.specs.items():
        text = yaml.safe_dump(spec, allow_unicode=True, sort_keys=False)
        (root / "tracking" / f"{domain}.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(root)])
    assert result.exit_code == 0, result.output
    return root


def used(root: Path, url: str) -> None:
    """Migrate up, compare, down and up again, and run the generated tests."""
    for step in (("upgrade", "head"), ("check",), ("downgrade", "0001"), ("upgrade", "head")):
        run(root, "alembic", *step, DATABASE_URL=url)
    run(root, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "tests", DATABASE_URL=url)


def run(root: Path, *command: str, **variables: str) -> None:
    """Run a Python tool in the project, as its users do."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{root}: {' '.join(command)}\n{done.stdout}{done.stderr}"
