"""Files that are generated elsewhere from now on carry the user's edits along, and their registrations follow."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trackwright_gen.merge.renames import renamed

Files = Callable[[], dict[str, bytes]]
Generate = Callable[..., Any]
DOMAIN = "etf_price_update"
EDITS = {
    "app/tasks/etf_price_update.py": ("    raise NotImplementedError(message)", "    print(message)"),
    "app/services/etf_price_update.py": ("    model =", "    mine = 1\n    model ="),
    "tests/test_etf_price_update_tracking.py": ("\n\n\n", "\n\n\nMINE = 1\n\n\n"),
}


def test_another_layout_and_back(generate: Generate, project: Path, files: Files) -> None:
    generate()
    for path, (old, new) in EDITS.items():
        text = (project / path).read_text()
        assert old in text
        (project / path).write_text(text.replace(old, new, 1))
    before = files()
    (project / "trackwright.toml").write_text('layout = "package"\n')
    outcome = generate()
    assert outcome.code == 0, outcome.err
    moved = "move     app/tracking/etf_price_update/tasks.py"
    assert f"{moved}  " in outcome.out
    assert "from app/tasks/etf_price_update.py" in outcome.out
    tasks = (project / "app/tracking/etf_price_update/tasks.py").read_text()
    assert "    print(message)" in tasks
    assert "from app.tracking.etf_price_update.model import" in tasks
    assert "    mine = 1\n" in (project / "app/tracking/etf_price_update/service.py").read_text()
    assert not list((project / "app/services").glob("*.py"))
    worker = (project / "app/worker.py").read_text()
    assert "app.tracking.etf_price_update.tasks" in worker
    assert "app.tasks" not in worker
    _check_it_runs(project)
    assert generate("--check").code == 0
    (project / "trackwright.toml").write_text('layout = "layered"\n')
    assert generate().code == 0
    assert files() == before


def _check_it_runs(project: Path) -> None:
    program = "import app.models, app.worker; app.worker.celery_app.loader.import_default_modules()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        cwd=project,
        env=os.environ | {"PYTHONPATH": "."},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_imports_of_what_moves_are_named(generate: Generate, project: Path) -> None:
    """With the new name; not those of what a package goes on to hand on."""
    generate("etf_price_update")
    (project / "app/report.py").write_text(
        "from app.models import EtfPriceUpdateTracking as Tracking\n\n\ndef f() -> None:\n"
        "    from app.tasks import etf_price_update\n"
    )
    test = project / "tests/test_etf_price_update_tracking.py"
    test.write_text(
        test.read_text().replace("\n\n\n", "\n\nimport app.tasks.etf_price_update as mine\n\n\n", 1)
    )
    (project / "trackwright.toml").write_text('layout = "package"\n')
    before = [line for line in generate("--dry-run").out.splitlines() if line.startswith("broken")]
    outcome = generate("--output-format", "json")
    assert outcome.code == 0
    broken = [one for one in json.loads(outcome.out)["files"] if one["action"] == "broken"]
    name = "app.tracking.etf_price_update"
    row = test.read_text().splitlines().index("import app.tasks.etf_price_update as mine") + 1
    assert [(one["path"], one["reason"]) for one in broken] == [
        ("app/report.py", f"row 5 imports app.tasks.etf_price_update, which is {name}.tasks now"),
        (
            test.relative_to(project).as_posix(),
            f"row {row} imports app.tasks.etf_price_update, which is {name}.tasks now",
        ),
    ]
    assert len(before) == len(broken)


def test_what_is_called_otherwise_keeps_your_edits(generate: Generate, project: Path) -> None:
    """A task and classes of another name: your body and your methods follow, also where you name them yourself."""
    generate("etf_price_update")
    task, model = project / "app/tasks/etf_price_update.py", project / "app/models/etf_price_update.py"
    body = '    # Mine.\n    run.checkpoint()\n    print(EtfPriceUpdateTracking.__tablename__, "update_etf_price")\n'
    head, _, _ = task.read_text().partition("    # Your work goes here")
    task.write_text(f"{head}{body}\n\ndef again() -> None:\n    update_etf_price.delay(1)\n")
    model.write_text(
        f"{model.read_text()}\n    def is_mine(self) -> bool:\n        return self.attempts > 1\n"
    )
    own = f"from app.models import EtfPriceUpdateTracking as T\nfrom app.tasks.{DOMAIN} import update_etf_price\n"
    (project / "app/report.py").write_text(own)
    spec = project / "tracking/etf_price_update.yaml"
    text = spec.read_text().replace("name: update_etf_price", "name: refresh_etf_price")
    spec.write_text(text + "\nnames: {class: ETFPrice}\n")
    outcome = generate("etf_price_update")
    assert outcome.code == 0, outcome.out
    assert [line.split(maxsplit=2)[1:] for line in outcome.out.splitlines() if line.startswith("broken")] == [
        [
            "app/report.py",
            f"row 1 imports app.models.{DOMAIN}.EtfPriceUpdateTracking, which is ETFPriceTracking now",
        ],
        [
            "app/report.py",
            f"row 2 imports app.tasks.{DOMAIN}.update_etf_price, which is refresh_etf_price now",
        ],
    ]
    written = task.read_text()
    assert "def refresh_etf_price(run: TaskRun[ETFPriceTracking]) -> None:" in written
    assert body.replace("EtfPriceUpdateTracking", "ETFPriceTracking") in written
    assert "    refresh_etf_price.delay(1)\n" in written
    assert "class ETFPriceTracking(BaseTaskTracking):" in model.read_text()
    assert "def is_mine(self)" in model.read_text()
    assert generate("etf_price_update", "--check").code == 0
    _check_it_runs(project)


def test_a_conflict_moves_too_and_loses_nothing(generate: Generate, project: Path) -> None:
    generate("etf_price_update")
    task, spec = project / "app/tasks/etf_price_update.py", project / "tracking/etf_price_update.yaml"
    task.write_text(task.read_text().replace('queue="prices"', 'queue="mine"'))
    spec.write_text(spec.read_text().replace("queue: prices", "queue: quotes"))
    (project / "trackwright.toml").write_text('[paths]\ntasks = "app/jobs"\n')
    outcome = generate("etf_price_update")
    assert outcome.code == 1
    text = (project / "app/jobs/etf_price_update.py").read_text()
    assert 'queue="mine"' in text
    assert 'queue="quotes"' in text
    assert "<<<<<<< yours" in text
    assert not task.exists()


def test_a_deleted_file_stays_deleted_at_its_new_place(generate: Generate, project: Path) -> None:
    generate("etf_price_update")
    (project / "docs/tracking/etf_price_update.md").unlink()
    (project / "trackwright.toml").write_text('[paths]\ndocs = "docs/jobs"\n')
    assert generate("etf_price_update").code == 0
    assert not (project / "docs/jobs").exists()
    assert generate("--check", "etf_price_update").code == 0


def test_a_file_in_the_way_of_a_move_is_not_touched(generate: Generate, project: Path, files: Files) -> None:
    generate("etf_price_update")
    (project / "trackwright.toml").write_text('[paths]\ndocs = "docs/jobs"\n')
    (project / "docs/jobs").mkdir()
    (project / "docs/jobs/etf_price_update.md").write_text("mine\n")
    before = files()
    outcome = generate("etf_price_update")
    assert outcome.code == 2
    assert "in the way" in outcome.err
    assert files() == before


@pytest.mark.parametrize(
    ("gone", "fresh", "expected"),
    [
        pytest.param({"a.py": "one two three"}, {"b.py": "one two four"}, {"b.py": "a.py"}, id="alike"),
        pytest.param({"a.py": "one two three"}, {"b.py": "four five one"}, {}, id="unlike"),
        pytest.param({"a.py": "one two"}, {"b.md": "one two"}, {}, id="of another kind"),
        pytest.param(
            {"a.py": "one two three", "b.py": "one two four"},
            {"c.py": "one two four", "d.py": "one two three"},
            {"c.py": "b.py", "d.py": "a.py"},
            id="the likest first",
        ),
        pytest.param(
            {"a.py": "one two three"},
            {"c.py": "one two three", "b.py": "one two"},
            {"c.py": "a.py"},
            id="only once",
        ),
    ],
)
def test_renamed(gone: dict[str, str], fresh: dict[str, str], expected: dict[str, str]) -> None:
    assert renamed(gone, fresh) == expected
