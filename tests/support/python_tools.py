"""Python tools, run in a project as its users do."""

import os
import subprocess
import sys
from pathlib import Path


def run_tool(root: Path, *command: str, code: int = 0, **variables: str) -> str:
    """Run `python -m` with a command in a project; what it prints, if it ends with this exit code."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == code, f"{root}: {' '.join(command)}\n{output}"
    return output
