"""What is held of a block that is not run: that its commands exist, its settings are settings, its spec is one."""

import configparser
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import click
import yaml
from celery.bin.base import CeleryCommand
from celery.bin.celery import celery as celery_command
from doc_blocks import ROOT, Block
from doc_project import commands

from trackwright_gen.cli.group import trackwright as trackwright_command
from trackwright_gen.config import find_settings
from trackwright_gen.spec.loader import load_spec

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
NOT_OURS = frozenset(
    {"alembic", "cd", "createdb", "curl", "git", "make", "nox", "pgbouncer", "psql", "pytest", "source"}
)
"""Commands of other programs that pages may name without anything of ours to check."""


def check_commands(block: Block) -> None:
    """Every command of ours, Celery's and pip's parses."""
    for command, _ in commands(block.text):
        for part in re.split(r"\s(?:&&|\|\||[|;>])\s", command):
            check_command(shlex.split(part))


def check_command(words: list[str]) -> None:
    """One command's name, options and arguments exist."""
    while words and re.fullmatch(r"[A-Z_]+=.*|exec", words[0]):  # variables set for the command
        words = words[1:]
    match words:
        case ["trackwright", *arguments]:
            _parse(trackwright_command, arguments)
        case ["celery", *arguments]:
            _parse(celery_command, arguments)
        case ["pip" | "uv", "install" | "add", *wanted] | ["python", "-m", "pip", "install", *wanted]:
            _check_extras(wanted)
        case ["python", "-m", "venv" | "pytest", *_]:
            pass
        case [name, *_] if Path(name).name in NOT_OURS:
            pass
        case _:
            message = f"nothing checks this command: {shlex.join(words)}"
            raise AssertionError(message)


def _parse(command: click.Command, arguments: list[str]) -> None:
    """Let click read the arguments, as deep as there are commands in commands, and run nothing."""
    if isinstance(command, CeleryCommand):
        # Its values ask for an app; that its options exist is what a page can get wrong.
        command.make_parser(click.Context(command)).parse_args(list(arguments))
        return
    if not isinstance(command, click.Group):
        command.make_context(str(command.name), list(arguments))
        return
    options, rest = _up_to_the_command(arguments)
    name, found, inner = command.resolve_command(click.Context(command), rest)
    assert found is not None, name
    command.make_context(str(command.name), [*options, *rest], resilient_parsing=True)
    _parse(found, inner)


def _up_to_the_command(arguments: list[str]) -> tuple[list[str], list[str]]:
    position = 0
    while position < len(arguments) and arguments[position].startswith("-"):
        position += 1 if "=" in arguments[position] else 2
    return arguments[:position], arguments[position:]


def _check_extras(wanted: list[str]) -> None:
    for word in wanted:
        named = re.fullmatch(r"(?:\./?)?trackwright\[([a-z,]+)\].*", word)
        if named is not None:
            assert set(named[1].split(",")) <= EXTRAS.keys(), word


def check_yaml(block: Block, folder: Path) -> None:
    """A spec loads; another file is well-formed, and the commands it runs exist."""
    if re.search(r"^domain:", block.text, re.MULTILINE):
        (folder / "spec.yaml").write_text(block.text)
        load_spec(folder / "spec.yaml")
        return
    data = yaml.safe_load(block.text)
    for line in _runs(data):
        check_command(shlex.split(line))


def _runs(data: Any) -> list[str]:
    """The command lines of a CI file: what stands under `run`, `script` and `entry`."""
    if isinstance(data, list):
        return [line for one in data for line in _runs(one)]
    if not isinstance(data, dict):
        return []
    own = [value for key, value in data.items() if key in {"run", "script", "entry"}]
    flat = [line for value in own for line in (value if isinstance(value, list) else str(value).splitlines())]
    return [*flat, *(line for value in data.values() for line in _runs(value))]


def check_toml(block: Block, folder: Path) -> None:
    """Settings of ours are known ones with values that they take."""
    data = tomllib.loads(block.text)
    if "trackwright" in data.get("tool", {}):
        (folder / "settings").mkdir(exist_ok=True)
        (folder / "settings" / "pyproject.toml").write_text(block.text)
        find_settings(folder / "settings")


def check_ini(block: Block, _folder: Path) -> None:
    """A configuration file (PgBouncer's, systemd's) is well-formed; what it starts exists."""
    parser = configparser.ConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # as configparser documents it
    parser.read_string(block.text)
    for section in parser.values():
        if "ExecStart" in section:
            started, _, arguments = section["ExecStart"].partition(" ")
            check_command([Path(started).name, *shlex.split(arguments)])


def check_json(block: Block, _folder: Path) -> None:
    """JSON is JSON."""
    json.loads(block.text)


FILES = {"yaml": check_yaml, "toml": check_toml, "ini": check_ini, "json": check_json}
"""By a block's language, what is held of it wherever it stands."""
