"""Alembic's configuration file: where it is, and the options of it that say where migrations live."""

import configparser
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.source_tree import python_files

NOT_FOUND_HINT = (
    "start migrations with `alembic init migrations`, or name the file: "
    'alembic = "path/to/alembic.ini" in the settings, or --alembic PATH'
)
DEPTH = 3
SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}


@dataclass(frozen=True, slots=True)
class AlembicConfig:
    """The options of one configuration file, `%(here)s` filled in."""

    path: Path
    script_location: str
    version_locations: tuple[str, ...]
    prepend_sys_path: tuple[str, ...]
    recursive: bool
    url: str | None


def find_config_files(root: Path) -> tuple[Path, ...]:
    """Files that configure Alembic: alembic.ini or [tool.alembic], at the root or, failing that, in a sub-folder."""
    at_root = _config_in(root)
    return (at_root,) if at_root else tuple(sorted(filter(None, map(_config_in, _below(root)))))


def _config_in(folder: Path) -> Path | None:
    """The file of a folder that says where migrations live; with both, Alembic's own template has it in the TOML."""
    ini, toml = folder / "alembic.ini", folder / "pyproject.toml"
    if _configures(toml) and not (ini.is_file() and _says_where(ini)):
        return toml
    return ini if ini.is_file() else None


def _says_where(ini: Path) -> bool:
    """Whether an ini file names the script folder; a broken one counts as if, so that reading it says what is wrong."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(ini.read_text(encoding="utf-8"))
    except (configparser.Error, OSError, UnicodeDecodeError):
        return True
    return parser.has_option("alembic", "script_location")


def _below(root: Path) -> Iterator[Path]:
    folders = {path.parent for path in python_files(root)}
    shallow = {
        above
        for folder in folders
        for above in (folder, *folder.parents)
        if above.is_relative_to(root) and len(above.relative_to(root).parts) <= DEPTH
    }
    yield from shallow


def _configures(path: Path) -> bool:
    if not path.is_file():
        return False
    if path.name != "pyproject.toml":
        return True
    return bool(_toml_table(path).get("script_location"))


def config_at(root: Path, wanted: str) -> Path:
    """The configuration file that a setting names: the file, its folder, or the script folder beside it.

    Raises:
        ToolError: there is none.
    """
    path = (root / wanted).resolve()
    places = [path, path / "alembic.ini", path / "pyproject.toml"]
    if path.is_dir():
        places.append(path.parent / "alembic.ini")
    for file in places:
        if _configures(file):
            return file
    raise ToolError(f"no Alembic configuration at {path}", hint=NOT_FOUND_HINT)


def read_config(path: Path) -> AlembicConfig:
    """Read the options of a configuration file.

    Raises:
        ToolError: it cannot be read, or has no script_location.
    """
    config = _from_toml(path) if path.suffix == ".toml" else _from_ini(path)
    if not config.script_location and (path.parent / "env.py").is_file():
        # Flask-Migrate keeps both in one folder, and says where only when it runs.
        return replace(config, script_location=".")
    if not config.script_location:
        section = "[tool.alembic]" if path.suffix == ".toml" else "[alembic]"
        raise ToolError(
            f"{section} has no script_location", at=Location(path), hint="add: script_location = migrations"
        )
    return config


def _from_ini(path: Path) -> AlembicConfig:
    parser = configparser.ConfigParser({"here": path.parent.as_posix()})
    try:
        parser.read_string(path.read_text(encoding="utf-8"), source=str(path))
        section = parser["alembic"]
        separator = section.get("path_separator") or section.get("version_path_separator")
        config = AlembicConfig(
            path,
            script_location=section.get("script_location", ""),
            version_locations=_split(section.get("version_locations"), separator, r", *|(?: +)"),
            prepend_sys_path=_split(
                section.get("prepend_sys_path"), section.get("path_separator"), r", *|(?: +)|\:"
            ),
            recursive=section.get("recursive_version_locations", "") == "true",
            url=section.get("sqlalchemy.url", raw=True),
        )
    except KeyError:
        raise ToolError(
            "the section [alembic] is missing", at=Location(path), hint="`alembic init` writes one"
        ) from None
    except (configparser.Error, OSError, UnicodeDecodeError) as error:
        raise ToolError(f"cannot be read: {' '.join(str(error).split())}", at=Location(path)) from error
    return config


def _split(value: str | None, separator: str | None, legacy: str) -> tuple[str, ...]:
    if not value:
        return ()
    parts = value.split(SEPARATORS.get(separator, separator)) if separator else re.split(legacy, value)
    return tuple(part.strip() for part in parts if part.strip())


def _from_toml(path: Path) -> AlembicConfig:
    table = _toml_table(path)
    here = path.parent.as_posix()

    def strings(key: str) -> tuple[str, ...]:
        value = table.get(key, ())
        listed = (value,) if isinstance(value, str) else value
        return tuple(str(part).replace("%(here)s", here) for part in listed)

    return AlembicConfig(
        path,
        script_location=next(iter(strings("script_location")), ""),
        version_locations=strings("version_locations"),
        prepend_sys_path=strings("prepend_sys_path"),
        recursive=table.get("recursive_version_locations") is True,
        url=_url_beside(path),
    )


def _url_beside(toml: Path) -> str | None:
    """The database URL, which a project with both files keeps in the ini."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string((toml.parent / "alembic.ini").read_text(encoding="utf-8"))
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None  # there need be none
    return parser.get("alembic", "sqlalchemy.url", fallback=None)


def _toml_table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("tool", {}).get("alembic", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ToolError(f"cannot be read: {error}", at=Location(path)) from error
    return table if isinstance(table, dict) else {}
