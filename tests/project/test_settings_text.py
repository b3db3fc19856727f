"""Settings are written into files that people edit; all other lines stay, and doubtful forms are refused."""

from pathlib import Path

import pytest

from trackwright_gen.errors import ToolError
from trackwright_gen.project.settings_text import with_settings

PYPROJECT = Path("pyproject.toml")
OWN = Path("trackwright.toml")
CASES = [
    pytest.param(OWN, "", 'base = "a:B"\n', id="a new file"),
    pytest.param(PYPROJECT, "", '[tool.trackwright]\nbase = "a:B"\n', id="an empty pyproject"),
    pytest.param(
        PYPROJECT,
        '[project]\nname = "x"  # mine\n',
        '[project]\nname = "x"  # mine\n\n[tool.trackwright]\nbase = "a:B"\n',
        id="a table that is not there",
    ),
    pytest.param(
        PYPROJECT,
        '[tool.trackwright]  # ours\nspecs = "specs"\n\n[tool.other]\nbase = 1\n',
        '[tool.trackwright]  # ours\nspecs = "specs"\nbase = "a:B"\n\n[tool.other]\nbase = 1\n',
        id="a table in the middle",
    ),
    pytest.param(
        PYPROJECT,
        "[tool.trackwright]\nbase = 'old:B' # why\n\n[tool.trackwright.lint]\nignore = []\n",
        '[tool.trackwright]\nbase = "a:B" # why\n\n[tool.trackwright.lint]\nignore = []\n',
        id="a key that is there, with its comment",
    ),
    pytest.param(
        PYPROJECT,
        "[tool.trackwright.lint]\nignore = []\n",
        '[tool.trackwright.lint]\nignore = []\n\n[tool.trackwright]\nbase = "a:B"\n',
        id="only a sub-table is there",
    ),
    pytest.param(
        OWN,
        '# ours\nspecs = "s"\r\n'.replace("ours\n", "ours\r\n") + "[lint]\r\nignore = []\r\n",
        '# ours\r\nspecs = "s"\r\nbase = "a:B"\r\n[lint]\r\nignore = []\r\n',
        id="line ends, and keys before the first table",
    ),
    pytest.param(
        PYPROJECT, "[project]", '[project]\n\n[tool.trackwright]\nbase = "a:B"\n', id="no last line end"
    ),
]


@pytest.mark.parametrize(("path", "before", "after"), CASES)
def test_a_key_is_set(path: Path, before: str, after: str) -> None:
    assert with_settings(path, before, {"base": "a:B"}) == after
    assert with_settings(path, after, {"base": "a:B"}) == after


@pytest.mark.parametrize(
    "text",
    [
        '[tool]\ntrackwright = {specs = "s"}\n',
        '[tool]\ntrackwright.specs = "s"\n',
        '"tool".trackwright.base = """x\n"""\n',
    ],
)
def test_forms_that_cannot_be_edited_are_refused(text: str) -> None:
    with pytest.raises(ToolError, match="cannot be edited safely") as caught:
        with_settings(PYPROJECT, text, {"base": "a:B"})
    assert '[tool.trackwright]\nbase = "a:B"' in str(caught.value)
