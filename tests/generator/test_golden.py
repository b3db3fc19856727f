"""The generated files of the example specs, as they were read and accepted. `make golden` writes them anew."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from target_projects import target_project

from trackwright_gen.cli.group import trackwright

GOLDEN = Path(__file__).parents[1] / "golden"
KINDS = [pytest.param("layered", False, id="layered"), pytest.param("package", True, id="package")]


def texts_of(root: Path) -> dict[str, str]:
    """Every file below a folder; the records' copies of generated files are left out."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and "base" not in path.parts
    }


@pytest.mark.parametrize(("layout", "is_async"), KINDS)
def test_golden_tree(tmp_path: Path, layout: str, *, is_async: bool) -> None:
    project = target_project(tmp_path / "project", layout=layout, is_async=is_async)
    before = texts_of(project)
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(project)])
    assert result.exit_code == 0, result.output
    made = {path: text for path, text in texts_of(project).items() if before.get(path) != text}
    golden = GOLDEN / layout
    if os.environ.get("TRACKWRIGHT_UPDATE_GOLDEN"):
        shutil.rmtree(golden, ignore_errors=True)
        for path, text in made.items():
            (golden / path).parent.mkdir(parents=True, exist_ok=True)
            (golden / path).write_text(text, encoding="utf-8")
    assert made == texts_of(golden)
