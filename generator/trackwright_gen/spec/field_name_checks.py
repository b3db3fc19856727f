"""Names that fields may not have, because something else has them already."""

import keyword
from collections.abc import Iterator

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.core import CORE_ATTRIBUTES, CORE_FIELDS
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.naming import LONGEST_IDENTIFIER, Names, attribute_name, column_name
from trackwright_gen.spec.places import Places
from trackwright_gen.spec.sql_words import UNQUOTED_WORDS

_SQLALCHEMY_NAMES = frozenset({"registry"})


def field_name_errors(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    """Look at every field's name, and at names that two fields share."""
    for name in places.keys(("fields",)):
        message, hint = _taken(name)
        if message:
            yield places.error(("fields", name), message, hint=hint, side="key")
    for name, field in spec.fields.items():
        if column_name(name, field).lower() in UNQUOTED_WORDS:
            column = column_name(name, field)
            yield places.error(
                ("fields", name, "column") if field.column else ("fields", name),
                f"{column!r} is a word of SQL that SQLAlchemy does not quote",
                hint=f"write `{name}: {{..., column: {column}_}}`",
                side="value" if field.column else "key",
            )
        if field.column and field.column.lower() in CORE_FIELDS:
            yield places.error(
                ("fields", name, "column"), f"the column {field.column!r} belongs to the base structure"
            )
        if field.column and len(field.column.encode()) > LONGEST_IDENTIFIER:
            yield places.error(("fields", name, "column"), _too_long(field.column))
    yield from _shared(spec, places)


def _taken(name: str) -> tuple[str | None, str | None]:
    if keyword.iskeyword(name):
        return f"{name!r} is a keyword of Python", f"write `{name}_: {{..., column: {name}}}`"
    if name in _SQLALCHEMY_NAMES:
        return (
            f"{name!r} belongs to SQLAlchemy's models",
            f"write `{name}_: {{..., column: {name}_}}`, or another name",
        )
    if name in CORE_FIELDS or name in CORE_ATTRIBUTES.values():
        return (
            f"the field {name!r} would shadow the base column of that name",
            "every tracking table has it already: delete it, or choose another name",
        )
    if name.startswith("model_"):
        return f"{name!r} starts with model_, which pydantic keeps for itself", f"for example {name[6:]!r}"
    if len(name.encode()) > LONGEST_IDENTIFIER:
        return _too_long(name), None
    return None, None


def _too_long(name: str) -> str:
    return f"{name!r} has {len(name.encode())} bytes; PostgreSQL keeps {LONGEST_IDENTIFIER} of a name"


def _shared(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    names = Names.of(spec)
    attributes: dict[str, str] = {}
    columns: dict[str, str] = {}
    classes: dict[str, str] = {}
    for name, field in spec.fields.items():
        use = names.use(name, field)
        other = attributes.setdefault(attribute_name(name), name)
        if other != name:
            yield _same(places, name, f"the attribute {use.attribute!r}", other)
        other = columns.setdefault(use.column.lower(), name)
        if other != name:
            yield _same(places, name, f"the column {use.column!r}", other)
        other = classes.setdefault(use.class_name, name) if field.type == "enum" else name
        if other != name:
            yield _same(places, name, f"the class {use.class_name!r}", other)


def _same(places: Places, name: str, what: str, other: str) -> ToolError:
    return places.error(
        ("fields", name),
        f"the fields {other!r} and {name!r} both become {what}",
        hint="rename one",
        side="key",
    )
