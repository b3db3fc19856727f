"""The click group that loads a command when it is called, and turns errors into messages and exit codes."""

import importlib
from collections.abc import Mapping
from typing import Any

import click

from trackwright_gen.cli.commands import COMMANDS, CommandEntry
from trackwright_gen.cli.exit_codes import FAILED
from trackwright_gen.errors import MissingExtraError, ToolError, ToolErrors

_OWN_PACKAGES = ("trackwright", "trackwright_gen", "trackwright_templates")


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
        try:
            module = importlib.import_module(entry.module)
        except ModuleNotFoundError as missing:
            raise _explained(missing, cmd_name, entry) from missing
        command: click.Command = module.command
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
        except ModuleNotFoundError as missing:
            # Commands import their heavy packages only where they are used.
            name = ctx.invoked_subcommand or ""
            click.echo(f"trackwright: {_explained(missing, name, self.table.get(name))}", err=True)
            ctx.exit(FAILED)


def _explained(missing: ModuleNotFoundError, command: str, entry: CommandEntry | None) -> Exception:
    """The extra that brings a missing package; our own packages are never meant."""
    package = (missing.name or "").partition(".")[0]
    if entry is None or package in _OWN_PACKAGES:
        raise missing
    return MissingExtraError(command, package=package, extra=entry.extra)


def _has_place(error: ToolError | ToolErrors) -> bool:
    return isinstance(error, ToolErrors) or error.at is not None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trackwright")
def trackwright() -> None:
    """Accountable background work for Celery: generate, migrate, lint and look after tracked domains."""
