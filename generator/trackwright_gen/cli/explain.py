"""`trackwright explain`: the page of one rule."""

import click

from trackwright_gen.lint.catalog import find_rule
from trackwright_gen.lint.problems import PROBLEMS


@click.command("explain")
@click.argument("rule", metavar="CODE")
def command(*, rule: str) -> None:
    """Explain one lint rule, by its code or name."""
    found = next((each for each in PROBLEMS if rule in {each.code, each.name}), None) or find_rule(rule)
    click.echo(f"# {found.name} ({found.code})\n\n{found.page}")
