"""`trackwright rules`: the list of lint rules."""

import json

import click

from trackwright_gen.lint.catalog import all_rules


@click.command("rules")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, output_format: str) -> None:
    """List the lint rules."""
    rules = all_rules()
    if output_format == "json":
        entries = [
            {
                "code": rule.code,
                "name": rule.name,
                "summary": rule.summary,
                "default": rule.default,
                "url": rule.url,
            }
            for rule in rules
        ]
        click.echo(json.dumps(entries, indent=2))
        return
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.code}  {rule.name:<{width}}  {rule.summary}")
