"""The cache says what a run without it says, after every kind of change, and never stands in the way."""

import json
import os
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from source_trees import write_tree

from trackwright_gen.cli.group import trackwright
from trackwright_gen.lint import engine
from trackwright_gen.lint.engine import LintResult

TASK = "from celery import shared_task\n\n\n@shared_task\ndef add(x):\n    return x\n"
TREE = {"pyproject.toml": "", "shop/__init__.py": "", "shop/tasks.py": TASK, "shop/plain.py": "x = 1\n"}
ENDPOINT = "from shop.tasks import add\n\n\ndef send():\n    return add.delay(1)\n"
CONTENTS = [
    TASK,
    "x = 1\n",
    "x = (\n",
    "from shop.jobs import job\n@job\ndef f(): ...\n",
    "from celery import shared_task\ndef job(f):\n    return shared_task(queue='a')(f)\n",
    "from app.models import TaskStatus\nTaskStatus()\n",
    "@job\ndef f(): ...\n",
    ENDPOINT,
    TASK.replace("return x", "return helper(x)").replace("\n\n\n", "\nfrom shop.jobs import helper\n\n\n"),
    "def helper(x):\n    return x\n",
    "def helper(row):\n    row.status = 'COMPLETED'\n",
    TASK.replace("@shared_task", "@shared_task(name='shop.other')"),
    f"{TASK}# trackwright: exempt[TW101] reason='x' approved-by='y'\n",
    TASK.replace("def add", "# trackwright: exempt[TW101] reason='x' approved-by='y'\ndef add"),
    "from celery import Celery\napp = Celery()\ndef send():\n    app.send_task('shop.other')\n",
    "from celery.signals import task_prerun\n@task_prerun.connect\ndef h(**k):\n    row.status = 'PROCESSING'\n",
    (
        "from celery.backends.base import BaseBackend\nclass TaskRun(Base):\n    task_id = Column(String)\n"
        "    status = Column(String)\nclass Rows(BaseBackend):\n    def _store_result(self, task_id, result, state):\n"
        "        TaskRun(task_id=task_id, status=state)\n"
    ),
    "from celery import Task\nclass Base(Task):\n    abstract = True\n",
    "from shop.jobs import Base\nclass Work(Base):\n    def run(self): ...\n",
    (
        "from trackwright import TaskTrackingMixin\nclass PriceTracking(TaskTrackingMixin, Base):\n"
        "    __tablename__ = 'price_task_tracking'\n"
    ),
    "from shop.jobs import PriceTracking\ndef f(db):\n    row = db.get(PriceTracking, 1)\n    row.status = 'FAILED'\n",
    "from shop.jobs import *\nfrom celery import shared_task\nadd = shared_task(helper)\n",
]


class Runs:
    """How often anything was linted, and not read from the cache."""

    count = 0
    files: list[int]
    """How many files each of them reported on."""

    def __init__(self) -> None:
        self.files = []


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Counts real runs."""
    counted, real = Runs(), engine.lint

    def counting(*arguments: object) -> LintResult:
        counted.count += 1
        result = real(*arguments)  # type: ignore[arg-type] # passed on as they are
        counted.files.append(result.files)
        return result

    monkeypatch.setattr("trackwright_gen.cli.lint.lint", counting)
    return counted


def lint(root: Path, *options: str) -> Result:
    """Run the command in a folder."""
    return CliRunner().invoke(trackwright, ["lint", "-C", str(root), "--output-format", "json", *options])


def cache_files(root: Path) -> list[Path]:
    """The results that are kept."""
    return sorted((root / ".trackwright_cache").glob("*.json"))


def test_an_unchanged_tree_is_only_looked_at(tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, TREE)
    first = lint(tmp_path)
    for path in tmp_path.rglob("*.py"):
        path.chmod(0)
    second = lint(tmp_path)
    assert (runs.count, second.exit_code, second.output) == (1, 1, first.output)
    assert (tmp_path / ".trackwright_cache" / ".gitignore").read_text().endswith("*\n")


def test_a_touched_file_is_compared_by_content(tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, TREE)
    first = lint(tmp_path)
    os.utime(tmp_path / "shop" / "tasks.py", (1, 1))
    assert lint(tmp_path).output == first.output
    assert runs.count == 1


def test_a_file_that_holds_no_job_changes_only_its_syntax(tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, TREE)
    lint(tmp_path)
    (tmp_path / "shop" / "plain.py").write_text("x = (\n")
    done = lint(tmp_path)
    assert [each["name"] for each in json.loads(done.output)] == ["invalid-syntax", "untracked-task"]
    assert (done.exit_code, runs.count) == (2, 1)
    (tmp_path / "shop" / "plain.py").write_text("x = 2\n")
    assert (lint(tmp_path).exit_code, runs.count) == (1, 1)


def test_a_changed_task_is_linted_with_what_leads_to_it_alone(tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, {**TREE, "shop/api.py": ENDPOINT})
    lint(tmp_path)
    (tmp_path / "shop" / "tasks.py").write_text(f"# later\n{TASK}")
    (found,) = json.loads(lint(tmp_path).output)
    assert (found["code"], found["location"]["row"]) == ("TW101", 6)
    assert runs.files == [4, 2]
    assert lint(tmp_path).exit_code == 1
    assert runs.count == 2


@pytest.mark.parametrize(
    "change",
    [
        TASK.replace("def add", "def subtract"),
        TASK.replace("@shared_task", "@shared_task(bind=True)"),
        TASK.replace("return x", "return app.send_task('a.b')"),
        f"{TASK}\n\ndef job(fn):\n    return shared_task(fn)\n",
        "x = 1\n",
    ],
    ids=["another job", "other options", "a job by its name", "a wrapper", "no job"],
)
def test_what_may_matter_to_others_is_a_run_over_all(change: str, tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, {**TREE, "shop/api.py": ENDPOINT})
    lint(tmp_path)
    (tmp_path / "shop" / "tasks.py").write_text(change)
    with_it, without = lint(tmp_path), lint(tmp_path, "--no-cache")
    assert with_it.output == without.output
    assert runs.files[-2:] == [4, 4]


@pytest.mark.parametrize("seed", range(12))
def test_says_what_a_run_without_it_says(seed: int, tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    chosen = random.Random(seed)  # noqa: S311 -- a test's dice
    for _ in range(10):
        path = tmp_path / "shop" / chosen.choice(["jobs.py", "tasks.py", "plain.py", "more.py"])
        if path.exists() and chosen.random() < 0.1:
            path.unlink()
        else:
            path.write_text(chosen.choice(CONTENTS))
        with_it, without = lint(tmp_path), lint(tmp_path, "--no-cache")
        assert (with_it.exit_code, json.loads(with_it.output)) == (
            without.exit_code,
            json.loads(without.output),
        )


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"files": 1}', b"\xff\xfe"])
def test_a_broken_cache_is_a_cold_run(broken: bytes, tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, TREE)
    first = lint(tmp_path)
    (file,) = cache_files(tmp_path)
    file.write_bytes(broken)
    assert lint(tmp_path).output == first.output
    assert runs.count == 2
    assert lint(tmp_path).output == first.output
    assert runs.count == 2


def test_rules_and_settings_have_results_of_their_own(tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, TREE)
    assert lint(tmp_path).exit_code == 1
    assert lint(tmp_path, "--select", "TW201").exit_code == 0
    write_tree(tmp_path, {"trackwright.toml": "[lint]\ntracking-markers = ['celery.shared_task']\n"})
    assert lint(tmp_path).exit_code == 0
    assert runs.count == 3


def test_a_new_spec_is_seen(tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, TREE)
    lint(tmp_path)
    write_tree(tmp_path, {"tracking/price.yaml": "domain: price\n"})
    lint(tmp_path)
    assert runs.count == 2


def test_a_folder_that_cannot_be_written_is_linted(tmp_path: Path) -> None:
    write_tree(tmp_path, {**TREE, ".trackwright_cache": "in the way"})
    assert lint(tmp_path).exit_code == 1


def test_no_cache_leaves_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    lint(tmp_path, "--no-cache")
    assert not (tmp_path / ".trackwright_cache").exists()


def test_old_results_are_dropped(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    lint(tmp_path)
    (newest,) = cache_files(tmp_path)
    for number in range(40):
        old = newest.with_name(f"old{number}.json")
        old.write_text("{}")
        os.utime(old, (number, number))
    lint(tmp_path, "--select", "TW201")
    left = cache_files(tmp_path)
    assert newest in left
    assert len(left) == 20


def test_a_new_spec_or_a_moved_exemption_is_a_new_run(tmp_path: Path, runs: Runs) -> None:
    write_tree(tmp_path, TREE)
    lint(tmp_path)
    write_tree(tmp_path, {"tracking/price.yaml": "domain: price\n"})
    lint(tmp_path)
    assert runs.count == 2
    exemption = '[[tool.trackwright.lint.exemptions]]\npath = "shop/**"\ncodes = ["TW101"]\nreason = "r"\n'
    for text in (exemption, f"\n{exemption}"):
        (tmp_path / "pyproject.toml").write_text(text)
        lint(tmp_path)
    assert runs.count == 4
