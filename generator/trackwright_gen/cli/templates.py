"""`trackwright templates`: which templates there are, and a copy of one to change."""

from pathlib import Path

import click

from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.template_files import NAMES, own_templates, shipped_template
from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.render.environment import SUFFIX
from trackwright_gen.write.change import text_change
from trackwright_gen.write.transaction import apply_changes


@click.group()
def command() -> None:
    """List the templates, or copy one out to change it."""


@command.command(name="list")
@project_folder
def list_templates(folder: Path) -> None:
    """List the templates of a domain's files, and whose they are."""
    start = folder.resolve()
    found = find_settings(start)
    own = own_templates(found.source.parent if found.source else start, found.settings)
    for name in NAMES:
        replaced = own is not None and (own / f"{name}{SUFFIX}").is_file()
        click.echo(f"{name:<17} {'yours' if replaced else 'trackwright'}")


@command.command()
@click.argument("name", metavar="NAME")
@project_folder
def eject(folder: Path, name: str) -> None:
    """Copy a template into the project's own folder of templates (the setting `templates`)."""
    start = folder.resolve()
    found = find_settings(start)
    root = found.source.parent if found.source else start
    text = shipped_template(name)
    place = found.settings.templates or "templates/trackwright"
    path = root / place / f"{name}{SUFFIX}"
    if path.exists():
        raise ToolError(
            "this template is there already", at=Location(path), hint="edit it, or delete it first"
        )
    apply_changes([text_change(path, None, text)])
    click.echo(f"wrote {path.relative_to(root).as_posix()}")
    if found.settings.templates is None:
        click.echo(f'next: add to [tool.trackwright]: templates = "{place}"')
