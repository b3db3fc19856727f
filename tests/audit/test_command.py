"""`trackwright audit` as people and CI meet it: forms, figures, exit codes, and repositories of all kinds."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit_pages import on_the_day
from audit_shop import TODAY, build_shop
from click.testing import CliRunner, Result
from git_repositories import GitRepository
from source_trees import write_tree
from sqlalchemy import create_engine, text

from trackwright_gen.cli.group import trackwright

TASK = "from celery import shared_task\n\n\n@shared_task\ndef add(x):\n    return x\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shop(tmp_path_factory.mktemp("audit") / "shop").folder


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Iterator[Path]:
    """The shop on its day."""
    with on_the_day():
        yield Path(shutil.copytree(built, tmp_path / "shop"))


def audit(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(trackwright, ["audit", "-C", str(folder), *arguments])


def audited(folder: Path, *arguments: str) -> dict[str, Any]:
    """The JSON form."""
    done = audit(folder, *arguments, "--output", "audit.json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads((folder / "audit.json").read_text())
    (folder / "audit.json").unlink()
    return found


def test_the_summary_says_how_it_stands_and_where_to_begin(shop: Path) -> None:
    done = audit(shop)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "57 % tracked: 12 of 21 jobs; 9 untracked, 2 exempt, 5 uses of legacy tracking.",
        "Over 12 commits (23 months): 0 % to 57 % tracked, 3 to 9 untracked, 3 to 5 legacy uses.",
        (
            "Oldest debt: 23 months, legacy tracking: `TaskStatus` is a legacy status model; give each domain its own "
            "tracking table (shop/models.py:5)"
        ),
        "1 exemption expired.",
        "Begin with:",
        (
            "  1. shop.payments.tasks.send_receipt (shop/payments/tasks.py:24), effort S: sent from 2 places, "
            "untracked for 1 year, 2 others wait for it"
        ),
        (
            "  2. shop.payments.tasks.send_reminders (shop/payments/tasks.py:29), effort S: sent from 1 place, "
            "runs by the clock, with nobody watching, untracked for 1 year"
        ),
        (
            "  3. shop.catalog.tasks.fetch_prices (shop/catalog/tasks.py:13), effort M: sent from 1 place, "
            "keeps the legacy table in use, untracked for 1 year, 2 others wait for it"
        ),
    ]


def test_the_json_form_has_it_all(shop: Path) -> None:
    found = audited(shop)
    assert list(found) == [
        *("version", "project", "date", "commit", "summary", "debts", "exemptions", "modules", "owners"),
        *("history", "plan", "problems", "notes"),
    ]
    assert (found["version"], found["project"], found["date"]) == (1, "shop", TODAY.isoformat())
    assert found["summary"] == {
        "jobs": 23,
        "tracked": 12,
        "exempt": 2,
        "untracked": 9,
        "legacy_uses": 5,
        "debt": 14,
        "tracked_share": 12 / 21,
        "unreadable_files": 0,
    }
    assert len(found["debts"]) == 14
    assert found["debts"][1] == {
        "kind": "legacy",
        "code": "TW201",
        "name": "import of the legacy status model `TaskStatus`",
        "framework": None,
        "declared_by": None,
        "path": "shop/payments/tasks.py",
        "line": 2,
        "module": "shop.payments.tasks",
        "owner": "@acme/payments",
        "owner_by": "codeowners",
        "since": "2025-01-02",
        "age_days": 699,
        "age_is_at_least": False,
    }
    assert [(each["term"], each["ticket"], each["until"], each["owner"]) for each in found["exemptions"]] == [
        ("expired", "SHOP-412", "2026-11-08", "Cleo Marsh"),
        ("ends soon", "SHOP-377", "2026-12-14", "Cleo Marsh"),
        ("no end", None, None, "Cleo Marsh"),
    ]
    by_owner = {
        each["name"]: (each["untracked"], each["legacy_uses"], each["oldest"]) for each in found["owners"]
    }
    assert by_owner == {
        "@acme/catalog @acme/data": (4, 2, "2025-03-04"),
        "@acme/payments": (3, 2, "2025-01-02"),
        "Cleo Marsh": (2, 0, "2025-05-19"),  # the reports were moved since, in one commit
        "Ada Byron": (0, 1, "2025-01-02"),
        "Bo Nilsen": (0, 0, None),
    }
    assert found["modules"][0]["name"] == "shop.catalog.tasks"
    points = found["history"]["points"]
    assert [(each["tracked"], each["untracked"], each["legacy_uses"]) for each in points] == [
        (0, 3, 3),
        (0, 7, 5),
        (0, 8, 5),
        (0, 8, 5),
        (0, 8, 5),
        (3, 8, 5),
        (6, 8, 5),
        (9, 8, 5),
        (12, 8, 5),
        (12, 8, 5),
        (12, 8, 7),
        (12, 8, 5),
        (12, 9, 5),  # today: an exemption has ended since the last commit
    ]
    assert points[-1]["commit"] is None
    assert points[-2]["commit"] == found["commit"]
    assert found["plan"][1]["after"] == [{"task": "shop.payments.tasks.send_receipt", "reason": "sent by it"}]


def test_the_markdown_form_is_one_of_tables(shop: Path) -> None:
    assert audit(shop, "--output", "out/audit.md").exit_code == 0
    text = (shop / "out" / "audit.md").read_text()
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert heads == [
        *("# Background work of shop", "## Trend", "## Plan", "## By owner", "## By module"),
        *("## Untracked jobs", "## Uses of legacy tracking", "## Exemptions"),
    ]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert Counter(line.count(" | ") for line in rows if "---" in line) == {3: 2, 5: 2, 6: 2, 7: 1}
    assert (
        "| temporary TW101 | shop/reporting.py:14 | ended 24 days ago | prototype for the spring sale |"
        in text
    )


def test_the_figures_of_commits_are_kept_beside_the_project(shop: Path) -> None:
    first = audited(shop)
    (kept,) = (shop / ".trackwright_cache").glob("audit-*.json")
    content = json.loads(kept.read_text())
    assert sorted(content) == sorted(each["commit"] for each in first["history"]["points"][:-1])
    for figures in content.values():
        figures["tracked"] = 1000
    kept.write_text(json.dumps(content))
    again = audited(shop)["history"]["points"]
    assert {each["tracked"] for each in again[:-1]} == {1000}
    assert audited(shop, "--no-cache") == first
    kept.write_text('{"broken": 1}')
    assert audited(shop) == first


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-above", "14"], 0),
        (["--fail-above", "13"], 1),
        (["shop/payments", "--fail-above", "5"], 0),
        (["shop/payments", "--fail-above", "4"], 1),
        (["--output", "audit.pdf"], 2),
        (["--since", "2025-01-01", "--commits", "3"], 2),
        (["nowhere"], 2),
    ],
)
def test_exit_codes(shop: Path, arguments: list[str], code: int) -> None:
    assert audit(shop, *arguments).exit_code == code


def test_how_far_back_to_look(shop: Path) -> None:
    assert len(audited(shop, "--commits", "3")["history"]["points"]) == 4
    assert len(audited(shop, "--since", "2026-05-01")["history"]["points"]) == 4
    assert audited(shop, "--commits", "0")["history"] == {
        "reason": "No history: none was asked for.",
        "points": [],
    }
    reason = audited(shop, "--since", "2026-12-01")["history"]["reason"]
    assert reason == "No history: there are no commits since 2026-12-01."


def test_without_git_there_is_a_snapshot_and_a_word_about_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"t.py": TASK, "pyproject.toml": "", "CODEOWNERS": "* @acme/core\n"})
    found = audited(tmp_path)
    assert found["summary"]["untracked"] == 1
    assert found["history"]["points"] == []
    assert f"{tmp_path} is not in a git repository" in found["history"]["reason"]
    assert (found["debts"][0]["owner"], found["debts"][0]["since"]) == ("@acme/core", None)


def test_a_repository_without_commits(tmp_path: Path) -> None:
    repository = GitRepository(tmp_path / "new")
    repository.write({"t.py": TASK})
    found = audited(repository.folder)
    assert found["history"]["reason"] == "No history: the repository has no commits yet."
    assert (found["commit"], found["summary"]["untracked"]) == (None, 1)


def test_a_bare_repository_is_audited_from_its_head_and_its_own_settings(tmp_path: Path) -> None:
    repository = GitRepository(tmp_path / "work")
    repository.commit(
        {
            "pyproject.toml": '[tool.trackwright.lint]\nlegacy-models = ["JobLog"]\nextend-exclude = ["old"]\n',
            "CODEOWNERS": "t.py @acme/core\n",
            "t.py": TASK,
            "old/t.py": TASK,
            "models.py": "from base import Base\n\nclass JobLog(Base):\n    __tablename__ = 'job_log'\n",
        }
    )
    bare = tmp_path / "shop.git"
    repository.git("clone", "--quiet", "--bare", str(repository.folder), str(bare))
    before = sorted(bare.rglob("*"))
    done = audit(tmp_path, "shop.git", "--output", "audit.json")
    assert done.exit_code == 0, done.output
    assert sorted(bare.rglob("*")) == before
    found = json.loads((tmp_path / "audit.json").read_text())
    assert (found["project"], found["summary"]["untracked"], found["summary"]["legacy_uses"]) == (
        "shop",
        1,
        1,
    )
    assert [(each["path"], each["owner"], each["since"]) for each in found["debts"]] == [
        ("models.py", "Ada", "2025-01-02"),
        ("t.py", "@acme/core", "2025-01-02"),
    ]
    assert len(found["history"]["points"]) == 2


@pytest.mark.parametrize("is_bare", [False, True])
@pytest.mark.parametrize("target", ['path = "old"', 'name = "old.*"'])
def test_exemptions_of_the_settings_count(target: str, is_bare: bool, tmp_path: Path) -> None:
    repository = GitRepository(tmp_path / "shop")
    settings = f'[[tool.trackwright.lint.exemptions]]\n{target}\ncodes = ["TW101"]\nreason = "safe to lose"\n'
    repository.commit({"pyproject.toml": settings, "old/t.py": TASK, "t.py": TASK})
    if is_bare:
        repository.git("clone", "--quiet", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    done = audit(tmp_path, "bare.git" if is_bare else "shop", "--output", "audit.json")
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "audit.json").read_text())
    assert (found["summary"]["exempt"], found["summary"]["untracked"]) == (1, 1)
    assert [each["path"] for each in found["debts"]] == ["t.py"]
    assert [each["reason"] for each in found["exemptions"]] == ["safe to lose"]
    assert {each["untracked"] for each in found["history"]["points"]} == {1}


def test_a_shallow_clone_is_said_to_be_one(shop: Path, tmp_path: Path) -> None:
    GitRepository(tmp_path / "x").git(
        "clone", "--quiet", "--depth=1", f"file://{shop}", str(tmp_path / "cut")
    )
    found = audited(tmp_path / "cut")
    assert all(each["age_is_at_least"] for each in found["debts"])
    assert "This clone is shallow" in found["notes"][0]


@pytest.mark.parametrize("form", ["json", "html", "md"])
def test_paths_and_names_that_no_encoding_has(tmp_path: Path, form: str) -> None:
    repository = GitRepository(tmp_path / os.fsdecode(b"sh\xffop"))
    named = TASK.replace("@shared_task", '@shared_task(name="\\ud800.x")')
    repository.commit({os.fsdecode(b"x\xff\n|<y.py"): TASK, "named.py": named, "other.py": TASK})
    done = audit(repository.folder, "--output", f"audit.{form}")
    assert done.exit_code == 0, done.output
    text = (repository.folder / f"audit.{form}").read_text("utf-8")
    assert "?.x" in text.replace("<wbr>", "").replace("\\", "")
    assert "other.add" in text.replace("<wbr>", "")


def test_a_file_that_is_no_python_is_told_and_the_rest_counted(shop: Path) -> None:
    write_tree(shop, {"shop/broken.py": "def (:\n"})
    done = audit(shop, "--output", "audit.json")
    assert done.exit_code == 2
    assert "shop/broken.py:1: no valid Python" in done.output
    found = json.loads((shop / "audit.json").read_text())
    assert found["summary"]["untracked"] == 9
    assert len(found["problems"]) == 1


def test_failed_runs_come_from_the_database(shop: Path, sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE task_status (task_type TEXT, status TEXT)"))
        connection.execute(text("INSERT INTO task_status VALUES ('capture', 'failed')"))
    engine.dispose()
    found = audited(shop, "--database", sqlite_url)["plan"]
    failures = {each["task"].rpartition(".")[2]: each["failures"] for each in found}
    assert failures["capture_payment"] == 1
    assert set(failures.values()) == {0, 1}
    assert audit(shop, "--database", "nonsense").exit_code == 2
