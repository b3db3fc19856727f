"""`trackwright schema`: the JSON Schema of specs, for editors."""

import click

from trackwright_gen.spec.schema import schema_text


@click.command()
def command() -> None:
    """Print the JSON Schema of a spec, for the YAML language server and other editors."""
    click.echo(schema_text(), nl=False)
