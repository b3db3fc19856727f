"""Expressions on what rows know of each other: keys of the metadata, and a batch's changes as one JSON parameter.

A batch is `{"<row id>": {...}}`: one statement changes any number of rows, each by its own entry.
"""

from typing import Any

from sqlalchemy import Boolean, Integer, Text, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON


class MetadataValue(FunctionElement[Any]):
    """What stands under a key of the metadata; NULL where nothing does."""

    type = JSON()
    inherit_cache = True
    name = "metadata_value"


class MetadataText(FunctionElement[str]):
    """The same as text, for words and numbers."""

    type = Text()
    inherit_cache = True
    name = "metadata_text"


class MetadataNumber(FunctionElement[int]):
    """A whole number of the metadata; NULL where nothing or something else stands: other keys are the caller's."""

    type = Integer()
    inherit_cache = True
    name = "metadata_number"


class IsList(FunctionElement[bool]):
    """Whether a list stands under a key of the metadata."""

    type = Boolean()
    inherit_cache = True
    name = "is_list"


class WithNumber(FunctionElement[Any]):
    """The metadata with a number under a key."""

    type = JSON()
    inherit_cache = True
    name = "with_number"


class WithoutKey(FunctionElement[Any]):
    """The metadata less a key."""

    type = JSON()
    inherit_cache = True
    name = "without_key"


class Listed(FunctionElement[bool]):
    """Whether a batch has an entry for the row: (id, batch)."""

    type = Boolean()
    inherit_cache = True
    name = "listed"


class EntryText(FunctionElement[str]):
    """A value of the row's entry in a batch: (id, batch, key)."""

    type = Text()
    inherit_cache = True
    name = "entry_text"


class WithEntries(FunctionElement[Any]):
    """The metadata with the lists of the row's entry appended to its own: (metadata, id, batch, is_active).

    `dependents` only while the row is active: of one that has ended, nothing would ever settle them.
    """

    type = JSON()
    inherit_cache = True
    name = "with_entries"


def key(name: str) -> ColumnElement[str]:
    """A key as a literal of the statement's text."""
    return literal_column(f"'{name}'")


def dependents(metadata: ColumnElement[Any]) -> ColumnElement[Any]:
    """The rows that wait for this one, as [level, table, id]."""
    return MetadataValue(metadata, key("dependents")).label("dependents")


def has_dependents(metadata: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether rows wait for this one, or did."""
    return IsList(metadata, key("dependents"))


def frees_dependents(metadata: ColumnElement[Any]) -> ColumnElement[int]:
    """Not NULL where a cancelled row shall not take along those that wait for it."""
    return MetadataNumber(metadata, key("frees_dependents")).label("frees_dependents")


def waiting_for(metadata: ColumnElement[Any]) -> ColumnElement[int]:
    """How many prerequisites the row still waits for; NULL: none."""
    return MetadataNumber(metadata, key("waiting_for"))


def _parts(element: FunctionElement[Any], compiler: Any, options: Any) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(MetadataValue)
def _postgresql_value(element: MetadataValue, compiler: Any, **options: Any) -> str:
    return "({} -> {})".format(*_parts(element, compiler, options))


@compiles(MetadataText)
def _postgresql_text(element: MetadataText, compiler: Any, **options: Any) -> str:
    return "({} ->> {})".format(*_parts(element, compiler, options))


@compiles(MetadataValue, "sqlite")
@compiles(MetadataText, "sqlite")
def _sqlite_value(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    return "json_extract({}, '$.' || {})".format(*_parts(element, compiler, options))


@compiles(MetadataNumber)
def _postgresql_metadata_number(element: MetadataNumber, compiler: Any, **options: Any) -> str:
    metadata, name = _parts(element, compiler, options)
    return (
        f"CASE WHEN jsonb_typeof({metadata} -> {name}) = 'number' "
        f"THEN CAST({metadata} ->> {name} AS INTEGER) END"
    )


@compiles(MetadataNumber, "sqlite")
def _sqlite_metadata_number(element: MetadataNumber, compiler: Any, **options: Any) -> str:
    metadata, name = _parts(element, compiler, options)
    return (
        f"CASE WHEN json_type({metadata}, '$.' || {name}) = 'integer' "
        f"THEN json_extract({metadata}, '$.' || {name}) END"
    )


@compiles(IsList)
def _postgresql_is_list(element: IsList, compiler: Any, **options: Any) -> str:
    return "((jsonb_typeof({} -> {}) = 'array') IS TRUE)".format(*_parts(element, compiler, options))


@compiles(IsList, "sqlite")
def _sqlite_is_list(element: IsList, compiler: Any, **options: Any) -> str:
    return "(json_type({}, '$.' || {}) IS 'array')".format(*_parts(element, compiler, options))


@compiles(WithNumber)
def _postgresql_number(element: WithNumber, compiler: Any, **options: Any) -> str:
    return "jsonb_set({}, ARRAY[{}], to_jsonb({}))".format(*_parts(element, compiler, options))


@compiles(WithNumber, "sqlite")
def _sqlite_number(element: WithNumber, compiler: Any, **options: Any) -> str:
    return "json_set({}, '$.' || {}, {})".format(*_parts(element, compiler, options))


@compiles(WithoutKey)
def _postgresql_without(element: WithoutKey, compiler: Any, **options: Any) -> str:
    metadata, name = _parts(element, compiler, options)
    return f"CASE WHEN jsonb_typeof({metadata}) = 'object' THEN {metadata} - {name} ELSE {metadata} END"


@compiles(WithoutKey, "sqlite")
def _sqlite_without(element: WithoutKey, compiler: Any, **options: Any) -> str:
    return "json_remove({}, '$.' || {})".format(*_parts(element, compiler, options))


@compiles(Listed)
def _postgresql_listed(element: Listed, compiler: Any, **options: Any) -> str:
    row_id, batch = _parts(element, compiler, options)
    return (
        f"{row_id} IN (SELECT CAST(listed.key AS BIGINT) FROM jsonb_each(CAST({batch} AS JSONB)) AS listed)"  # noqa: S608 -- compiled expressions
    )


@compiles(Listed, "sqlite")
def _sqlite_listed(element: Listed, compiler: Any, **options: Any) -> str:
    row_id, batch = _parts(element, compiler, options)
    return f"{row_id} IN (SELECT CAST(listed.key AS INTEGER) FROM json_each({batch}) AS listed)"  # noqa: S608 -- the same


@compiles(EntryText)
def _postgresql_entry(element: EntryText, compiler: Any, **options: Any) -> str:
    row_id, batch, name = _parts(element, compiler, options)
    return f"(CAST({batch} AS JSONB) -> CAST({row_id} AS TEXT) ->> {name})"


@compiles(EntryText, "sqlite")
def _sqlite_entry(element: EntryText, compiler: Any, **options: Any) -> str:
    row_id, batch, name = _parts(element, compiler, options)
    return f"json_extract({batch}, '$.\"' || {row_id} || '\".' || {name})"


@compiles(WithEntries)
def _postgresql_appended(element: WithEntries, compiler: Any, **options: Any) -> str:
    metadata, row_id, batch, is_active = _parts(element, compiler, options)
    longer = f"COALESCE({metadata} -> added.key, '[]'::jsonb) || added.value"
    lists = (
        f"SELECT COALESCE(jsonb_object_agg(added.key, {longer}), '{{}}'::jsonb) "  # noqa: S608 -- the same
        f"FROM jsonb_each(CAST({batch} AS JSONB) -> CAST({row_id} AS TEXT)) AS added "
        f"WHERE added.key <> 'dependents' OR {is_active}"
    )
    whole = f"jsonb_build_object('value', {metadata})"
    known = f"CASE WHEN jsonb_typeof({metadata}) = 'object' THEN {metadata} ELSE {whole} END"
    return f"(({known}) || ({lists}))"


@compiles(WithEntries, "sqlite")
def _sqlite_appended(element: WithEntries, compiler: Any, **options: Any) -> str:
    metadata, row_id, batch, is_active = _parts(element, compiler, options)
    as_json = "json(CASE WHEN type IN ('array', 'object') THEN value ELSE json_quote(value) END)"
    both = (
        f"SELECT type, value FROM json_each({metadata}, '$.' || added.key) "  # noqa: S608 -- the same
        "UNION ALL SELECT type, value FROM json_each(added.value)"
    )
    lists = (
        "SELECT json_group_object(added.key, "  # noqa: S608 -- the same
        f"json((SELECT json_group_array({as_json}) FROM ({both})))) "
        f"FROM json_each({batch}, '$.\"' || {row_id} || '\"') AS added "
        f"WHERE added.key <> 'dependents' OR {is_active}"
    )
    return f"json_patch({metadata}, ({lists}))"
