"""Operations -> the text of a revision file, through the project's own script.py.mako and file_template.

Everything happens in a temporary folder with a stand-in for the parent revision: Alembic imports every
revision it chains to, and a user's revisions may do anything when they are imported.
"""

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

_STUB = "revision = {revision!r}\ndown_revision = {down_revision!r}\n"
_SETTINGS = ("file_template", "timezone", "truncate_slug_length", "output_encoding")
"""What of the user's configuration shapes a revision file. Hooks are left to the user's own runs of Alembic."""


def render_script(
    change: Change, *, home: AlembicHome, revision: str, parent: str | None
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
            directory.generate_revision(revision, change.message, head=parent or "base", **variables)
        except (CommandError, MakoException, KeyError, ValueError) as error:
            # Alembic wraps what happened inside the template in a line that only names a log file.
            reason = str(error.__context__ or error).replace(str(Path(directory.dir)), str(template.parent))
            raise ToolError(f"Alembic cannot write the revision: {reason}", at=Location(template)) from error
        path, text = directory.written
    _check(text, revision, template)
    return path, text


class _Directory(ScriptDirectory):
    """Keeps what it wrote, and leaves a file for Alembic to import in which nothing of the user's template is."""

    written: tuple[Path, str]

    def _generate_template(self, src: Path, dest: Path, **kw: Any) -> None:
        Path(dest).parent.mkdir(parents=True, exist_ok=True)  # older Alembics leave folders to the user
        super()._generate_template(src, dest, **kw)
        path = Path(dest)
        self.written = (path.relative_to(Path(self.dir) / "versions"), path.read_text(encoding="utf-8"))
        stub = _STUB.format(revision=kw["up_revision"], down_revision=kw["down_revision"])
        path.write_text(stub, encoding="utf-8")


def _check(text: str, revision: str, template: Path) -> None:
    """Find what the template forgets: the file would fail only when it runs."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise ToolError(
            f"revisions made from it are no valid Python: {error.msg} in line {error.lineno} of the revision",
            at=Location(template),
            hint="`alembic init` writes a template to compare with",
        ) from None
    lacking = [*_unbound(tree), *_undefined(tree, revision)]
    if lacking:
        raise ToolError(
            f"revisions made from it lack {', '.join(lacking)}",
            at=Location(template),
            hint="`alembic init` writes a template to compare with",
        )


def _unbound(tree: ast.Module) -> Iterator[str]:
    nodes = list(ast.walk(tree))
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    bound = {alias.asname or alias.name for node in imports for alias in node.names}
    used = {n.value.id for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}
    yield from (f"an import of {name}" for name in ("op", "sa", "postgresql") if name in used - bound)


def _undefined(tree: ast.Module, revision: str) -> Iterator[str]:
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    yield from (f"{name}()" for name in ("upgrade", "downgrade") if name not in functions)
    values = {
        ast.unparse(target): node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    match values.get("revision"):
        case ast.Constant(value=str(value)) if value == revision:
            pass
        case _:
            yield "revision = ${repr(up_revision)}"
    if "down_revision" not in values:
        yield "down_revision = ${repr(down_revision)}"


@contextmanager
def _stand_in(home: AlembicHome, template: Path, parent: str | None) -> Iterator[_Directory]:
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
            (versions / "parent.py").write_text(
                _STUB.format(revision=parent, down_revision=None), encoding="utf-8"
            )
        # Alembic tells its terminal what it writes, unless it is told to be quiet.
        quiet: Any = {"quiet": True}
        yield _Directory(
            str(folder), **_settings(home), recursive_version_locations=home.recursive, messaging_opts=quiet
        )


def _settings(home: AlembicHome) -> dict[str, Any]:
    in_toml = home.config.suffix == ".toml"
    if in_toml and not hasattr(Config, "get_alembic_option"):
        raise ToolError(
            "this Alembic cannot read pyproject.toml",
            at=Location(home.config),
            hint="1.16 is the first that can",
        )
    given: dict[str, Any] = {"toml_file": str(home.config)} if in_toml else {"file_": str(home.config)}
    config = Config(**given)
    read: Any = getattr(config, "get_alembic_option", config.get_main_option)
    found = {key: read(key) for key in _SETTINGS}
    settings: dict[str, Any] = {key: str(value) for key, value in found.items() if value is not None}
    if "truncate_slug_length" in settings:
        settings["truncate_slug_length"] = int(settings["truncate_slug_length"])
    return settings
