"""The click group that loads a command when it is called, and turns errors into messages and exit codes."""

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import click

from trackwright_gen.cli.commands import COMMANDS, PACKAGES, CommandEntry
from trackwright_gen.cli.exit_codes import FAILED
from trackwright_gen.errors import MissingExtraError, ToolError, ToolErrors


class LazyGroup(click.Group):
    """A group whose commands are imported on first use, so that --help costs no more than click itself."""

    table: Mapping[str, CommandEntry] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """The names of all commands, in the table's order."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module; a package that is missing names its extra."""
        entry = self.table.get(cmd_name)
        if entry is None:
            return None
        for package in PACKAGES[entry.extra]:
            if importlib.util.find_spec(package) is None:
                raise MissingExtraError(cmd_name, package=package, extra=entry.extra)
        command: click.Command = importlib.import_module(entry.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.table.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the tool could not do is a message and exit code 2, never a traceback."""
        try:
            return super().invoke(ctx)
        except (ToolError, ToolErrors) as error:
            click.echo(f"{error}" if _has_place(error) else f"trackwright: {error}", err=True)
            ctx.exit(FAILED)


def _has_place(error: ToolError | ToolErrors) -> bool:
    return isinstance(error, ToolErrors) or error.at is not None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trackwright")
def trackwright() -> None:
    """Accountable background work for Celery: generate, migrate, lint and look after tracked domains."""
