"""What the rows of a legacy table say that code cannot: how many, which words, which keys, what is never missing."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, Table, cast, create_engine, func, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.types import String, Text

from trackwright_gen.errors import ToolError

SAMPLE = 10_000
"""Rows whose metadata is looked into: keys that are rarer show in `legacy verify`."""


@dataclass(frozen=True, slots=True)
class ColumnRows:
    """A column's values: how many are missing, how long the longest is, whether all are whole numbers."""

    missing: int
    longest: int
    are_numbers: bool


@dataclass(frozen=True, slots=True)
class KindRows:
    """The rows of one kind.

    Attributes:
        count: how many.
        words: status word -> rows; the empty word where there is none.
        columns: per text column, its values.
        keys: per key of the metadata, how many of the rows looked into have it, and the types of its values.
        sampled: rows whose metadata was looked into.
    """

    count: int = 0
    words: Mapping[str, int] = field(default_factory=dict[str, int])
    columns: Mapping[str, ColumnRows] = field(default_factory=dict[str, ColumnRows])
    keys: Mapping[str, tuple[int, frozenset[str]]] = field(
        default_factory=dict[str, tuple[int, frozenset[str]]]
    )
    sampled: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows are asked about."""

    table: str
    type_column: str | None
    status_column: str
    metadata_column: str | None


Rows = Mapping[tuple[str, str | None], KindRows]
"""By table and kind; None is the kind of a table that has no column for it."""


def read_rows(url: str, questions: tuple[Question, ...]) -> Rows:
    """Read the rows of legacy tables, grouped by kind; changes nothing.

    Raises:
        ToolError: the URL is none, the database cannot be reached, or has no such table.
    """
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ToolError(
            f"--database: {error}", hint="for example postgresql+psycopg://user@host/name"
        ) from error
    try:
        with engine.connect() as connection:
            return {
                (question.table, kind): rows
                for question in questions
                for kind, rows in _rows(connection, question).items()
            }
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise ToolError(f"the legacy rows cannot be read: {reason}") from error
    finally:
        engine.dispose()


def _rows(connection: Any, question: Question) -> dict[str | None, KindRows]:
    try:
        table = Table(question.table, MetaData(), autoload_with=connection, resolve_fks=False)
    except NoSuchTableError:
        raise ToolError(
            f"the database has no table {question.table}, which the code has a model of"
        ) from None
    kinds: list[str | None] = [None]
    if question.type_column:
        column = table.c[question.type_column]
        named = select(column).where(column.is_not(None)).group_by(column).order_by(column)
        kinds = list(connection.execute(named).scalars())
    return {kind: _of_kind(connection, table, question, kind) for kind in kinds}


def _of_kind(connection: Any, table: Any, question: Question, kind: str | None) -> KindRows:
    belongs = [table.c[question.type_column] == kind] if question.type_column and kind is not None else []
    status = table.c[question.status_column]
    words = connection.execute(select(status, func.count()).where(*belongs).group_by(status)).all()
    columns = {
        column.name: _column(connection, column, belongs)
        for column in table.columns
        if isinstance(column.type, String | Text) and column.name not in {question.type_column, status.name}
    }
    keys, sampled = _keys(connection, table, question, belongs)
    return KindRows(
        count=sum(count for _, count in words),
        words=_words(words),
        columns=columns,
        keys=keys,
        sampled=sampled,
    )


def _words(found: Iterable[tuple[Any, int]]) -> dict[str, int]:
    """Words as `legacy data` understands them, without the blanks around them; the most frequent first."""
    words: dict[str, int] = {}
    for word, count in found:
        bare = "" if word is None else str(word).strip()
        words[bare] = words.get(bare, 0) + count
    return dict(sorted(words.items(), key=lambda each: -each[1]))


def _column(connection: Any, column: Any, belongs: Any) -> ColumnRows:
    # Digits only, told by taking them away: the one way that both databases have.
    rest: Any = column
    for digit in "0123456789":
        rest = func.replace(rest, digit, "")
    found = connection.execute(
        select(
            func.count() - func.count(column),
            func.coalesce(func.max(func.length(column)), 0),
            func.coalesce(func.max(func.length(rest)), 0),
            func.coalesce(func.min(func.length(column)), 0),
        ).where(*belongs)
    ).one()
    missing, longest, other, shortest = found
    return ColumnRows(missing, longest, are_numbers=longest > 0 and other == 0 and shortest > 0)


def _keys(
    connection: Any, table: Any, question: Question, belongs: Any
) -> tuple[dict[str, tuple[int, frozenset[str]]], int]:
    if question.metadata_column is None:
        return {}, 0
    column = table.c[question.metadata_column]
    key = next(iter(table.primary_key))
    statement = select(cast(column, Text())).where(*belongs, column.is_not(None))
    found: dict[str, tuple[int, frozenset[str]]] = {}
    sampled = 0
    for text in connection.execute(statement.order_by(key.desc()).limit(SAMPLE)).scalars():
        sampled += 1
        for name, each in _object(text).items():
            count, kinds = found.get(name, (0, frozenset[str]()))
            found[name] = (count + 1, kinds | {type(each).__name__})
    return found, sampled


def _object(text: str) -> dict[str, Any]:
    """A JSON object; nothing where a text column holds something else, which `legacy data` will report."""
    try:
        value: Any = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
