"""The SQL of every kind of change, as `alembic upgrade a:b --sql` gives it, through a linter of migrations."""

import io
from contextlib import suppress
from pathlib import Path

import pytest
from alembic import command
from migrations import alembic, alembic_home, planned
from spec_changes import CASES, HEAD
from squawk import linted

from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions import Revision
from trackwright_gen.revisions.plan import plan_revisions

DECISION = Path(__file__).parents[2] / "docs" / "adr" / "0011-changes-without-downtime.md"
EXCLUDED = {
    "prefer-text-field",
    "prefer-bigint-over-int",
    "adding-not-nullable-field",
    "ban-drop-constraint",
    "ban-drop-default",
    "ban-drop-not-null",
    "renaming-object",
    "changing-column-type",
}
ACKNOWLEDGED = {"ban-drop-column": "data loss", "renaming-column": "running code"}
"""Rule -> the kind of hazard that says the same, for what a spec must ask for by name."""


def sql_of(home: AlembicHome, revision: Revision) -> str:
    """What Alembic prints for one revision, without its own bookkeeping."""
    config = alembic(home, "postgresql://")
    config.output_buffer = io.StringIO()
    with suppress(SystemExit):
        command.upgrade(config, f"{revision.down_revision}:{revision.revision}", sql=True)
    return config.output_buffer.getvalue()


@pytest.mark.parametrize("name", CASES)
def test_nothing_beyond_the_decision_and_named_hazards(tmp_path: Path, name: str) -> None:
    case, home = CASES[name], alembic_home(tmp_path)
    old, new = planned(tmp_path, HEAD + case.old), planned(tmp_path, HEAD + case.new)
    (first,) = plan_revisions("order", None, old, home)
    others = plan_revisions(
        *("order", old, new, home),
        parent=first.revision,
        renamed=case.renamed,
        allow_drop=case.allow_drop,
        allow_rewrite=case.allow_rewrite,
    )
    for one in (first, *others):
        one.path.write_text(one.text)
    found = linted(tmp_path, {one.revision: sql_of(home, one) for one in (first, *others)})
    hazards = {hazard.kind for one in others for hazard in one.hazards}
    excused = EXCLUDED | {rule for rule, kind in ACKNOWLEDGED.items() if kind in hazards}
    assert {(revision, rule) for revision, rule in found if rule not in excused} == set()


def test_the_linter_sees_what_it_is_there_for(tmp_path: Path) -> None:
    found = linted(tmp_path, {"a": "CREATE INDEX i ON t (a);", "b": "ALTER TABLE t ADD CHECK (a > 0);"})
    assert ("a", "require-concurrent-index-creation") in found
    assert ("b", "constraint-missing-not-valid") in found
    assert ("a", "require-lock-timeout") in found


@pytest.mark.parametrize("rule", sorted(EXCLUDED))
def test_every_excluded_rule_has_its_reason(rule: str) -> None:
    assert f"`{rule}`" in DECISION.read_text()
