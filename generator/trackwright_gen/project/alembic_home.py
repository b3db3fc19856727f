"""Where the project's migrations live: configuration, script folder, version folders and the one head."""

from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.alembic_config import (
    NOT_FOUND_HINT,
    AlembicConfig,
    config_at,
    find_config_files,
    read_config,
)
from trackwright_gen.project.history import read_heads
from trackwright_gen.project.model import AlembicHome


def alembic_config(root: Path, wanted: str | None) -> AlembicConfig:
    """Find and read Alembic's configuration.

    Raises:
        ToolError: there is none, there are several, or it cannot be read.
    """
    if wanted is not None:
        return read_config(config_at(root, wanted))
    match find_config_files(root):
        case ():
            raise ToolError(
                f"no alembic.ini in {root}, nor [tool.alembic] in pyproject.toml", hint=NOT_FOUND_HINT
            )
        case (path,):
            return read_config(path)
        case several:
            listed = ", ".join(str(path.relative_to(root)) for path in several)
            raise ToolError(
                f"several Alembic configurations: {listed}",
                hint='choose one: alembic = "path" in the settings, or --alembic PATH',
            )


def script_folder(root: Path, config: AlembicConfig) -> Path:
    """The folder with env.py.

    Raises:
        ToolError: it does not exist.
    """
    places = _places(root, config, config.script_location)
    for place in places:
        if (place / "env.py").is_file():
            return place
    raise ToolError(
        f"script_location {config.script_location!r} has no env.py (looked in {places[0]})",
        at=Location(config.path),
        hint="paths are relative to the folder of the configuration file; `%(here)s` says so to Alembic too",
    )


def _places(root: Path, config: AlembicConfig, location: str) -> tuple[Path, ...]:
    package, separator, inside = location.partition(":")
    if separator and not Path(location).is_absolute():
        # Alembic's `package:folder` form names a folder inside an importable package.
        relative = Path(*package.split("."), inside)
        bases = [config.path.parent, *(config.path.parent / path for path in config.prepend_sys_path), root]
        return tuple((base / relative).resolve() for base in bases)
    return tuple((base / location).resolve() for base in (config.path.parent, root))


def alembic_home(root: Path, config: AlembicConfig) -> AlembicHome:
    """The migrations' folders and head.

    Raises:
        ToolError: a folder is missing, or there are several heads.
        ToolErrors: the history is broken.
    """
    scripts = script_folder(root, config)
    versions = tuple(_version_folder(root, config, location) for location in config.version_locations)
    versions = versions or (scripts / "versions",)
    heads = read_heads(versions, recursive=config.recursive)
    if len(heads) > 1:
        listed = ", ".join(f"{head.revision} ({head.path.name})" for head in heads)
        raise ToolError(
            f"the migration history has several heads: {listed}",
            at=Location(versions[0]),
            hint="join them first: alembic merge heads",
        )
    return AlembicHome(
        config.path, scripts, versions, tuple(head.revision for head in heads), recursive=config.recursive
    )


def _version_folder(root: Path, config: AlembicConfig, location: str) -> Path:
    places = _places(root, config, location)
    return next((place for place in places if place.is_dir()), places[0])
