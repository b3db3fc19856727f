"""Which layout the project has, and the folders that generated modules go to."""

from pathlib import Path

from trackwright_gen.config import PathSettings
from trackwright_gen.errors import ToolError
from trackwright_gen.layout_names import LayoutName
from trackwright_gen.project.model import ObjectName, Paths
from trackwright_gen.project.source_tree import SourceTree

LAYERS: dict[str, tuple[str, ...]] = {
    "models": ("models", "model"),
    "schemas": ("schemas", "schema"),
    "crud": ("crud", "repositories"),
    "services": ("services", "service"),
    "tasks": ("tasks", "jobs"),
}
TRACKING_BASE = "BaseTaskTracking"


def find_package(base: ObjectName, celery: ObjectName, wanted: str | None) -> str:
    """The top package that generated modules go to.

    Raises:
        ToolError: the project's objects lie in no package, and the settings name none.
    """
    if wanted is not None:
        return wanted
    for name in (base, celery):
        if name.package is not None:
            return name.package
    raise ToolError(
        f"the base class {base} and the Celery app {celery} lie in no package",
        hint='say which package to generate into: package = "name" in the settings',
    )


def find_layout(package: Path) -> LayoutName:
    """`layered` where models have a folder of their own in the package, else `package`."""
    return "layered" if any((package / name).is_dir() for name in LAYERS["models"]) else "package"


def paths_of(tree: SourceTree, package: str, layout: LayoutName, wanted: PathSettings) -> Paths:
    """The folders of a layout, each replaced by the settings' own."""
    folder = tree.source_root.joinpath(*package.split("."))
    inside = folder.relative_to(tree.root).as_posix()
    if layout == "layered":
        found = {layer: f"{inside}/{_layer_folder(folder, names)}" for layer, names in LAYERS.items()}
    else:
        shared = f"{inside}/{tracking_folder(folder)}/{{domain}}"
        found = dict.fromkeys(LAYERS, shared)
    chosen = found | {"tests": _tests_folder(tree.root, folder), "docs": "docs/tracking"}
    chosen |= {name: path.strip("/") for name, path in wanted.model_dump().items() if path is not None}
    return Paths(**chosen)


def _layer_folder(package: Path, names: tuple[str, ...]) -> str:
    for name in names:
        if (package / name).is_dir():
            return name
    # A new folder app/tasks/ would hide an existing module app/tasks.py.
    hides = (package / f"{names[0]}.py").is_file()
    return f"tracked_{names[0]}" if hides else names[0]


def tracking_folder(package: Path) -> str:
    """The folder of the package layout, under a name that hides no module of the project."""
    return "task_tracking" if (package / "tracking.py").is_file() else "tracking"


def _tests_folder(root: Path, package: Path) -> str:
    for folder in (root / "tests", root / "test", package / "tests"):
        if folder.is_dir():
            return folder.relative_to(root).as_posix()
    return "tests"


def tracking_base_name(tree: SourceTree, paths: Paths, layout: LayoutName) -> ObjectName:
    """The project's own BaseTaskTracking: the class that is there, or where it will be written."""
    for source in tree.mentioning(b"TaskTrackingMixin"):
        if TRACKING_BASE in source.classes:
            return ObjectName(source.module, TRACKING_BASE)
    models = Path(paths.models)
    if layout == "layered" and "{domain}" not in paths.models:
        file = models / "base_task_tracking"
    else:
        fixed = [part for part in models.parts if "{domain}" not in part]
        file = Path(*fixed, "base")
    module = (tree.root / file).relative_to(tree.source_root)
    return ObjectName(".".join(module.parts), TRACKING_BASE)
