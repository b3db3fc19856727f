"""`trackwright new`: a commented spec for one domain."""

import os
import re
from pathlib import Path

import click

from trackwright_gen.cli.options import project_folder
from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.spec.loader import parse_spec
from trackwright_gen.spec.model import DOMAIN_PATTERN
from trackwright_gen.spec.naming_rules import name_mistake
from trackwright_gen.spec.schema import SCHEMA_FILE, schema_text
from trackwright_gen.spec.skeleton import skeleton
from trackwright_gen.spec.source import SpecSource
from trackwright_gen.write.new_files import create_files


@click.command()
@click.argument("domain")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME:TYPE",
    help="A field, such as price:decimal(20,6), etf_id:string(12)! (required) or owner:references(users.id).",
)
@project_folder
def command(domain: str, fields: tuple[str, ...], folder: Path) -> None:
    """Write a commented spec for DOMAIN into the project's folder of specs."""
    if re.fullmatch(DOMAIN_PATTERN, domain) is None:
        message, hint = name_mistake(domain, DOMAIN_PATTERN)
        raise ToolError(message, hint=hint)
    start = folder.resolve()
    loaded = find_settings(start)
    root = loaded.source.parent if loaded.source else start
    specs = root / loaded.settings.specs
    path = specs / f"{domain}.yaml"
    if path.exists():
        hint = f"edit it, then run: trackwright generate {domain}"
        raise ToolError("this spec exists already", at=Location(path), hint=hint)
    text = skeleton(domain, fields, schema=os.path.relpath(root / SCHEMA_FILE, specs).replace(os.sep, "/"))
    parse_spec(SpecSource.of(path, text))
    create_files({path: text}, refresh={root / SCHEMA_FILE: schema_text()})
    shown = path.relative_to(start) if path.is_relative_to(start) else path
    click.echo(f"wrote {shown}")
    click.echo(f"next: say in it what the domain is, then run: trackwright generate {domain}")
