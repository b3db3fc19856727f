"""SQL of the copy that PostgreSQL and SQLite spell differently: metadata, fingerprints, checksums."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import JSON, BigInteger, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from trackwright.metadata_keys import DEPENDENCY_KEYS, METADATA_KEYS

ALIAS = "src"
"""What the legacy table is called in every statement."""
RESERVED = tuple(sorted(METADATA_KEYS | DEPENDENCY_KEYS | {"dispatch", "legacy"}))
"""Keys of the metadata that have a meaning to the runtime: a legacy row's own are kept under `legacy`."""
SQLITE_DIGEST = "trackwright_digest"
"""The function that SQLite lacks; verification adds it to its connection."""


class CarriedMetadata(FunctionElement[Any]):
    """The legacy row's metadata, and under `legacy` where it came from and the columns that have no place.

    Clauses: its metadata or NULL, the table's name, the key as text, the status word. Built with the names of
    the columns that have no place in the tracking table.
    """

    type = JSON()
    inherit_cache = False
    name = "carried_metadata"

    def __init__(self, *clauses: Any, rest: Iterable[str]) -> None:
        super().__init__(*clauses)
        self.rest = tuple(rest)


class Fingerprint(FunctionElement[str]):
    """A text that changes when any column of the legacy row does. Built with all its columns' names."""

    type = Text()
    inherit_cache = False
    name = "fingerprint"

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.names = tuple(names)


class Checksum(FunctionElement[int]):
    """The sum over all rows of a number made of each row's text: equal sums, equal sets of rows."""

    type = BigInteger()
    inherit_cache = True
    name = "checksum"


def _parts(element: FunctionElement[Any], compiler: Any, options: Any) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


def _quoted(compiler: Any, column: str) -> str:
    quoted: str = compiler.preparer.quote(column)
    return f"{ALIAS}.{quoted}"


def _text(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


@compiles(CarriedMetadata)
def _postgresql_metadata(element: CarriedMetadata, compiler: Any, **options: Any) -> str:
    metadata, table, key, word = _parts(element, compiler, options)
    reserved = f"ARRAY[{', '.join(map(_text, RESERVED))}]"
    # A function takes 100 arguments.
    rest = " || ".join(f"jsonb_build_object({', '.join(part)})" for part in _pairs(element, compiler))
    row = f", 'row', {rest}" if rest else ""
    origin = f"jsonb_build_object('table', {table}, 'id', {key}, 'status', {word}{row})"
    is_object, has_reserved = "jsonb_typeof(m) = 'object'", f"jsonb_exists_any(m, {reserved})"
    kept = f"CASE WHEN {is_object} THEN m - {reserved} ELSE '{{}}' END"
    aside = f"{origin} || jsonb_build_object('metadata', m)"
    # Most rows take one of the first ways, which build the least. OFFSET 0, so that a text is read as JSON once
    # and not in every place of the expression.
    return (
        f"(SELECT CASE WHEN {is_object} AND NOT {has_reserved} THEN jsonb_set(m, '{{legacy}}', {origin}) "  # noqa: S608 -- our own names
        f"WHEN m IS NULL OR jsonb_typeof(m) = 'null' THEN jsonb_build_object('legacy', {origin}) "
        f"ELSE jsonb_set({kept}, '{{legacy}}', {aside}) END FROM (SELECT {metadata} AS m OFFSET 0) AS read_once)"
    )


@compiles(CarriedMetadata, "sqlite")
def _sqlite_metadata(element: CarriedMetadata, compiler: Any, **options: Any) -> str:
    metadata, table, key, word = _parts(element, compiler, options)
    is_object = f"json_type({metadata}) = 'object'"
    has_reserved = " OR ".join(f"json_type({metadata}, '$.{name}') IS NOT NULL" for name in RESERVED)
    paths = ", ".join(f"'$.{name}'" for name in RESERVED)
    kept = f"CASE WHEN {is_object} THEN json_remove({metadata}, {paths}) ELSE '{{}}' END"
    is_plain = f"json_type({metadata}) = 'null' OR ({is_object} AND NOT ({has_reserved}))"
    row = ""
    if element.rest:
        row = "'{}'"
        # A function takes 127 arguments.
        for part in _pairs(element, compiler, path="$."):
            row = f"json_set({row}, {', '.join(part)})"
        row = f", 'row', json({row})"
    origin = f"json_object('table', {table}, 'id', {key}, 'status', {word}{row})"
    aside = f"json_set({origin}, '$.metadata', json({metadata}))"
    whole = f"CASE WHEN {metadata} IS NULL OR {is_plain} THEN {origin} ELSE {aside} END"
    return f"json_set({kept}, '$.legacy', json({whole}))"


def _pairs(element: CarriedMetadata, compiler: Any, path: str = "") -> Iterator[list[str]]:
    """Names and columns of what has no place, 50 at a time."""
    for first in range(0, len(element.rest), 50):
        part = element.rest[first : first + 50]
        yield [_text(f'{path}"{name}"' if path else name) + f", {_quoted(compiler, name)}" for name in part]


@compiles(Fingerprint)
def _postgresql_fingerprint(_element: Fingerprint, _compiler: Any, **_options: Any) -> str:
    return f"CAST(hashtextextended(CAST({ALIAS} AS text), 0) AS text)"


@compiles(Fingerprint, "sqlite")
def _sqlite_fingerprint(element: Fingerprint, compiler: Any, **_options: Any) -> str:
    # SQLite has no digest: the row itself, as it would be written in SQL.
    return " || ',' || ".join(f"quote({_quoted(compiler, column)})" for column in element.names)


@compiles(Checksum)
def _postgresql_checksum(element: Checksum, compiler: Any, **options: Any) -> str:
    (text,) = _parts(element, compiler, options)
    return f"sum(CAST(CAST('x' || substr(md5({text}), 1, 12) AS bit(48)) AS bigint))"


@compiles(Checksum, "sqlite")
def _sqlite_checksum(element: Checksum, compiler: Any, **options: Any) -> str:
    (text,) = _parts(element, compiler, options)
    return f"sum({SQLITE_DIGEST}({text}))"
