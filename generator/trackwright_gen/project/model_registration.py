"""Where a new model is imported so that Alembic's metadata has its table."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from trackwright_gen.project.env_script import env_in
from trackwright_gen.project.file_edit import FileEdit
from trackwright_gen.project.import_reach import Reach, mentioned, reach_of
from trackwright_gen.project.model import ObjectName, Project
from trackwright_gen.project.new_imports import NewImport, import_insertions
from trackwright_gen.project.source_file import ImportLine, SourceFile
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.tables import modules_with_tables
from trackwright_gen.project.text_edits import Literal, Positions, insert_all, insert_strings

REASON = "imports the model, so that Alembic sees its table"


@dataclass(frozen=True, slots=True)
class _Collector:
    """The file that imports models for Alembic's sake."""

    source: SourceFile
    modules: frozenset[str]
    is_circular: bool
    """Whether the models import it themselves, so that names of theirs may not exist yet when it runs."""

    def is_neighbour(self, line: ImportLine) -> bool:
        """Whether a line imports a model."""
        return not self.modules.isdisjoint(mentioned(line))


def register_models(tree: SourceTree, project: Project, models: Sequence[ObjectName]) -> FileEdit | None:
    """Import models where env.py's metadata collects them; None where all of them are imported already.

    Raises:
        ToolError: a file that env.py imports is no valid Python.
    """
    env = env_in(tree, project.alembic.script_location)
    reach = reach_of(tree, [env])
    missing = [model for model in models if not reach.covers(model.module)]
    if not missing:
        return None
    collector = _collector(tree, project, reach, missing)
    source = collector.source
    exported = None if collector.is_circular else exported_names(source)
    insertions = import_insertions(
        source,
        [_import_of(model, source, is_circular=collector.is_circular) for model in missing],
        is_neighbour=collector.is_neighbour,
        is_exported=exported is not None,
    )
    if exported is not None:
        insertions += insert_strings(Positions(source.text), exported, [model.name for model in missing])
    return FileEdit(source.path, source.text, insert_all(source.text, insertions), REASON)


def _collector(tree: SourceTree, project: Project, reach: Reach, models: Sequence[ObjectName]) -> _Collector:
    modules = modules_with_tables(tree)
    env = reach.files[0]
    candidates = [
        (_count(source, modules), source) for source in reach.files if _may_collect(source, modules)
    ]
    best = max((count for count, _ in candidates), default=0)
    chosen = next((source for count, source in candidates if count == best and best), None)
    if chosen is None:
        packages = [model.module.rpartition(".")[0] for model in models]
        chosen = next(
            (source for source in reach.files if source.is_package and source.module in packages), env
        )
    circular = chosen is not env and chosen in reach_of(tree, [], also=[project.base.module]).files
    return _Collector(chosen, modules, circular)


def _may_collect(source: SourceFile, modules: frozenset[str]) -> bool:
    """env.py, a package's `__init__`, or a module that does little else than import models."""
    if source.module == "<env>" or source.is_package:
        return True
    return source.module not in modules and 2 * _count(source, modules) >= len(source.import_lines)


def _count(source: SourceFile, modules: frozenset[str]) -> int:
    names = {name for line in source.import_lines if line.at_top for name in mentioned(line)}
    return len(names & modules - {source.module})


def _import_of(model: ObjectName, source: SourceFile, *, is_circular: bool) -> NewImport:
    if not is_circular and source.module != "<env>":
        return NewImport(model.module, model.name)
    return module_import(model.module, source)


def module_import(module: str, source: SourceFile) -> NewImport:
    """An import of a module for its effects, under a name that the file does not use yet."""
    package, _, leaf = module.rpartition(".")
    ambiguous = source.binds(leaf) or leaf in {"model", "models", "tasks"}
    return NewImport(module, alias=f"{package.rpartition('.')[2]}_{leaf}" if ambiguous else None)


def exported_names(source: SourceFile) -> Literal | None:
    """The file's `__all__`, where it is a literal of plain strings."""
    names = source.assigned.get("__all__")
    is_literal = isinstance(names, (ast.List, ast.Tuple)) and all(
        isinstance(item, ast.Constant) for item in names.elts
    )
    return names if is_literal and isinstance(names, (ast.List, ast.Tuple)) else None
