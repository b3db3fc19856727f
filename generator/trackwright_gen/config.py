"""Settings of a project: [tool.trackwright] in pyproject.toml, or trackwright.toml; strict and frozen."""

import datetime as dt
import difflib
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_snake

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.layout_names import LayoutName
from trackwright_gen.location import Location


def _kebab(name: str) -> str:
    return to_snake(name).replace("_", "-")


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        alias_generator=_kebab,
        validate_by_name=False,
        validate_by_alias=True,
    )


class ExemptionSettings(_Table):
    """[[tool.trackwright.lint.exemptions]]: what a comment says, for all findings under a path or of a task."""

    path: str | None = None
    """Files and folders, relative to the settings: `shop/legacy`, `shop/*/jobs.py`. Either this or `name`."""
    name: str | None = None
    """Qualified names of tasks: `shop.tasks.clean_*`."""
    kind: Literal["exempt", "temporary", "external"] = "exempt"
    """Which of the special cases it is."""
    codes: tuple[Annotated[str, Field(pattern=r"^TW\d{3}$")], ...] = Field(min_length=1)
    """The rules that are excused."""
    reason: str | None = None
    """Why."""
    approved_by: str | None = None
    """Who agreed."""
    ticket: str | None = None
    """Where the proper implementation is planned, for a temporary one."""
    until: dt.date | None = None
    """The last day on which it holds."""
    adapts: str | None = None
    """What an external one stands for."""

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.path is None) == (self.name is None):
            # pydantic's way to refuse a value; it becomes an error of ours, with its place.
            raise ValueError("an exemption needs either `path` or `name`")
        return self


class LintSettings(_Table):
    """[tool.trackwright.lint]: which rules, which files, which names."""

    select: tuple[str, ...] | None = None
    """The rules to use instead of those that are on by default: codes, prefixes of codes (`TW1`), names, `ALL`."""
    extend_select: tuple[str, ...] = ()
    """Rules to use besides."""
    ignore: tuple[str, ...] = ()
    """Rules to leave out. A longer selector wins over a shorter one."""
    exclude: tuple[str, ...] | None = None
    """Files and folders to leave out, instead of the usual ones (virtual environments, caches, `./build`)."""
    extend_exclude: tuple[str, ...] = ()
    """Files and folders to leave out besides: a name anywhere, or with a slash a path from the project's root."""
    legacy_models: tuple[str, ...] = ("TaskStatus",)
    """The generic status models that nobody should use any more: names of classes, or `package.module:name`."""
    tracking_markers: tuple[str, ...] = ()
    """Decorators and base classes that track a task in ways the linter cannot see, by their dotted names."""
    exemptions: tuple[ExemptionSettings, ...] = ()
    """What is excused for whole paths or by qualified name, instead of by comments."""


class PathSettings(_Table):
    """[tool.trackwright.paths]: folders, relative to the project, where the layout's own are not wanted."""

    models: str | None = None
    """Where models go."""
    schemas: str | None = None
    """Where pydantic schemas go."""
    crud: str | None = None
    """Where queries go."""
    services: str | None = None
    """Where services go."""
    tasks: str | None = None
    """Where Celery tasks go."""
    tests: str | None = None
    """Where the domain's tests go."""
    docs: str | None = None
    """Where the domain's page goes."""


class Settings(_Table):
    """All settings. Names of objects are written `package.module:name`."""

    base: str | None = None
    """The declarative base of the project's models."""
    session: str | None = None
    """What makes sessions: a sessionmaker, or a function that gives one."""
    celery: str | None = None
    """The Celery app."""
    alembic: str | None = None
    """alembic.ini, or the pyproject.toml that has `[tool.alembic]`."""
    layout: LayoutName | None = None
    """One folder for each kind of file, or one package for each domain."""
    package: str | None = None
    """The package that generated files go into."""
    specs: str = "tracking"
    """The folder of the specs."""
    templates: str | None = None
    """A folder whose templates take the place of ours of the same name; they are trusted as code is."""
    paths: PathSettings = Field(default_factory=PathSettings)
    lint: LintSettings = Field(default_factory=LintSettings)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings and the file they came from (None: no file says anything, all defaults)."""

    settings: Settings
    source: Path | None


def find_settings(start: Path) -> LoadedSettings:
    """Read the nearest settings at or above a folder; trackwright.toml wins over pyproject.toml beside it.

    Raises:
        ToolErrors: unknown keys (with the nearest known name) and wrong values, all at once.
        ToolError: the file is no TOML or cannot be read.
    """
    for folder in (start, *start.parents):
        found = settings_in(folder, _text)
        if found is not None:
            return found
    return LoadedSettings(Settings(), None)


def settings_in(folder: Path, read: Callable[[Path], str | None]) -> LoadedSettings | None:
    """The settings of one folder, whose files `read` gives (None: no such file), if it has any.

    Raises:
        ToolErrors, ToolError: as `find_settings`.
    """
    own = folder / "trackwright.toml"
    if (text := read(own)) is not None:
        return LoadedSettings(_validated(_parsed(text, own), own, text), own)
    pyproject = folder / "pyproject.toml"
    if (text := read(pyproject)) is not None:
        table = _parsed(text, pyproject).get("tool", {}).get("trackwright")
        if table is not None:
            return LoadedSettings(_validated(table, pyproject, text), pyproject)
    return None


def _text(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ToolError(f"cannot be read: {error}", at=Location(path)) from error


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ToolError(f"not valid TOML: {error}", at=Location(path)) from error


def _validated(table: object, path: Path, text: str) -> Settings:
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise ToolErrors(_explained(detail, path, text) for detail in error.errors()) from None


def _explained(detail: Any, path: Path, text: str) -> ToolError:
    *parents, key = detail["loc"] or ("tool.trackwright",)
    place = Location(path, _row_of(text, str(key)))
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] != "extra_forbidden":
        return ToolError(f"setting {name!r}: {detail['msg']}", at=place)
    known = _known_keys(parents)
    near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known settings here: {', '.join(sorted(known))}"
    return ToolError(f"unknown setting {name!r}", at=place, hint=hint)


def _known_keys(parents: list[Any]) -> list[str]:
    tables: dict[str, type[BaseModel]] = {"lint": LintSettings, "paths": PathSettings}
    if "exemptions" in parents:
        tables["lint"] = ExemptionSettings
    model = tables.get(str(parents[0]), Settings) if parents else Settings
    return [field.alias or name for name, field in model.model_fields.items()]


def _row_of(text: str, key: str) -> int:
    for row, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith((key, f'"{key}"')) or line.strip().endswith(f".{key}]"):
            return row
    return 1
