"""Columns under new names: in which order, and in the predicates that mention them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from trackwright_gen.errors import ToolError
from trackwright_gen.plan.table import Table
from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.spec.sql import quoted

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\W\d][\w$]*|.""", re.DOTALL)


def column_renames(old: Table, new: Table, renamed_from: Mapping[str, str]) -> dict[str, str]:
    """Turn the spec's wishes (new name -> name it had) into renames to do (old column -> new column).

    A wish that an earlier revision fulfilled is none any more.

    Raises:
        ColumnChangeError: the column is not there, or the new name is taken by a column that exists.
    """
    sources = _sources(old, renamed_from)
    present, wanted = {column.name for column in old.columns}, {column.name for column in new.columns}
    renames: dict[str, str] = {}
    free: Mapping[str, str] = sources
    while free:
        # A name is free when no column has it, or when that column gets another name in turn.
        free = {
            source: name
            for name, source in sources.items()
            if source not in renames and (name not in present or name in renames)
        }
        renames |= free
    for name, source in sources.items():
        if source not in renames and source not in wanted:
            raise ColumnChangeError(
                name,
                f"{source!r} cannot be renamed to {name!r}: the table has a column {name!r} already",
                hint="do it in two steps: take the present one out of the spec, generate, then rename",
            )
        if source in renames and source in wanted.difference(renames.values()):
            raise ColumnChangeError(
                name,
                f"{source!r} is renamed to {name!r} and is a field as well",
                hint="do it in two steps: rename and generate first, then add the field under the free name",
            )
    return renames


def _sources(old: Table, renamed_from: Mapping[str, str]) -> dict[str, str]:
    """New column -> the present column that it may have been."""
    names = {column.attribute: column.name for column in old.columns}
    names |= {column.name: column.name for column in old.columns}
    sources: dict[str, str] = {}
    for name, former in renamed_from.items():
        source = names.get(former)
        if source in sources.values():
            raise ColumnChangeError(
                name,
                f"several fields are `renamed_from: {former}`",
                hint="one column can become one column: the others are new fields",
            )
        if source is not None and source != name:
            sources[name] = source
        elif name not in names.values():
            raise ColumnChangeError(
                name,
                f"{name!r} is `renamed_from: {former}`, but the table has no column {former!r}",
                hint="take `renamed_from` out to add a new column",
            )
    return sources


def renaming_order(renames: Mapping[str, str]) -> tuple[str, ...]:
    """The old names in an order in which no new name is still taken.

    Raises:
        ToolError: the names go round in a circle.
    """
    waiting = dict(renames)
    order: list[str] = []
    while waiting:
        free = [old for old, new in waiting.items() if new not in waiting]
        if not free:
            raise ToolError(
                f"the columns {', '.join(sorted(waiting))} change names with each other",
                hint="give one of them another name first, generate, and then the name it shall have",
            )
        order += free
        waiting = {old: new for old, new in waiting.items() if old not in free}
    return tuple(order)


def renamed_columns(table: Table, renames: Mapping[str, str]) -> Table:
    """The table as the database has it once its columns are renamed."""

    def name(column: str) -> str:
        return renames.get(column, column)

    def names(columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(name(column) for column in columns)

    return replace(
        table,
        columns=tuple(replace(c, name=name(c.name)) for c in table.columns),
        foreign_keys=tuple(
            replace(
                key,
                column=name(key.column),
                target_column=name(key.target_column) if key.target_within(table) else key.target_column,
            )
            for key in table.foreign_keys
        ),
        uniques=tuple(replace(unique, columns=names(unique.columns)) for unique in table.uniques),
        checks=tuple(replace(c, condition=_renamed_sql(c.condition, renames)) for c in table.checks),
        indexes=tuple(
            replace(
                index,
                columns=names(index.columns),
                where=None if index.where is None else _renamed_sql(index.where, renames),
            )
            for index in table.indexes
        ),
        view=table.view
        and replace(
            table.view,
            columns=tuple(replace(one, column=name(one.column)) for one in table.view.columns),
        ),
    )


def columns_in(sql: str, columns: Iterable[str]) -> frozenset[str]:
    """Which of the columns a predicate mentions."""
    tokens = set(_TOKEN.findall(sql))
    return frozenset(column for column in columns if tokens & _spellings(column))


def _renamed_sql(sql: str, renames: Mapping[str, str]) -> str:
    forms: dict[str, str] = {form: quoted(new) for old, new in renames.items() for form in _spellings(old)}
    tokens: list[str] = _TOKEN.findall(sql)
    return "".join(forms.get(token, token) for token in tokens)


def _spellings(column: str) -> set[str]:
    return {quoted(column), f'"{column}"'}
