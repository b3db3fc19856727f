"""From a kind of legacy rows to what its domain's spec should say, each part with where it comes from."""

import ast
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from trackwright.legacy.mapping import STATUS_WORDS, USUAL_COLUMNS
from trackwright_gen.codemods.field_types import Type, type_of_annotation, type_of_column, type_of_rows
from trackwright_gen.codemods.kinds import Kind, arguments_of, default_of, parameters, row_parameter, sent_in
from trackwright_gen.codemods.legacy_table import KindRows
from trackwright_gen.codemods.retry_policy import RetryPolicy, retry_policy
from trackwright_gen.codemods.sightings import METADATA
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.spec.core import CORE_ATTRIBUTES, CORE_FIELDS
from trackwright_gen.spec.model import NAME_PATTERN

Reason = tuple[str, Location | None]
COUNTERS = frozenset({"retry_count", "retries", "attempt", "attempt_count"})
_CORE = frozenset(name for names in USUAL_COLUMNS.values() for name in names) | {"id"}


@dataclass(slots=True)
class ProposedField:
    """A column of the domain's own."""

    name: str
    type: Type | None = None
    required: bool = False
    default: str | int | None = None
    """What a caller may leave out: the parameter's default."""
    reasons: list[Reason] = field(default_factory=list["Reason"])
    questions: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Proposal:
    """A spec to be: everything in it has its reasons."""

    domain: str
    kind: Kind
    job: Job | None
    policy: RetryPolicy | None
    rows: KindRows | None
    fields: dict[str, ProposedField] = field(default_factory=dict[str, ProposedField])
    mapping: dict[str, tuple[str, list[Reason]]] = field(
        default_factory=dict[str, "tuple[str, list[Reason]]"]
    )
    """A column of the legacy table, or `column.key`, to a field."""
    words: dict[str, tuple[str | None, list[Reason]]] = field(
        default_factory=dict[str, "tuple[str | None, list[Reason]]"]
    )
    questions: list[Reason] = field(default_factory=list["Reason"])


def proposal(
    project: SourceProject, kind: Kind, rows: KindRows | None, is_taken: Callable[[str], bool]
) -> Proposal:
    """Propose a domain for one kind of legacy rows."""
    jobs = sorted(kind.jobs, key=lambda job: (job.tracked, job.location))
    job = jobs[0] if jobs else None
    domain = _domain(kind, is_taken)
    made = Proposal(domain, kind, job, retry_policy(project, job) if job else None, rows)
    _Builder(project, made).build()
    for other in jobs[1:]:
        made.questions.append(
            (f"{other.qualified_name} writes these rows too: is it a domain of its own?", other.location)
        )
    if not jobs:
        made.questions.append(("no task of the code writes these rows: are they still needed?", None))
    return made


def _domain(kind: Kind, is_taken: Callable[[str], bool]) -> str:
    wanted = kind.task_type or re.sub(r"(_status(es)?|_tasks?)$", "", kind.table).removesuffix("s")
    name = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_")[:30] or "legacy"
    name = name if name[0].isalpha() else f"task_{name}"
    choices = (name, f"{name}_run", f"{name}_task", *(f"{name}_{number}" for number in range(2, 100)))
    return next(choice for choice in choices if not is_taken(choice))


class _Builder:
    """Fills in a proposal."""

    def __init__(self, project: SourceProject, made: Proposal) -> None:
        self._project = project
        self._made = made
        self._kind = made.kind
        self._columns = project.tables.columns(made.kind.model)

    def build(self) -> None:
        """Fields first from the task's parameters, then from what is stored and read."""
        if self._made.job is not None:
            for parameter in parameters(self._made.job):
                if parameter.arg != row_parameter(self._project, self._kind, self._made.job):
                    self._parameter(self._made.job, parameter)
        self._stored()
        self._own_columns()
        self._counters()
        self._words()
        self._types()

    # -- fields

    def _parameter(self, job: Job, parameter: ast.arg) -> None:
        body = job.declaration.body
        assert body is not None  # noqa: S101 -- it has parameters
        proposed = self._field(parameter.arg)
        annotation = f": {ast.unparse(parameter.annotation)}" if parameter.annotation else ""
        proposed.type = type_of_annotation(parameter.annotation) if parameter.annotation else None
        given = default_of(job, parameter)
        text = f"parameter `{parameter.arg}{annotation}`"
        if isinstance(given, ast.Constant) and isinstance(given.value, str | int):
            proposed.default = given.value
            proposed.type = proposed.type or type_of_annotation(ast.Name(type(given.value).__name__))
            text += f", left out: {given.value!r}"
        proposed.reasons.append((text, _place(body.module.path, parameter)))

    def _field(self, name: str) -> ProposedField:
        own = name if _is_free(name) else f"{self._made.domain}_{name.strip('_').lower()}"
        return self._made.fields.setdefault(own, ProposedField(own))

    def _stored(self) -> None:
        """What creations store in columns and in keys of the metadata."""
        for creation in self._kind.creations:
            given = self._given_to_task(creation.scope) | self._own_parameters(creation.scope)
            for value in creation.values:
                if value.column in METADATA and isinstance(value.value, ast.Dict):
                    for key, each in zip(value.value.keys, value.value.values, strict=True):
                        if isinstance(key, ast.Constant) and isinstance(key.value, str):
                            self._store(f"{value.column}.{key.value}", key.value, each, given, value.location)
                elif value.column not in _CORE and value.column != self._kind.type_column:
                    self._store(value.column, value.column, value.value, given, value.location)

    def _own_parameters(self, scope: object) -> dict[str, str]:
        job = self._made.job
        if job is None or job.declaration.body is not scope:
            return {}
        return {each.arg: each.arg for each in parameters(job)}

    def _given_to_task(self, scope: object) -> dict[str, str]:
        """Expressions that a function gives the task, with the parameter they are for."""
        given: dict[str, str] = {}
        for sighting in self._kind.sightings:
            if sighting.scope is scope:
                for sent in sent_in(self._project, sighting.scope):
                    if sent.job is self._made.job:
                        given |= {_bare(value): name for name, value in (arguments_of(sent) or {}).items()}
        return given

    def _store(self, column: str, name: str, value: ast.expr, given: dict[str, str], place: Location) -> None:
        target = given.get(_bare(value)) or (name if name in given.values() else None)
        proposed = self._field(target or name)
        reason: Reason = (f"{column} = {ast.unparse(value)}", place)
        proposed.reasons.append(reason)
        known = self._made.mapping.setdefault(column, (proposed.name, []))
        known[1].append(reason)
        if known[0] != proposed.name:
            self._made.questions.append((f"{column} is {known[0]} here and {proposed.name} there", place))
        if proposed.type is None and isinstance(value, ast.Constant):
            proposed.type = type_of_annotation(ast.Name(type(value.value).__name__))

    def _own_columns(self) -> None:
        """Columns that the code reads from these rows; all of them where the table has this kind only."""
        read = {name for sighting in self._kind.sightings for name in sighting.read}
        for name, column in self._columns.items():
            is_meant = self._kind.type_column is None or column.attribute in read
            is_known = name in _CORE or name in COUNTERS or name in METADATA or name == self._kind.type_column
            if is_meant and not is_known and name not in self._made.mapping:
                proposed = self._field(name)
                place = _place(column.owner.module.path, column.call) if column.call else None
                proposed.reasons.append((f"column `{name}` of {self._kind.table}", place))
                self._made.mapping[name] = (proposed.name, [(f"column `{name}`", place)])

    def _counters(self) -> None:
        for name in COUNTERS & self._columns.keys():
            self._made.mapping[name] = ("attempts", [("it counts attempts", None)])

    # -- words

    def _words(self) -> None:
        for sighting in self._kind.sightings:
            for word, place in sighting.words:
                self._word(word, ("", place))
        for word, count in (self._made.rows.words if self._made.rows else {}).items():
            self._word(word, (f"{count} rows", None))

    def _word(self, word: str, reason: Reason) -> None:
        status = STATUS_WORDS.get(word.strip().lower())
        same = next((each for each in self._made.words if each.lower() == word.strip().lower()), word)
        known = self._made.words.setdefault(same, (status.value if status else None, []))
        known[1].append(reason)

    # -- types

    def _types(self) -> None:
        for proposed in self._made.fields.values():
            column = next(
                (name for name, (target, _) in self._made.mapping.items() if target == proposed.name), None
            )
            self._type(proposed, column)

    def _type(self, proposed: ProposedField, column: str | None) -> None:
        declared = self._columns[column].call if column in self._columns else None
        stored = type_of_column(declared) if declared is not None else None
        rows = self._made.rows
        is_shorter = stored is not None and stored.name == "string"
        if proposed.type is None or (proposed.type.name == "text" and is_shorter):
            proposed.type = stored
        if rows is not None and column is not None:
            found = type_of_rows(rows, column)
            proposed.type = proposed.type or found
            if found is not None and proposed.type is not None and not proposed.type.holds(found):
                proposed.questions.append(f"the rows hold {found.name} values: which type is right?")
            proposed.required = rows.count > 0 and self._never_missing(column, rows)
        elif column is not None and rows is None:
            proposed.questions.append(
                "required: true? Run again with --database to see whether it is ever missing"
            )
        if proposed.type is None:
            proposed.type = Type("text")
            proposed.questions.append("its type is a guess")

    @staticmethod
    def _never_missing(column: str, rows: KindRows) -> bool:
        name, _, key = column.partition(".")
        if key:
            return rows.keys.get(key, (0, frozenset()))[0] == rows.count
        return name in rows.columns and rows.columns[name].missing == 0


def _bare(value: ast.expr) -> str:
    """An expression without the conversion around it: `str(order_id)` is about `order_id`."""
    match value:
        case ast.Call(func=ast.Name(id="str" | "int"), args=[inner], keywords=[]):
            return ast.unparse(inner)
        case _:
            return ast.unparse(value)


def _place(path: object, node: ast.arg | ast.expr) -> Location:
    return Location(path, node.lineno, node.col_offset + 1)  # type: ignore[arg-type] # a module's path


def _is_free(name: str) -> bool:
    """True for a name that a field may have."""
    taken = name in CORE_FIELDS or name in CORE_ATTRIBUTES.values() or name == "registry"
    is_name = re.fullmatch(NAME_PATTERN, name) is not None and not name.startswith("model_")
    return is_name and not taken and not keyword.iskeyword(name)
