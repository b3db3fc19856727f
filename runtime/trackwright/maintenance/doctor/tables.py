"""Is the table what the model says: columns, types, NULL, checks, indexes?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Dialect, Index, inspect
from sqlalchemy.exc import CompileError
from sqlalchemy.schema import CreateIndex

from trackwright.maintenance.doctor.finding import Finding, Patient
from trackwright.model import table_of
from trackwright.status import TrackingStatus

_MIGRATE = (
    "bring the table up to date: `alembic upgrade head`; `alembic check` shows whether a revision is missing"
)
_SAME = {"FLOAT": "DOUBLE PRECISION", "DECIMAL": "NUMERIC"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database says about a table."""

    columns: dict[str, Any]
    checks: dict[str, str]
    indexes: frozenset[str]
    dialect: Dialect


def table_missing(patient: Patient) -> bool:
    """Whether the domain has no table at all, so that no other check can say anything."""
    table = table_of(patient.domain.model)
    return not patient.database.read(
        lambda connection: bool(inspect(connection).has_table(table.name, schema=table.schema))
    )


def no_table(patient: Patient) -> Finding:
    """The finding about it."""
    name = table_of(patient.domain.model).fullname
    return patient.finding("table_missing", f"there is no table {name}", _MIGRATE)


def lacks_columns(patient: Patient) -> bool:
    """Whether the table lacks columns of the model."""
    table = table_of(patient.domain.model)
    seen = patient.database.read(lambda connection: _look(connection, table))
    return not seen.columns.keys() >= set(table.columns.keys())


def table_differs(patient: Patient) -> Iterator[Finding]:
    """Columns and checks that the table lacks or has otherwise than the model."""
    table = table_of(patient.domain.model)
    seen = patient.database.read(lambda connection: _look(connection, table))
    details = (*_columns(table, seen), *_checks(table, seen))
    if details:
        yield patient.finding(
            "table_differs", f"{table.fullname} is not what the model says", _MIGRATE, details
        )


def index_missing(patient: Patient) -> Iterator[Finding]:
    """Indexes of the model that the table lacks: its queries scan the table."""
    table = table_of(patient.domain.model)
    seen = patient.database.read(lambda connection: _look(connection, table))
    missing = [index for index in table.indexes if index.name not in seen.indexes]
    if missing:
        yield patient.finding(
            "index_missing",
            f"{table.fullname} lacks {len(missing)} of its indexes: sweep, lists and pruning read all of it",
            f"{_MIGRATE}. On a table in use build them with CONCURRENTLY",
            tuple(sorted(_statement(index, seen.dialect) for index in missing)),
        )


def _look(connection: Connection, table: Any) -> Seen:
    inspector = inspect(connection)
    place: dict[str, Any] = {"table_name": table.name, "schema": table.schema}
    uniques = {str(found["name"]) for found in inspector.get_unique_constraints(**place)}
    return Seen(
        columns={found["name"]: found for found in inspector.get_columns(**place)},
        checks={str(found["name"]): found["sqltext"] for found in inspector.get_check_constraints(**place)},
        indexes=frozenset({str(found["name"]) for found in inspector.get_indexes(**place)} | uniques),
        dialect=connection.dialect,
    )


def _columns(table: Any, seen: Seen) -> Iterator[str]:
    for column in table.columns:
        found = seen.columns.get(column.name)
        if found is None:
            yield f"column {column.name} is missing"
            continue
        ours, theirs = _spelled(column.type, seen.dialect), _spelled(found["type"], seen.dialect)
        if ours is not None and theirs is not None and ours != theirs:
            yield f"column {column.name} is {theirs}, the model says {ours}"
        if not column.primary_key and bool(found["nullable"]) != bool(column.nullable):
            yield f"column {column.name} is {'' if found['nullable'] else 'NOT '}NULL, the model says otherwise"
    for name in sorted(seen.columns.keys() - set(table.columns.keys())):
        found = seen.columns[name]
        # Others are harmless: a newer or an older release has them.
        if not found["nullable"] and found.get("default") is None and not found.get("identity"):
            yield f"column {name} is NOT NULL without a default and not in the model: every insert fails"


def _checks(table: Any, seen: Seen) -> Iterator[str]:
    wanted = [one for one in table.constraints if isinstance(one, CheckConstraint) and one.name]
    for name in sorted(str(check.name) for check in wanted):
        text = seen.checks.get(name)
        if text is None:
            yield f"check {name} is missing"
        elif name.endswith("_task_status"):
            lacking = [status for status in TrackingStatus if f"'{status.value}'" not in text]
            if lacking:
                yield f"check {name} does not allow {', '.join(lacking)}"


def _spelled(type_: Any, dialect: Dialect) -> str | None:
    """A type as the database spells it; None where nobody can say."""
    try:
        spelled = str(dialect.type_compiler_instance.process(type_)).upper()
    except CompileError:
        return None
    spelled = spelled.partition(" COLLATE ")[0].replace('"', "")
    spelled = re.sub(r"^(NUMERIC|DECIMAL)\((\d+)\)$", r"\1(\2, 0)", spelled)
    head, separator, rest = spelled.partition("(")
    return _SAME.get(head, head) + separator + rest


def _statement(index: Index, dialect: Dialect) -> str:
    return " ".join(str(CreateIndex(index).compile(dialect=dialect)).split())
