"""Run as a program in the user's environment: load a Celery app, and write down what tasks it has.

A process of its own, so that the linter itself never runs the user's code, whatever that prints or ends.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import Any


def main(target: str, output: Path) -> None:
    """Write the name, file and row of every task of an app as JSON."""
    from celery.app.utils import find_app

    app: Any = find_app(target)
    app.loader.import_default_modules()
    app.finalize()
    tasks = [_row(name, task) for name, task in sorted(app.tasks.items()) if not name.startswith("celery.")]
    output.write_text(json.dumps(tasks), encoding="utf-8")


def _row(name: str, task: Any) -> dict[str, object]:
    file, row = _place(task)
    return {"name": name, "file": file, "row": row}


def _place(task: Any) -> tuple[str | None, int]:
    """Where a task's function stands; the class of one that is a class."""
    function = inspect.unwrap(task.run)
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    own = type(task)
    if "__wrapped__" not in vars(own) and own.__module__ != "celery.app.task":
        try:
            return inspect.getsourcefile(own), inspect.getsourcelines(own)[1]
        except (OSError, TypeError):
            pass
    return (code.co_filename, code.co_firstlineno) if code is not None else (None, 1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
