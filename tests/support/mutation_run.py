"""Try mutants of one module in forks of a process that has imported everything but the module: 1 s each, not 4.

python mutation_run.py MODULE_FILE TEST_FILE [TEXT_FILE...]    in the project; prints the texts that survive
"""

import contextlib
import importlib
import io
import os
import sys
from pathlib import Path

HEAVY = (
    "pytest",
    "sqlalchemy.ext.asyncio",
    "aiosqlite",
    "alembic",
    "trackwright.testing",
    "trackwright.jobs",
    "pydantic",
)


def survives(module: Path, tests: Path, text: str) -> bool:
    """Whether all tests pass with another text of the module."""
    child = os.fork()
    if child == 0:
        module.write_text(text)
        sys.dont_write_bytecode = True
        import pytest

        options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--import-mode=importlib"]
        with contextlib.redirect_stdout(io.StringIO()):
            failed = pytest.main([*options, str(tests)])
        os._exit(int(failed != 0))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def main() -> None:
    """Try each text."""
    module, tests, *texts = map(Path, sys.argv[1:])
    sys.path.insert(0, str(Path.cwd()))
    for name in HEAVY:
        importlib.import_module(name)
    original = module.read_text()
    try:
        if not survives(module, tests, original):
            sys.exit("the tests fail as generated")
        for text in texts:
            if survives(module, tests, text.read_text()):
                sys.stdout.write(f"{text.name}\n")
    finally:
        module.write_text(original)


if __name__ == "__main__":
    main()
