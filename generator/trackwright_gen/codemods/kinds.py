"""The kinds of tasks in a legacy table: which task each `task_type` is, who makes its rows, who reads them."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trackwright_gen.codemods.sightings import KINDS, Creation, Sighting, sightings, texts
from trackwright_gen.location import Location
from trackwright_gen.source.dispatches import Dispatch
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope


@dataclass(slots=True)
class Kind:
    """One kind of task in one legacy table.

    Attributes:
        model: the legacy model's class.
        table: its table.
        type_column: the column that says the kind; None where the table has one kind only.
        task_type: this kind's text in it.
        named: where the code says the text.
        jobs: the tasks that its rows are about.
        sightings: the functions that have to do with its rows.
    """

    model: Scope
    table: str
    type_column: str | None
    task_type: str | None
    named: list[Location] = field(default_factory=list[Location])
    jobs: list[Job] = field(default_factory=list[Job])
    sightings: list[Sighting] = field(default_factory=list[Sighting])

    @property
    def creations(self) -> list[Creation]:
        """All places that make a row of the kind."""
        return [each for sighting in self.sightings for each in sighting.creations]


@dataclass(frozen=True, slots=True)
class Kinds:
    """All kinds, and the functions of which no kind can be told: they read rows of any."""

    all: tuple[Kind, ...]
    of_any: tuple[Sighting, ...]


def legacy_kinds(project: SourceProject) -> Kinds:
    """Read the kinds of tasks out of the code."""
    found: dict[tuple[Scope, str | None], Kind] = {}
    seen = sightings(project)
    by_scope = {(each.scope, each.model): each for each in seen}
    open_: list[Sighting] = []
    for sighting in seen:
        keys = list(_keys(project, sighting))
        if not keys:
            open_.append(sighting)
        for task_type, place in keys:
            _add(project, found, sighting, task_type, place)
    # A task that is given a row's id knows no kind itself: who makes the row and sends the task does.
    for kind in tuple(found.values()):
        for job in _sent_by(project, kind):
            body = job.declaration.body
            given = by_scope.get((body, kind.model)) if body is not None else None
            if given is not None:
                _join(kind, given, job)
    _jobs_of_own_rows(project, found.values())
    of_any = [each for each in open_ if not any(each in kind.sightings for kind in found.values())]
    return Kinds(tuple(found.values()), tuple(of_any))


def _add(
    project: SourceProject,
    found: dict[tuple[Scope, str | None], Kind],
    sighting: Sighting,
    task_type: str | None,
    place: Location,
) -> None:
    key = (sighting.model, task_type)
    if key not in found:
        column = type_column(project, sighting.model)
        table = project.tables.table_name(sighting.model) or sighting.model.name
        found[key] = Kind(sighting.model, table, column, task_type)
    kind = found[key]
    if sighting not in kind.sightings:
        kind.sightings.append(sighting)
    kind.named.append(place)


def _join(kind: Kind, sighting: Sighting, job: Job) -> None:
    if sighting not in kind.sightings:
        kind.sightings.append(sighting)
    if job not in kind.jobs:
        kind.jobs.append(job)


def type_column(project: SourceProject, model: Scope) -> str | None:
    """The column of a model that says the kind of task."""
    columns = project.tables.columns(model)
    return next((name for name in KINDS if name in columns), None)


def _keys(project: SourceProject, sighting: Sighting) -> Iterator[tuple[str | None, Location]]:
    if type_column(project, sighting.model) is None:
        yield None, sighting.location
    for each in sighting.kinds:
        for text in texts(project, each):
            yield text, each.location


def _sent_by(project: SourceProject, kind: Kind) -> Iterator[Job]:
    for sighting in tuple(kind.sightings):
        for sent in sent_in(project, sighting.scope):
            body = sent.job.declaration.body
            if body is not None and body is not sighting.scope:
                yield sent.job


def sent_in(project: SourceProject, scope: Scope) -> Iterator[Dispatch]:
    """What a function sends."""
    for inner in scope.walk() if scope.kind == "function" else (scope,):
        for call in inner.calls:
            sent = project.dispatches.of_call(call, inner)
            if sent is not None:
                yield sent


def _jobs_of_own_rows(project: SourceProject, kinds: Iterable[Kind]) -> None:
    bodies = {job.declaration.body: job for job in project.jobs if job.declaration.body is not None}
    for kind in kinds:
        for sighting in kind.sightings:
            job = bodies.get(sighting.scope)
            if job is not None and job not in kind.jobs:
                kind.jobs.append(job)


def parameters(job: Job) -> list[ast.arg]:
    """The parameters of a task's function, without `self`."""
    arguments = _arguments(job)
    plain = [*arguments.posonlyargs, *arguments.args]
    return [*plain[1 if job.bind else 0 :], *arguments.kwonlyargs]


def _arguments(job: Job) -> ast.arguments:
    node = job.declaration.body.node if job.declaration.body else None
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)  # noqa: S101 -- they use the model
    return node.args


def default_of(job: Job, parameter: ast.arg) -> ast.expr | None:
    """What a parameter is when it is not given."""
    arguments = _arguments(job)
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return next((value for each, value in pairs if each is parameter), None)


def arguments_of(sent: Dispatch) -> dict[str, ast.expr] | None:
    """What a call gives for each parameter of the task; None where it is not written out, as in `delay(*values)`."""
    assert isinstance(sent.node, ast.Call)  # noqa: S101 -- schedules give nothing
    names = [each.arg for each in parameters(sent.job)]
    positional: list[ast.expr] | None = sent.node.args
    keywords = {each.arg: each.value for each in sent.node.keywords}
    named: Mapping[str | None, ast.expr] | None = keywords
    if sent.how != "delay":
        first, second, *_ = (*sent.node.args, None, None)
        positional = _items(keywords.get("args", first))
        named = _entries(keywords.get("kwargs", second))
    if positional is None or named is None or any(isinstance(each, ast.Starred) for each in positional):
        return None
    given = dict(zip(names, positional, strict=False))
    given |= {name: value for name, value in named.items() if name is not None}
    return given if None not in named else None


def _items(args: ast.expr | None) -> list[ast.expr] | None:
    match args:
        case None:
            return []
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return items
        case _:
            return None


def _entries(kwargs: ast.expr | None) -> Mapping[str | None, ast.expr] | None:
    match kwargs:
        case None:
            return {}
        case ast.Dict(keys=keys, values=values):
            return {
                str(key.value) if isinstance(key, ast.Constant) else None: value
                for key, value in zip(keys, values, strict=True)
            }
        case _:
            return None


def row_parameter(project: SourceProject, kind: Kind, job: Job) -> str | None:
    """The parameter that a task is given its row's id by."""
    names = [each.arg for each in parameters(job)]
    body = job.declaration.body
    for sighting in kind.sightings:
        if sighting.scope is body and body is not None:
            for name in names:
                if _is_looked_up_by(project, sighting, name):
                    return name
    return None


def _is_looked_up_by(project: SourceProject, sighting: Sighting, name: str) -> bool:
    """True where a row is looked up by a name: `get(Model, name)`, `Model.id == name`, `filter_by(id=name)`."""
    return any(
        _asks_for(project, call, scope, name) for scope in sighting.scope.walk() for call in scope.calls
    )


def _asks_for(project: SourceProject, call: ast.Call, scope: Scope, name: str) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(attr="get" | "get_one"), args=[ast.Name(id=only)]):
            return only == name and "query" in ast.unparse(call.func)
        case ast.Call(func=ast.Attribute(attr="get" | "get_one"), args=[model, ast.Name(id=key), *_]):
            return key == name and project.models.legacy_part(model, scope) is not None
        case ast.Call(func=ast.Attribute(attr="filter_by"), keywords=keywords):
            return any(each.arg == "id" and ast.unparse(each.value) == name for each in keywords)
        case _:
            return any(_compares_id(project, each, scope, name) for each in call.args)


def _compares_id(project: SourceProject, expression: ast.expr, scope: Scope, name: str) -> bool:
    match expression:
        case ast.Compare(left=ast.Attribute(attr="id") as left, comparators=[ast.Name(id=other)]):
            return other == name and project.models.legacy_part(left, scope) is not None
        case _:
            return False
