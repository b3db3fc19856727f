"""Changes that only their author can want: refused until the spec says so, all at once."""

from collections.abc import Collection, Iterable, Iterator

from trackwright_gen.errors import ToolErrors
from trackwright_gen.plan.table import Column
from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.revisions.difference import Added, ColumnAltered, Difference, Dropped
from trackwright_gen.revisions.type_change import possible, rewrites, type_name


def require_consent(
    found: Iterable[Difference], *, allow_drop: Collection[str], allow_rewrite: Collection[str]
) -> None:
    """Hold differences to what the spec allows.

    Raises:
        ToolErrors: data would be lost, a table written anew, or a column be there that rows have no value for.
    """
    errors = [
        error for one in found for error in _refusals(one, allow_drop=allow_drop, allow_rewrite=allow_rewrite)
    ]
    if errors:
        raise ToolErrors(errors)


def _refusals(
    one: Difference, *, allow_drop: Collection[str], allow_rewrite: Collection[str]
) -> Iterator[ColumnChangeError]:
    match one:
        case Dropped(element=Column() as column) if not _among(column, allow_drop):
            yield ColumnChangeError(
                column.name,
                f"field {column.name!r} is gone from the spec: its column and all that it holds would be dropped",
                hint=f"`allow_drop: [{column.name}]` says that this is meant; "
                f"`renamed_from: {column.name}` on another field keeps the data under its name",
            )
        case ColumnAltered(old=old, new=new) if not possible(old.type, new.type):
            yield ColumnChangeError(
                new.name,
                f"field {new.name!r} cannot change from {type_name(old.type)} to {type_name(new.type)}: values of "
                "the one are none of the other",
                hint="add a new field under another name, and fill it from this one",
            )
        case ColumnAltered(old=old, new=new) if rewrites(old.type, new.type) and not _among(
            new, allow_rewrite
        ):
            yield ColumnChangeError(
                new.name,
                f"field {new.name!r} changes from {type_name(old.type)} to {type_name(new.type)}: every row "
                "would be written anew under a lock",
                hint=f"`allow_rewrite: [{new.name}]` says that this is meant; "
                "or add a new field and move the data over",
            )
        case Added(element=Column(nullable=False, server_default=None) as column):
            yield ColumnChangeError(
                column.name,
                f"field {column.name!r} is new and required: rows that are there already have no value for it",
                hint="give it a `default`; or add it without `required`, fill the rows, and then make it required",
            )
        case _:
            return


def _among(column: Column, allowed: Collection[str]) -> bool:
    return (
        column.name in allowed or column.attribute in allowed or column.attribute.removesuffix("_") in allowed
    )
