"""What nests deeper than LibCST can follow is a finding, and ends no process."""

import subprocess
import sys
from pathlib import Path

import pytest

NEWER = "type X = int\n"  # what Python 3.11 refuses, so that LibCST is asked


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5_000 + ")" * 5_000,
        NEWER + "x = " + "[" * 5_000,
        NEWER + "x = " + "-" * 100_000 + "1\n",
        NEWER + "x = " + "not " * 4_000 + "1\n",
        NEWER + "x = " + "lambda: " * 2_000 + "1\n",
        NEWER + "x = a" + ".b" * 100_000 + "\n",
        NEWER + "x = a" + " + a" * 100_000 + "\n",
        NEWER + "if a: pass\n" + "elif a: pass\n" * 20_000,
        NEWER + "".join(f"{' ' * depth}if a:\n" for depth in range(3_000)),
    ],
    ids=["brackets", "open brackets", "minus", "not", "lambda", "attributes", "sums", "elif", "blocks"],
)
def test_a_deep_text_is_a_finding(tmp_path: Path, text: str) -> None:
    (tmp_path / "tasks.py").write_text("from celery import shared_task\n" + text)
    command = [sys.executable, "-m", "trackwright_gen", "lint", "--no-cache", "-C", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2, (ended.returncode, ended.stdout[-500:], ended.stderr[-500:])
    assert "tasks.py" in ended.stdout
    assert len(ended.stdout) < 10_000
