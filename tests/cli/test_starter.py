"""A project started by trackwright passes its own checks and works before anything is added to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trackwright_gen.cli.group import trackwright
from trackwright_gen.config import find_settings
from trackwright_gen.project.detect import detect_project
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.registration import registrations
from trackwright_gen.project.tracking_base import missing_tracking_base

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project just started."""
    folder = tmp_path_factory.mktemp("work") / "My Shop"
    result = _start(folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(["ruff", "check", "--no-cache"], id="ruff"),
        pytest.param(["ruff", "format", "--check", "--no-cache"], id="ruff format"),
        pytest.param(["mypy", "--cache-dir", os.devnull], id="mypy strict"),
        pytest.param(["pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio"], id="its own tests"),
        pytest.param(["alembic", "upgrade", "head", "--sql"], id="alembic without a database"),
        pytest.param(["celery", "-A", "app.worker", "report"], id="celery"),
    ],
)
def test_a_new_project_passes(starter: Path, check: list[str]) -> None:
    _run(starter, *check)


def test_a_new_project_is_what_its_settings_say(starter: Path) -> None:
    loaded = find_settings(starter)
    project = detect_project(starter, loaded.settings)
    found = detect_project(
        starter, loaded.settings.model_copy(update=dict.fromkeys(("base", "session", "celery")))
    )
    assert project == found
    assert project.dialect == "sqlite"
    assert '\nname = "my-shop"\n' in (starter / "pyproject.toml").read_text()


def test_registered_domains_keep_the_project_in_form(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    assert _start(root).exit_code == 0
    project = detect_project(root, find_settings(root).settings)
    base = missing_tracking_base(project)
    assert base is not None
    base.path.write_text(base.text)
    names = ["etf_price_update", "contribution_realization", "a_third_one_with_a_rather_long_name"]
    for name in names:
        (root / f"app/models/{name}.py").write_text(
            '"""One domain."""\n\n'
            "from app.models.base_task_tracking import BaseTaskTracking\n\n\n"
            f"class {name.title().replace('_', '')}(BaseTaskTracking):\n"
            '    """Its table."""\n\n'
            f'    __tablename__ = "{name}_task_tracking"\n'
        )
        (root / f"app/tasks/{name}.py").write_text('"""One domain."""\n')
        models = [ObjectName(f"app.models.{name}", name.title().replace("_", ""))]
        for edit in registrations(project, models=models, task_modules=[f"app.tasks.{name}"]):
            edit.path.write_text(edit.new_text)
    for check in (["ruff", "check"], ["ruff", "format", "--check"]):
        _run(root, *check, "--no-cache")
    _run(root, "mypy", "--cache-dir", os.devnull)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = _start(tmp_path)
    assert result.exit_code == 2
    assert "a new project needs an empty folder" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_behind_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = _start(tmp_path / "file" / "new")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert _start(tmp_path / "new").exit_code == 0
    assert (tmp_path / "new/app/worker.py").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def _start(folder: Path) -> Result:
    return CliRunner().invoke(trackwright, ["init", "--starter", str(folder)])


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        env={"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
