"""The commands as people and CI meet them: output, JSON keys, exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from source_trees import Tree, write_tree

from trackwright_gen.cli.group import trackwright

TASK = "from celery import shared_task\n\n\n@shared_task\ndef add(x):\n    return x\n"
TREE = {"shop/__init__.py": "", "shop/tasks.py": TASK}


def run(root: Path, *arguments: str, tree: Tree = TREE) -> Result:
    """Run the command in a folder with a tree in it."""
    write_tree(root, tree)
    name, *rest = arguments
    return CliRunner().invoke(
        trackwright, [name, *(["-C", str(root)] if name in {"lint", "tasks"} else []), *rest]
    )


def test_full_output_shows_the_source(tmp_path: Path) -> None:
    done = run(tmp_path, "lint")
    assert done.exit_code == 1
    assert done.output == (
        "TW101 Celery task `shop.tasks.add` has no tracking\n"
        " --> shop/tasks.py:5:5\n"
        "  |\n"
        "3 |\n"
        "4 | @shared_task\n"
        "5 | def add(x):\n"
        "  |     ^^^\n"
        "6 |     return x\n"
        "  |\n"
        "\n"
        "Found 1 finding.\n"
    )


def test_concise_output_is_one_line_per_finding(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "--output-format", "concise")
    assert done.output.splitlines() == [
        "shop/tasks.py:5:5: TW101 Celery task `shop.tasks.add` has no tracking",
        "Found 1 finding.",
    ]


def test_a_clean_tree_passes(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", tree={"a.py": "x = 1\n"})
    assert (done.exit_code, done.output) == (0, "All checks passed!\n")


def test_findings_as_json(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "--output-format", "json")
    assert done.exit_code == 1
    assert json.loads(done.output) == [
        {
            "code": "TW101",
            "name": "untracked-task",
            "message": "Celery task `shop.tasks.add` has no tracking",
            "filename": str(tmp_path / "shop" / "tasks.py"),
            "location": {"row": 5, "column": 5},
            "end_location": {"row": 5, "column": 8},
            "fix": None,
            "task": "shop.tasks.add",
            "domain": None,
            "url": "https://trackwright.readthedocs.io/reference/rules/untracked-task",
        }
    ]


def test_no_findings_as_json(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "--output-format", "json", tree={"a.py": ""})
    assert (done.exit_code, json.loads(done.output)) == (0, [])


@pytest.mark.parametrize("name", ["lint", "tasks"])
def test_a_name_that_no_encoding_has_is_shown_as_far_as_it_can_be(tmp_path: Path, name: str) -> None:
    task = TASK.replace("@shared_task", '@shared_task(name="\\ud800.add")') + "add.delay(1)\n"
    done = run(tmp_path, name, tree={"t.py": task})
    assert "?.add" in done.output
    assert isinstance(done.exception, SystemExit | None), done.exception


def test_github_annotations(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "--output-format", "github")
    assert done.output.startswith("::error title=trackwright (TW101),file=shop/tasks.py,line=5,col=5,")


def test_tasks_as_json(tmp_path: Path) -> None:
    done = run(tmp_path, "tasks", "--output-format", "json")
    assert done.exit_code == 0
    (job,) = json.loads(done.output)
    assert job == {
        "framework": "celery",
        "name": "shop.tasks.add",
        "qualified_name": "shop.tasks.add",
        "filename": str(tmp_path / "shop" / "tasks.py"),
        "line": 5,
        "declared_by": "@shared_task",
        "is_async": False,
        "bind": False,
        "tracked": False,
        "evidence": [],
        "domain": None,
        "exemption": None,
    }


def test_tasks_as_a_table(tmp_path: Path) -> None:
    done = run(tmp_path, "tasks")
    assert done.exit_code == 0
    assert "shop.tasks.add  shop/tasks.py:5  @shared_task  no" in done.output
    assert done.output.endswith("1 jobs: 0 tracked, 1 untracked, 0 exempt.\n")


def test_exit_zero(tmp_path: Path) -> None:
    assert run(tmp_path, "lint", "--exit-zero").exit_code == 0


def test_statistics(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "--statistics")
    assert (done.exit_code, done.output) == (1, "1\tTW101\tuntracked-task\n")


@pytest.mark.parametrize("options", [("--ignore", "TW101"), ("--select", "TW201"), ("--select", "TW2,TW201")])
def test_rules_can_be_left_out(options: tuple[str, str], tmp_path: Path) -> None:
    assert run(tmp_path, "lint", *options).exit_code == 0


def test_settings_are_read(tmp_path: Path) -> None:
    settings = "[tool.trackwright.lint]\nignore = ['TW101']\n"
    assert run(tmp_path, "lint", tree={**TREE, "pyproject.toml": settings}).exit_code == 0
    assert run(tmp_path, "lint", "--select", "TW101").exit_code == 1


@pytest.mark.parametrize(
    ("setting", "left"),
    [
        ("extend-exclude = ['old']", ["new/t.py"]),
        ("extend-exclude = ['shop/new']", ["new/t.py", "old/t.py"]),
        ("exclude = ['new']", ["old/t.py", "venv/t.py"]),
    ],
)
def test_settings_leave_files_out(setting: str, left: list[str], tmp_path: Path) -> None:
    tree = {"trackwright.toml": f"[lint]\n{setting}\n", "new/t.py": TASK, "old/t.py": TASK, "venv/t.py": TASK}
    done = run(tmp_path, "lint", "--output-format", "concise", tree={"pyproject.toml": "", **tree})
    assert [line.partition(":")[0] for line in done.output.splitlines()[:-1]] == left


def test_every_wrong_selector_and_setting_is_told_at_once(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "--select", "TW9999", "--ignore", "untracked-tsk")
    assert done.exit_code == 2
    assert "unknown selector 'TW9999'" in done.output
    assert "did you mean 'untracked-task'?" in done.output


def test_the_settings_of_the_linted_project_count(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"here/a.py": "", "there/trackwright.toml": "[lint]\nselect = ['TW2']\n", "there/t.py": TASK},
    )
    done = CliRunner().invoke(trackwright, ["lint", "-C", str(tmp_path / "here"), str(tmp_path / "there")])
    assert done.exit_code == 0


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", tree={**TREE, "trackwright.toml": "[lint]\nselct = ['TW101']\n"})
    assert done.exit_code == 2
    assert "did you mean 'select'?" in done.output


def test_broken_files_are_findings_and_the_rest_is_linted(tmp_path: Path) -> None:
    broken = {"broken.py": "def add(:\n    pass\n", "task_broken.py": "@shared_task\ndef add(:\n"}
    (tmp_path / "latin.py").write_bytes(b"# shared_task \xe9\n")
    (tmp_path / "nul.py").write_bytes(b"x = 1\0\n")
    done = run(tmp_path, "lint", "--output-format", "json", tree={**TREE, **broken})
    found = {(each["name"], Path(each["filename"]).name) for each in json.loads(done.output)}
    assert done.exit_code == 2
    assert found == {
        ("invalid-syntax", "broken.py"),
        ("invalid-syntax", "task_broken.py"),
        ("invalid-syntax", "nul.py"),
        ("unreadable-file", "latin.py"),
        ("untracked-task", "tasks.py"),
    }


def test_exit_zero_does_not_hide_broken_files(tmp_path: Path) -> None:
    assert run(tmp_path, "lint", "--exit-zero", tree={"broken.py": "def add(:\n"}).exit_code == 2


def test_a_missing_path_is_one_message(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "gone")
    assert done.exit_code == 2
    assert "no such file or folder" in done.output


def test_an_unknown_selector_is_one_message(tmp_path: Path) -> None:
    done = run(tmp_path, "lint", "--select", "TW999")
    assert done.exit_code == 2
    assert "unknown selector 'TW999'" in done.output


def test_rules_and_explain(tmp_path: Path) -> None:
    assert "TW101  untracked-task" in run(tmp_path, "rules").output
    explained = run(tmp_path, "explain", "TW101")
    assert explained.exit_code == 0
    assert explained.output.startswith("# untracked-task (TW101)\n")
    assert run(tmp_path, "explain", "TW777").exit_code == 2
