"""From checked specs to what shall exist in the project: names, tables, files; nothing rendered yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.plan.catalog import CATALOG
from trackwright_gen.plan.modules import Modules
from trackwright_gen.plan.table import Table
from trackwright_gen.plan.table_of import table_of
from trackwright_gen.project.model import Project
from trackwright_gen.spec.loader import LoadedSpec
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.naming import Names
from trackwright_gen.spec.references import resolve_references


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainPlan:
    """One domain in one project.

    Attributes:
        spec: the spec, every field's type filled in.
        names: what its parts are called.
        table: its database table.
        modules: where its modules go.
        files: path relative to the project -> the template it is rendered from.
    """

    spec: DomainSpec
    names: Names
    table: Table
    modules: Modules
    files: Mapping[str, str]


def plan_domains(
    loaded: Sequence[LoadedSpec], project: Project, generated: Iterable[str]
) -> tuple[DomainPlan, ...]:
    """Plan domains; `generated` are the domains that this project has from earlier runs.

    Raises:
        ToolErrors: references that lead nowhere, tables of somebody else's, two domains in one place; all at once.
    """
    errors: list[ToolError] = []
    plans: list[DomainPlan] = []
    known = frozenset(generated)
    for one in loaded:
        try:
            plans.append(_planned(one, project, known))
        except ToolErrors as found:
            errors += found.errors
    errors += _clashes(plans, loaded)
    errors += _index_clashes(plans, loaded)
    if errors:
        raise ToolErrors(errors)
    return tuple(plans)


def _planned(loaded: LoadedSpec, project: Project, generated: frozenset[str]) -> DomainPlan:
    names = Names.of(loaded.spec)
    if names.table in project.tables and loaded.spec.domain not in generated:
        raise ToolErrors([_taken(loaded, names)])
    spec = resolve_references(loaded, project.tables)
    modules = Modules.of(project, names)
    return DomainPlan(
        spec=spec,
        names=names,
        table=replace(table_of(spec, names), schema=project.schema),
        modules=modules,
        files=_files(modules, loaded),
    )


def _taken(loaded: LoadedSpec, names: Names) -> ToolError:
    return loaded.places.error(
        ("domain",),
        f"the project has a model of the table {names.table!r} that trackwright did not generate",
        hint=f"choose another domain; or, if it was generated once, restore .trackwright/{names.domain}/ "
        "from version control",
    )


def _files(modules: Modules, loaded: LoadedSpec) -> dict[str, str]:
    files: dict[str, str] = {}
    for artifact in CATALOG:
        path = artifact.path(modules)
        if path in files:
            raise ToolErrors(
                [
                    loaded.places.error(
                        ("domain",),
                        f"{files[path]} and {artifact.template} would both be written to {path}",
                        hint="give them different folders in [tool.trackwright.paths], "
                        "or one with {domain} in it",
                    )
                ]
            )
        files[path] = artifact.template
    return files


def _clashes(plans: Sequence[DomainPlan], loaded: Sequence[LoadedSpec]) -> Iterator[ToolError]:
    """Two domains that want one name or one file."""
    places = {one.spec.domain: one for one in loaded}
    seen: dict[str, DomainPlan] = {}
    for plan in plans:
        for claimed in (plan.names.model, f"task {plan.names.task}", *plan.files):
            other = seen.setdefault(claimed, plan)
            if other is not plan:
                yield places[plan.spec.domain].places.error(
                    ("domain",),
                    f"{plan.spec.domain!r} and {other.spec.domain!r} would both have {claimed}",
                    hint="give one of them another name: names: {class: ...}, or task: {name: ...}",
                )
                break


def _index_clashes(plans: Sequence[DomainPlan], loaded: Sequence[LoadedSpec]) -> Iterator[ToolError]:
    """Two tables whose indexes would have one name: the database has no such names twice."""
    places = {one.spec.domain: one.places for one in loaded}
    seen: dict[str, DomainPlan] = {}
    for plan in sorted(plans, key=lambda plan: len(plan.spec.domain), reverse=True):
        names = [one.name for one in plan.table.indexes] + [one.name for one in plan.table.uniques]
        for name in names:
            other = seen.setdefault(name, plan)
            if other is not plan:
                yield places[plan.spec.domain].error(
                    ("domain",),
                    f"{plan.spec.domain!r} and {other.spec.domain!r} would both have an index {name}",
                    hint=f"give a field of {plan.spec.domain!r} a name that does not begin with task_; `column:` "
                    "keeps its column's",
                )
                break
