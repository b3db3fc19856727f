"""Commands that read a whole tree keep all of it until they end: looking for garbage in it is wasted time."""

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import click

RUNS_ALONE: Final = "the process ends with the command"
"""The context's object where nothing comes after the command that would want the memory back."""


def keep_all(ctx: "click.Context") -> Callable[[], None]:
    """Collect no garbage until the command is over, unless asked: that was half of a run over 10,000 files.

    Returns:
        What to call when a tree was read: later collections, asked for, leave out what is there by then.
    """
    if not gc.isenabled():
        return _leave
    gc.disable()
    if ctx.obj == RUNS_ALONE:
        return gc.freeze
    ctx.call_on_close(gc.enable)
    return _leave


def _leave() -> None:
    """Freeze nothing where the process goes on: it would never be given back."""


def drop_last_read() -> None:
    """Give back what an earlier pass of the same command read, and was told to be left out of collections."""
    gc.unfreeze()
    gc.collect()


def end_at_once() -> None:
    """Spare the interpreter its last look at everything that is about to vanish with the process."""
    gc.freeze()
