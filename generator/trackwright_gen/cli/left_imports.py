"""Imports of the user's that a run leaves pointing nowhere: what it moves or deletes is not there any more."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from trackwright_gen.cli.entries import Entry, shown_path
from trackwright_gen.merge.outcome import Delete, Move, Outcome, Update
from trackwright_gen.project.file_edit import FileEdit
from trackwright_gen.project.mentions import mentions
from trackwright_gen.project.model import Project
from trackwright_gen.project.source_tree import SourceTree


def left_imports(
    project: Project, outcomes: Sequence[Outcome], edits: Iterable[FileEdit]
) -> tuple[Entry, ...]:
    """One line for each import of the project that will fail, with the module that it should name instead."""
    moved = {outcome.old: outcome.path for outcome in outcomes if isinstance(outcome, Move)}
    gone = {*moved, *(outcome.path for outcome in outcomes if isinstance(outcome, Delete))}
    before = SourceTree(project.root, project.source_root)
    modules = before.modules_of(gone)
    if not modules:
        return ()
    after = before
    for path, text in (*((edit.path, edit.new_text) for edit in edits), *_updated(outcomes)):
        after = after.with_text(path, text)
    heirs = {before.paths[module]: module for module in modules}
    names = {heirs[old]: _module(new, project) for old, new in moved.items() if old in heirs}
    return tuple(
        Entry("broken", shown_path(one.path, project.root), f"row {one.row} imports {one.module}, {heir}")
        for one in mentions(after, modules, before)
        for heir in [f"which is {names[one.module]} now" if one.module in names else "which goes"]
    )


def _updated(outcomes: Iterable[Outcome]) -> Iterator[tuple[Path, str]]:
    """What becomes of generated files that stay where they are; markers of conflicts are no Python."""
    for outcome in outcomes:
        match outcome:
            case Update(path=path, text=text) if path.suffix == ".py":
                yield path, text
            case _:
                continue


def _module(path: Path, project: Project) -> str:
    return ".".join(path.relative_to(project.source_root).with_suffix("").parts)
