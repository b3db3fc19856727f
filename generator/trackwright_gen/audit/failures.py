"""Failed runs by job, from what a database holds: the legacy table, and Celery's own table of results."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    cast,
    create_engine,
    func,
    inspect,
    literal_column,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from trackwright_gen.errors import ToolError
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.values import ClassValue, Text

_FAILED = ("failed", "failure", "fail", "error", "errored")
_KINDS = ("task_type", "task_name", "job_type", "type", "kind", "name")
_STATES = ("status", "state")
_CELERY_RESULTS = "celery_taskmeta"
_SYNC_DRIVERS = {"postgresql+asyncpg": "postgresql+psycopg", "sqlite+aiosqlite": "sqlite"}


def count_failures(url: str, project: SourceProject) -> dict[str, int]:
    """Failed runs by the jobs' names; nothing is written.

    A legacy row belongs to the jobs that write its type as a text, else to those of its name, else to those
    that are sent where its type is written.

    Raises:
        ToolError: the database cannot be read, or has no table that could tell.
    """
    tables = frozenset(legacy_tables(project))
    try:
        engine = create_engine(_sync(url))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ToolError(f"--database is no URL of a database that can be read: {error}") from error
    try:
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
            kinds = _by_kind(connection, tables.intersection(names))
            runs = _by_name(connection) if _CELERY_RESULTS in names else None
    except SQLAlchemyError as error:
        raise ToolError(f"the database cannot be read: {error}", hint="check --database") from error
    finally:
        engine.dispose()
    if runs is None and not tables.intersection(names):
        looked = ", ".join(sorted({*tables, _CELERY_RESULTS}))
        raise ToolError(f"no table in the database tells of failed runs; looked for: {looked}")
    return dict(Counter(runs or {}) + Counter(_of_jobs(kinds, project)))


def legacy_tables(project: SourceProject) -> Iterator[str]:
    """The names of the legacy models' tables, as the code has them."""
    for module in project.modules:
        for class_ in module.classes:
            if project.models.is_legacy_class(class_):
                for value in project.names.attribute(ClassValue(class_), "__tablename__"):
                    if isinstance(value, Text):
                        yield value.text


def _sync(url: str) -> str:
    parsed = make_url(url)
    name = _SYNC_DRIVERS.get(parsed.drivername, parsed.drivername)
    return parsed.set(drivername=name).render_as_string(hide_password=False)


def _by_kind(connection: Connection, tables: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name in tables:
        table = Table(name, MetaData(), autoload_with=connection)
        kind, state = _first(table, _KINDS), _first(table, _STATES)
        if kind is not None and state is not None:
            counts.update(_failed(connection, kind, state))
    return counts


def _by_name(connection: Connection) -> Counter[str]:
    """Runs by task name; only a result backend with `result_extended` has written those."""
    table = Table(_CELERY_RESULTS, MetaData(), autoload_with=connection)
    if "name" not in table.columns:
        return Counter()
    return Counter(_failed(connection, table.columns["name"], table.columns["status"]))


def _first(table: Table, names: Iterable[str]) -> Column[str] | None:
    return next((table.columns[name] for name in names if name in table.columns), None)


def _failed(connection: Connection, kind: Column[str], state: Column[str]) -> dict[str, int]:
    lowered = func.lower(cast(state, String))
    query = (
        select(cast(kind, String), func.count(literal_column("*"))).where(lowered.in_(_FAILED)).group_by(kind)
    )
    return {name: count for name, count in connection.execute(query) if name is not None}


def _of_jobs(kinds: Mapping[str, int], project: SourceProject) -> Counter[str]:
    written: dict[str, set[str]] = defaultdict(set)
    called: dict[str, set[str]] = defaultdict(set)
    beside: dict[str, set[str]] = defaultdict(set)
    for job in project.jobs:
        called[job.qualified_name.rpartition(".")[2]].add(job.name)
        for text in _texts(job):
            written[text].add(job.name)
    for each in project.dispatches.all():
        for text in _constants(each.scope.node):
            beside[text].add(each.job.name)
    found: Counter[str] = Counter()
    for kind, count in kinds.items():
        for name in written.get(kind) or called.get(kind) or beside.get(kind) or ():
            found[name] += count
    return found


def _texts(job: Job) -> frozenset[str]:
    body = job.declaration.body
    return _constants(body.node) if body is not None else frozenset()


def _constants(tree: ast.AST) -> frozenset[str]:
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
