"""`trackwright monitoring` on the command line: the Grafana dashboard and the Prometheus alert rules, as JSON."""

import json

import click

from trackwright.metrics.alerts import alert_rules
from trackwright.metrics.grafana import dashboard

_MAKERS = {"dashboard": dashboard, "alerts": alert_rules}


@click.command("monitoring")
@click.argument("what", type=click.Choice(sorted(_MAKERS)))
def command(what: str) -> None:
    """Print a dashboard to import into Grafana, or a rule file for Prometheus (JSON is valid YAML)."""
    click.echo(json.dumps(_MAKERS[what](), indent=2))
