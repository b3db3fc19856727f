"""The domains of a project that have legacy rows, as `legacy task` and `legacy finish` need them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trackwright.legacy.mapping import STATUS_WORDS, USUAL_COLUMNS
from trackwright_gen.cli.spec_files import load_specs
from trackwright_gen.codemods.task.target import Place, Target, TargetField
from trackwright_gen.plan.modules import Modules
from trackwright_gen.project.model import Project
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.written.reading import read_written_table
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.naming import Names


def targets_of(project: Project, start: Path) -> dict[str, Target]:
    """All domains whose spec says where their rows of old lie, or lay; the project needs no tables for it."""
    found: dict[str, Target] = {}
    for loaded in load_specs(project.specs, (), start):
        legacy, adopt = loaded.spec.legacy, loaded.spec.adopt
        if legacy is not None:
            rows = _Rows(legacy.table, legacy.task_type, legacy.fields, legacy.status)
        elif adopt is not None:
            written = read_written_table(
                SourceTree(project.root, project.source_root), adopt.table, project.schema
            )
            model = Place(written.model.module, written.model.name)
            rows = _Rows(adopt.table, None, adopt.rename, adopt.status, model)
        else:
            continue
        found[loaded.spec.domain] = _target(loaded.spec, project, rows)
    return found


def adopted_models(targets: Mapping[str, Target]) -> tuple[str, ...]:
    """The models of old of adopted tables, as the setting `legacy-models` names models."""
    return tuple(f"{each.adopted.module}:{each.adopted.name}" for each in targets.values() if each.adopted)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where a domain's rows were, and what their columns and words became."""

    table: str
    task_type: str | None
    columns: Mapping[str, str]
    words: Mapping[str, str]
    model: Place | None = None


def _target(spec: DomainSpec, project: Project, rows: _Rows) -> Target:
    names = Names.of(spec)
    modules = Modules.of(project, names)
    words = {word: status.value for word, status in STATUS_WORDS.items()}
    fields = {
        name: TargetField(names.use(name, field).attribute, field.type, field.required, field.default)
        for name, field in spec.fields.items()
    }
    usual = {name for columns in USUAL_COLUMNS.values() for name in columns}
    same = {name: name for name in fields if name not in usual}
    return Target(
        domain=spec.domain,
        file=project.root / modules.tasks.path,
        task=Place(modules.tasks.name, names.task_function),
        model=Place(modules.model.name, names.model),
        service=Place(modules.service.name, names.service),
        crud=Place(modules.crud.name, names.crud),
        session=Place(project.session.factory.module, project.session.factory.name),
        is_async_project=project.session.is_async,
        table=rows.table,
        task_type=rows.task_type,
        fields=fields,
        columns=same | dict(rows.columns),
        words=words | {word.strip().lower(): meaning.upper() for word, meaning in rows.words.items()},
        max_attempts=spec.task.retry.max_attempts,
        retry_on=spec.task.retry.retry_on,
        give_up_on=spec.task.retry.give_up_on,
        adopted=rows.model,
    )
