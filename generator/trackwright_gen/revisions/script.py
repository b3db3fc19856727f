"""Operations -> the text of a revision file, through the project's own script.py.mako and file_template.

Everything happens in a temporary folder with a stand-in for the parent revision: Alembic imports every
revision it chains to, and a user's revisions may do anything when they are imported.
"""

import argparse
import ast
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from mako.exceptions import MakoException

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions.change import Change
from trackwright_gen.revisions.rendering import code_of

_PARENT = '''"""Stands for the revision that the new one follows."""

revision = {revision!r}
down_revision = None
'''
_SETTINGS = (
    "file_template",
    "timezone",
    "truncate_slug_length",
    "output_encoding",
    "recursive_version_locations",
)
"""What of the user's configuration shapes a revision file. Hooks are left to the user's own runs of Alembic."""


def render_script(
    change: Change, *, home: AlembicHome, revision: str, parent: str | None, message: str
) -> tuple[Path, str]:
    """Render one revision; its path below a version location, and its text.

    Raises:
        ToolError: the project's script.py.mako or its settings for revision files do not work.
    """
    up, down = code_of(change.upgrade), code_of(change.downgrade)
    imports = "\n".join(sorted(up.imports | down.imports))
    variables: dict[str, Any] = {"imports": imports, "upgrades": up.body, "downgrades": down.body}
    template = home.script_location / "script.py.mako"
    with _stand_in(home, template, parent) as directory:
        try:
            directory.generate_revision(revision, message, head=parent or "base", **variables)
        except (CommandError, MakoException, KeyError, ValueError) as error:
            # Alembic wraps what happened inside the template in a line that only names a log file.
            reason = error.__context__ or error
            raise ToolError(f"Alembic cannot write the revision: {reason}", at=Location(template)) from error
        versions = Path(directory.dir) / "versions"
        path, text = _written(versions, template)
    _check_names(text, template)
    return path, text


def _written(versions: Path, template: Path) -> tuple[Path, str]:
    (path,) = (path for path in versions.rglob("*.py") if path != versions / "parent.py")
    try:
        return path.relative_to(versions), path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ToolError("revision files must be UTF-8", at=Location(template)) from error


def _check_names(text: str, template: Path) -> None:
    """Find what the template forgets: the file would fail only when it runs."""
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    bound = {
        alias.asname or alias.name
        for n in nodes
        if isinstance(n, ast.Import | ast.ImportFrom)
        for alias in n.names
    }
    used = {n.value.id for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}
    missing = sorted((used & {"op", "sa", "postgresql", "sqlite"}) - bound)
    functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    if missing:
        raise ToolError(
            f"revisions made from it lack an import of {', '.join(missing)}",
            at=Location(template),
            hint='it needs `from alembic import op`, `import sqlalchemy as sa` and `${imports if imports else ""}`',
        )
    if not functions >= {"upgrade", "downgrade"}:
        raise ToolError(
            "revisions made from it have no upgrade() or no downgrade()",
            at=Location(template),
            hint="`alembic init` writes a template to compare with",
        )


@contextmanager
def _stand_in(home: AlembicHome, template: Path, parent: str | None) -> Iterator[ScriptDirectory]:
    if not template.is_file():
        raise ToolError(
            "the Alembic folder has no script.py.mako",
            at=Location(home.script_location),
            hint="`alembic init` writes one",
        )
    with tempfile.TemporaryDirectory(prefix="trackwright-") as name:
        folder = Path(name).resolve()
        versions = folder / "versions"
        versions.mkdir()
        shutil.copy(template, folder)
        (folder / "env.py").touch()
        if parent is not None:
            (versions / "parent.py").write_text(_PARENT.format(revision=parent), encoding="utf-8")
        yield ScriptDirectory.from_config(_config(home, folder))


def _config(home: AlembicHome, folder: Path) -> Config:
    # Alembic tells its terminal what it writes, unless it is told to be quiet.
    config = Config(cmd_opts=argparse.Namespace(quiet=True))
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    for key, value in _settings(home).items():
        config.set_main_option(key, value.replace("%", "%%"))
    return config


def _settings(home: AlembicHome) -> dict[str, str]:
    in_toml = home.config.suffix == ".toml"
    given: dict[str, Any] = {"toml_file": str(home.config)} if in_toml else {"file_": str(home.config)}
    theirs = Config(**given)
    read: Any = getattr(theirs, "get_alembic_option", theirs.get_main_option)  # new in Alembic 1.16
    found = {key: read(key) for key in _SETTINGS}
    return {key: str(value) for key, value in found.items() if value is not None}
