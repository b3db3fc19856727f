"""Many files formatted at once come out as each by itself, whatever settings lie around them."""

from pathlib import Path

import pytest
from file_tree import write_tree

from trackwright_gen.errors import ToolError
from trackwright_gen.render import formatted

LONG = "{" + ", ".join(f"'key number {number}': {number}" for number in range(9)) + "}"
NAMES = ("zlib", "shared", "app", "os", "requests", "sys")
TEXT = "".join(f"import {name}\n" for name in NAMES) + f"X = {LONG}\nprint(app,os,shared,zlib, requests)\n"
PATHS = ("app/models/x.py", "app/new/folder/x.py", "app/x.py", "tests/test_x.py")

PROJECTS = {
    "no settings": {},
    "settings beside": {"pyproject.toml": "[tool.ruff]\nline-length = 60\n"},
    "settings of one folder": {
        "ruff.toml": "line-length = 60\n",
        "app/models/ruff.toml": "line-length = 200\n",
    },
    "settings by a file's place": {
        "pyproject.toml": """
            [tool.ruff.lint.per-file-ignores]
            "app/models/*.py" = ["I", "F401"]
            "tests/**" = ["F401"]
        """
    },
    "packages in src": {
        "pyproject.toml": '[tool.ruff]\nsrc = ["lib"]\n',
        "lib/shared/__init__.py": "",
        "requests.py": "",
    },
    "packages beside": {"shared.py": ""},
    "settings extended": {"base.toml": "line-length = 40\n", "ruff.toml": 'extend = "base.toml"\n'},
    "settings extended from far": {
        "../base.toml": "line-length = 40\n",
        "ruff.toml": 'extend = "../base.toml"\n',
    },
    "settings above": {
        "../pyproject.toml": "[tool.ruff]\nline-length = 40\n",
        "pyproject.toml": "[project]\n",
    },
    "quotes and newlines": {
        "ruff.toml": '[format]\nquote-style = "single"\nline-ending = "cr-lf"\n',
    },
    "an old Python": {"pyproject.toml": '[project]\nname = "p"\nversion = "0"\nrequires-python = ">=3.8"\n'},
    "excluded": {"ruff.toml": 'force-exclude = true\nextend-exclude = ["app/models"]\n'},
}


@pytest.mark.parametrize("files", PROJECTS.values(), ids=PROJECTS.keys())
def test_together_as_apart(tmp_path: Path, files: dict[str, str]) -> None:
    root = tmp_path / "project"
    write_tree(root, {"app/models/__init__.py": "", "app/models/y.py": "import   y\n", **files})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    texts: dict[str, str] = dict.fromkeys(PATHS, TEXT)
    apart = {path: formatted({path: text}, root, ["app"])[path] for path, text in texts.items()}
    assert formatted(texts, root, ["app"]) == apart
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_file_that_is_refused_is_named(tmp_path: Path) -> None:
    texts = {"a.py": "x=1\n", "b.py": "x =\n", "c.md": "x =\n"}
    with pytest.raises(ToolError, match="ruff format could not do its work") as caught:
        formatted(texts, tmp_path, [])
    assert caught.value.at is not None
    assert caught.value.at.path == tmp_path / "b.py"


def test_only_python_is_formatted(tmp_path: Path) -> None:
    texts = {"a.py": "x=1\n", "b.py": "y=1\n", "c.md": "x =\n", "empty.py": ""}
    assert formatted(texts, tmp_path, []) == {
        "a.py": "x = 1\n",
        "b.py": "y = 1\n",
        "c.md": "x =\n",
        "empty.py": "",
    }
