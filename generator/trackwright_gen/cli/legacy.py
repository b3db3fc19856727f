"""`trackwright legacy ...`: the way out of a generic status table (principles 9)."""

from collections.abc import Mapping

import click

from trackwright_gen.cli.commands import LEGACY_COMMANDS, CommandEntry
from trackwright_gen.cli.group import LazyGroup


class LegacyGroup(LazyGroup):
    """The commands under `legacy`."""

    table: Mapping[str, CommandEntry] = LEGACY_COMMANDS


@click.group(cls=LegacyGroup)
def command() -> None:
    """Lead out of a generic status table: copy its rows, and prove that all have arrived."""
