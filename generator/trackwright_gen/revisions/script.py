"""Operations -> the text of a revision file, through the project's own script.py.mako and file_template.

Everything happens in a temporary folder with a stand-in for the parent revision: Alembic imports every
revision it chains to, and a user's revisions may do anything when they are imported.
"""

import shutil
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.autogenerate import render_python_code
from alembic.config import Config
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_mock_engine

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions.operations import Change

# Named parameters: with `%s` ones every percent sign in a predicate would be doubled in the file.
POSTGRESQL: Any = create_mock_engine("postgresql://", lambda *_: None, paramstyle="named").dialect
_PARENT = '''"""Stands for the revision that the new one follows."""

revision = {revision!r}
down_revision = None
'''


def render_script(
    change: Change, *, home: AlembicHome, revision: str, parent: str | None, message: str
) -> tuple[Path, str]:
    """Render one revision; its path below a version location, and its text.

    Raises:
        ToolError: the project's script.py.mako cannot be rendered.
    """
    with _stand_in(home, parent) as directory:
        code: dict[str, Any] = {"upgrades": _code(change.upgrade), "downgrades": _code(change.downgrade)}
        try:
            script = directory.generate_revision(
                revision, message, head=parent or "base", imports=_imports(*code.values()), **code
            )
        except CommandError as error:
            raise ToolError(
                f"Alembic cannot write the revision: {error}",
                at=Location(home.script_location / "script.py.mako"),
            ) from error
        if script is None:
            raise ToolError(
                "the template gave no revision file", at=Location(home.script_location / "script.py.mako")
            )
        path = Path(script.path)
        versions = Path(directory.dir) / "versions"
        return path.relative_to(versions), path.read_text(encoding="utf-8")


def _code(operations: tuple[ops.MigrateOperation, ...]) -> str:
    context = MigrationContext.configure(dialect=POSTGRESQL)
    text = render_python_code(ops.UpgradeOps(ops=list(operations)), migration_context=context)
    lines = [line for line in text.splitlines() if not line.strip().startswith("# ###")]
    return "\n".join(lines).strip()


def _imports(*code: str) -> str:
    used = any("postgresql." in text for text in code)
    return "from sqlalchemy.dialects import postgresql" if used else ""


@contextmanager
def _stand_in(home: AlembicHome, parent: str | None) -> Iterator[ScriptDirectory]:
    with tempfile.TemporaryDirectory(prefix="trackwright-") as name:
        folder = Path(name).resolve()
        versions = folder / "versions"
        versions.mkdir()
        template = home.script_location / "script.py.mako"
        if not template.is_file():
            raise ToolError(
                "the Alembic folder has no script.py.mako",
                at=Location(home.script_location),
                hint="`alembic init` writes one",
            )
        shutil.copy(template, folder)
        (folder / "env.py").touch()
        if parent is not None:
            (versions / "parent.py").write_text(_PARENT.format(revision=parent), encoding="utf-8")
        yield ScriptDirectory.from_config(_config(home, folder))


def _config(home: AlembicHome, folder: Path) -> Config:
    in_toml = home.config.suffix == ".toml"
    given: dict[str, Any] = {"toml_file": str(home.config)} if in_toml else {"file_": str(home.config)}
    theirs = ScriptSettings.read(Config(**given))
    # Quiet: Alembic would report the temporary file on standard output, where our own JSON goes.
    config = Config(cmd_opts=Namespace(quiet=True))
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    for key, value in theirs.items():
        config.set_main_option(key, value.replace("%", "%%"))
    return config


class ScriptSettings:
    """The user's settings that shape a revision file. Hooks are left to the user's own runs of Alembic."""

    KEYS = (
        "file_template",
        "timezone",
        "truncate_slug_length",
        "output_encoding",
        "recursive_version_locations",
    )

    @classmethod
    def read(cls, config: Config) -> dict[str, str]:
        """Read them; those that are not set are left to Alembic's defaults."""
        read: Any = getattr(config, "get_alembic_option", config.get_main_option)  # new in Alembic 1.16
        found = {key: read(key) for key in cls.KEYS}
        return {key: str(value) for key, value in found.items() if value is not None}
