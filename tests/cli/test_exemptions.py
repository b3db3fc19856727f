"""`trackwright exemptions`: what a review needs to know, in three forms."""

import csv
import datetime as dt
import io
import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from file_tree import write_tree

from trackwright_gen.cli.group import trackwright

FILES = {
    "CODEOWNERS": "/app/mail.py @post-office\n",
    "app/mail.py": """
        from celery import shared_task


        # trackwright: temporary[TW101] ticket="PAY-1" until=2020-03-31 reason="prototype"
        @shared_task
        def send():
            pass


        # trackwright: external[TW301] reason="vendor owns the table" adapts="VendorJob"
        @shared_task
        def receive():
            pass
    """,
    "app/warm.py": """
        from celery import shared_task


        # trackwright: exempt[TW101,TW406] reason="=cache warm-up" approved-by="platform team"
        @shared_task
        def warm():
            pass


        @shared_task
        def chill():  # noqa: TW101
            pass
    """,
}
WRITTEN = dt.date(2024, 5, 6)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one commit of a known day."""
    root = write_tree(tmp_path / "project", FILES)
    moment = f"{WRITTEN.isoformat()}T10:00:00+00:00"
    who = {
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_DATE": moment,
    }
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *command], cwd=root, env={**os.environ, **who}, check=True)
    return root


def listed(root: Path, *options: str, code: int) -> str:
    """What the command prints."""
    done = CliRunner().invoke(trackwright, ["exemptions", "-C", str(root), *options])
    assert done.exit_code == code, done.output
    return done.stdout


def test_json_says_all(project: Path) -> None:
    found = json.loads(listed(project, "--output-format", "json", code=1))
    expired, external, exempt, noqa = found
    age = (dt.datetime.now().astimezone().date() - WRITTEN).days
    assert expired == {
        "kind": "temporary",
        "codes": ["TW101"],
        "filename": str(project / "app/mail.py"),
        "line": 4,
        "reason": "prototype",
        "approved_by": None,
        "owner": "@post-office",
        "ticket": "PAY-1",
        "adapts": None,
        "since": "2024-05-06",
        "age_days": age,
        "until": "2020-03-31",
        "expired": True,
    }
    assert (external["adapts"], external["owner"], external["expired"]) == (
        "VendorJob",
        "@post-office",
        False,
    )
    assert (exempt["owner"], exempt["codes"]) == ("platform team", ["TW101", "TW406"])
    assert (noqa["kind"], noqa["owner"], noqa["line"]) == ("noqa", "Ada", 11)


def test_csv_opens_in_a_spreadsheet_and_holds_no_formula(project: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(listed(project, "--output-format", "csv", code=1))))
    assert [row["filename"] for row in rows] == ["app/mail.py", "app/mail.py", "app/warm.py", "app/warm.py"]
    assert rows[2]["reason"] == "'=cache warm-up"
    assert (rows[0]["until"], rows[0]["expired"], rows[1]["ticket"]) == ("2020-03-31", "true", "")


def test_a_table_for_people_and_success_without_expired_ones(project: Path) -> None:
    table = listed(project, code=1)
    assert "2020-03-31 (expired)" in table
    assert table.splitlines()[-1] == "4 exemptions, 1 expired."
    assert listed(project, "app/warm.py", code=0).splitlines()[-1] == "2 exemptions, 0 expired."
    (project / "app" / "warm.py").write_text("# trackwright: exempt[TW101] reason='new'\n")
    assert "1 exemptions, 0 expired." in listed(project, "app/warm.py", code=0)


def test_without_a_repository_there_are_no_ages(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "plain", FILES)
    done = CliRunner().invoke(trackwright, ["exemptions", "-C", str(root)])
    assert done.exit_code == 1
    assert "no ages and no authors" in done.stderr
    assert "not committed" in done.stdout
