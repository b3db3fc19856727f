"""Projects of other shapes, from `init` to a migrated database and back: nothing of theirs is changed for good."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import unseen_projects as unseen
from click.testing import CliRunner
from file_tree import files_of, write_tree
from sqlalchemy import create_engine, inspect

from trackwright_gen.cli.group import trackwright

SPEC = """
    domain: parcel
    fields:
      weight: {type: decimal, precision: 8, scale: 3}
      kind: {type: enum, values: [letter, box], default: letter}
    unique: [{fields: [kind], while: active}]
    task: {name: send_parcel}
"""
ALEMBIC_PYPROJECT = unseen.ASYNC | {
    "pyproject.toml": """
        [project]
        name = "orders"
        version = "0"

        [tool.alembic]
        script_location = "%(here)s/migrations"
        prepend_sys_path = ["."]
    """,
    "alembic.ini": """
        [alembic]
        sqlalchemy.url = sqlite:///orders.db

        [loggers]
        keys = root
    """,
}
"""What `alembic init --template pyproject` makes of it: the script folder in the TOML, the URL in the ini."""
OLD_ASYNC = unseen.LAYERED | {
    "app/db/session.py": """
        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
        from sqlalchemy.orm import sessionmaker

        engine = create_async_engine("sqlite+aiosqlite:///app.db")
        AsyncSessionLocal = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    """,
    "app/core/celery_app.py": """
        import os

        from celery import Celery


        def create_celery_app(name: str = "worker") -> Celery:
            celery = Celery(name)
            celery.conf.update(broker_url=os.environ.get("BROKER", "memory://"))
            celery.autodiscover_tasks()
            return celery


        celery_app = create_celery_app()
    """,
}
"""AsyncSession from a plain sessionmaker, as before SQLAlchemy 2; an app whose autodiscovery names no packages."""
PLAIN_SRC = {
    path.replace("app/", "src/app/", 1): text
    for path, text in unseen.LAYERED.items()
    if path != "alembic.ini"
} | {
    "src/app/alembic.ini": """
        [alembic]
        script_location = %(here)s/../../alembic
        prepend_sys_path = src
        sqlalchemy.url = sqlite:///app.db
    """,
    "src/other/__init__.py": "",
    "src/other/worker.py": "from celery import Celery\n\nother = Celery('other')\n",
}
"""A src folder of two packages; alembic.ini inside of one of them, the revisions at the root."""
SHAPES = {
    "layered, no pyproject.toml": unseen.LAYERED,
    "src layout, several version locations": unseen.SRC,
    "alembic in pyproject.toml": unseen.TOML_CONFIGURED,
    "alembic in pyproject.toml and alembic.ini": ALEMBIC_PYPROJECT,
    "an async sessionmaker of old": OLD_ASYNC,
    "two packages under src": PLAIN_SRC,
}
UPGRADE = """
import sys
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

path, url, target = sys.argv[1:]
config = Config(path) if path.endswith("ini") else Config(toml_file=path)
config.set_main_option("sqlalchemy.url", url)
script = ScriptDirectory.from_config(config)
move = script._upgrade_revs if target == "head" else script._downgrade_revs
with EnvironmentContext(config, script, fn=lambda revision, _: move(target, revision), destination_rev=target):
    script.run_env()
"""
TASKS = """
import importlib, sys
module, name = sys.argv[1].split(":")
app = getattr(importlib.import_module(module), name)
app.loader.import_default_modules()
print(" ".join(app.tasks))
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_domain_comes_and_goes(tmp_path: Path, shape: str) -> None:
    root = write_tree(tmp_path / "project", SHAPES[shape])
    before = files_of(root)
    said = _run(root, "init")
    assert "base " in said
    settings = _settings(said)
    write_tree(root, {"tracking/parcel.yaml": SPEC})
    ready = files_of(root)
    report = json.loads(_run(root, "generate", "--output-format", "json"))
    assert report["written"]
    database = tmp_path / "database.db"
    source = root / "src" if (root / "src").is_dir() else root
    config = root / settings["alembic"].partition(" ")[0]
    url = f"sqlite:///{database}"
    _python(config.parent, source, UPGRADE, str(config), url, "head")
    assert "parcel_task_tracking" in _tables(database)
    named = [
        task for task in _python(source, source, TASKS, settings["celery"]).split() if "send_parcel" in task
    ]
    assert len(named) == 1
    assert json.loads(_run(root, "status", "--output-format", "json"))["settled"]
    _run(root, "generate", "--check")
    _run(root, "remove", "parcel", "--drop-migration")
    _python(config.parent, source, UPGRADE, str(config), url, "head")
    assert "parcel_task_tracking" not in _tables(database)
    after = files_of(root)
    migrations = {one["path"] for one in report["revisions"]}
    left = {path for path in after if path not in ready}
    assert migrations < left
    assert len(left) == len(migrations) + 1
    assert {path: after[path] for path in ready} == ready
    assert all(after[path] == text for path, text in before.items() if path != "pyproject.toml")


def _run(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(trackwright, [arguments[0], "-C", str(root), *arguments[1:]])
    assert result.exit_code == 0, result.output
    return result.stdout


def _settings(said: str) -> dict[str, str]:
    """What `init` says that it found."""
    pairs = (line.partition(" ") for line in said.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _python(folder: Path, source: Path, program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _tables(database: Path) -> set[str]:
    engine = create_engine(f"sqlite:///{database}")
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
