"""THE ordered table of what is generated for a domain: template, and the place it gets in the project."""

from collections.abc import Callable
from dataclasses import dataclass

from trackwright_gen.plan.modules import Modules


@dataclass(frozen=True, slots=True)
class Artifact:
    """One generated file: the template's name without suffix, and where the file goes."""

    template: str
    path: Callable[[Modules], str]


CATALOG: tuple[Artifact, ...] = (
    Artifact("model.py", lambda modules: modules.model.path),
    Artifact("schemas.py", lambda modules: modules.schemas.path),
    Artifact("crud.py", lambda modules: modules.crud.path),
    Artifact("service.py", lambda modules: modules.service.path),
    Artifact("tasks.py", lambda modules: modules.tasks.path),
    Artifact("test_tracking.py", lambda modules: modules.tests),
    Artifact("docs.md", lambda modules: modules.docs),
)
"""In the order in which a reader meets them, and in which the command lists them."""
