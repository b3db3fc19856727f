"""What was generated, used: migrated, checked and tested by the tools that its users run."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from odd_specs import BARE, QUEUE, TEST_RUN, TRACKING
from python_tools import run_tool
from sqlalchemy import create_engine, inspect
from target_projects import target_project

from trackwright_gen.cli.group import trackwright

Run = Callable[..., str]
KINDS = [
    pytest.param(("layered", False), id="layered and sync"),
    pytest.param(("package", True), id="package and async"),
]
ODD_SPECS = {"queue": QUEUE, "bare": BARE, "test_run": TEST_RUN, "tracking": TRACKING}
DOMAINS = ("contribution_realization", "etf_price_update", *ODD_SPECS)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> tuple[str, bool]:
    """Layout, and whether sessions are async."""
    chosen: tuple[str, bool] = request.param
    return chosen


@pytest.fixture
def project(tmp_path: Path, kind: tuple[str, bool]) -> Path:
    """A project with the example domains and the odd ones generated."""
    layout, is_async = kind
    root = target_project(tmp_path / "project", layout=layout, is_async=is_async)
    for domain, spec in ODD_SPECS.items():
        (root / "tracking" / f"{domain}.yaml").write_text(spec)
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(root)])
    assert result.exit_code == 0, result.output
    return root


@pytest.fixture
def run(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a Python tool in the project, as its users do; gives what it prints, and fails if it fails."""

    def start(*command: str, **variables: str) -> str:
        # One cache for all projects: SQLAlchemy and pydantic need not be read again for each.
        cache = str(tmp_path_factory.getbasetemp() / "mypy")
        return run_tool(project, *command, code=0, **{"MYPY_CACHE_DIR": cache, **variables})

    return start


@pytest.fixture
def url(database_url: str, kind: tuple[str, bool]) -> str:
    """The database as the project's engine wants it: with an async driver where sessions are async."""
    _, is_async = kind
    return database_url.replace("sqlite://", "sqlite+aiosqlite://") if is_async else database_url


@pytest.fixture
def tables(database_url: str) -> Iterator[Callable[[], set[str]]]:
    """The tables that the database has."""
    engine = create_engine(database_url)
    yield lambda: set(inspect(engine).get_table_names())
    engine.dispose()


def test_migrations_go_up_match_the_models_and_go_down(
    run: Run, url: str, tables: Callable[[], set[str]]
) -> None:
    expected = {f"{domain}_task_tracking" for domain in DOMAINS}
    run("alembic", "upgrade", "head", DATABASE_URL=url)
    assert expected <= tables()
    assert "No new upgrade operations detected" in run("alembic", "check", DATABASE_URL=url)
    run("alembic", "downgrade", "0001", DATABASE_URL=url)
    assert not expected & tables()
    run("alembic", "upgrade", "head", DATABASE_URL=url)


def test_its_tests_pass_as_generated_and_leave_the_database_alone(
    run: Run, url: str, tables: Callable[[], set[str]]
) -> None:
    before = tables()
    output = run("pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "tests", DATABASE_URL=url)
    assert " passed" in output
    assert tables() == before


def test_type_checkers_and_linters_are_content(run: Run) -> None:
    run("mypy", "--strict", "app", "tests")
    run("pyright", "--pythonpath", sys.executable, "app", "tests")
    run("ruff", "check", "--select", "ALL", "--ignore", ",".join(IGNORED_RULES), "app", "tests")
    run("ruff", "format", "--check", "app", "tests")
    run("trackwright_gen", "lint", ".")


IGNORED_RULES = (
    "COM812",  # the formatter's
    "D203",  # against D211
    "D213",  # against D212
    "CPY001",  # the project's own choice
    "D103",  # tests speak by their names
    "S101",  # tests assert
    "INP001",  # tests are no package
    "ANN401",  # values of all columns at once are of any type
    "D401",  # a description speaks in the words of its spec
    "E501",  # long names of domains
    "PLR0913",  # a service takes as many values as the domain has fields
)
