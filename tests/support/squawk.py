"""The linter of migrations, over SQL texts."""

import json
import subprocess
import sysconfig
from pathlib import Path

SQUAWK = Path(sysconfig.get_path("scripts")) / "squawk"


def linted(folder: Path, texts: dict[str, str]) -> set[tuple[str, str]]:
    """Revision and rule of each finding."""
    for name, text in texts.items():
        (folder / name).write_text(text)
    run = subprocess.run(
        [str(SQUAWK), "--reporter=json", *texts], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode in {0, 1}, run.stderr
    return {(one["file"], one["rule_name"]) for one in json.loads(run.stdout)}
