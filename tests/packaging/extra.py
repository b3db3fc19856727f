"""Run inside an environment that has the wheel and one extra: its parts import, its commands start."""

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

PARTS = {
    "": ["trackwright"],
    "generator": ["trackwright_gen.cli.generate", "trackwright_gen.cli.lint"],
    "lint": ["trackwright_gen.cli.lint"],
    "celery": ["trackwright.jobs", "trackwright.maintenance.commands.sweep"],
    "api": ["trackwright.rest"],
    "metrics": ["trackwright.metrics"],
    "postgres": ["psycopg"],
    "sqlite": ["aiosqlite"],
    "all": ["trackwright.jobs", "trackwright.rest", "trackwright.metrics", "trackwright_gen.cli.generate"],
}
COMMANDS = {
    "generator": ["rules", "schema", "lint --help", "init --starter shop"],
    "lint": ["rules", "lint ."],
    "celery": ["sweep --help", "monitoring alerts"],
    "all": ["rules", "schema", "sweep --help", "init --starter shop"],
}


def main(extra: str) -> None:
    """Import and run what the extra promises."""
    for name in PARTS[extra]:
        importlib.import_module(name)
    command = Path(sys.executable).with_name("trackwright")
    with tempfile.TemporaryDirectory() as folder:
        for line in COMMANDS.get(extra, []):
            subprocess.run([command, *line.split()], cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
