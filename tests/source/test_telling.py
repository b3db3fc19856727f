"""What goes by no telling name is not followed, and nothing is lost by that: wrappers, aliases and bases far apart."""

from pathlib import Path

import pytest
from source_trees import Tree, read_tree

CASES: dict[str, tuple[Tree, list[str]]] = {
    "a wrapper that calls a wrapper of another file": (
        {
            "shop/app.py": "from celery import Celery\ncapp = Celery('shop')\n",
            "shop/inner.py": """
                from shop.app import capp
                def deferred(fn):
                    return capp.task(fn)
                """,
            "shop/outer.py": """
                from shop.app import capp
                from shop.inner import deferred
                @capp.task
                def of_its_own(): ...
                def background(fn):
                    return deferred(fn)
                """,
            "shop/work.py": """
                from shop.outer import background
                @background
                def pack(): ...
                """,
        },
        ["shop.outer.of_its_own", "shop.work.pack"],
    ),
    "an alias on an instance, given to a base in another file": (
        {
            "shop/hub.py": """
                from celery import shared_task
                class Hub:
                    def __init__(self):
                        self.background = shared_task
                hub = Hub()
                """,
            "shop/work.py": """
                from shop.hub import hub
                @hub.background
                def pack(): ...
                """,
        },
        ["shop.work.pack"],
    ),
    "a base of a base that is a task under another name": (
        {
            "shop/bases.py": "import celery\nclass Work(celery.Task):\n    abstract = True\n",
            "shop/more.py": "from shop.bases import Work\nclass Slow(Work):\n    abstract = True\n",
            "shop/work.py": "from shop.more import Slow\nclass Pack(Slow):\n    def run(self): ...\n",
        },
        ["shop.work.Pack"],
    ),
    "a partial under a name of its own": (
        {
            "shop/hub.py": """
                from functools import partial
                from celery import shared_task
                job = partial(shared_task, bind=True)
                """,
            "shop/work.py": "from shop.hub import job as background\n@background\ndef pack(self): ...\n",
        },
        ["shop.work.pack"],
    ),
    "a name that leads back to itself": (
        {"shop/work.py": "from shop.x import f\nf = f(f)\n@f\ndef pack(): ...\n# task shared_task\n"},
        [],
    ),
}


@pytest.mark.parametrize(("tree", "found"), CASES.values(), ids=CASES)
def test_what_is_found(tree: Tree, found: list[str], tmp_path: Path) -> None:
    project = read_tree(tmp_path, {"pyproject.toml": "", "shop/__init__.py": "", **tree})
    assert [job.qualified_name for job in project.jobs] == found


def test_what_tells_nothing_is_not_read(tmp_path: Path) -> None:
    tree = {
        "pyproject.toml": "",
        "shop/__init__.py": "",
        "shop/clock.py": "def timed(fn):\n    return fn\n",
        "shop/work.py": """
            from celery import shared_task
            from shop.clock import timed
            @shared_task
            def pack(): ...
            @timed
            def unpack(fn):
                return timed(fn)
            """,
    }
    project = read_tree(tmp_path, tree)
    assert [job.name for job in project.jobs] == ["shop.work.pack"]
    assert tmp_path / "shop" / "clock.py" not in project.footprint_of().parsed
