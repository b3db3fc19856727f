"""Which heavy packages a run of the command imports."""

import subprocess
import sys
from pathlib import Path

HEAVY = (
    "copier",
    "alembic",
    "libcst",
    "sqlalchemy",
    "celery",
    "jinja2",
    "pydantic",
    "yaml",
    "rich",
    "fastapi",
)
SHOW = f"""
import atexit, sys
atexit.register(lambda: print("imported:", *(name for name in {HEAVY!r} if name in sys.modules)))
from trackwright_gen.cli import main
main()
"""


def imported_by(*arguments: str, folder: Path) -> set[str]:
    """Which heavy packages a run of the command leaves behind."""
    command = [sys.executable, "-c", SHOW, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])
