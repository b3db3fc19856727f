"""The figures of every commit of the main line: each content is read once, and nothing is checked out."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from trackwright_gen.audit.counting import Figures, Measured, legacy_rules, measure
from trackwright_gen.git.blobs import Blobs
from trackwright_gen.git.history import Commit, FileChange, files_at
from trackwright_gen.git.repository import Repository
from trackwright_gen.source.files import Excludes, Selection
from trackwright_gen.source.project import ReadOptions, read_project
from trackwright_gen.source.readings import KeptReadings

Report = Callable[[int], None]
"""Is told how many commits are done with."""


@dataclass(frozen=True, slots=True)
class Point:
    """A commit's figures, as of its own day; without a commit, those of the tree as it is today."""

    commit: str | None
    when: dt.datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Scope:
    """Which files of a tree count: below a folder (`.` or a path from the root), and not excluded."""

    folder: Path
    excludes: Excludes

    def holds(self, path: str) -> bool:
        """True for a Python file that is known to the project."""
        return path.endswith(".py") and not self.excludes.cover(Path(path))

    def selection(self, root: Path, paths: Iterable[str]) -> Selection:
        """All files as the linter wants them: those below the folder are reported on."""
        known = tuple(root / path for path in sorted(paths))
        top = root / self.folder
        return Selection((root,), tuple(each for each in known if each.is_relative_to(top)), known)


def trend(
    repository: Repository,
    commits: tuple[Commit, ...],
    scope: Scope,
    options: ReadOptions,
    *,
    known: Mapping[str, Figures],
    report: Report = lambda _: None,
) -> Iterator[Point]:
    """The figures of commits, oldest first; those in `known` are not counted again."""
    fresh = next((i for i, each in enumerate(commits) if each.id not in known), len(commits))
    for commit in commits[:fresh]:
        yield Point(commit.id, commit.when, known[commit.id])
    if fresh == len(commits):
        return
    with Blobs(repository) as blobs:
        tree = _Tree(repository.folder, scope, blobs)
        history = _History(tree, options)
        for commit in commits[fresh:]:
            if commit is commits[fresh]:
                held = files_at(repository, commit.id).items()
                tree.apply(FileChange(path, blob) for path, blob in held)
            else:
                tree.apply(commit.changes)
            figures = known.get(commit.id)
            if figures is None:
                figures = history.figures(commit.when.date())
            yield Point(commit.id, commit.when, figures)
            report(1)


class _Tree:
    """The files of one commit after the other."""

    def __init__(self, root: Path, scope: Scope, blobs: Blobs) -> None:
        self._root, self._scope, self._blobs = root, scope, blobs
        self._held: dict[str, bytes] = {}
        self._selection: Selection | None = None
        self.changed: set[Path] = set()
        """Files with other bytes since the figures were last asked for."""
        self.missing: set[str] = set()
        """Files whose content this clone has not got."""
        self.dropped: list[bytes] = []

    def apply(self, changes: Iterable[FileChange]) -> None:
        """Go on to the next commit."""
        ours = [each for each in changes if self._scope.holds(each.path)]
        contents = iter(self._blobs.read([each.blob for each in ours if each.blob is not None]))
        for change in ours:
            self._put(change.path, next(contents) if change.blob is not None else None)
            if change.blob is not None and change.path not in self._held:
                self.missing.add(change.path)

    def _put(self, path: str, data: bytes | None) -> None:
        before = self._held.pop(path, None)
        self.missing.discard(path)
        if before is not None:
            self.dropped.append(before)
        self.changed.discard(self._root / path)
        if data is not None:
            self._held[path] = data
            self.changed.add(self._root / path)
        if (before is None) != (data is None):
            self._selection = None

    @property
    def is_reshaped(self) -> bool:
        """True if files came or went since the figures were last asked for."""
        return self._selection is None

    def selection(self) -> Selection:
        """The files, the same object as long as they are the same."""
        if self._selection is None:
            self._selection = self._scope.selection(self._root, self._held)
        return self._selection

    def contents(self) -> dict[Path, bytes]:
        """The bytes of all files."""
        return {self._root / path: data for path, data in self._held.items()}


class _History:
    """Counts trees one after the other: one that differs in nothing that counts has the figures of the last."""

    def __init__(self, tree: _Tree, options: ReadOptions) -> None:
        self._tree = tree
        self._options = options
        self._rules = legacy_rules()
        self._readings = KeptReadings()
        self._last: Measured | None = None
        self._ends: tuple[dt.date, ...] = ()
        self._day = dt.date.min

    def figures(self, day: dt.date) -> Figures:
        """The figures of the tree as it is now, on a day."""
        tree = self._tree
        last = self._last
        if last is None or tree.is_reshaped or self._is_touched(last, day):
            last = self._last = self._measured(day)
        tree.changed.clear()
        self._readings.forget(tree.dropped)
        tree.dropped.clear()
        self._day = day
        return replace(last.figures, unreadable=last.figures.unreadable + len(tree.missing))

    def _is_touched(self, last: Measured, day: dt.date) -> bool:
        """True if what changed may count, or an exemption ended between the last commit's day and this one."""
        if any(self._day <= end < day for end in self._ends):
            return True
        footprint, contents, changed = last.result.footprint, self._tree.contents(), self._tree.changed
        # Most commits that count change a file that was parsed: this is known without a look at its bytes.
        return not changed.isdisjoint(footprint.parsed) or any(
            footprint.is_touched_by(path, contents[path]) for path in changed
        )

    def _measured(self, day: dt.date) -> Measured:
        options = replace(self._options, today=day, check_syntax=False)
        tree = self._tree
        project = read_project(tree.selection(), options, tree.contents(), self._readings)
        measured = measure(project, self._rules, day)
        self._ends = tuple(each.until for _, each in project.exemptions.written() if each.until is not None)
        return measured
