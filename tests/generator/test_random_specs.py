"""Random specs, many domains of one project at once: imported, type-checked, migrated up and down, tested."""

import os
import shutil
import uuid
from pathlib import Path

import pytest
import servers
import yaml
from adopted_specs import old_files
from click.testing import CliRunner
from file_tree import write_tree
from hypothesis import HealthCheck, Phase, assume, given, settings
from python_tools import run_tool
from spec_strategies import EXTERNAL_TABLES, Batch, batches
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
    run_tool(root, "mypy", "--strict", "app", "tests", MYPY_CACHE_DIR=cache)
    run_tool(root, "ruff", "format", "--check", "--exclude", "app/models/old.py", "app", "tests")
    with servers.database(postgres_server, f"t_{uuid.uuid4().hex[:16]}") as url:
        first = max(path.name for path in (root / "migrations" / "versions").glob("000*"))[:4]
        for database in (url, f"sqlite:///{root / 'test.db'}"):
            used(
                root,
                database.replace("sqlite://", "sqlite+aiosqlite://") if batch.is_async else database,
                first,
            )
    shutil.rmtree(root)


OTHERS = f"""
    from alembic import op

    revision = "0002"
    down_revision = "0001"
    branch_labels = depends_on = None


    def upgrade():
        for name, columns in {EXTERNAL_TABLES!r}.items():
            op.execute(f"CREATE TABLE {{name}} ({{columns}})")


    def downgrade():
        for name in {EXTERNAL_TABLES!r}:
            op.drop_table(name)
"""
"""Tables of others, in the project's database."""
FILTER = f"lambda name, kind, of: kind != 'table' or name not in {[*EXTERNAL_TABLES]!r}"
"""What env.py of such a project says of them."""


class Plain(yaml.SafeDumper):
    """Writes what stands in two places twice, as specs have no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def generated(batch: Batch, folder: Path) -> Path:
    """A project with the batch's domains."""
    root = target_project(folder / "project", layout=batch.layout, is_async=batch.is_async)
    shutil.rmtree(root / "tracking")
    (root / "tracking").mkdir()
    write_tree(root, {"migrations/versions/0002_others.py": OTHERS})
    env = root / "migrations" / "env.py"
    env.write_text(env.read_text().replace("target_metadata=", f"include_name={FILTER}, target_metadata="))
    for domain, spec in batch.specs.items():
        text = yaml.dump(spec, Dumper=Plain, allow_unicode=True, sort_keys=False)
        (root / "tracking" / f"{domain}.yaml").write_text(text, encoding="utf-8")
        if "adopt" in spec:
            write_tree(root, old_files(spec, text))
            models = root / "app" / "models" / "__init__.py"
            models.write_text(models.read_text() + "\nfrom app.models.old import ThingOfOld as ThingOfOld\n")
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(root)])
    assert result.exit_code == 0, result.output
    return root


def used(root: Path, url: str, first: str) -> None:
    """Migrate up, compare, down and up again, and run the generated tests."""
    for step in (("upgrade", "head"), ("check",), ("downgrade", first), ("upgrade", "head")):
        run_tool(root, "alembic", *step, DATABASE_URL=url)
    run_tool(root, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "tests", DATABASE_URL=url)
