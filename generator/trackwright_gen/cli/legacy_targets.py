"""The domains of a project that have legacy rows, as `legacy task` and `legacy finish` need them."""

from pathlib import Path

from trackwright.legacy.mapping import STATUS_WORDS, USUAL_COLUMNS
from trackwright_gen.cli.spec_files import load_specs
from trackwright_gen.codemods.task.target import Place, Target, TargetField
from trackwright_gen.merge.record import recorded_domains
from trackwright_gen.plan.planner import DomainPlan, plan_domains
from trackwright_gen.project.model import Project


def targets_of(project: Project, start: Path) -> dict[str, Target]:
    """All domains whose spec says where their legacy rows lie."""
    plans = plan_domains(load_specs(project.specs, (), start), project, recorded_domains(project.root))
    return {plan.spec.domain: _target(plan, project) for plan in plans if plan.spec.legacy is not None}


def _target(plan: DomainPlan, project: Project) -> Target:
    names, modules, spec = plan.names, plan.modules, plan.spec
    legacy = spec.legacy
    assert legacy is not None  # noqa: S101 -- the caller's condition
    words = {word: status.value for word, status in STATUS_WORDS.items()}
    fields = {
        name: TargetField(names.use(name, field).attribute, str(field.type), field.required, field.default)
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
        table=legacy.table,
        task_type=legacy.task_type,
        fields=fields,
        columns=same | dict(legacy.fields),
        words=words | {word.lower(): meaning.upper() for word, meaning in legacy.status.items()},
        max_attempts=spec.task.retry.max_attempts,
        retry_on=spec.task.retry.retry_on,
        give_up_on=spec.task.retry.give_up_on,
    )
