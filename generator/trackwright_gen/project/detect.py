"""What the target project is, found by reading its source; never by importing it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from trackwright_gen.config import Settings
from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.project.alembic_config import AlembicConfig
from trackwright_gen.project.alembic_home import alembic_config, alembic_home, script_folder
from trackwright_gen.project.base_class import find_base, makes_dataclasses
from trackwright_gen.project.candidates import Found
from trackwright_gen.project.celery_app import find_celery
from trackwright_gen.project.dialect import find_dialect
from trackwright_gen.project.env_script import metadata_owners, read_env, source_root_of
from trackwright_gen.project.layout import find_layout, find_package, paths_of, tracking_base_name
from trackwright_gen.project.model import AlembicHome, ObjectName, Project, Session
from trackwright_gen.project.named import named_object
from trackwright_gen.project.schema import find_schema
from trackwright_gen.project.session_factory import find_session, session_named
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.tables import find_tables

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Survey:
    """Each part of a project, found or not; what `init` asks about and `detect_project` insists on."""

    tree: SourceTree
    base: Found[ObjectName]
    session: Found[Session]
    celery: Found[ObjectName]
    config: Found[AlembicConfig]
    env: SourceFile | None
    alembic: Found[AlembicHome]

    @property
    def errors(self) -> tuple[ToolError, ...]:
        """Why parts are missing."""
        parts = (self.base, self.session, self.celery, self.config, self.alembic)
        found = [error for part in parts for error in part.errors]
        return (*found, *self.tree.unreadable.values()) if found else ()


def detect_project(root: Path, settings: Settings, *, tables: bool = True) -> Project:
    """Read a project's source and say what it is; settings go before what is found.

    Without `tables` neither they nor the dialect are looked for, which takes most of the time in large projects.

    Raises:
        ToolErrors: everything that could not be found, each with the setting and the flag that name it.
    """
    survey = survey_project(root, settings)
    base, session, celery = survey.base.value, survey.session.value, survey.celery.value
    if base is None or session is None or celery is None or survey.alembic.value is None:
        raise ToolErrors(survey.errors)
    tree = survey.tree
    package = find_package(base, celery, settings.package)
    layout = settings.layout or find_layout(tree.source_root.joinpath(*package.split(".")))
    paths = paths_of(tree, package, layout, settings.paths)
    return Project(
        root=tree.root,
        layout=layout,
        package=package,
        source_root=tree.source_root,
        base=base,
        tracking_base=tracking_base_name(tree, paths, layout),
        session=session,
        celery=celery,
        alembic=survey.alembic.value,
        paths=paths,
        specs=tree.root / settings.specs,
        dialect=find_dialect(tree, survey.config.value, survey.env) if tables else None,
        schema=find_schema(tree, base),
        tables=find_tables(tree) if tables else {},
    )


def survey_project(root: Path, settings: Settings) -> Survey:
    """Look for every part of a project, and keep what could not be found as errors."""
    root = root.resolve()
    if not root.is_dir():
        raise ToolError(f"{root} is no folder")
    config = _attempt(lambda: alembic_config(root, settings.alembic))
    env = _env_of(root, config.value) if config.value else None
    tree = SourceTree(root, source_root_of(root, config.value, env))
    owners = metadata_owners(tree, env) if env else frozenset[ObjectName]()
    base = _base(tree, settings, owners)
    package = base.value.package if base.value else None
    return Survey(
        tree,
        base=base,
        session=_attempt(lambda: session_named(tree, named_object(tree, "session", settings.session or "")))
        if settings.session
        else find_session(tree, package),
        celery=_named(tree, "celery", settings.celery) if settings.celery else find_celery(tree, package),
        config=config,
        env=env,
        alembic=_home(root, config.value) if config.value else Found(None),
    )


def _base(tree: SourceTree, settings: Settings, owners: frozenset[ObjectName]) -> Found[ObjectName]:
    found = _named(tree, "base", settings.base) if settings.base else find_base(tree, owners)
    if found.value is None:
        return found
    error = makes_dataclasses(tree, found.value)
    errors = (error,) if error else _attempt(partial(find_schema, tree, found.value)).errors
    return Found(None, found.candidates, errors) if errors else found


def _home(root: Path, config: AlembicConfig) -> Found[AlembicHome]:
    def read() -> AlembicHome:
        home = alembic_home(root, config)
        read_env(home.script_location)
        return home

    return _attempt(read)


def _env_of(root: Path, config: AlembicConfig) -> SourceFile | None:
    """env.py, where it can be read; `_home` reports it where it cannot."""
    return _attempt(lambda: read_env(script_folder(root, config))).value


def _named(tree: SourceTree, setting: str, written: str) -> Found[ObjectName]:
    return _attempt(lambda: named_object(tree, setting, written))


def _attempt(find: Callable[[], T]) -> Found[T]:
    try:
        return Found(find())
    except ToolError as error:
        return Found(None, (), (error,))
    except ToolErrors as errors:
        return Found(None, (), errors.errors)
