"""A legacy model that nothing uses any more: its class and its imports go."""

import ast
from collections.abc import Callable
from pathlib import Path

from trackwright_gen.codemods.kinds import Kinds
from trackwright_gen.codemods.sightings import legacy_models
from trackwright_gen.codemods.task.file_edits import FileEdits, finished, with_statements
from trackwright_gen.location import Location
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue


def model_of_table(project: SourceProject, table: str) -> Scope | None:
    """The legacy model of a table, if the code still has one."""
    for _, class_ in legacy_models(project):
        if project.tables.table_name(class_) == table:
            return class_
    return None


def uses_left(kinds: Kinds, model: Scope, task_types: frozenset[str] | None) -> tuple[Location, ...]:
    """Where code still has to do with rows of a model; of some kinds only, where these are named."""
    found = [
        sighting.location
        for kind in kinds.all
        if kind.model is model and (task_types is None or kind.task_type in task_types)
        for sighting in kind.sightings
    ]
    if task_types is None:
        found += [each.location for each in kinds.of_any if each.model is model]
    return tuple(sorted(set(found)))


def without_model(project: SourceProject, model: Scope, read: Callable[[Path], str]) -> dict[Path, str]:
    """The files that define or import a model, without it."""
    edits: dict[Path, FileEdits] = {}
    own = edits.setdefault(model.module.path, FileEdits())
    own.removed.add(model.name)
    own.gone |= {each.id for each in ast.walk(model.node) if isinstance(each, ast.Name)}
    for module in project.modules:
        for each in module.imports:
            name = each.alias.asname or each.alias.name
            values = project.names.lookup(name, each.scope)
            if each.scope.kind == "module" and ClassValue(model) in values:
                edits.setdefault(module.path, FileEdits()).moved.add(name)
    package = model.module.name.partition(".")[0]
    return {
        path: finished(with_statements(read(path), edit), edit, package).code for path, edit in edits.items()
    }
