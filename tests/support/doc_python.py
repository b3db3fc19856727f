"""Runs a page's Python blocks in one process, one after the other: code in and output out, as lines of JSON.

Like the prompt of IPython it lets `await` stand outside of functions.
"""

import ast
import asyncio
import contextlib
import inspect
import io
import json
import sys
import traceback
import types
from typing import Any


def main() -> None:
    """Answer each block with what it printed and, where it failed, why."""
    sys.path.insert(0, "")
    channel = sys.stdout
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            request = json.loads(line)
            printed, error = io.StringIO(), None
            with contextlib.redirect_stdout(printed):
                try:
                    _run(runner, module.__dict__, request["code"], request["name"])
                except BaseException:  # noqa: BLE001 -- whatever it is, the page's test shows it
                    error = traceback.format_exc()
            channel.write(json.dumps({"output": printed.getvalue(), "error": error}) + "\n")
            channel.flush()


def _run(runner: asyncio.Runner, names: dict[str, Any], code: str, name: str) -> None:
    made = eval(compile(code, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)  # noqa: S307 -- the page's own
    if inspect.iscoroutine(made):
        runner.run(made)


if __name__ == "__main__":
    main()
