"""Folders of generated modules that are new become packages, as the folders around them are."""

from collections.abc import Collection, Sequence
from pathlib import Path

from trackwright_gen.project.model import Project

TEXT = '"""Tracked background work."""\n'
MARKER = "__init__.py"


def missing_packages(modules: Sequence[Path], project: Project) -> dict[Path, str]:
    """The `__init__.py` files that new folders need; a namespace package of the user's stays one."""
    created: dict[Path, str] = {}
    for module in modules:
        if module.suffix == ".py" and module.is_relative_to(project.source_root):
            for folder in _new_folders(module.parent, project.source_root):
                if _is_package(folder.parent, created):
                    created.setdefault(folder / MARKER, TEXT)
    return created


def abandoned_packages(
    gone: Collection[Path], present: Collection[Path], project: Project
) -> tuple[Path, ...]:
    """The `__init__.py` files of ours beside which nothing is left, once some files are gone and others there."""
    deleted: list[Path] = []
    folders = {folder for path in gone if path.suffix == ".py" for folder in path.parents}
    for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
        marker = folder / MARKER
        inside = folder.is_relative_to(project.source_root) and folder != project.source_root
        if not (inside and marker.is_file() and marker.read_bytes() == TEXT.encode()):
            continue
        left = {path for path in _files_below(folder) if path not in gone and path not in deleted}
        if left == {marker} and not any(path.is_relative_to(folder) for path in present if path != marker):
            deleted.append(marker)
    return tuple(deleted)


def _files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _new_folders(folder: Path, top: Path) -> list[Path]:
    """Folders that do not exist yet, outermost first."""
    above = [each for each in (folder, *folder.parents) if each.is_relative_to(top) and each != top]
    return [each for each in reversed(above) if not each.exists()]


def _is_package(folder: Path, created: dict[Path, str]) -> bool:
    return folder / MARKER in created or (folder / MARKER).is_file()
