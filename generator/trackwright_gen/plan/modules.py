"""Which file and which import path each generated module of a domain has, in either layout."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from trackwright_gen.project.model import Project
from trackwright_gen.spec.naming import Names


@dataclass(frozen=True, slots=True)
class Module:
    """A generated Python module: its path relative to the project, and how it is imported."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """All of a domain's modules, its tests and its docs page."""

    model: Module
    schemas: Module
    crud: Module
    service: Module
    tasks: Module
    tests: str
    docs: str

    @classmethod
    def of(cls, project: Project, names: Names) -> "Modules":
        """Place the modules: one file per layer, or one package per domain."""
        paths = project.paths

        def module(folder: str, kind: str) -> Module:
            own = "{domain}" in folder
            file = f"{kind}.py" if own else f"{names.module}.py"
            path = PurePosixPath(folder.replace("{domain}", names.module), file)
            return Module(str(path), import_name(project, str(path)))

        return cls(
            model=module(paths.models, "model"),
            schemas=module(paths.schemas, "schemas"),
            crud=module(paths.crud, "crud"),
            service=module(paths.services, "service"),
            tasks=module(paths.tasks, "tasks"),
            tests=f"{paths.tests.replace('{domain}', names.module)}/test_{names.domain}_tracking.py",
            docs=f"{paths.docs.replace('{domain}', names.module)}/{names.domain}.md",
        )


def import_name(project: Project, path: str) -> str:
    """The import path of a file of the project, `app/models/x.py` -> `app.models.x`."""
    inside = (project.root / path).relative_to(project.source_root)
    return ".".join(inside.with_suffix("").parts)
