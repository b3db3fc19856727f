"""The installed wheel: what is in it, that it imports without any extra, and what it says then."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from trackwright_gen.cli.commands import PACKAGES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the tree."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and no extra."""
    folder = tmp_path_factory.mktemp("bare")
    run(sys.executable, "-m", "venv", str(folder))
    run(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", str(wheel))
    return folder / "bin"


def run(*command: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command that ends with the expected status."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == code, result.stdout + result.stderr
    return result


def test_the_wheel_has_every_package_and_template_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {
        "trackwright",
        "trackwright_gen",
        "trackwright_pytest",
        "trackwright_templates",
    }
    for package in ("trackwright", "trackwright_gen", "trackwright_pytest", "trackwright_templates"):
        assert f"{package}/py.typed" in names
    tracked = run("git", "-C", str(ROOT), "ls-files", "templates").stdout.splitlines()
    expected = {name.removeprefix("templates/") for name in tracked}
    assert expected <= set(names)
    assert any(name.endswith(".jinja") for name in expected)


def test_it_imports_without_any_extra(bare: Path) -> None:
    code = "import trackwright, sys; assert not {'celery', 'click', 'libcst', 'jinja2'} & set(sys.modules)"
    run(str(bare / "python"), "-W", "error", "-c", code)


@pytest.mark.parametrize(
    ("code", "extra"),
    [("import trackwright; trackwright.tracked_task", "celery"), ("import trackwright.rest", "api")],
)
def test_a_part_without_its_packages_names_its_extra(bare: Path, code: str, extra: str) -> None:
    result = run(str(bare / "python"), "-c", code, code=1)
    assert f"pip install 'trackwright[{extra}]'" in result.stderr


@pytest.mark.parametrize("command", ["generate", "init", "lint", "sweep"])
def test_a_command_without_its_packages_says_which_extra_to_install(bare: Path, command: str) -> None:
    result = run(str(bare / "trackwright"), command, code=2)
    assert "pip install 'trackwright[" in result.stderr
    assert "Traceback" not in result.stderr


def test_with_click_there_each_command_names_its_own_extra(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(str(bare / "python"), "-m", "pip", "install", "--quiet", "click")
    extras = {"generate": "generator", "init": "generator", "sweep": "celery"}
    for command, extra in extras.items():
        result = run(str(bare / "trackwright"), command, code=2)
        assert f"pip install 'trackwright[{extra}]'" in result.stderr
        assert "Traceback" not in result.stderr
    assert "Commands:" in run(str(bare / "trackwright"), "--help").stdout


def test_the_table_of_extras_says_what_the_extras_bring() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    imported = {"pyyaml": "yaml"}
    for extra in ("lint", "generator", "celery"):
        names = {re.split(r"[\[><=]", requirement)[0] for requirement in extras[extra]} - {"click"}
        assert set(PACKAGES[extra]) == {imported.get(name, name) for name in names}
