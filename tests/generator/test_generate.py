"""`trackwright generate` in a project: what it writes, what it leaves alone, what it says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Files = Callable[[], dict[str, bytes]]
Generate = Callable[..., Any]
TASK = "app/tasks/etf_price_update.py"
SPEC = "tracking/etf_price_update.yaml"


def replace(path: Path, old: str, new: str) -> None:
    """Change a file's text as a user would; the old text has to be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_first_run_writes_domains_registrations_and_migrations(generate: Generate, files: Files) -> None:
    before = files()
    outcome = generate()
    assert (outcome.code, outcome.err) == (0, "")
    after = files()
    written = {path for path in after if path not in before and not path.startswith(".trackwright/")}
    assert {path for path in written if not path.startswith("migrations/")} == {
        "app/models/base_task_tracking.py",
        *(
            f"app/{layer}/{domain}.py"
            for layer in ("models", "schemas", "crud", "services", "tasks")
            for domain in ("contribution_realization", "etf_price_update")
        ),
        *(f"app/{layer}/__init__.py" for layer in ("schemas", "crud", "services", "tasks")),
        *(f"tests/test_{domain}_tracking.py" for domain in ("contribution_realization", "etf_price_update")),
        *(f"docs/tracking/{domain}.md" for domain in ("contribution_realization", "etf_price_update")),
    }
    assert len([path for path in written if path.startswith("migrations/")]) == 2
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"app/models/__init__.py", "app/worker.py"}
    assert "alembic upgrade head" in outcome.out


def test_a_second_run_changes_nothing(generate: Generate, files: Files) -> None:
    generate()
    before = files()
    outcome = generate()
    assert (outcome.code, outcome.out) == (0, "everything is up to date\n")
    assert files() == before
    assert generate("--check").code == 0


def test_the_model_says_where_legacy_rows_lie(generate: Generate, project: Path) -> None:
    spec = project / SPEC
    spec.write_text(
        spec.read_text() + "legacy: {table: task_status, task_type: etf, status: {gone: FAILED},"
        " fields: {resource_id: etf_id, meta.price: price}}\n"
    )
    assert generate().code == 0
    model = (project / "app/models/etf_price_update.py").read_text()
    assert "from trackwright import LegacyMapping\n" in model
    said = model[model.index("LegacyMapping(") : model.index("__table_args__")]
    assert " ".join(said.split()) == (
        "LegacyMapping( 'task_status', task_type='etf', status={'gone': 'FAILED'},"
        " fields={'resource_id': 'etf_id', 'meta.price': 'price'}, )"
    ).replace("'", '"')


def test_what_follows_a_failed_prerequisite_comes_from_the_spec(generate: Generate, project: Path) -> None:
    spec = project / SPEC
    spec.write_text(spec.read_text() + "dependencies: {enabled: true, on_failure: run}\n")
    assert generate().code == 0
    model = (project / "app/models/etf_price_update.py").read_text()
    assert '    __on_failure__ = "run"\n' in model
    assert "__on_failure__" not in (project / "app/models/contribution_realization.py").read_text()


@pytest.mark.parametrize(("option", "code"), [("--dry-run", 0), ("--diff", 0), ("--check", 1)])
def test_looking_writes_nothing(generate: Generate, files: Files, option: str, code: int) -> None:
    before = files()
    outcome = generate(option)
    assert outcome.code == code
    assert "app/models/etf_price_update.py" in outcome.out
    assert files() == before


def test_two_ways_of_looking_at_once_are_refused(generate: Generate) -> None:
    outcome = generate("--diff", "--check")
    assert outcome.code == 2
    assert "exclude each other" in outcome.err


def test_the_diff_shows_new_files_edits_and_sql(generate: Generate) -> None:
    out = generate("--diff", "etf_price_update").out
    assert "--- /dev/null\n+++ b/app/models/etf_price_update.py" in out
    assert "--- a/app/worker.py\n+++ b/app/worker.py" in out
    assert "CREATE TABLE etf_price_update_task_tracking" in out
    assert ".trackwright" not in out


def test_json_output_is_json_and_nothing_else(generate: Generate, project: Path) -> None:
    report = json.loads(generate("--output-format", "json", "etf_price_update").out)
    assert report["written"] is True
    assert report["domains"] == ["etf_price_update"]
    assert {"action": "create", "path": TASK, "reason": ""} in report["files"]
    (revision,) = report["revisions"]
    assert revision["down_revision"] == "0001"
    assert (project / revision["path"]).is_file()


def test_the_mistakes_of_specs_come_as_json_too(generate: Generate, project: Path, files: Files) -> None:
    spec = project / "tracking/odd.yaml"
    spec.write_text("domain: odd\nfileds: {}\ntask: {name: 3}\n")
    before = files()
    outcome = generate("--output-format", "json")
    first, second = json.loads(outcome.out)["errors"]
    assert (outcome.code, outcome.err) == (2, "")
    assert first == {
        "message": "the spec has no key 'fileds'",
        "filename": str(spec),
        "location": {"row": 2, "column": 1},
        "hint": "did you mean 'fields'?",
    }
    assert second["location"] == {"row": 3, "column": 14}
    assert files() == before


def test_domains_are_generated_one_by_one_and_their_migrations_follow_each_other(
    generate: Generate, project: Path
) -> None:
    first = json.loads(generate("--output-format", "json", "etf_price_update").out)
    assert not (project / "app/models/contribution_realization.py").exists()
    second = json.loads(
        generate("--output-format", "json", str(project / "tracking/contribution_realization.yaml")).out
    )
    assert second["revisions"][0]["down_revision"] == first["revisions"][0]["revision"]


def test_edits_survive_a_change_of_the_spec(generate: Generate, project: Path) -> None:
    generate()
    task = project / TASK
    replace(task, "    raise NotImplementedError(message)", "    print(message)")
    replace(project / SPEC, "queue: prices", "queue: quotes")
    outcome = generate()
    assert outcome.code == 0
    assert f"update   {TASK}" in outcome.out
    assert 'queue="quotes"' in task.read_text()
    assert "    print(message)" in task.read_text()
    assert generate("--check").code == 0


def test_an_edited_file_is_kept_when_nothing_new_is_generated(generate: Generate, project: Path) -> None:
    generate()
    task = project / TASK
    task.write_text("# mine\n")
    outcome = generate()
    assert outcome.code == 0
    assert f"keep     {TASK}" in outcome.out
    assert task.read_text() == "# mine\n"


def test_meeting_edits_become_a_conflict_until_it_is_resolved(generate: Generate, project: Path) -> None:
    generate()
    task = project / TASK
    replace(task, 'queue="prices"', 'queue="mine"')
    replace(project / SPEC, "queue: prices", "queue: quotes")
    outcome = generate()
    assert outcome.code == 1
    assert f"{task}: resolve the conflict" in outcome.err
    marked = task.read_text()
    assert "<<<<<<< yours\n" in marked
    assert 'queue="mine"' in marked
    assert 'queue="quotes"' in marked
    assert generate().code == 1
    assert task.read_text() == marked
    task.write_text("".join(line for line in marked.splitlines(keepends=True) if line[:7] not in MARKERS))
    assert generate("--check").code == 0


MARKERS = {"<<<<<<<", "|||||||", "=======", ">>>>>>>"}


def test_a_file_of_the_user_s_is_never_overwritten(generate: Generate, project: Path, files: Files) -> None:
    (project / "app/crud").mkdir()
    (project / "app/crud/etf_price_update.py").write_text("# mine\n")
    before = files()
    outcome = generate()
    assert outcome.code == 2
    assert f"{project / 'app/crud/etf_price_update.py'}:1:1: this file is in the way" in outcome.err
    assert files() == before


def test_a_deleted_file_stays_deleted_and_out_of_registrations(generate: Generate, project: Path) -> None:
    generate()
    (project / TASK).unlink()
    replace(project / "app/worker.py", '        "app.tasks.etf_price_update",\n', "")
    replace(project / SPEC, "queue: prices", "queue: quotes")
    outcome = generate()
    assert outcome.code == 0
    assert not (project / TASK).exists()
    assert "etf_price_update" not in (project / "app/worker.py").read_text()
    assert f"keep     {TASK}" in outcome.out


def test_a_moved_folder_moves_what_nobody_edited(generate: Generate, project: Path) -> None:
    generate("etf_price_update")
    (project / "trackwright.toml").write_text('layout = "layered"\n[paths]\ndocs = "docs/jobs"\n')
    assert generate("etf_price_update").code == 0
    assert (project / "docs/jobs/etf_price_update.md").is_file()
    assert not (project / "docs/tracking").exists()


def test_every_mistake_of_every_spec_is_named_with_its_place(
    generate: Generate, project: Path, files: Files
) -> None:
    replace(project / SPEC, "type: date", "type: dat")
    replace(project / "tracking/contribution_realization.yaml", "scale: 2", "scale: 22")
    before = files()
    outcome = generate()
    assert outcome.code == 2
    assert f"{project / SPEC}:5:" in outcome.err
    assert f"{project / 'tracking/contribution_realization.yaml'}:6:" in outcome.err
    assert files() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["etf_price"], "no spec of a domain 'etf_price'", id="a domain without a spec"),
        pytest.param(["tracking/none.yaml"], "there is no such spec", id="a file that is not there"),
    ],
)
def test_a_name_of_nothing_is_an_error(generate: Generate, arguments: list[str], message: str) -> None:
    outcome = generate(*arguments)
    assert outcome.code == 2
    assert message in outcome.err


def test_no_specs_at_all(generate: Generate, project: Path) -> None:
    for spec in (project / "tracking").iterdir():
        spec.unlink()
    outcome = generate()
    assert outcome.code == 2
    assert "trackwright new DOMAIN" in outcome.err


def test_one_domain_in_two_specs(generate: Generate, project: Path) -> None:
    (project / "tracking/twin.yaml").write_text((project / SPEC).read_text())
    outcome = generate()
    assert outcome.code == 2
    assert f"{project / 'tracking/twin.yaml'}:1:" in outcome.err
    assert "has another spec" in outcome.err


def test_two_domains_with_one_task_name(generate: Generate, project: Path) -> None:
    (project / "tracking/other.yaml").write_text("domain: other\ntask: {name: update_etf_price}\n")
    outcome = generate()
    assert outcome.code == 2
    assert "would both have task update_etf_price" in outcome.err


def test_a_table_of_the_project_s_own_is_not_taken_over(generate: Generate, project: Path) -> None:
    replace(project / "app/models/etf.py", '"etfs"', '"etf_price_update_task_tracking"')
    outcome = generate("etf_price_update")
    assert outcome.code == 2
    assert "has a model of the table 'etf_price_update_task_tracking'" in outcome.err


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(
    generate: Generate, project: Path, files: Files
) -> None:
    (project / "docs").write_text("a file where a folder should be")
    before = files()
    outcome = generate()
    assert outcome.code == 2
    assert outcome.err.count("\n") <= 2
    assert "cannot be" in outcome.err
    assert files() == before


def test_broken_ruff_settings_are_named(generate: Generate, project: Path, files: Files) -> None:
    (project / "ruff.toml").write_text("line-length = 'wide'\n")
    before = files()
    outcome = generate()
    assert outcome.code == 2
    assert "ruff" in outcome.err
    assert files() == before


def test_a_new_field_reaches_code_and_database_beside_the_user_s_edits(
    generate: Generate, project: Path
) -> None:
    generate("etf_price_update")
    model = project / "app/models/etf_price_update.py"
    model.write_text(
        f"{model.read_text()}\n    @property\n    def mine(self) -> str:\n        return self.etf_id\n"
    )
    replace(project / SPEC, "  date:", "  market: {type: string, length: 8}\n  date:")
    report = json.loads(generate("--output-format", "json", "etf_price_update").out)
    assert report["conflicts"] == []
    (revision,) = report["revisions"]
    assert "market" in (project / revision["path"]).read_text()
    text = model.read_text()
    assert "market: Mapped[str | None]" in text
    assert "def mine(self)" in text
    assert generate("--check", "etf_price_update").code == 0


def test_both_sides_add_to_the_same_places(generate: Generate, project: Path) -> None:
    generate("etf_price_update")
    model, spec = project / "app/models/etf_price_update.py", project / SPEC
    last = "    source: Mapped[str | None] = mapped_column(String(50))\n"
    replace(model, last, f"{last}    note: Mapped[str | None] = mapped_column(Text)\n")
    replace(model, "    String,\n", "    String,\n    Text,\n")
    replace(project / TASK, "cap=3600),\n", "cap=3600),\n    rate_limit='9/s',\n")
    replace(spec, "unique:", "  size: {type: bigint}\nunique:")
    replace(spec, "cap: 1h", "cap: 2h")
    report = json.loads(generate("--output-format", "json", "etf_price_update").out)
    assert report["conflicts"] == []
    written = model.read_text()
    assert "note: Mapped[str | None] = mapped_column(Text)" in written
    assert "size: Mapped[int | None] = mapped_column(BigInteger())" in written
    assert "    Text,\n" in written
    assert "rate_limit='9/s'" in (project / TASK).read_text()
    assert "Backoff(base=60, cap=7200)" in (project / TASK).read_text()
    assert generate("--check", "etf_price_update").code == 0


def test_new_formatter_settings_are_no_edits(generate: Generate, project: Path) -> None:
    generate("etf_price_update")
    model = project / "app/models/etf_price_update.py"
    model.write_text(f"{model.read_text()}\n    mine = 1\n")
    crud = project / "app/crud/etf_price_update.py"
    replace(crud, ".first()", ".one_or_none()")
    (project / "ruff.toml").write_text("line-length = 140\n")
    replace(project / SPEC, "  source:", "  size: {type: integer}\n  source:")
    assert generate("etf_price_update").code == 0
    text = model.read_text()
    assert "    mine = 1\n" in text
    assert (
        '        CheckConstraint("price > 0", name=conv("ck_etf_price_update_task_price_positive")),\n'
        in text
    )
    assert generate("--check", "etf_price_update").code == 0


def test_an_unformatted_file_of_the_user_s_is_not_reformatted(generate: Generate, project: Path) -> None:
    worker = project / "app/worker.py"
    worker.write_text(f"{worker.read_text()}unformatted   =  {{'a':1}}\n")
    generate()
    assert "unformatted   =  {'a':1}\n" in worker.read_text()
