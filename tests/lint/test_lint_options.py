"""Baselines, standard input, what could not be followed, and counts, as people meet them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from source_trees import Tree, write_tree

from trackwright_gen.cli.group import trackwright

TASK = "from celery import shared_task\n\n\n@shared_task\ndef add(x):\n    return x\n"
SECOND = "\n\n@shared_task\ndef other(x):\n    return x\n"
TREE = {"pyproject.toml": "", "shop/__init__.py": "", "shop/tasks.py": TASK}


def lint(root: Path, *options: str, tree: Tree | None = None, stdin: bytes | None = None) -> Result:
    """Run the command in a folder."""
    if tree is not None:
        write_tree(root, tree)
    arguments = ["lint", "-C", str(root), "--output-format", "concise", *options]
    return CliRunner().invoke(trackwright, arguments, input=stdin)


def test_a_baseline_leaves_out_what_it_lists(tmp_path: Path) -> None:
    done = lint(tmp_path, "--baseline", "known.json", "--write-baseline", tree=TREE)
    assert (done.exit_code, done.output) == (0, f"Wrote 1 findings to {tmp_path / 'known.json'}.\n")
    assert (
        lint(tmp_path, "--baseline", "known.json").output == "All checks passed! 1 finding in the baseline.\n"
    )
    moved = f"\n\n{TASK}{SECOND}"
    (tmp_path / "shop" / "tasks.py").write_text(moved)
    done = lint(tmp_path, "--baseline", "known.json")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "shop/tasks.py:12:5: TW101 Celery task `shop.tasks.other` has no tracking",
        "Found 1 finding. 1 finding in the baseline.",
    ]


def test_a_baseline_is_readable_and_stable(tmp_path: Path) -> None:
    lint(tmp_path, "--baseline", "known.json", "--write-baseline", tree=TREE)
    first = (tmp_path / "known.json").read_text()
    assert json.loads(first)["findings"] == [
        {
            "path": "shop/tasks.py",
            "code": "TW101",
            "message": "Celery task `shop.tasks.add` has no tracking",
            "count": 1,
        }
    ]
    lint(tmp_path, "--baseline", "known.json", "--write-baseline")
    assert (tmp_path / "known.json").read_text() == first


def test_a_baseline_never_hides_a_broken_file(tmp_path: Path) -> None:
    tree = {**TREE, "shop/broken.py": "@shared_task\ndef (\n"}
    assert lint(tmp_path, "--baseline", "known.json", "--write-baseline", tree=tree).exit_code == 2
    done = lint(tmp_path, "--baseline", "known.json")
    assert done.exit_code == 2
    assert "TW001" in done.output
    assert "TW101" not in done.output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "--write-baseline"),
        ("{", "no baseline"),
        ('{"version": 9}', "another version"),
        ("[]", "no baseline"),
    ],
)
def test_a_bad_baseline_is_one_message(text: str | None, says: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "known.json").write_text(text)
    done = lint(tmp_path, "--baseline", "known.json", tree=TREE)
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output


def test_lints_standard_input_as_a_file_of_the_project(tmp_path: Path) -> None:
    wrapper = "from celery import shared_task\ndef job(f):\n    return shared_task(queue='a')(f)\n"
    write_tree(tmp_path, {**TREE, "shop/jobs.py": wrapper})
    source = b"from .jobs import job\n@job\ndef send(): ...\n"
    done = lint(tmp_path, "--stdin-filename", "shop/new.py", stdin=source)
    assert done.exit_code == 1
    assert done.output.splitlines()[0] == "shop/new.py:3:5: TW101 Celery task `shop.new.send` has no tracking"
    assert done.output.endswith("Found 1 finding.\n")


def test_standard_input_counts_and_not_the_disk(tmp_path: Path) -> None:
    done = lint(tmp_path, "-", "--stdin-filename", "shop/tasks.py", tree=TREE, stdin=b"x = 1\n")
    assert (done.exit_code, done.output) == (0, "All checks passed!\n")


def test_fixing_standard_input_prints_it(tmp_path: Path) -> None:
    done = lint(tmp_path, "--fix", "--stdin-filename", "shop/tasks.py", tree=TREE, stdin=TASK.encode())
    assert done.stdout == TASK
    assert "TW101" in done.stderr


@pytest.mark.parametrize(
    "options", [("--write-baseline",), ("-",), ("--stdin-filename", "a.py", "b.py")], ids=" ".join
)
def test_contradictions_are_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    done = lint(tmp_path, *options, tree=TREE, stdin=b"")
    assert done.exit_code == 2
    assert "Error: " in done.output


def test_says_what_it_could_not_follow(tmp_path: Path) -> None:
    tree = {
        "a.py": "from infra.jobs import background_task\n@background_task(retries=3)\ndef f(): ...  # celery\n"
    }
    done = lint(tmp_path, "--show-unresolved", tree={**TREE, **tree})
    assert done.stderr == (
        "a.py:2:2: `@background_task` cannot be followed: `infra.jobs.background_task` is not in the tree\n"
    )


def test_says_that_all_could_be_followed(tmp_path: Path) -> None:
    done = lint(tmp_path, "--show-unresolved", tree=TREE)
    assert done.stderr == "Everything that looks like a job could be followed.\n"


def test_statistics_count_exemptions(tmp_path: Path) -> None:
    exempt = SECOND.replace("@shared", "# trackwright: exempt[TW101] reason='x'\n@shared")
    noqa = SECOND.replace("other(x):", "third(x):  # noqa: TW101")
    done = lint(
        tmp_path, "--statistics", "--select", "TW101", tree={**TREE, "shop/tasks.py": TASK + exempt + noqa}
    )
    assert done.output.splitlines() == [
        "1\tTW101\tuntracked-task",
        "1\tTW101\texcused (exempt)",
        "1\tTW101\texcused (noqa)",
    ]
