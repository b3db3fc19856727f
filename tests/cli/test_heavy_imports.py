"""Heavy packages are imported only by the commands that use them, and only when they do."""

from pathlib import Path

import pytest
from imported_packages import imported_by
from target_projects import target_project


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        pytest.param(("--help",), set[str](), id="help"),
        pytest.param(("--version",), set[str](), id="version"),
        pytest.param(("rules",), set[str](), id="rules"),
        pytest.param(("lint", "app"), {"pydantic"}, id="lint"),
        pytest.param(("schema",), {"pydantic", "yaml"}, id="schema"),
        pytest.param(("new", "refunds"), {"pydantic", "yaml"}, id="new"),
        pytest.param(("init",), {"pydantic"}, id="init"),
        pytest.param(("generate",), {"pydantic", "yaml", "jinja2", "sqlalchemy", "alembic"}, id="generate"),
    ],
)
def test_a_command_imports_what_it_uses(
    tmp_path: Path, arguments: tuple[str, ...], allowed: set[str]
) -> None:
    root = target_project(tmp_path / "project", layout="layered", is_async=False)
    assert imported_by(*arguments, folder=root) <= allowed


def test_a_run_without_a_migration_imports_neither_alembic_nor_sqlalchemy(tmp_path: Path) -> None:
    root = target_project(tmp_path / "project", layout="layered", is_async=False)
    assert "alembic" in imported_by("generate", folder=root)
    assert imported_by("generate", folder=root) <= {"pydantic", "yaml", "jinja2"}
    (root / "app" / "models" / "etf_price_update.py").write_text("# emptied\n")
    assert imported_by("generate", "--diff", folder=root) <= {"pydantic", "yaml", "jinja2"}
