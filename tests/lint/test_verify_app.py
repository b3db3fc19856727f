"""`--verify-app` loads a real Celery app in a process of its own, and says what only one side knows."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from source_trees import Tree, write_tree

from trackwright_gen.cli.group import trackwright

APP = {
    "pyproject.toml": "",
    "shop/__init__.py": "",
    "shop/worker.py": """
        from celery import Celery
        print("loading")
        app = Celery("shop", include=["shop.tasks"])
    """,
    "shop/tasks.py": """
        from celery import Task, shared_task
        from shop.worker import app
        @shared_task
        def add(x): ...
        @app.task(bind=True, name="shop.subtract")
        def subtract(self, x): ...
        class Multiply(Task):
            name = "shop.multiply"
            def run(self, x): ...
        app.register_task(Multiply())
    """,
}


def verify(root: Path, tree: Tree, *options: str, app: str = "shop.worker:app") -> Result:
    """Run the command in a folder."""
    write_tree(root, tree)
    arguments = ["lint", "-C", str(root), "--output-format", "concise", "--verify-app", app, *options]
    return CliRunner().invoke(trackwright, arguments)


def test_says_nothing_where_both_agree(tmp_path: Path) -> None:
    done = verify(tmp_path, APP)
    assert (done.output, done.exit_code) == ("All checks passed!\n", 0)


@pytest.mark.parametrize(
    ("says", "added", "found"),
    [
        (
            "a task that no reader can find",
            "def secret(x): ...\nregister = getattr(app, 'ta' + 'sk')\nregister(secret)\n",
            (
                "shop/more.py:2:1: TW003 Celery task `shop.more.secret` is registered, "
                "but reading the source did not find it"
            ),
        ),
        (
            "a name that is made while the program runs",
            "@app.task(name='-'.join(['a', 'b']))\ndef named(x): ...\n",
            "shop/more.py:3:5: TW003 Celery task `a-b` goes by the name `shop.more.named` where the source is read",
        ),
    ],
    ids=lambda each: each if " " in each and "\n" not in each and "TW" not in each else "",
)
def test_finds_what_reading_missed(says: str, added: str, found: str, tmp_path: Path) -> None:
    tree = {
        **APP,
        "shop/worker.py": "from celery import Celery\napp = Celery('shop', include=['shop.tasks', 'shop.more'])\n",
        "shop/more.py": f"from shop.worker import app\n{added}",
    }
    done = verify(tmp_path, tree)
    assert (done.output.splitlines()[0], done.exit_code) == (found, 1), says


def test_finds_what_the_app_never_imports(tmp_path: Path) -> None:
    tree = {**APP, "shop/dead.py": "from celery import shared_task\n@shared_task\ndef forgotten(): ...\n"}
    done = verify(tmp_path, tree)
    assert done.exit_code == 1
    assert done.output.splitlines()[0] == (
        "shop/dead.py:3:5: TW004 `shop.worker:app` does not register Celery task `shop.dead.forgotten`: "
        "nothing imports its module there, or it belongs to another app"
    )
    assert verify(tmp_path, tree, "--exit-zero").exit_code == 0


def test_reports_in_every_format(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {**APP, "shop/dead.py": "from celery import shared_task\n@shared_task\ndef lost(): ...\n"}
    )
    arguments = ["lint", "-C", str(tmp_path), "--output-format", "json", "--verify-app", "shop.worker"]
    (found,) = json.loads(CliRunner().invoke(trackwright, arguments).stdout)
    assert (found["code"], found["task"]) == ("TW004", "shop.dead.lost")


@pytest.mark.parametrize(
    ("app", "source"),
    [
        ("shop.nowhere:app", None),
        ("shop.worker:queue", None),
        ("shop.worker:app", "raise SystemExit('no broker')\n"),
        ("shop.worker:app", "import sys\nsys.exit(0)\n"),
    ],
    ids=["no such module", "no such name", "an app that fails", "an app that ends the process"],
)
def test_an_app_that_cannot_be_loaded_is_an_error(app: str, source: str | None, tmp_path: Path) -> None:
    tree = APP if source is None else {**APP, "shop/worker.py": source}
    done = verify(tmp_path, tree, app=app)
    assert done.exit_code == 2
    assert f"cannot load the Celery app '{app}'" in done.output
    assert "Traceback" not in done.output.splitlines()[0]
