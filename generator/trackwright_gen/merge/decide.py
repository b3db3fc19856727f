"""Decide what becomes of one generated file; pure but for the merge tool that may be called."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from trackwright_gen.merge.form import Form
from trackwright_gen.merge.outcome import Conflict, Create, Delete, Foreign, Keep, Move, Outcome, Update


@dataclass(frozen=True, slots=True)
class Merged:
    """The text of a merge, and whether it has conflict markers."""

    text: str
    conflicts: bool


MergeTexts: TypeAlias = Callable[[str, str, str], Merged]
"""(base, generated now, the user's) -> both changes in one text; all with plain newlines."""
MergeFiles: TypeAlias = Callable[[Path, str, str, str], Merged]
"""The same for a file, merged as what it is."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The texts of one file; None where there is none.

    Attributes:
        base: what was generated last, with plain newlines.
        new: what is generated now, with plain newlines.
        disk: what the user has, byte for byte.
    """

    base: str | None
    new: str | None
    disk: str | None


def decide(path: Path, versions: Versions, merge: MergeFiles) -> Outcome:
    """Say what shall happen to a file."""
    base, new, disk = versions.base, versions.new, versions.disk
    if base is None:
        return _first_time(path, new, disk)
    if disk is None:
        return Keep(path, "deleted by you")
    form = Form.of(disk, ends=base.endswith("\n"))
    yours = form.plain(disk)
    if new is None:
        return Delete(path) if yours == base else Keep(path, "generated no more, but edited by you")
    if yours == base:
        return Keep(path) if new == base else Update(path, form.applied(new))
    return _edited(path, form, Versions(base, new, yours), merge)


def decide_moved(old: Path, path: Path, versions: Versions, merge: MergeFiles) -> tuple[Outcome, ...]:
    """Say what shall happen to a file whose path is another from now on; `versions.disk` is the user's old file."""
    if versions.disk is None:
        return (Keep(path, "deleted by you"), Keep(old))
    match decide(path, versions, merge):
        case Conflict(text=None):
            return (Conflict(old, None),)
        case Conflict() as conflict:
            return (conflict, Delete(old))
        case Update(text=text):
            return (Move(path, old, text),)
        case _:
            return (Move(path, old, versions.disk),)


def has_markers(text: str) -> bool:
    """Whether conflict markers of a merge stand in a text."""
    starts = {line[:8] for line in text.split("\n")}
    return "<<<<<<< " in starts and ">>>>>>> " in starts


def _first_time(path: Path, new: str | None, disk: str | None) -> Outcome:
    if new is None:
        return Keep(path)
    if disk is None:
        return Create(path, new)
    return Keep(path) if Form.of(disk).plain(disk) == new else Foreign(path)


def _edited(path: Path, form: Form, versions: Versions, merge: MergeFiles) -> Outcome:
    base, new, yours = versions.base or "", versions.new or "", versions.disk or ""
    if has_markers(yours):
        return Conflict(path, None)
    if new in (base, yours):
        return Keep(path, "" if new == yours else "edited by you")
    merged = merge(path, base, new, yours)
    text = form.applied(merged.text)
    if merged.conflicts:
        return Conflict(path, text)
    return Keep(path, "edited by you") if merged.text == yours else Update(path, text)
