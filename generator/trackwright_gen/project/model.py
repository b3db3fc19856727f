"""The target project as the planner needs it: frozen, found once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trackwright_gen.layout_names import LayoutName


@dataclass(frozen=True, slots=True)
class ObjectName:
    """An importable object, written `package.module:name` in settings."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"

    @property
    def package(self) -> str | None:
        """The top package that the object's module lies in; None for a module in no package."""
        top, dot, _ = self.module.partition(".")
        return top if dot else None

    def is_in(self, package: str | None) -> bool:
        """Whether the object lies in a top package."""
        return package is not None and self.package == package


@dataclass(frozen=True, slots=True)
class Session:
    """The project's session factory (sessionmaker, async_sessionmaker) and whether it makes AsyncSessions."""

    factory: ObjectName
    is_async: bool

    def __str__(self) -> str:
        return f"{self.factory} ({'async' if self.is_async else 'sync'})"


@dataclass(frozen=True, slots=True)
class AlembicHome:
    """Where the project's migrations live. Paths are absolute; heads were read without running revisions."""

    config: Path
    script_location: Path
    version_locations: tuple[Path, ...]
    heads: tuple[str, ...]
    recursive: bool = False
    """Whether revisions may lie in folders below the version locations."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of the generated modules, relative to the project's root; `{domain}` may occur in them."""

    models: str
    schemas: str
    crud: str
    services: str
    tasks: str
    tests: str
    docs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project that trackwright generates into."""

    root: Path
    layout: LayoutName
    package: str
    """The top package's import name, `app`."""
    source_root: Path
    """The folder that is on sys.path for the project's imports: root, or root/src."""
    base: ObjectName
    """The declarative base."""
    tracking_base: ObjectName
    """The project's own BaseTaskTracking, which `init` (or the first `generate`) writes."""
    session: Session
    celery: ObjectName
    alembic: AlembicHome
    paths: Paths
    specs: Path
    dialect: str | None = None
    """`postgresql` or `sqlite`, where the project's URL shows it."""
    schema: str | None = None
    """The schema that the base's metadata puts tables into, where it says one."""
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Tables of the project's models -> column -> the SQLAlchemy type's source, for `references`."""
