"""Exemptions of the settings hold for paths and qualified names, are shown, counted, and judged like comments."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from source_trees import write_tree

from trackwright_gen.cli.group import trackwright

TASKS = "from celery import shared_task\n@shared_task\ndef clean(): ...\n@shared_task\ndef pay(): ...\n"
TREE = {
    "shop/__init__.py": "",
    "shop/tasks.py": TASKS,
    "shop/old/__init__.py": "",
    "shop/old/tasks.py": TASKS,
}
HEAD = "[[tool.trackwright.lint.exemptions]]\n"
REST = 'codes = ["TW101"]\nreason = "safe to lose"\napproved-by = "platform"\n'


def run(root: Path, settings: str, command: str, *options: str) -> Result:
    """Run a command on the tree with some settings."""
    write_tree(root, TREE)
    (root / "pyproject.toml").write_text(settings)
    return CliRunner().invoke(trackwright, [command, "-C", str(root), *options])


@pytest.mark.parametrize(
    ("target", "left"),
    [
        ('path = "shop/old"', ["shop/tasks.py:3", "shop/tasks.py:5"]),
        ('path = "shop/old/"', ["shop/tasks.py:3", "shop/tasks.py:5"]),
        ('path = "shop/*/tasks.py"', ["shop/tasks.py:3", "shop/tasks.py:5"]),
        ('name = "shop.tasks.clean"', ["shop/old/tasks.py:3", "shop/old/tasks.py:5", "shop/tasks.py:5"]),
        ('name = "*.clean"', ["shop/old/tasks.py:5", "shop/tasks.py:5"]),
    ],
)
def test_excuses(target: str, left: list[str], tmp_path: Path) -> None:
    done = run(tmp_path, f"{HEAD}{target}\n{REST}", "lint", "--output-format", "concise")
    assert [":".join(line.split(":")[:2]) for line in done.output.splitlines() if "TW101" in line] == left


def test_tasks_show_them_and_statistics_count_them(tmp_path: Path) -> None:
    settings = f'{HEAD}path = "shop/old"\nkind = "temporary"\nticket = "PAY-1"\nuntil = 2099-01-01\n{REST}'
    jobs = json.loads(run(tmp_path, settings, "tasks", "--output-format", "json").stdout)
    shown = {job["name"]: job["exemption"] for job in jobs}
    assert shown["shop.tasks.clean"] is None
    assert (shown["shop.old.tasks.clean"]["kind"], shown["shop.old.tasks.clean"]["ticket"]) == (
        "temporary",
        "PAY-1",
    )
    assert "2 TW101 excused (temporary)" in run(tmp_path, settings, "lint", "--statistics").output.replace(
        "\t", " "
    )


def test_one_that_is_over_excuses_nothing(tmp_path: Path) -> None:
    settings = f'{HEAD}path = "shop"\nkind = "temporary"\nticket = "PAY-1"\nuntil = 2020-01-01\n{REST}'
    done = run(tmp_path, settings, "lint", "--output-format", "concise")
    assert done.output.count("TW101 Celery") == 4
    assert "pyproject.toml:1:1: TW903" in done.output


def test_one_without_a_reason_and_one_that_is_unused_are_reported(tmp_path: Path) -> None:
    settings = f'[project]\nname = "x"\n{HEAD}name = "nothing.*"\ncodes = ["TW101"]\n'
    done = run(tmp_path, settings, "lint", "--output-format", "concise")
    assert "pyproject.toml:3:1: TW901" in done.output
    assert "pyproject.toml:3:1: TW904" in done.output


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (f'{HEAD}codes = ["TW101"]\n', "an exemption needs either `path` or `name`"),
        (f'{HEAD}path = "a"\nname = "b"\ncodes = ["TW101"]\n', "an exemption needs either `path` or `name`"),
        (f'{HEAD}path = "a"\ncodes = ["E501"]\n', "TW"),
        (f'{HEAD}path = "a"\ncodes = ["TW101"]\nreson = "x"\n', "did you mean 'reason'?"),
        (f'{HEAD}path = "a"\ncodes = ["TW101"]\nkind = "forever"\n', "'exempt', 'temporary' or 'external'"),
    ],
)
def test_a_mistake_is_an_error(settings: str, says: str, tmp_path: Path) -> None:
    done = run(tmp_path, settings, "lint")
    assert (done.exit_code, says in done.output) == (2, True), done.output


def test_a_domain_with_a_spec_is_known(tmp_path: Path) -> None:
    tracked = "from trackwright import update_task_status\nfrom celery import shared_task\n@shared_task\n"
    tracked += 'def pay(i):\n    update_task_status(i, "PROCESSING", domain="payment")\n'
    tracked += '    update_task_status(i, "COMPLETED", domain="payment")\n'
    write_tree(tmp_path, {"shop/pay.py": tracked})
    before = run(tmp_path, "", "lint", "--select", "TW104", "--no-cache")
    (tmp_path / "tracking").mkdir()
    (tmp_path / "tracking" / "payment.yaml").write_text("domain: payment\n")
    after = run(tmp_path, "", "lint", "--select", "TW104", "--no-cache")
    assert ("TW104" in before.output, "TW104" in after.output) == (True, False)
