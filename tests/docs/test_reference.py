"""The reference is what the code says of itself today, and a page that is not is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = Path("docs", "generate", "reference.py")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the script's check in a tree."""
    command = [sys.executable, str(root / SCRIPT), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_no_page_is_stale() -> None:
    done = check(ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_pages_that_differ_are_missing_or_left_over_are_named_and_written(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    reference = tmp_path / "docs" / "reference"
    (reference / "rules" / "untracked-task.md").unlink()
    left_over = reference / "rules" / "gone.md"
    shutil.copyfile(reference / "settings.md", left_over)
    with (reference / "commands.md").open("a") as page:
        page.write("by hand\n")
    done = check(tmp_path)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines()] == [
        "docs/reference/commands.md",
        "docs/reference/rules/gone.md",
        "docs/reference/rules/untracked-task.md",
    ]
    subprocess.run([sys.executable, str(tmp_path / SCRIPT)], check=True, capture_output=True)
    assert check(tmp_path).returncode == 0
    assert (reference / "runtime.md").read_bytes() == (ROOT / "docs/reference/runtime.md").read_bytes()
    assert not left_over.exists()
