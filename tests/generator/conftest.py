"""Projects to generate into, and the command."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from file_tree import files_of
from target_projects import target_project

from trackwright_gen.cli.group import trackwright


@dataclass(frozen=True)
class Outcome:
    """How a run of the command ended."""

    code: int
    out: str
    err: str


Generate = Callable[..., Outcome]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A layered project with sync sessions and the two example specs."""
    return target_project(tmp_path / "project", layout="layered", is_async=False)


@pytest.fixture
def generate(project: Path) -> Generate:
    """Run `trackwright generate` in the project."""

    def run(*arguments: str) -> Outcome:
        result = CliRunner().invoke(trackwright, ["generate", "-C", str(project), *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def files(project: Path) -> Callable[[], dict[str, bytes]]:
    """The project's files as they are now."""
    return lambda: files_of(project)
