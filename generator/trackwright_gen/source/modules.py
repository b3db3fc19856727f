"""Which file a dotted module name means, and under which name a file is imported."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_NEVER_OURS = frozenset({"celery", "sqlalchemy", "trackwright", "trackwright_gen"})
"""A project's own `celery.py` must not hide the package of that name."""
_SOURCE_FOLDERS = frozenset({"src", "lib"})


class ModuleMap:
    """The files of some projects by the names they can be imported under."""

    def __init__(self, roots: Iterable[Path], files: Iterable[Path]) -> None:
        self._project_roots = tuple(roots)
        self._files = frozenset(files)
        inside = _by_folder(self._files)
        self._folders = _with_parents(inside)
        self._packages = frozenset(folder for folder, names in inside.items() if "__init__.py" in names)
        self._names = frozenset(name.removesuffix(".py") for names in inside.values() for name in names)
        self._names |= {folder.name for folder in self._folders}
        self._above: dict[Path, list[Path]] = {}
        self._found: dict[tuple[str, Path], Path | None] = {}
        self._source_roots: dict[Path, Path] = {}
        self._by_last: dict[str, list[Path]] = {}
        self._all_roots: dict[Path, None] = {}
        self._roots_with: dict[str, dict[Path, None]] = {}
        for folder in sorted(inside):
            self._enter(folder, inside[folder])

    def _enter(self, folder: Path, names: Mapping[str, Path]) -> None:
        """Note a folder's files under what imports may call them."""
        root = self._root_of(folder)
        self._all_roots[root] = None
        below = folder.parts[len(root.parts) :]
        for name, path in names.items():
            stem = name.removesuffix(".py")
            self._by_last.setdefault(folder.name if stem == "__init__" else stem, []).append(path)
            self._roots_with.setdefault(below[0] if below else stem, {})[root] = None

    def name_of(self, path: Path) -> str:
        """The dotted name of a file, seen from its source root."""
        relative = path.relative_to(self.source_root(path)).with_suffix("")
        parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
        return ".".join(parts) or "__init__"

    def source_root(self, path: Path) -> Path:
        """The folder on sys.path that a file is imported from."""
        return self._root_of(path.parent)

    def _root_of(self, folder: Path) -> Path:
        if folder not in self._source_roots:
            self._source_roots[folder] = self._find_source_root(folder)
        return self._source_roots[folder]

    def _find_source_root(self, folder: Path) -> Path:
        project = next((root for root in self._project_roots if folder.is_relative_to(root)), folder)
        above = [folder, *(each for each in folder.parents if each.is_relative_to(project))]
        inside = [each for each in above if each != project]
        highest = max((i for i, each in enumerate(inside) if each in self._packages), default=None)
        if highest is not None:
            return inside[highest].parent
        for each in inside:
            # No package anywhere: a namespace package below src/, or below what cannot be a package's name.
            if each.name in _SOURCE_FOLDERS or not each.name.isidentifier():
                return each
        return project

    def find(self, dotted: str, importer: Path) -> Path | None:
        """The file that an import of a name in some file means; None if it is outside the project."""
        key = dotted, importer
        if key not in self._found:
            self._found[key] = self._find(dotted, importer)
        return self._found[key]

    def _find(self, dotted: str, importer: Path) -> Path | None:
        parts = dotted.split(".")
        if not dotted or parts[0] in _NEVER_OURS or parts[0] not in self._names:
            return None
        own_root = self.source_root(importer)
        for root in (own_root, *self._folders_above(importer), *self._roots_with.get(parts[0], ())):
            found = self._file_at(root.joinpath(*parts))
            # `import foo` in a foo.py means another foo; `from . import x` in a package means itself.
            if found is not None and (found != importer or importer.name == "__init__.py"):
                return found
        return self._only_suffix(parts)

    def _folders_above(self, importer: Path) -> list[Path]:
        folder = importer.parent
        if folder not in self._above:
            self._above[folder] = [
                each
                for each in importer.parents
                if each in self._folders and any(each.is_relative_to(root) for root in self._project_roots)
            ]
        return self._above[folder]

    def _file_at(self, base: Path) -> Path | None:
        for path in (base / "__init__.py", base.with_name(f"{base.name}.py")):
            if path in self._files:
                return path
        return None

    def _only_suffix(self, parts: list[str]) -> Path | None:
        """A file that ends in the whole dotted path, where there is just one (PYTHONPATH set by hand)."""
        if len(parts) == 1:
            return None
        matching = [
            path for path in self._by_last.get(parts[-1], []) if _module_parts(path)[-len(parts) :] == parts
        ]
        return matching[0] if len(matching) == 1 else None

    def is_folder(self, dotted: str, importer: Path) -> bool:
        """True if a dotted name is a folder of the project without an `__init__.py`."""
        parts = dotted.split(".")
        if not dotted or parts[0] in _NEVER_OURS:
            return False
        roots = (self.source_root(importer), *self._all_roots)
        return any(root.joinpath(*parts) in self._folders for root in roots)


def _by_folder(files: Iterable[Path]) -> dict[Path, dict[str, Path]]:
    """The files of each folder by their names. Paths are taken apart as texts: ten times as fast."""
    found: dict[str, dict[str, Path]] = {}
    for path in files:
        folder, name = os.path.split(path)
        found.setdefault(folder, {})[name] = path
    return {Path(folder): names for folder, names in found.items()}


def _with_parents(folders: Iterable[Path]) -> frozenset[Path]:
    found: set[Path] = set()
    for folder in folders:
        above = folder
        while above not in found:
            found.add(above)
            above = above.parent
    return frozenset(found)


def _module_parts(path: Path) -> list[str]:
    parts = list(path.with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts
