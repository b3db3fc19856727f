"""Lists of jobs, exemptions and rules: empty ones say so, files that cannot be read fail the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trackwright_gen.cli.group import trackwright
from trackwright_gen.lint.catalog import all_rules


@pytest.mark.parametrize(
    ("command", "said"),
    [("tasks", "No background jobs found."), ("exemptions", "No exemptions found.")],
)
def test_a_project_without_any(tmp_path: Path, command: str, said: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    ran = CliRunner().invoke(trackwright, [command, str(tmp_path), "-C", str(tmp_path)])
    assert (ran.exit_code, ran.stdout) == (0, f"{said}\n")
    (tmp_path / "b.py").write_text("from celery import shared_task\n@shared_task\ndef f(:\n")
    ran = CliRunner().invoke(trackwright, [command, str(tmp_path), "-C", str(tmp_path)])
    assert ran.exit_code == 2
    assert "b.py:3:" in ran.stderr


def test_rules_as_json_are_all_rules() -> None:
    ran = CliRunner().invoke(trackwright, ["rules", "--output-format", "json"])
    listed = json.loads(ran.stdout)
    assert [entry["code"] for entry in listed] == [rule.code for rule in all_rules()]
    assert {frozenset(entry) for entry in listed} == {
        frozenset({"code", "name", "summary", "default", "url"})
    }


def test_a_command_that_is_none() -> None:
    ran = CliRunner().invoke(trackwright, ["generat"])
    assert ran.exit_code == 2
    assert "No such command 'generat'" in ran.stderr


def test_what_to_do_with_an_ejected_template_is_said_until_it_is_set(tmp_path: Path) -> None:
    def eject(name: str) -> str:
        ran = CliRunner().invoke(trackwright, ["templates", "eject", name, "-C", str(tmp_path)])
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    assert 'next: add to [tool.trackwright]: templates = "templates/trackwright"' in eject("model.py")
    (tmp_path / "trackwright.toml").write_text('templates = "own"\n')
    assert eject("model.py") == "wrote own/model.py.jinja\n"
