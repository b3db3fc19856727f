"""A copy of the depot's application, and what a test runs in it."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from depot import DEPOT
from file_tree import write_tree

SETTINGS = '[lint]\nlegacy-models = ["TaskStatus", "StockUpdate"]\n'


@dataclass
class Depot:
    """A copy of the application, and its environment."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def run(self, *command: str, code: int = 0) -> str:
        """Run a Python module in the application; what it says."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def text(self, name: str) -> str:
        """A file's text."""
        return (self.root / name).read_text()

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text in a file."""
        text = self.text(name)
        assert old in text
        (self.root / name).write_text(text.replace(old, new))

    def files(self) -> dict[str, bytes]:
        """All files by their names."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and ".trackwright_cache" not in path.parts
        }


def depot_in(root: Path, **environment: str) -> Depot:
    """Write the application, with both of its status tables named."""
    write_tree(root, DEPOT)
    (root / "trackwright.toml").write_text(SETTINGS)
    return Depot(root, environment)
