"""The depot's application, as it was and as it becomes."""

import shutil
from pathlib import Path

import pytest
from depot_copy import Depot, depot_in


@pytest.fixture(scope="session")
def depot_with_domains(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application with a generated domain for each kind of its tasks; not to be written to."""
    root = tmp_path_factory.mktemp("domains") / "depot"
    made = depot_in(root, DATABASE_URL="postgresql+psycopg://nobody@nowhere/depot")
    made.run("trackwright_gen", "init")
    made.run("trackwright_gen", "legacy", "spec")
    made.run("trackwright_gen", "generate")
    return root


@pytest.fixture
def generated(depot_with_domains: Path, tmp_path: Path) -> Depot:
    """A copy of it."""
    return Depot(Path(shutil.copytree(depot_with_domains, tmp_path / "depot")))
