"""Imports of the user's that a run leaves pointing nowhere: what it moves, renames or deletes is not there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from trackwright_gen.cli.entries import Entry, shown_path
from trackwright_gen.merge.outcome import Delete, Move, Outcome, Update
from trackwright_gen.merge.renamed_members import defined_names, renamed_members
from trackwright_gen.project.file_edit import FileEdit
from trackwright_gen.project.mentions import mentions, mentions_of_names
from trackwright_gen.project.model import Project
from trackwright_gen.project.source_tree import SourceTree


def left_imports(
    project: Project, outcomes: Sequence[Outcome], edits: Iterable[FileEdit]
) -> tuple[Entry, ...]:
    """One line for each import of the project that will fail, with what it should name instead."""
    moved = {outcome.old: outcome.path for outcome in outcomes if isinstance(outcome, Move)}
    gone = {*moved, *(outcome.path for outcome in outcomes if isinstance(outcome, Delete))}
    renamed = {path: found for path, text in _updated(outcomes) if (found := _gone_names(path, text))}
    if not gone and not renamed:
        return ()
    before = SourceTree(project.root, project.source_root)
    modules = before.modules_of(gone)
    after = before
    for path, text in (*((edit.path, edit.new_text) for edit in edits), *_updated(outcomes)):
        after = after.with_text(path, text)
    heirs = {module: _module(moved[path], project) for module, path in before.paths.items() if path in moved}
    names = {_module(path, project): found for path, found in renamed.items()}
    for module, found in names.items():
        heirs |= {f"{module}.{old}": new for old, new in found.items() if new}
    return tuple(
        Entry("broken", shown_path(one.path, project.root), f"row {one.row} imports {one.module}, {heir}")
        for one in (*mentions(after, modules, before), *mentions_of_names(after, names, before))
        for heir in [f"which is {heirs[one.module]} now" if one.module in heirs else "which goes"]
    )


def _gone_names(path: Path, text: str) -> Mapping[str, str]:
    """What a file defines no more once it is updated, and what that is called now (or nothing)."""
    try:
        before = path.read_text(encoding="utf-8")
        gone = defined_names(before) - defined_names(text)
        renames = renamed_members(before, text, "") if gone else {}
    except (OSError, ValueError, SyntaxError):
        return {}
    return {name: renames.get(name, "") for name in gone}


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
