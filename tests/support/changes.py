"""Which small faults are tried: those of Cosmic Ray, and those of `mutants`, one at a time."""

import difflib
import importlib
import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from mutants import mutants_of

NOT_FAULTS = (
    "core/ReplaceBinaryOperator_BitOr_",  # nearly always a union of types
    "core/RemoveDecorator",  # caches: the same statement, only slower
)


@dataclass(frozen=True, slots=True)
class Change:
    """One place of a module and one fault there; the text is made when it is asked for."""

    path: Path
    place: tuple[int, int]
    what: str
    text: Callable[[], str]

    def lines(self) -> tuple[str, str]:
        """What stood in the changed lines, and what does now."""
        before = self.path.read_text(encoding="utf-8").splitlines()
        after = self.text().splitlines()
        changed = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        pieces = [(before[a:b], after[c:d]) for tag, a, b, c, d in changed if tag != "equal"]
        old, new = (
            " ".join(" ".join(line.split()) for line in chain(*side)) for side in zip(*pieces, strict=True)
        )
        return old, new


def cosmic_ray_changes(path: Path) -> Iterator[Change]:
    """One operator, number or condition changed at a time."""
    trees = _cosmic_ray("ast")
    tree = trees.get_ast_from_path(path)
    for name, operator in _operators().items():
        places = [at for node in trees.ast_nodes(tree) for at in operator.mutation_positions(node)]
        for number, ((row, column), _) in enumerate(places):
            text = partial(_mutated, path, name, number)
            yield Change(path, (row, column), name.removeprefix("core/"), text)


def thin_code_changes(path: Path) -> Iterator[Change]:
    """Statements, arguments and results left out, texts and constants changed."""
    for number, mutant in enumerate(mutants_of(path.read_text(encoding="utf-8"))):
        yield Change(path, (mutant.row, number), mutant.what, partial(str, mutant.text))


def _cosmic_ray(module: str) -> Any:
    # It is installed by the one target that needs it: everything else does without, the type checkers included.
    return importlib.import_module(f"cosmic_ray.{module}")


@cache
def _operators() -> dict[str, Any]:
    plugins = _cosmic_ray("plugins")
    kinds = {name: plugins.get_operator(name) for name in plugins.operator_names()}
    return {
        name: kind()
        for name, kind in kinds.items()
        if not kind.arguments() and not name.startswith(NOT_FAULTS)
    }


@cache
def _mutated(path: Path, operator: str, number: int) -> str:
    source = path.read_text(encoding="utf-8")
    mutated = _cosmic_ray("mutating").mutate_code(source, _operators()[operator], number)
    return str(mutated if mutated is not None else source)


def sample(changes: list[Change], most: int, seed: int, equivalent: "Equivalents") -> list[Change]:
    """So many changes, in the order of the code: of each place one of a kind at most, none that changes nothing."""
    order = list(changes)
    random.Random(seed).shuffle(order)  # noqa: S311 -- a sample
    taken: dict[tuple[Path, tuple[int, int], str], Change] = {}
    texts: set[tuple[Path, str]] = set()
    for change in order:
        kind = (change.path, change.place, change.what.partition("_")[0])
        if len(taken) < most and kind not in taken and (change.path, change.text()) not in texts:
            texts.add((change.path, change.text()))
            if not equivalent.has(change):
                taken[kind] = change
    return sorted(taken.values(), key=lambda change: (change.path, change.place))


class Equivalents:
    """Changes that change nothing, each with its reason: `equivalent.toml`; the path `*` is any file."""

    def __init__(self, file: Path, root: Path) -> None:
        """Read the file; its paths are relative to `root`."""
        self._root = root
        known = tomllib.loads(file.read_text(encoding="utf-8"))["equivalent"]
        self._known = {(one["path"], one["before"], one["after"]) for one in known}

    def has(self, change: Change) -> bool:
        """Whether this one is known to change nothing."""
        path = change.path.relative_to(self._root).as_posix()
        if not any(known in {path, "*"} for known, _, _ in self._known):
            return False
        lines = change.lines()
        return (path, *lines) in self._known or ("*", *lines) in self._known
