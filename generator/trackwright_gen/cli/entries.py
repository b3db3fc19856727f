"""What a run does to files, line by line, as JSON, and as one diff: for every command that has a plan to show."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trackwright_gen.revisions import Revision
from trackwright_gen.write.change import Change


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happens to which file, and why."""

    action: str
    path: str
    reason: str = ""


def lines_of(entries: Sequence[Entry], revisions: Iterable[Revision], root: Path) -> str:
    """One line per file, then one per hazard."""
    width = max((len(entry.path) for entry in entries), default=0)
    lines = [f"{entry.action:<9}{entry.path:<{width}}  {entry.reason}".rstrip() for entry in entries]
    lines += [
        f"hazard   {shown_path(revision.path, root)}  {hazard}"
        for revision in revisions
        for hazard in revision.hazards
    ]
    return "\n".join(lines)


def revisions_json(revisions: Iterable[Revision], root: Path) -> list[dict[str, Any]]:
    """Revisions for programs: what they are called, where they go, what they do and endanger."""
    return [
        {
            "path": shown_path(one.path, root),
            "revision": one.revision,
            "down_revision": one.down_revision,
            "message": one.message,
            "sql": one.sql,
            "hazards": [asdict(hazard) for hazard in one.hazards],
        }
        for one in revisions
    ]


def diff_of(changes: Iterable[Change], revisions: Iterable[Revision], root: Path) -> str:
    """Every change as one diff, then what the migrations do as SQL."""
    shown = [
        _diff(change, root) for change in changes if not change.path.is_relative_to(root / ".trackwright")
    ]
    for revision in revisions:
        shown.append(f"-- {shown_path(revision.path, root)} on PostgreSQL:\n{revision.sql}")
        shown += [f"-- hazard: {hazard}\n" for hazard in revision.hazards]
    return "".join(shown)


def _diff(change: Change, root: Path) -> str:
    # It brings the linter's fixes along.
    from trackwright_gen.report.diff import file_diff

    return file_diff(shown_path(change.path, root), _text(change.before), _text(change.after))


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8")


def shown_path(path: Path, root: Path) -> str:
    """A path relative to the project, where it lies in it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
