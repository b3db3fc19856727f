"""A reference of a field as source: by name within the project's metadata, by a column of its own beyond it."""

from trackwright_gen.plan.table import ForeignKey, Table
from trackwright_gen.spec.field_type import FieldUse


def foreign_key(key: ForeignKey, use: FieldUse, table: Table, column_type: str) -> str:
    """The `ForeignKey(...)` of a column.

    SQLAlchemy looks a name up in the metadata, where a table of somebody else's is not: it refuses to sort or
    compare any table of the project then. A column in a metadata of its own is found, and Alembic leaves it alone.
    """
    action = f", ondelete={key.on_delete.upper()!r}" if key.on_delete else ""
    named = f"name=conv({key.name!r}){action}"
    if not use.spec.external:
        return f"ForeignKey({f'{key.target_table}.{key.target_column}'!r}, {named})"
    schema, _, name = key.target_table.rpartition(".")
    schema = schema or table.schema or ""
    place = f", schema={schema!r}" if schema else ""
    column = f"Column({key.target_column!r}, {column_type})"
    return f"ForeignKey(Table({name!r}, MetaData(), {column}{place}).c[{key.target_column!r}], {named})"
