"""What a release is made of: one version, distributions as the index wants them, a changelog, hooks that exist."""

import re
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_version_stands_in_one_place() -> None:
    assert version("trackwright") == PROJECT["version"]
    shipped = (path for name in ("runtime", "generator", "templates") for path in (ROOT / name).rglob("*"))
    texts = {path: path.read_text() for path in shipped if path.suffix in {".py", ".jinja", ".toml"}}
    assert [path for path, text in texts.items() if re.search(r"__version__ *= *[\"']", text)] == []
    command = [sys.executable, "-m", "trackwright_gen", "--version"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.strip().endswith(PROJECT["version"])


def test_the_distributions_are_as_the_index_wants_them(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    made = sorted(tmp_path.iterdir())
    assert [path.name.rpartition(".")[2] for path in made] == ["whl", "gz"]
    check = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *map(str, made)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr
    with tarfile.open(made[1]) as sources:
        names = {name.partition("/")[2] for name in sources.getnames()}
    assert {"tests/conftest.py", "docs/tutorial.md", "SECURITY.md", "LICENSE"} <= names


def test_the_changelog_can_be_built() -> None:
    command = [
        sys.executable,
        "-m",
        "towncrier",
        "build",
        "--draft",
        "--version",
        "9.9.9",
        "--dir",
        str(ROOT),
    ]
    drafted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert drafted.returncode == 0, drafted.stderr
    fragments = list((ROOT / "changelog.d").glob("*.md"))
    assert drafted.stdout.count("\n- ") >= len(fragments)


@pytest.mark.parametrize("fragment", sorted((ROOT / "changelog.d").iterdir()), ids=lambda path: path.name)
def test_every_fragment_is_of_a_kind_that_is_printed(fragment: Path) -> None:
    assert re.fullmatch(r"(\d+|\+[a-z0-9-]+)\.(added|changed|fixed)\.md", fragment.name)
    assert fragment.read_text().strip()


def test_the_hooks_run_what_is_installed() -> None:
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    tools = {hook["entry"].split()[0].rpartition("/")[2] for hook in configured}
    assert [tool for tool in tools if not (Path(sys.executable).parent / tool).is_file()] == []
