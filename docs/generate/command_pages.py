"""The commands, as click knows them."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from pieces import code, section, table

from trackwright_gen.cli.commands import COMMANDS
from trackwright_gen.cli.group import trackwright

INTRODUCTION = """\
Every command ends with 0 (done), 1 (findings, differences, conflicts) or 2 (could not do its work, with one message
that says where and what to do). No command asks anything when standard input is no terminal.
"""


def pages() -> Mapping[str, str]:
    """One page with all commands."""
    context = click.Context(trackwright, info_name="trackwright")
    commands = "\n".join(_command(each) for each in _below(context))
    listed = table(
        ("command", "what it does", "needs"),
        (
            (f"[`{name}`](#trackwright-{name})", entry.summary, code(f"trackwright[{entry.extra}]"))
            for name, entry in COMMANDS.items()
        ),
    )
    return {"commands.md": section(1, "Commands", INTRODUCTION, listed, commands)}


def _below(context: click.Context) -> Iterator[click.Context]:
    """The contexts of all commands, those of a group behind it."""
    group = context.command
    assert isinstance(group, click.Group)  # noqa: S101 -- only called for groups
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            below = click.Context(command, info_name=name, parent=context)
            yield below
            if isinstance(command, click.Group):
                yield from _below(below)


def _command(context: click.Context) -> str:
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = [
        each for each in command.get_params(context) if isinstance(each, click.Option) and not each.hidden
    ]
    return section(
        2,
        context.command_path,
        f"```text\n{usage}\n```\n",
        inspect.cleandoc(command.help or "") + "\n",
        table(("option", "meaning", "default"), (_option(each, context) for each in options)),
    )


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    takes = "" if option.is_flag or option.count else f" {code(option.make_metavar(context))}"
    default = option.get_default(context, call=False)
    shown = isinstance(default, str | int | Path) and not isinstance(default, bool)
    repeated = " May be given more than once." if option.multiple else ""
    return f"{names}{takes}", f"{option.help or ''}{repeated}", code(default) if shown else ""
